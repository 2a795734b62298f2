"""`skipgate tests`: few short behaviours to try on the code."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.base.exits import Exit
from skipgate.base.paths import PathType
from skipgate.base.wording import count
from skipgate.cli.choice import choose_check
from skipgate.cli.options import given_option, root_option, time_limit_option
from skipgate.errors import InputError

if TYPE_CHECKING:
    pass


@click.command("tests", short_help="Write few short behaviours that exercise the code.")
@click.argument("model", metavar="MODEL", type=PathType())
@click.option("--check", "name", metavar="NAME", help="The check whose constants hold; needed if there are several.")
@click.option("--goals", metavar="KIND,...", help="What to try: actions, pairs, covers. Default: actions,covers.")
@click.option("--observe", metavar="NAME,...", help="The variables that the code can show; all, if nothing is said.")
@click.option("--go", "go", metavar="DIR", type=PathType(), help="Write Go tests there.")
@click.option("--package", metavar="NAME", help="The Go package of the tests. Default: that of DIR with `_test`.")
@root_option
@given_option
@time_limit_option("End after this time.")
@click.option("--max-states", metavar="N", type=click.IntRange(1), help="End if there are more states than this.")
@click.pass_context
def command(
    ctx: click.Context,
    model: Path,
    name: str | None,
    goals: str | None,
    observe: str | None,
    go: Path | None,
    package: str | None,
    time_limit: float | None,
    max_states: int | None,
) -> Exit:
    """Write few short behaviours that together meet every goal which some behaviour meets, to be tried on the code.

    \b
      skipgate tests lock.gate --check two_steps
      skipgate tests lock.gate --check two_steps --goals actions,pairs --go internal/lock
    """
    from skipgate.app.gotests.files import package_of, write_go
    from skipgate.checker.checks.preparation import load_check, prepare
    from skipgate.checker.search.limits import Budget
    from skipgate.checker.testing.goals import KINDS
    from skipgate.checker.testing.suite import DEFAULT, TestOptions, tests_of

    check = choose_check(model, name)
    kinds = [kind for kind in KINDS if kind in goals.split(",")] if goals else DEFAULT
    kernels = prepare(load_check(model, check, to_search=True))
    suite = tests_of(kernels, TestOptions(kinds, None, Budget(max_states, time_limit)))
    names = [each.name for each in suite.model.variables]
    observed = names if observe is None else observe.split(",")
    for each in observed:
        if each not in names:
            raise InputError(f"no variable is called {each!r}")
    steps = sum(map(len, suite.behaviours))
    click.echo(f"{count(len(suite.behaviours), 'behaviour')}, {count(steps, 'step')}")
    for goal in suite.unmet:
        click.echo(f"not met: {goal}")
    if go is not None:
        parts = ["skipgate", "tests", model.as_posix(), "--check", check]
        if goals:
            parts += ["--goals", ",".join(kinds)]
        if observe is not None:
            parts += ["--observe", observe]
        parts += ["--go", go.as_posix()]
        if package is not None:
            parts += ["--package", package]
        written = write_go(suite, go, package=package or package_of(go), observed=observed, command=shlex.join(parts))
        for file in written:
            click.echo(f"{file.outcome}: {file.path}")
    return Exit.UNKNOWN if suite.stopped else Exit.OK
