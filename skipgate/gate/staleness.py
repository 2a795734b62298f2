"""Does `anchors.lock` describe the code of the anchors as it is? If not, something got in while nobody looked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from skipgate.gate.anchors import SpecElement
from skipgate.gate.calls.graph import CallGraph
from skipgate.gate.code import Symbol
from skipgate.gate.following import follow_all
from skipgate.gate.git import GitError
from skipgate.gate.lock import NAME, REMOVED, Lock, LockError, parse_lock
from skipgate.gate.outcome import GateFinding, Outcome, SourcePlace
from skipgate.gate.resolve import CodeBase, find
from skipgate.gate.specs import Specs
from skipgate.gate.trees import CommitTree, Entry


def read_lock(head: CommitTree, name: str, outcome: Outcome, *, on_disk: bool) -> Lock | None:
    """The lock of the head, or the one beside models on disk; None if there is none.

    One that cannot be read, or that was named and is not there, is a reason to stop.
    """
    try:
        if on_disk:
            path = Path(name)
            content = path.read_bytes() if path.is_file() else None
        else:
            entry = head.entries.get(name)
            content = head.read(name) if entry is not None and entry.kind == "file" else None
        if content is None and name != NAME:
            raise LockError("it does not exist")
        return None if content is None else parse_lock(content)
    except (LockError, OSError) as error:
        message = f"{name} cannot be used: {error}"
        outcome.findings.append(GateFinding("error", "stale-lock", message, name, SourcePlace(name)))
        return None


def report_stale(lock: Lock, specs: Specs, code: CodeBase, outcome: Outcome) -> None:
    """Add an error for every symbol that differs from the lock, unless an open drift says so already."""
    open_keys = {key for judged in outcome.judged if judged.standing == "open" for key in judged.drift.keys}
    anchored = {symbol.key: (symbol, each.anchor.element) for each in outcome.resolved for symbol in each.symbols}
    unchanged = _Unchanged(code)
    for key, (symbol, element) in anchored.items():
        locked = lock.locked.get(key)
        if key in open_keys or (locked is not None and unchanged(symbol.path, locked.commit)):
            continue
        if locked is None or not _agrees(lock, key, symbol):
            outcome.findings.append(_finding(key, symbol, element, known=locked is not None))
    for key, symbol, element in _followed(lock, set(anchored) | open_keys, specs, code, unchanged):
        outcome.findings.append(_finding(key, symbol, element, known=True))


def _followed(
    lock: Lock, known: set[str], specs: Specs, code: CodeBase, unchanged: _Unchanged
) -> Iterator[tuple[str, Symbol, SpecElement]]:
    """Functions that differ from the lock, and are still called from anchored code.

    One that is called since the lock was made is not there. Whoever calls it was changed for that, and is reported.
    """
    differing: list[str] = []
    for key, locked in lock.locked.items():
        path, _, name = key.partition(" :: ")
        if key not in known and not unchanged(path, locked.commit) and not _agrees(lock, key, find(code, path, name)):
            differing.append(key)
    followed = follow_all(specs, code, CallGraph(code)).followed if differing else {}
    for key in differing:
        if key in followed:
            yield key, followed[key].symbol, followed[key].elements[0]


def _agrees(lock: Lock, key: str, symbol: Symbol | None) -> bool:
    now = REMOVED if symbol is None else symbol.fingerprint
    return lock.locked[key].fingerprint == now or lock.accepts((key,), now) is not None


class _Unchanged:
    """Is a file byte for byte that of a commit? Then nothing in it has to be looked at."""

    def __init__(self, code: CodeBase) -> None:
        self._tree = code.tree
        self._known: dict[str, dict[str, Entry]] = {}

    def __call__(self, path: str, commit: str | None) -> bool:
        if commit is None or not isinstance(self._tree, CommitTree):
            return False
        if commit not in self._known:
            try:
                self._known[commit] = dict(self._tree.at(commit).entries)
            except GitError:
                self._known[commit] = {}  # this clone does not have it
        return path in self._known[commit] and self._known[commit][path] == self._tree.entries.get(path)


def _finding(key: str, symbol: Symbol, element: SpecElement, *, known: bool) -> GateFinding:
    return GateFinding(
        "error",
        "stale-lock",
        f"{key} is not as anchors.lock has it" if known else f"{key} is not in anchors.lock",
        key,
        SourcePlace(element.file, element.line, label=element.label),
        (SourcePlace(symbol.path, symbol.line, symbol.end_line, key),),
        "once it agrees with its specification: skipgate anchors lock",
    )
