"""What gets out of a call: exceptions of the family, and those that the caller's own function raised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TypeVar

from skipgate.base.errors import exhausted, is_interrupt
from skipgate.errors import SkipgateError
from skipgate.spec.confinement import allowed

T = TypeVar("T")


@contextmanager
def boundary(
    progress: Callable[[T], object] | None = None, root: str | PathLike[str] | None = None
) -> Iterator[Callable[[T], None] | None]:
    """Make every error one of ours, save those that `progress` raises; gives the function to call in its place.

    Models may use what is below the folder `root` meanwhile.

    Raises:
        InputError: an error of the input, or the model exhausts what Python has.
        KeyboardInterrupt: on Ctrl-C, wherever it was noticed.
        InternalError: any other error.
    """
    foreign: list[Exception] = []

    def report(said: T) -> None:
        assert progress is not None
        try:
            progress(said)
        except Exception as error:
            foreign.append(error)
            raise

    try:
        with allowed(*(() if root is None else (Path(root),))):
            yield None if progress is None else report
    except Exception as error:
        if isinstance(error, SkipgateError) or any(error is each for each in foreign):
            raise
        if is_interrupt(error):
            raise KeyboardInterrupt from error
        if isinstance(error, RecursionError | MemoryError):
            raise exhausted(error) from error
        from skipgate.checker.core.errors import InternalError

        raise InternalError(f"{type(error).__name__}: {error}") from error
