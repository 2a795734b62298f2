"""`skipgate repl`: walk through a model by commands."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import click

from skipgate.base.console import text_columns
from skipgate.base.errors import show_input_error
from skipgate.base.exits import Exit
from skipgate.base.output import wants_colour
from skipgate.base.paths import PathType
from skipgate.cli.choice import choose_check
from skipgate.cli.options import given_option, root_option
from skipgate.errors import InputError
from skipgate.traces.plain import visible

if TYPE_CHECKING:
    from skipgate.app.repl.session import Session
    from skipgate.traces.lines import TextLine


@click.command("repl", short_help="Walk through a model in the terminal.")
@click.argument("model", metavar="MODEL", type=PathType())
@click.option("--check", "name", metavar="NAME", help="The check to walk through; needed if there are several.")
@click.option("--seed", metavar="N", type=click.IntRange(min=0), help="What decides random steps; drawn if not given.")
@click.option("--history", metavar="FILE", type=PathType(), help="Keep what is typed there; else it is forgotten.")
@root_option
@given_option
def command(model: Path, name: str | None, seed: int | None, history: Path | None) -> Exit:
    """Walk through the states of a check, step by step, by commands.

    There are commands for the state, for what can happen in it and why the rest cannot, for taking a step, going back,
    for expressions, and for the way to the nearest violation or to where an expression is true; `help` lists them.
    Commands may come from a pipe as well, and are then repeated in the output. Nothing is written to disk but what
    `save` and --history name. Ctrl-D ends it.

    \b
      skipgate repl lock.gate --check two_steps
      printf 'violation\\nproperties\\n' | skipgate repl lock.gate --check two_steps

    \b
    Exit status: 0 it was ended, 2 the input or the call is wrong, or a command
    that came from a pipe.
    """
    check = choose_check(model, name)
    from skipgate.app.repl.session import Session
    from skipgate.checker.checks.preparation import load_check
    from skipgate.spec.passes import read

    spec = read(model)
    session = Session(spec, load_check(spec, check, to_search=True), Random(seed))
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return _converse(session, _typed(session, history) if at_terminal else _piped(session), lasting=at_terminal)


def _typed(session: Session, history: Path | None) -> Iterator[str]:
    from skipgate.app.repl.prompt import typed

    return typed(session, history)


def _piped(session: Session) -> Iterator[str]:
    """The lines of standard input, each repeated behind the prompt."""
    for row in sys.stdin.buffer:
        line = row.decode("utf-8", "replace").rstrip()
        click.echo(f"\n{session.prompt}{visible(line)}")
        yield line


def _converse(session: Session, lines: Iterable[str], *, lasting: bool) -> Exit:
    """Follow commands until there are no more. What is wrong with one of them does not end it."""
    session.width = text_columns()
    _print(session.greeting(), session.width)
    failed = False
    for line in lines:
        session.width = text_columns()
        try:
            _print(session.run(line), session.width)
        except InputError as problem:
            failed = True
            show_input_error(problem)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            if not lasting:
                return Exit.INTERRUPTED
        if session.ended:
            break
    return Exit.USAGE if failed and not lasting else Exit.OK


def _print(lines: list[TextLine], width: int) -> None:
    from skipgate.traces.lines import laid_out

    click.echo(laid_out(lines, colour=wants_colour(), width=width), nl=False)
    sys.stdout.flush()
