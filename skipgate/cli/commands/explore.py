"""`skipgate explore`: walk through a model in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from skipgate.base.exits import Exit
from skipgate.base.paths import PathType
from skipgate.cli.choice import choose_check
from skipgate.cli.options import given_option, root_option
from skipgate.errors import InputError


@click.command("explore", short_help="Walk through a model in a browser.")
@click.argument("model", metavar="MODEL", type=PathType())
@click.option("--check", "name", metavar="NAME", help="The check to explore; needed if there are several.")
@click.option(
    "--port", metavar="N", type=click.IntRange(0, 65535), default=0, help="The port. Default: one that is free."
)
@click.option("--open", "opens", is_flag=True, help="Open the page in a browser.")
@root_option
@given_option
def command(model: Path, name: str | None, port: int, opens: bool) -> Exit:
    """Walk through the states of a check, step by step, on a page that only this machine can open.

    The page shows the state, what can happen in it and why the rest cannot, how the properties stand, and what an
    expression is along the walk. It goes to the nearest violation, or to where an expression is true. Its address
    holds the walk, and the walk can be saved as ITF or as a picture. Nothing is written to disk. Ctrl-C ends it.

    \b
      skipgate explore lock.gate --check two_steps --open
    """
    check = choose_check(model, name)
    from skipgate.checker.checks.preparation import load_check
    from skipgate.checker.core.model import Model
    from skipgate.spec.passes import read

    spec = read(model)
    elaborated: Model = load_check(spec, check, to_search=True)
    try:
        from skipgate.app.explorer.server import serve
    except ImportError as problem:  # pragma: no cover
        raise InputError(f"the explorer needs a package that is not installed: {problem.name}") from None
    from skipgate.app.explorer.answers import Answers

    def ready(address: str) -> None:
        click.echo(f"Exploring {elaborated.name}, check {check}: {address}\nCtrl-C ends it.")
        if opens:
            click.launch(address)

    serve(Answers(spec, elaborated), port, ready)
    return Exit.OK
