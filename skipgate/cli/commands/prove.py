"""`skipgate prove`: properties that hold for all values, not only within bounds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.app.artifacts import Artifacts
from skipgate.app.progress import ProgressLine
from skipgate.base.exits import Exit
from skipgate.base.paths import PathType, require_file
from skipgate.cli.choice import check_names, choose_check
from skipgate.cli.options import given_option, root_option, time_limit_option
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.core.model import Model
    from skipgate.checker.core.result import CheckResult

_METHODS = ("auto", "induction", "spacer", "bmc")


@click.command("prove", short_help="Prove properties for all values, without bounds.")
@click.argument("model", metavar="MODEL", type=PathType())
@click.option(
    "--check",
    "name",
    metavar="NAME",
    help="The check whose constants to use; all checks without tags if none is named.",
)
@click.option(
    "--property", "properties", metavar="NAME", multiple=True, help="A property to prove; all if none is named."
)
@click.option(
    "--method",
    type=click.Choice(_METHODS),
    default="auto",
    show_default=True,
    help="auto: the others in turn. induction: over several steps, all properties together. spacer: find invariants. "
    "bmc: look for violations only.",
)
@click.option(
    "--depth",
    metavar="N",
    type=click.IntRange(min=1),
    help="The longest violations to look for, in states; for induction the most steps.",
)
@root_option
@given_option
@time_limit_option("End each check after this time (120 seconds unless given).")
@click.option(
    "--out",
    metavar="DIR",
    type=PathType(),
    help="Write a picture and the trace of every violation there.",
)
@click.option("--show-invariant", is_flag=True, help="Print the invariants that were found, as lemmas.")
@click.pass_context
def command(
    ctx: click.Context,
    model: Path,
    name: str | None,
    properties: tuple[str, ...],
    method: str,
    depth: int | None,
    time_limit: float | None,
    out: Path | None,
    show_invariant: bool,
) -> Exit:
    """Prove that the properties of MODEL hold in every state, however large its numbers grow.

    `skipgate check` looks at every state, so there must be finitely many. This command looks at none: it lets the
    solver Z3 show that no step can lead from a good state to a bad one. It takes models with variables of the types
    nat and int, and any other. The answer is proved, violated (with a shortest trace), or unknown.

    \b
      skipgate prove gate.gate                             all there is to prove
      skipgate prove gate.gate --check v9 --property Safe  one of them
      skipgate prove gate.gate --show-invariant            also print why it holds

    \b
    Exit status: 0 all is proved or as the check expects, 1 something is
    violated, 2 the input or the call is wrong, 3 something is unknown,
    130 interrupted.
    """
    require_file(model)
    names = check_names(model, tagged=False) if name is None else [choose_check(model, name)]
    if not names and check_names(model):
        raise InputError(f"{model} has only checks with tags; name one with --check NAME")
    if not names:
        raise InputError(f"{model} has no check; write one, such as `check all expect proved`")
    artifacts = Artifacts(out)
    artifacts.prepare()
    progress = ProgressLine(sys.stderr)
    models = [_load(model, each, time_limit) for each in names]
    results: list[CheckResult] = []
    for each in models:
        result = _prove(each, properties, method, depth, time_limit, progress)
        progress.clear()
        artifacts.write(result)
        results.append(result)
        if result.stopped == "interrupted":
            break
    from skipgate.app.reports.proofs import print_proofs

    print_proofs(results, artifacts, show_invariant)
    if any(result.stopped == "interrupted" for result in results):
        return Exit.INTERRUPTED
    if artifacts.troubles:
        return Exit.USAGE
    if any(result.problems for result in results):
        return Exit.DIFFERS
    return Exit.UNKNOWN if any(not result.as_expected for result in results) else Exit.OK


def _load(path: Path, name: str, seconds: float | None) -> Model:
    from skipgate.checker.checks.preparation import load_check

    return load_check(path, name, seconds=seconds)


def _prove(
    model: Model,
    properties: tuple[str, ...],
    method: str,
    depth: int | None,
    time_limit: float | None,
    progress: ProgressLine,
) -> CheckResult:
    from skipgate.checker.checks.proofs import prove_check
    from skipgate.checker.smt.proving.prove import METHODS

    check = model.check.name.text
    return prove_check(
        model,
        wanted=properties or None,
        method=next(known for known in METHODS if known == method),
        depth=depth,
        time_limit=time_limit,
        report=lambda text: progress.say(f"{check}: {text}"),
    )
