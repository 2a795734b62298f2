"""From the paths on the command line to the model files that are meant."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from skipgate.errors import InputError, reason

SUFFIX = ".gate"


@dataclass(frozen=True)
class ModelFile:
    """A file to work on. `named` tells whether it was named itself, rather than found in a folder."""

    path: Path
    named: bool = True


def find_models(paths: Iterable[Path]) -> list[ModelFile]:
    """The files that are named, and every .gate file below the folders that are; each once, in that order.

    Raises:
        InputError: if there is no such file or folder, or a folder has no .gate file in it.
    """
    found: dict[Path, ModelFile] = {}
    for path in paths:
        if _is_folder(path):
            below = list(_below(path))
            if not below:
                raise InputError(f"there is no {SUFFIX} file in {path} or the folders below it")
            for file in below:
                found.setdefault(file.resolve(), ModelFile(file, named=False))
        else:
            require_file(path)
            found[path.resolve()] = ModelFile(path)
    return list(found.values())


def require_file(path: Path) -> None:
    """Raises `InputError` unless `path` is a file that can be read."""
    if _is_folder(path):
        raise InputError(f"{path} is a folder; name one file")
    if not os.access(path, os.R_OK):
        raise InputError(f"{path} cannot be read: permission denied")


def _is_folder(path: Path) -> bool:
    """Is it a folder, rather than a file? Raises `InputError` if it is not there at all."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except FileNotFoundError:
        beside = path.with_name(path.name + SUFFIX)
        hint = f"; did you mean {beside}?" if beside.is_file() else ""
        raise InputError(f"there is no file or folder {path}{hint}") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {reason(error)}") from None
    except ValueError as error:  # a zero byte in the name
        raise InputError(f"{str(path)!r} is not a path: {error}") from None


def _below(folder: Path) -> Iterator[Path]:
    """The .gate files below a folder, sorted. Hidden folders (.git, .venv) hold nobody's models."""

    def give_up(error: OSError) -> None:
        raise InputError(f"{error.filename} cannot be read: {reason(error)}")

    files: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=give_up):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(root, name) for name in names if name.endswith(SUFFIX) and not name.startswith(".")]
    return iter(sorted(files))
