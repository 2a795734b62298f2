"""Making `anchors.lock`, accepting differences in it, and telling what differs."""

from __future__ import annotations

import difflib
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from skipgate.errors import InputError
from skipgate.gate.code import Symbol
from skipgate.gate.differing import diff_lines
from skipgate.gate.lock import REMOVED, Acceptance, Lock, Locked, LockError, parse_lock
from skipgate.gate.project import Project, name_matches
from skipgate.gate.resolve import find


def read_lock(path: Path) -> Lock | None:
    """The lock on disk; None if there is none.

    Raises:
        InputError: it cannot be read.
    """
    from skipgate.base.errors import reason

    try:
        return parse_lock(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {reason(error)}") from None
    except LockError as error:
        raise InputError(f"{path} cannot be used: {error}") from None


def new_lock(project: Project, old: Lock | None) -> Lock:
    """The lock for the code as it is. What has not changed keeps its entry; acceptances stay as long as they hold."""
    known = old.locked if old is not None else {}
    made: dict[str, Locked] = {}
    for key, symbol in project.reviewed.items():
        before = known.get(key)
        same = before is not None and before.fingerprint == symbol.fingerprint and before.commit is not None
        made[key] = before if same and before is not None else _entry(project, key, symbol)
    now = {key: each.fingerprint for key, each in made.items()}
    kept = tuple(a for a in (old.acceptances if old else ()) if now.get(a.anchor, REMOVED) == a.fingerprint)
    return Lock(made, kept)


def _entry(project: Project, key: str, symbol: Symbol) -> Locked:
    committed = project.at_revision(project.revision, key)
    same = committed is not None and committed.fingerprint == symbol.fingerprint
    return Locked(symbol.fingerprint, project.revision if same else None)


@dataclass(frozen=True)
class LockDifference:
    """An anchored symbol that is not as the lock has it. `before` is None if its old text is not to be had."""

    key: str
    kind: str  # changed, new or gone
    before: Symbol | None
    after: Symbol | None
    acceptance: Acceptance | None
    commit: str | None  # for which it was locked

    @property
    def lines(self) -> list[str]:
        """What changed in it, as a diff of its text alone."""
        if self.kind == "changed" and self.before is None:
            return []
        return diff_lines(self.before, self.after, self.key, self.commit or "?")


def differences(project: Project, lock: Lock) -> list[LockDifference]:
    """Everything anchored or locked that differs, in order."""
    found: list[LockDifference] = []
    current = project.reviewed
    for key in sorted({*current, *lock.locked}):
        after = current.get(key)
        if after is None:
            path, _, name = key.partition(" :: ")
            after = find(project.code, path, name)
            if after is not None and after.fingerprint == lock.locked[key].fingerprint:
                continue  # it belongs to no anchor any more, but is unchanged
        entry = lock.locked.get(key)
        locked = None if entry is None else entry.fingerprint
        now = after.fingerprint if after else REMOVED
        if locked == now:
            continue
        commit = None if entry is None else entry.commit
        before = project.at_revision(commit, key)
        if before is not None and before.fingerprint != locked:
            before = None  # locked from a work tree that was never committed
        kind = "new" if locked is None else "gone" if after is None else "changed"
        found.append(LockDifference(key, kind, before, after, lock.accepts((key,), now), commit))
    return found


def accept(project: Project, lock: Lock, name: str, reason: str, by: str) -> tuple[Lock, Acceptance]:
    """A lock in which the present state of a symbol is accepted.

    Raises:
        InputError: the name means nothing anchored, or several things, or the reason is empty.
    """
    if not reason.strip():
        raise InputError("say why the difference is right: --reason '...'")
    known = sorted({*project.reviewed, *lock.locked})
    matches = [key for key in known if name_matches(key, name)]
    if not matches and " :: " in name:
        matches = [name]  # code that is gone, and whose anchor is gone, under its full name
    if len(matches) != 1:
        near = difflib.get_close_matches(name, [part for key in known for part in (key, key.rpartition(" ")[2])], n=3)
        hint = f"; it could be {' or '.join(matches or near)}" if matches or near else ""
        raise InputError(
            f"{name!r} names {'several symbols' if matches else 'nothing that belongs to an anchor'}{hint}"
        )
    key = matches[0]
    path, _, symbol = key.partition(" :: ")
    now = project.reviewed.get(key) or find(project.code, path, symbol)
    acceptance = Acceptance(key, now.fingerprint if now else REMOVED, reason.strip(), by, date.today().isoformat())
    others = tuple(each for each in lock.acceptances if each.anchor != key)
    return Lock(lock.locked, (*others, acceptance)), acceptance


def whoami() -> str:
    """Who works here, as git knows; only the user's own configuration is asked, not the repository's."""
    name = os.environ.get("GIT_AUTHOR_NAME") or _user("user.name")
    email = os.environ.get("GIT_AUTHOR_EMAIL") or _user("user.email")
    if name or email:
        return f"{name} <{email}>" if name and email else name or email
    raise InputError("git does not know who you are: say it with --by 'NAME <EMAIL>'")


def _user(key: str) -> str:
    command: Sequence[str] = ("git", "config", "--global", "--get", key)
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True)
    except OSError:
        return ""
    return done.stdout.strip()
