"""`anchors.lock`: what the code of the anchors looked like when it was last reviewed against the specifications.

An entry is one line of JSON, and says for which commit it was made. Entries are sorted and set apart by blank lines, so
git merges two branches that touch different ones, and no line is common to all changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

NAME = "anchors.lock"
REMOVED = "removed"  # stands for the fingerprint of a symbol that is gone

_HEAD = {"schema": "skipgate.anchors/2"}
_LOCKED = ("anchor", "code")
_ACCEPTED = ("anchor", "accepted", "reason", "by", "on")


class LockError(Exception):
    """A lock file that cannot be understood."""


@dataclass(frozen=True)
class Acceptance:
    """Somebody's word that a symbol may differ from what the specification was written for."""

    anchor: str
    fingerprint: str  # of the code that is accepted
    reason: str
    by: str
    on: str  # a date

    def covers(self, keys: tuple[str, ...], fingerprint: str) -> bool:
        """Does it speak of one of these symbols, as it is now?"""
        return self.anchor in keys and self.fingerprint == fingerprint


@dataclass(frozen=True)
class Locked:
    """What a symbol looked like, and in which commit; None if it was not committed yet."""

    fingerprint: str
    commit: str | None = None


@dataclass(frozen=True)
class Lock:
    """What was reviewed, by symbol; and what differs from it with somebody's consent."""

    locked: Mapping[str, Locked] = field(default_factory=dict)
    acceptances: tuple[Acceptance, ...] = ()

    @property
    def commits(self) -> tuple[str, ...]:
        """The commits that its entries were made for."""
        return tuple(sorted({each.commit for each in self.locked.values() if each.commit is not None}))

    def accepts(self, keys: tuple[str, ...], fingerprint: str) -> Acceptance | None:
        """The acceptance of a symbol with this fingerprint, if there is one."""
        return next((each for each in self.acceptances if each.covers(keys, fingerprint)), None)

    def text(self) -> str:
        """The file. What is accepted stands behind what was reviewed."""
        rows: list[tuple[str, int, str, Mapping[str, str | None]]] = [
            (key, 0, "", {"anchor": key, "code": each.fingerprint, "commit": each.commit})
            for key, each in self.locked.items()
        ]
        for a in self.acceptances:
            row = {"anchor": a.anchor, "accepted": a.fingerprint, "reason": a.reason, "by": a.by, "on": a.on}
            rows.append((a.anchor, 1, a.fingerprint, row))
        entries = [row for *_, row in sorted(rows, key=lambda each: each[:3])]
        return "\n".join(json.dumps(entry) + "\n" for entry in [_HEAD, *entries])


def parse_lock(content: bytes) -> Lock:
    """Read a lock file.

    Raises:
        LockError: it is none, or one of another version.
    """
    try:
        rows = [json.loads(line) for line in content.decode("utf-8").splitlines() if line.strip()]
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        if b"<<<<<<<" in content:
            raise LockError("a merge left conflicts in it; write it again: skipgate anchors lock") from None
        raise LockError(f"it does not have one object of JSON a line: {error}") from None
    if rows[:1] != [_HEAD]:
        raise LockError(f"its first line is not {json.dumps(_HEAD)}; write it again: skipgate anchors lock")
    return _lock_of(rows[1:])


def _lock_of(rows: Iterable[object]) -> Lock:
    locked: dict[str, Locked] = {}
    acceptances: list[Acceptance] = []
    for row in rows:
        if not isinstance(row, dict):
            raise LockError(f"{json.dumps(row)} is no entry")
        if "accepted" in row:
            acceptances.append(_acceptance(row))
            continue
        commit = row.get("commit")
        if not all(isinstance(row.get(name), str) for name in _LOCKED) or not isinstance(commit, str | None):
            raise LockError(f"an entry needs the texts {', '.join(_LOCKED)}, and `commit`")
        entry = Locked(row["code"], commit)
        if locked.setdefault(row["anchor"], entry) != entry:
            raise LockError(f"{row['anchor']} has two entries; write it again: skipgate anchors lock")
    return Lock(locked, tuple(dict.fromkeys(acceptances)))


def _acceptance(row: Mapping[str, object]) -> Acceptance:
    if not all(isinstance(row.get(name), str) for name in _ACCEPTED):
        raise LockError(f"an acceptance needs the texts {', '.join(_ACCEPTED)}")
    anchor, fingerprint, reason, by, on = (str(row[name]) for name in _ACCEPTED)
    if not reason.strip():
        raise LockError(f"the acceptance of {anchor} gives no reason")
    return Acceptance(anchor, fingerprint, reason, by, on)
