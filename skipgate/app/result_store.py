"""Results of earlier runs, kept under the content that they follow from.

Nothing that is kept is trusted further than its owner. Every file is sealed by a key that only the user can read, and
that lies elsewhere: a folder of results that was copied or restored from somewhere is worth nothing without it. A seal
is over the content and the name under which it is kept, and is verified before anything is unpickled. What somebody
else owns or may write to is not read at all.
"""

from __future__ import annotations

import hmac
import os
import pickle
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from skipgate.spec.cache import cache_folder
from skipgate.spec.files import write_atomically

_MOST = 1000  # results that are kept
_MOST_BYTES = 200_000_000  # that all of them take
_LARGEST = 20_000_000  # bytes of one
_HEAD = b"skipgate result 1\n"
_SEAL = 32  # bytes
_KEY = 32  # bytes
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class Refused(Exception):
    """What is kept under a name is not what this user has kept there. The text names the file and says why."""


class ResultStore:
    """The results that a user keeps. Names are digests of all that a result follows from."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = key

    def recall(self, name: str) -> Any:
        """The result under a name; None if there is none.

        Raises:
            Refused: there is something else.
        """
        path = self.folder / name
        try:
            content = _read_private(path, others_may_read=True)
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise Refused(f"{path}: {problem.strerror or problem}") from None
        seal, result = content[len(_HEAD) : len(_HEAD) + _SEAL], content[len(_HEAD) + _SEAL :]
        if not content.startswith(_HEAD) or not hmac.compare_digest(seal, self._seal(name, result)):
            raise Refused(f"{path}: damaged, or not written by this user's skipgate")
        with suppress(OSError):
            os.utime(path)  # what is used stays longest
        return pickle.loads(result)

    def keep(self, name: str, result: object) -> None:
        """Keep a result under a name. That it cannot be kept is no harm."""
        with suppress(OSError, RecursionError, pickle.PicklingError):
            content = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
            if len(content) > _LARGEST:
                return
            path = self.folder / name
            path.unlink(missing_ok=True)  # its permissions would be kept
            write_atomically(path, _HEAD + self._seal(name, content) + content)
            self._make_room()

    def _seal(self, name: str, content: bytes) -> bytes:
        return hmac.digest(self._key, name.encode() + b"\0" + content, "sha256")

    def _make_room(self) -> None:
        """Remove what was not used for longest, until a quarter is free, if there is too much."""
        found = [(path, path.stat()) for path in self.folder.iterdir()]
        size = sum(each.st_size for _, each in found)
        if len(found) <= _MOST and size <= _MOST_BYTES:
            return
        number = len(found)
        for path, each in sorted(found, key=lambda entry: entry[1].st_mtime):
            if number <= _MOST * 3 // 4 and size <= _MOST_BYTES * 3 // 4:
                return
            path.unlink(missing_ok=True)
            number, size = number - 1, size - each.st_size


def result_store() -> ResultStore | None:
    """The store of this user; None if there cannot be one that is the user's alone.

    `SKIPGATE_RESULTS` overrides the place of its folder; set to the empty string it switches the store off.
    """
    folder = _folder()
    if folder is None:
        return None
    key = _users_key()
    return None if key is None else ResultStore(folder, key)


def _folder() -> Path | None:
    chosen = os.environ.get("SKIPGATE_RESULTS")
    if chosen == "":
        return None
    if chosen is not None:
        folder = Path(chosen)
    elif (caches := cache_folder()) is not None:
        folder = caches / "results"
    else:
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    return folder if stat.S_ISDIR(found.st_mode) and _is_private(found, others_may_read=True) else None


def _users_key() -> bytes | None:
    """The secret of this user, made on first use; None if it cannot be kept secret."""
    from platformdirs import user_state_path

    path = user_state_path("skipgate", appauthor=False) / "results.key"
    if not path.is_absolute():  # there is no home folder
        return None
    try:
        with suppress(FileNotFoundError):
            return _whole_key(_read_private(path, others_may_read=False))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_key(path)
        return _whole_key(_read_private(path, others_may_read=False))
    except OSError:
        return None


def _whole_key(content: bytes) -> bytes | None:
    return content if len(content) == _KEY else None


def _make_key(path: Path) -> None:
    """Of several processes that do this at once, one makes the key, and none ever sees half of it."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY))
        with suppress(FileExistsError):
            os.link(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _read_private(path: Path, *, others_may_read: bool) -> bytes:
    """The content of a regular file that belongs to this user alone.

    Raises:
        OSError: it cannot be read, or others may have written it.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | _NO_LINK), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or not _is_private(found, others_may_read=others_may_read):
            raise PermissionError("it is not a file of this user alone")
        return file.read(_LARGEST + len(_HEAD) + _SEAL + 1)


def _is_private(found: os.stat_result, *, others_may_read: bool) -> bool:
    """Does it belong to this user, and may nobody else write to it (or even read it)?

    Where there are no such permissions (Windows), a user's folders are private by themselves.
    """
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (0o022 if others_may_read else 0o077)
