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
from skipgate.gate.lock import REMOVED, Acceptance, Lock, LockError, parse_lock
from skipgate.gate.project import Project, find, name_matches


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
    """The lock for the code as it is. Acceptances stay as long as they speak of what is there, or is gone."""
    current = {key: symbol.fingerprint for key, symbol in project.symbols.items()}
    kept = tuple(a for a in (old.acceptances if old else ()) if current.get(a.anchor, REMOVED) == a.fingerprint)
    return Lock(project.revision, current, kept)


@dataclass(frozen=True)
class LockDifference:
    """An anchored symbol that is not as the lock has it. `before` is None if its old text is not to be had."""

    key: str
    kind: str  # changed, new or gone
    before: Symbol | None
    after: Symbol | None
    acceptance: Acceptance | None

    def lines(self, revision: str | None) -> list[str]:
        """What changed in it, as a diff of its text alone."""
        if self.kind == "changed" and self.before is None:
            return []
        old = self.before.text.splitlines() if self.before else []
        new = self.after.text.splitlines() if self.after else []
        return list(difflib.unified_diff(old, new, f"{self.key} ({(revision or '?')[:12]})", self.key, lineterm=""))


def differences(project: Project, lock: Lock) -> list[LockDifference]:
    """Everything anchored or locked that differs, in order."""
    found: list[LockDifference] = []
    current = project.symbols
    for key in sorted({*current, *lock.fingerprints}):
        after = current.get(key)
        if after is None:
            path, _, name = key.partition(" :: ")
            after = find(project.code, path, name)
            if after is not None and after.fingerprint == lock.fingerprints[key]:
                continue  # it is no longer anchored, but unchanged
        locked = lock.fingerprints.get(key)
        now = after.fingerprint if after else REMOVED
        if locked == now:
            continue
        before = project.at_revision(lock.revision, key) if locked is not None else None
        if before is not None and before.fingerprint != locked:
            before = None  # locked from a work tree that was never committed
        kind = "new" if locked is None else "gone" if after is None else "changed"
        found.append(LockDifference(key, kind, before, after, lock.accepts((key,), now)))
    return found


def accept(project: Project, lock: Lock, name: str, reason: str, by: str) -> tuple[Lock, Acceptance]:
    """A lock in which the present state of a symbol is accepted.

    Raises:
        InputError: the name means nothing anchored, or several things, or the reason is empty.
    """
    if not reason.strip():
        raise InputError("say why the difference is right: --reason '...'")
    known = sorted({*project.symbols, *lock.fingerprints})
    matches = [key for key in known if name_matches(key, name)]
    if not matches and " :: " in name:
        matches = [name]  # code that is gone, and whose anchor is gone, under its full name
    if len(matches) != 1:
        near = difflib.get_close_matches(name, [part for key in known for part in (key, key.rpartition(" ")[2])], n=3)
        hint = f"; it could be {' or '.join(matches or near)}" if matches or near else ""
        raise InputError(f"{name!r} names {'several anchors' if matches else 'nothing that is anchored'}{hint}")
    key = matches[0]
    path, _, symbol = key.partition(" :: ")
    now = project.symbols.get(key) or find(project.code, path, symbol)
    acceptance = Acceptance(key, now.fingerprint if now else REMOVED, reason.strip(), by, date.today().isoformat())
    others = tuple(each for each in lock.acceptances if each.anchor != key)
    return Lock(lock.revision, lock.fingerprints, (*others, acceptance)), acceptance


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
