"""What happened to the anchored code between two trees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from skipgate.gate.anchors import CodeAnchor, SpecElement
from skipgate.gate.changes import Changes
from skipgate.gate.code import Symbol, key_of
from skipgate.gate.git import GitError
from skipgate.gate.moves import successor
from skipgate.gate.resolve import CodeBase

Kind = Literal["changed", "removed", "added", "renamed", "renamed and changed", "unreadable"]


@dataclass(frozen=True)
class Drift:
    """What happened to one anchored symbol or file.

    `before` and `after` are what it was and is, if it was and is; `elements` are the declarations that speak about it.
    """

    kind: Kind
    key: str
    elements: tuple[SpecElement, ...]
    before: Symbol | None
    after: Symbol | None

    @property
    def matters(self) -> bool:
        """Does the code do something else now? A new name alone does not."""
        return self.kind != "renamed"

    @property
    def keys(self) -> tuple[str, ...]:
        """All names it goes by: the old and the new."""
        return tuple(dict.fromkeys([self.key, *([self.after.key] if self.after is not None else [])]))

    @property
    def fingerprint(self) -> str:
        """Of what it is now."""
        from skipgate.gate.lock import REMOVED

        return REMOVED if self.after is None else self.after.fingerprint


@dataclass(frozen=True)
class DriftTarget:
    """A symbol or file that anchors name, with all the declarations whose anchors do so."""

    path: str
    symbol: str
    elements: tuple[SpecElement, ...]

    @property
    def key(self) -> str:
        """Its name in the lock."""
        return key_of(self.path, self.symbol)


def targets(anchors: Iterable[CodeAnchor], *codes: CodeBase) -> list[DriftTarget]:
    """What is anchored, globs replaced by the files that they match in any of the trees."""
    found: dict[tuple[str, str], dict[SpecElement, None]] = {}
    for anchor in anchors:
        for path in dict.fromkeys(path for code in codes for path in code.matching(anchor.path)):
            found.setdefault((path, anchor.symbol), {})[anchor.element] = None
        if not any(code.matching(anchor.path) for code in codes):
            found.setdefault((anchor.path, anchor.symbol), {})[anchor.element] = None
    return [DriftTarget(path, symbol, tuple(elements)) for (path, symbol), elements in found.items()]


def drifts(wanted: Iterable[DriftTarget], before: CodeBase, after: CodeBase, changes: Changes) -> list[Drift]:
    """How each target differs; those that do not are left out. `changes` are those between the two trees."""
    return [drift for target in wanted if (drift := _drift(target, before, after, changes)) is not None]


def _drift(target: DriftTarget, before: CodeBase, after: CodeBase, changes: Changes) -> Drift | None:
    if target.path not in changes.touched and before.has(target.path) and after.has(target.path):
        return None
    try:
        old, new = _find(target, before), _find(target, after)
        if old is None and new is None:
            return None  # it is not resolved, and that is said elsewhere
        if old is None:
            return Drift("added", target.key, target.elements, None, new)
        if new is not None:
            same = old.fingerprint == new.fingerprint
            return None if same else Drift("changed", target.key, target.elements, old, new)
        return _gone(target, old, before, after, changes)
    except (GitError, OSError):
        # What cannot be read cannot be known to be unchanged.
        return Drift("unreadable", target.key, target.elements, None, None)


def _find(target: DriftTarget, code: CodeBase) -> Symbol | None:
    if not code.has(target.path):
        return None
    file = code.file(target.path)
    if not target.symbol:
        return file.whole
    found = file.named(target.symbol)
    return found[0] if len(found) == 1 else None


def _gone(target: DriftTarget, old: Symbol, before: CodeBase, after: CodeBase, changes: Changes) -> Drift:
    if not target.symbol:
        moved = changes.renamed.get(target.path)
        if moved is None or not after.has(moved):
            return Drift("removed", target.key, target.elements, old, None)
        new = after.file(moved).whole
        same = new.fingerprint == old.fingerprint
        return Drift("renamed" if same else "renamed and changed", target.key, target.elements, old, new)
    heir = successor(old, before, after, changes.renamed, changes.touched)
    if heir is None:
        return Drift("removed", target.key, target.elements, old, None)
    return Drift("renamed" if heir.same else "renamed and changed", target.key, target.elements, old, heir.symbol)
