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
from skipgate.gate.resolve import CodeBase, find

Kind = Literal["changed", "removed", "added", "renamed", "renamed and changed", "unreadable"]


@dataclass(frozen=True)
class Drift:
    """What happened to one symbol or file that is anchored, or followed from an anchor.

    `before` and `after` are what it was and is, if it was and is; `elements` are the declarations that speak about it;
    `way` is how it is called from the anchored code, and empty if it is anchored itself.
    """

    kind: Kind
    key: str
    elements: tuple[SpecElement, ...]
    before: Symbol | None
    after: Symbol | None
    way: str = ""

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
    """A symbol or file that belongs to anchors, with all the declarations whose anchors they are."""

    path: str
    symbol: str
    elements: tuple[SpecElement, ...]
    way: str = ""

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
        old, new = (find(code, target.path, target.symbol) for code in (before, after))
        if old is None and new is None:
            # An anchor that is not resolved is reported elsewhere; a function with several bodies is not.
            return _seen(target, "unreadable", None, None) if target.way else None
        if old is None:
            return _seen(target, "added", None, new)
        if new is not None:
            return None if old.fingerprint == new.fingerprint else _seen(target, "changed", old, new)
        return _gone(target, old, before, after, changes)
    except (GitError, OSError):
        # What cannot be read cannot be known to be unchanged.
        return _seen(target, "unreadable", None, None)


def _seen(target: DriftTarget, kind: Kind, before: Symbol | None, after: Symbol | None) -> Drift:
    return Drift(kind, target.key, target.elements, before, after, target.way)


def _gone(target: DriftTarget, old: Symbol, before: CodeBase, after: CodeBase, changes: Changes) -> Drift:
    if not target.symbol:
        moved = changes.renamed.get(target.path)
        if moved is None or not after.has(moved):
            return _seen(target, "removed", old, None)
        new = after.file(moved).whole
        same = new.fingerprint == old.fingerprint
        return _seen(target, "renamed" if same else "renamed and changed", old, new)
    heir = successor(old, before, after, changes.renamed, changes.touched)
    if heir is None:
        return _seen(target, "removed", old, None)
    return _seen(target, "renamed" if heir.same else "renamed and changed", old, heir.symbol)
