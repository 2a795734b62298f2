"""Where a text or a picture goes: into a file that is replaced as a whole, or to standard output."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from skipgate.base.errors import reason
from skipgate.errors import InputError

_OTHER_PICTURES = ("pdf", "jpg", "jpeg", "gif", "webp", "html", "eps", "ps", "drawio")


def deliver(content: str | bytes, out: Path | None) -> None:
    """Write to `out`, or to standard output if there is none.

    Raises:
        InputError: the file cannot be written.
    """
    if out is None:
        click.echo(content, nl=False)
        return
    from skipgate.spec.files import write_atomically

    try:
        write_atomically(out, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {reason(error)}") from None
    click.echo(f"Wrote {out}.", err=True)


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet: all of it, or else none is there after it.

    Raises:
        FileExistsError, OSError
    """
    with path.open("x", encoding="utf-8", newline="\n") as file:
        try:
            file.write(text)
            file.flush()
        except BaseException:
            path.unlink()
            raise


def write_report(path: Path, content: bytes) -> None:
    """Write a report; a file named by the runner (`$GITHUB_STEP_SUMMARY`) is added to, and never replaced.

    Raises:
        InputError: it cannot be written.
    """
    try:
        if os.environ.get("GITHUB_STEP_SUMMARY") == str(path):
            with path.open("ab") as file:
                file.write(content)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {reason(error)}") from None


def form_for(form: str | None, out: Path | None, forms: tuple[str, ...]) -> str:
    """The format that was asked for; else what the name of the output says; else the first.

    Raises:
        InputError: it is a picture and would go to a terminal, which cannot show it; or it ends like another picture.
    """
    if form is None:
        suffix = "" if out is None else out.suffix.removeprefix(".").lower()
        if suffix in _OTHER_PICTURES:
            raise InputError(f"no picture is drawn as .{suffix}; there are: {', '.join(forms)}")
        form = suffix if suffix in forms else forms[0]
    if form in ("svg", "png") and out is None and sys.stdout.isatty():
        raise InputError(f"a terminal cannot show {form.upper()}: name a file with --out FILE, or redirect the output")
    return form


def wants_colour() -> bool:
    """Is standard output a terminal, and its user not averse to colour (https://no-color.org)?"""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
