"""`skipgate new`: a model to start from."""

from __future__ import annotations

from pathlib import Path

import click

from skipgate.base.errors import reason
from skipgate.base.output import write_new
from skipgate.errors import InputError

_TEMPLATE = Path(__file__).parents[2] / "templates" / "starter.gate"


@click.command("new", short_help="Write a small commented model to start from.")
@click.argument("name")
def command(name: str) -> None:
    """Write NAME.gate, a small commented model that checks as it stands.

    It holds two revisions of one design, a wrong one and a right one, and what is expected of each.

    \b
      skipgate new lock
      skipgate check lock.gate
    """
    name = name.removesuffix(".gate")
    if (fault := _fault_of(name)) is not None:
        raise InputError(f"{name!r} cannot be the name of a model: {fault}")
    path = Path(f"{name}.gate")
    text = _TEMPLATE.read_text(encoding="utf-8").replace("NAME", name)
    try:
        write_new(path, text)
    except FileExistsError:
        raise InputError(f"{path} is there already, and is left as it is; choose another name") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written: {reason(error)}") from None
    click.echo(f"Wrote {path}. Now type:\n\n  skipgate check {path}\n")
    click.echo("Then read the file: its comments say what to change to make it your own.")


def _fault_of(name: str) -> str | None:
    """Why `name` cannot stand behind `model`; None if it can. The parser is the judge of that."""
    from skipgate.spec.diagnostics import SpecError
    from skipgate.spec.parsing.parser import parse
    from skipgate.spec.source import Source

    if not (name.isascii() and name.isidentifier()):
        return "a name has letters, digits and underscores, and does not begin with a digit (lock, two_phase)"
    try:
        parse(Source(name, f"model {name}"))
    except SpecError:
        return "it is a word of the language"
    return None
