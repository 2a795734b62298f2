"""What a run wrote into its folder, so that the next run can remove what is no longer true.

Only files that an earlier run wrote are removed, and only if they still are what it wrote.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from skipgate.base.errors import reason
from skipgate.errors import InputError
from skipgate.spec.files import write_atomically

NAME = "skipgate.manifest.json"
SCHEMA = "skipgate.manifest/1"


def record(folder: Path, written: Iterable[Path], *, complete: bool) -> list[Path]:
    """Write the manifest of a run, and remove what an earlier one wrote there and this one did not.

    A run that is not `complete` removes nothing: what it did not come to may still be true. Returns the files that were
    removed.

    Raises:
        InputError: the manifest cannot be written, or an old file cannot be removed.
    """
    try:
        new = {path.relative_to(folder).as_posix(): _digest(path) for path in written}
        old = {name: digest for name, digest in _read(folder).items() if name not in new}
        removed: list[Path] = []
        if complete:
            removed = [folder / name for name, digest in old.items() if _is_ours(folder, name, digest)]
            for path in removed:
                path.unlink()
                _remove_empty(path.parent, folder)
            old = {}
        files = dict(sorted((old | new).items()))
        write_atomically(folder / NAME, json.dumps({"schema": SCHEMA, "files": files}, indent=1) + "\n")
    except OSError as error:
        raise InputError(f"{error.filename or folder / NAME} cannot be written: {reason(error)}") from None
    return removed


def _read(folder: Path) -> dict[str, str]:
    """The files of the manifest that is there, with their digests. One that cannot be read speaks of no file."""
    try:
        content = json.loads((folder / NAME).read_text("utf-8"))
    except (FileNotFoundError, ValueError, RecursionError):
        return {}
    files = content.get("files") if isinstance(content, dict) and content.get("schema") == SCHEMA else None
    if not isinstance(files, dict):
        return {}
    return {name: digest for name, digest in files.items() if isinstance(digest, str)}


def _is_ours(folder: Path, name: str, digest: str) -> bool:
    """Is it a file within the folder, and what was written there?"""
    path = folder / name
    within = path.resolve().is_relative_to(folder.resolve())
    return within and path.is_file() and not path.is_symlink() and _digest(path) == digest


def _remove_empty(below: Path, folder: Path) -> None:
    """Remove a folder within the folder of the run if nothing is left in it."""
    while below not in (folder, below.parent) and not any(below.iterdir()):
        below.rmdir()
        below = below.parent


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
