"""`skipgate tests`: few short behaviours to try on the code."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.app.progress import ProgressLine
from skipgate.base.exits import Exit
from skipgate.base.paths import PathType
from skipgate.cli.choice import choose_check
from skipgate.cli.options import given_option, root_option, time_limit_option
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.app.testing import WrittenFile


def _names(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Names with commas between them."""
    return None if value is None else tuple(name.strip() for name in value.split(",") if name.strip())


@click.command("tests", short_help="Choose few behaviours that try all of a model, as Go tests too.")
@click.argument("model", metavar="MODEL", type=PathType())
@click.option("--check", "name", metavar="NAME", help="The check whose constants hold; needed if there are several.")
@click.option(
    "--goals",
    metavar="KIND,...",
    callback=_names,
    help="What to try: actions, pairs of consecutive actions, covers, branches of guards and values, violations "
    "that the check expects. Default: actions,covers,branches.",
)
@click.option("--refusals", is_flag=True, help="Also try, at the end of behaviours, what must be refused there.")
@click.option(
    "--longest",
    metavar="N",
    type=click.IntRange(1),
    help="Steps of a behaviour, at most, unless a goal needs more. Default: 12, or twice as many as any goal needs.",
)
@click.option("--go", "go", metavar="DIR", type=PathType(), help="Write Go tests there.")
@click.option(
    "--observe",
    metavar="NAME,...",
    callback=_names,
    help="The variables that the code can show to Go tests. Default: all.",
)
@click.option("--package", metavar="NAME", help="The Go package of the tests. Default: that of DIR, with _test.")
@click.option("--itf", metavar="DIR", type=PathType(), help="Write each behaviour there as an ITF trace.")
@root_option
@given_option
@time_limit_option("End the search after this time.")
@click.option("--max-states", metavar="N", type=click.IntRange(1), help="End the search after more states than this.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to say it."
)
@click.pass_context
def command(
    ctx: click.Context,
    model: Path,
    name: str | None,
    goals: tuple[str, ...] | None,
    refusals: bool,
    longest: int | None,
    go: Path | None,
    observe: tuple[str, ...] | None,
    package: str | None,
    itf: Path | None,
    time_limit: float | None,
    max_states: int | None,
    form: str,
) -> Exit:
    """Choose few, short behaviours of a check that together try all that can happen, for tests of the code.

    What is to be tried are goals: that each action is taken, that each cover is reached, and so on. What no behaviour
    meets is listed: it cannot happen, or it is not known since a limit ended the search.

    \b
      skipgate tests lock.gate --check two_steps
      skipgate tests lock.gate --check two_steps --refusals --go internal/lock
      skipgate tests lock.gate --check two_steps --itf traces --format json

    Go tests are a table of behaviours, and an interface to the code, with a file to fill in that is written once. All
    else is written again by the same command, and stays as it is while the model does.

    \b
    Exit status: 0 each goal is met, or cannot be; 2 the input or the call is
    wrong, 3 a limit ended the search before that was known, 130 interrupted.
    """
    from skipgate.app.reports.tests import print_suite, report_object
    from skipgate.app.testing import goal_kinds, observed_variables, test_suite, write_itf
    from skipgate.checker.search.limits import INTERRUPTED, Budget
    from skipgate.checker.testing.suite import TestOptions

    if go is None and (observe is not None or package is not None):
        raise click.UsageError("--observe and --package are for Go tests: say where with --go DIR.", ctx)
    if package is not None and not re.fullmatch(r"[a-z_]\w*", package, re.ASCII):
        raise InputError(f"{package!r} is no name of a Go package: it has small letters, digits and underscores")
    kinds = goal_kinds(goals, refusals)
    if not kinds:
        raise click.UsageError("--goals names no goals: leave it out, or say which.", ctx)
    check = choose_check(model, name)
    progress = ProgressLine(sys.stderr)
    options = TestOptions(kinds, longest, Budget(max_states, time_limit))
    suite = test_suite(model, check, options, progress.update)
    progress.clear()
    if suite.stopped == INTERRUPTED:
        return Exit.INTERRUPTED
    observed = observed_variables(suite.model, observe)
    written: list[WrittenFile] = [] if itf is None else write_itf(suite, itf)
    if go is not None:
        from skipgate.app.gotests.files import write_go

        called = _called(ctx, model, check)
        written += write_go(suite, go, package=package, observed=observed, command=called)
    if form == "json":
        click.echo(json.dumps(report_object(suite, written), indent=2))
    else:
        print_suite(suite, written)
    return Exit.OK if suite.stopped is None else Exit.UNKNOWN


def _called(ctx: click.Context, model: Path, check: str) -> str:
    """The command line that writes the same Go tests again."""
    given = ctx.params
    parts = ["skipgate", "tests", model.as_posix(), "--check", check]
    for option in ("goals", "observe"):
        if given[option] is not None:
            parts += [f"--{option}", ",".join(given[option])]
    parts += ["--refusals"] if given["refusals"] else []
    for option in ("longest", "max_states", "package"):
        if given[option] is not None:
            parts += [f"--{option.replace('_', '-')}", str(given[option])]
    return shlex.join([*parts, "--go", given["go"].as_posix()])
