"""From the paths on the command line to the model files that are meant."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from skipgate.base.errors import reason
from skipgate.errors import InputError

SUFFIX = ".gate"


class PathType(click.Path):
    """A path on the command line. An empty one, as an unset variable of a shell leaves it, is not the folder here."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(path_type=Path, **settings)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse the empty path."""
        if value == "":
            self.fail("the path is empty", param, ctx)
        return super().convert(value, param, ctx)


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
    found: dict[str, ModelFile] = {}
    for path in paths:
        if _is_folder(path):
            below = list(_below(path))
            if not below:
                raise InputError(f"there is no {SUFFIX} file in {path} or the folders below it")
            for file in below:
                found.setdefault(_identity(file), ModelFile(file, named=False))
        else:
            require_file(path)
            found[_identity(path)] = ModelFile(path)
    return list(found.values())


def require_file(path: Path) -> None:
    """Raises `InputError` unless `path` is a file that can be read."""
    if _is_folder(path):
        raise InputError(f"{path} is a folder; name one file")
    if not os.access(path, os.R_OK):
        raise InputError(f"{path} cannot be read: permission denied")


def _identity(path: Path) -> str:
    """The same for all ways to one file. A link that leads to itself stands for itself; reading it will fail."""
    return os.path.realpath(path)


def _is_folder(path: Path) -> bool:
    """Is it a folder, rather than a file? Raises `InputError` if it is not there at all."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except FileNotFoundError:
        if path.is_symlink():
            raise InputError(f"{path} is a link that leads nowhere") from None
        near = [file.stem for file in path.parent.glob(f"*{SUFFIX}")] if path.name else []
        stem = path.name.removesuffix(SUFFIX)  # the ending, which all have in common, makes none of them alike
        meant = [stem] if stem in near else get_close_matches(stem, near, n=1)
        hint = f"; did you mean {path.with_name(meant[0] + SUFFIX)}?" if meant else ""
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
    # A pipe would keep everyone waiting; but a link that leads nowhere was meant to be a model.
    return (file for file in sorted(files) if file.is_file() or file.is_symlink())
