"""`skipgate trace`: a stored counterexample, read again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.base.console import text_columns
from skipgate.base.output import deliver, form_for, wants_colour
from skipgate.base.paths import PathType, require_file
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.core.trace import Trace

_FORMS = ("text", "dot", "svg", "png")


@click.command("trace", short_help="Read a stored counterexample again.")
@click.argument("file", metavar="FILE.itf.json", type=PathType())
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMS),
    help="As text, as a Graphviz graph, or as a picture. Default: what --out ends in, else text.",
)
@click.option("--full", is_flag=True, help="Show every state in full, with all parts of long values, in text.")
@click.option("--out", metavar="FILE", type=PathType(), help="Write there, not to standard output.")
def command(file: Path, form: str | None, full: bool, out: Path | None) -> None:
    """Show a trace that `skipgate check --out` has stored, as text or as a picture.

    The first state is shown in full, and of the others what changed; of long values, what is the same again and again
    is said once. --full leaves out nothing.

    \b
      skipgate trace out/lock.two_steps.OneInside.itf.json
      skipgate trace out/lock.two_steps.OneInside.itf.json --out trace.svg
    """
    require_file(file)
    form = form_for(form, out, _FORMS)
    if full and form != "text":
        raise click.UsageError("--full is for text: leave out --format and --out, or choose text there.")
    deliver(_render(_load(file), form, out, full), out)


def _load(file: Path) -> Trace:
    from skipgate.traces.itf import ItfError, load_itf

    try:
        return load_itf(file.read_bytes())
    except ItfError as error:
        raise InputError(f"{file}: {error}") from None


def _render(trace: Trace, form: str, out: Path | None, full: bool) -> str | bytes:
    from skipgate.traces.dot import to_dot
    from skipgate.traces.render import RenderError, to_png, trace_svg
    from skipgate.traces.text import render_text

    try:
        match form:
            case "svg":
                return trace_svg(trace)
            case "png":
                return to_png(to_dot(trace))
            case "dot":
                return to_dot(trace)
            case _:
                width = 100 if out else text_columns()
                return render_text(trace, colour=out is None and wants_colour(), width=width, full=full)
    except RenderError as error:
        raise InputError(str(error)) from None
