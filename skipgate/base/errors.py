"""Errors as the user sees them: on standard error, one message, no traceback."""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.spec.diagnostics import SpecError

_BUG_REPORT = (
    "This is a bug in skipgate, not in your model. Please report it, with the model and the lines above; "
    "the environment variable SKIPGATE_DEBUG=1 adds the traceback that helps most."
)


def is_interrupt(error: BaseException) -> bool:
    """Ctrl-C: also in the midst of a call into a C library, of which ctypes makes an error of its own."""
    ctypes = sys.modules.get("ctypes")
    in_a_call = ctypes is not None and isinstance(error, ctypes.ArgumentError)
    return isinstance(error, KeyboardInterrupt) or (in_a_call and KeyboardInterrupt.__name__ in str(error))


def complain(message: str, *, label: str = "error") -> None:
    """Print one message on standard error."""
    head = f"{label}:"
    if not os.environ.get("NO_COLOR"):
        head = click.style(head, fg="red", bold=True)  # which `echo` takes out again if there is no terminal
    click.echo(f"{head} {message}", err=True)


def show_input_error(error: InputError) -> None:
    """Print what is wrong with the input; of a faulty specification every diagnostic, a blank line between them."""
    from skipgate.spec.diagnostics import SpecError

    if isinstance(error, SpecError):
        click.echo("\n\n".join(diagnostic.render() for diagnostic in error.diagnostics), err=True)
    else:
        complain(str(error))


@dataclass(frozen=True)
class CrashReport:
    """An internal error, as far as it is shown: as data, since it may come from another process."""

    kind: str
    message: str
    place: str | None
    traceback: str

    @classmethod
    def of(cls, error: BaseException) -> CrashReport:
        """The report of an exception that was raised."""
        trace = "".join(traceback.format_exception(error))
        return cls(type(error).__name__, str(error), _place(error), trace)


def show_internal_error(crash: CrashReport, doing: str | None = None) -> None:
    """Say that skipgate itself is at fault: with what, and where."""
    context = f" while {doing}" if doing else ""
    complain(f"{crash.kind}{context}: {crash.message}", label="internal error")
    if os.environ.get("SKIPGATE_DEBUG"):
        click.echo(crash.traceback, err=True, nl=False)
    elif crash.place is not None:
        click.echo(f"  raised at {crash.place}", err=True)


def ask_for_report() -> None:
    """Ask the user to report the internal errors above."""
    click.echo(_BUG_REPORT, err=True)


def _place(error: BaseException) -> str | None:
    """Package, file and line where an exception was raised, without the folders above the package."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return None
    last = frames[-1]
    return f"{'/'.join(Path(last.filename).parts[-2:])}:{last.lineno}, in {last.name}"


def exhausted(error: RecursionError | MemoryError, path: Path | None = None) -> SpecError:
    """What exhausts Python is taken for a fault of the model: its author can do something about it."""
    from skipgate.spec import diagnostics

    place = "" if path is None else f"`{path}`: "
    if isinstance(error, RecursionError):
        return diagnostics.error(f"{place}an expression is nested too deeply", hint="name parts of it by `def`")
    return diagnostics.error(f"{place}there is not enough memory", hint="limit the search with --max-states")


def reason(error: OSError) -> str:
    """Why the operating system refused, in its own words: `permission denied`."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
