"""Which files a model may be made of: those in its own folder or below it, and those below folders that are allowed.

A model may come with anybody's pull request. A file that is no model ends up in error messages, line by line. So a
model must not be able to name any file of this machine, neither by an import nor as a link. Hidden files and folders,
such as `.git` with its credentials, are out of reach everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from os.path import normpath
from pathlib import Path

_allowed: ContextVar[tuple[Path, ...]] = ContextVar("allowed", default=())


@contextmanager
def allowed(*folders: Path) -> Iterator[None]:
    """Allow every model that is read meanwhile to use what is below these folders."""
    token = _allowed.set((*_allowed.get(), *map(real, folders)))
    try:
        yield
    finally:
        _allowed.reset(token)


def allowed_folders() -> tuple[Path, ...]:
    """What is allowed now, for another process."""
    return _allowed.get()


def why_out_of_reach(file: Path, home: Path) -> str | None:
    """Why a model in the folder `home` must not use a file; None if it may. Nothing is said of whether it exists."""
    target = real(file)
    inside = [target.relative_to(each) for each in (real(home), *_allowed.get()) if target.is_relative_to(each)]
    if any(not any(part.startswith(".") for part in path.parts) for path in inside):
        return None
    if inside:
        return "is hidden, or in a hidden folder"
    if Path(normpath(file.absolute())).is_relative_to(normpath(home.absolute())):
        return "is a link that leads out of the folder of the model"
    return "is not in the folder of the model, nor below it"


def real(path: Path) -> Path:
    """Where a path leads, links followed. A link that leads to itself stays as it is: reading it will fail."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()
