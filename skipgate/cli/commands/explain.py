"""`skipgate explain`: a violation, and what another check does in its place."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.app.progress import ProgressLine
from skipgate.base.console import text_columns
from skipgate.base.errors import complain
from skipgate.base.exits import Exit
from skipgate.base.output import deliver, form_for, wants_colour
from skipgate.base.paths import PathType
from skipgate.cli.choice import choose_check
from skipgate.cli.options import given_option, root_option
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.core.contrast import Contrast
    from skipgate.checker.core.result import CheckResult
    from skipgate.checker.core.trace import Trace
    from skipgate.checker.evidence.rivals import Rivals

_FORMS = ("text", "dot", "svg", "png")


@click.command("explain", short_help="Hold a violation against a check that does not have it.")
@click.argument("model", metavar="MODEL", type=PathType())
@click.option("--check", "name", metavar="NAME", help="The check that has the violation; needed if there are several.")
@click.option("--property", "wanted", metavar="NAME", help="The violated property. Default: all, if it is for text.")
@click.option("--against", metavar="NAME", help="The other check. Default: one that holds and is like it.")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMS),
    help="As text, as a Graphviz graph, or as a picture. Default: what --out ends in, else text.",
)
@root_option
@given_option
@click.option("--out", metavar="FILE", type=PathType(), help="Write there, not to standard output.")
def command(
    model: Path, name: str | None, wanted: str | None, against: str | None, form: str | None, out: Path | None
) -> Exit:
    """Say in what a check that violates a property differs from one that does not.

    The steps of the shortest violation are taken once more under the constants of the other check. What is shown is
    where the two part, why, and how the other one ends. The other check must have the same variables. Without
    --against, checks that are expected to hold come first, then those that differ in a choice of the design rather
    than in bounds alone, and in as little as possible; which one was chosen is said, and which come next.

    \b
      skipgate explain lock.gate --check two_steps
      skipgate explain lock.gate --check two_steps --out why.svg
    """
    form = form_for(form, out, _FORMS)
    check = choose_check(model, name)
    if against is not None and choose_check(model, against) == check:
        raise InputError(f"--against names another check than {check!r}")
    result = _search(model, check)
    properties = _violated(result, wanted)
    if form != "text" and len(properties) > 1:
        raise InputError(f"say which with --property NAME: violated in {check!r} are {', '.join(properties)}")
    contrasts = _contrasts(model, [result.properties[each].trace for each in properties], against)
    deliver(_render(contrasts, form, out), out)
    return Exit.OK


def _search(path: Path, check: str) -> CheckResult:
    """Run a check."""
    from skipgate.checker.checks.files import check_file

    progress = ProgressLine(sys.stderr)
    try:
        (result,) = check_file(path, only=check, report=progress.update).checks
    finally:
        progress.clear()
    return result


def _violated(result: CheckResult, wanted: str | None) -> list[str]:
    """The violated properties that are to be explained.

    Raises:
        InputError: there is none.
    """
    from skipgate.spec.diagnostics import did_you_mean

    if wanted is not None and wanted not in result.properties:
        hint = did_you_mean(wanted, result.properties) or f"there are: {', '.join(result.properties)}"
        raise InputError(f"{result.file} has no property {wanted!r}; {hint}")
    found = [name for name in result.violated if wanted in (None, name)]
    if not found:
        what = "nothing is" if not result.violated else f"{wanted} is not"
        instead = f"violated there: {', '.join(result.violated)}" if result.violated else "choose another with --check"
        raise InputError(f"{what} violated in check {result.check!r}, so there is nothing to explain; {instead}")
    return found


def _contrasts(path: Path, traces: list[Trace | None], against: str | None) -> list[Contrast]:
    """Each trace against the named check, or the nearest.

    Raises:
        InputError: none of them can be held against it.
    """
    from skipgate.checker.evidence.rivals import Rivals
    from skipgate.spec.passes import read

    rivals = Rivals(read(path))
    answers = [_contrast(rivals, trace, against) for trace in traces if trace is not None]
    found = [answer for answer in answers if not isinstance(answer, str)]
    refusals = [answer for answer in answers if isinstance(answer, str)]
    if not found:
        raise InputError(refusals[0])
    for refusal in refusals:
        complain(refusal, label="note")
    return found


def _contrast(rivals: Rivals, trace: Trace, against: str | None) -> Contrast | str:
    """The contrast, or why there is none."""
    from skipgate.checker.evidence.replay import contrast, is_replayable, misfits

    if not trace.steps:
        return f"{trace.property}: no step leads to the violation, so there is none for another check to take"
    if against is None:
        nearest = rivals.nearest(trace)
        if nearest is None and len(rivals) == 1:
            return f"{trace.property}: there is no other check in the file to hold it against"
        return nearest or (
            f"{trace.property}: every other check of the file is expected to violate it as well, does so on the same "
            "steps, does not examine it, or has variables with other bounds; name one with --against"
        )
    other = rivals.model(against)
    if not other.check.examines(trace.property):
        return f"{trace.property}: check {against!r} does not examine it, so nothing is known of it there"
    if not is_replayable(trace, other):
        places = "; ".join(f"there {v.name} : {v.type}" for v in misfits(trace, other))
        return f"{trace.property}: check {against!r} does not have all of these states: {places}"
    return contrast(trace, rivals.model(trace.check), other)


def _render(contrasts: list[Contrast], form: str, out: Path | None) -> str | bytes:
    from skipgate.traces.contrast_dot import contrast_to_dot
    from skipgate.traces.contrast_text import render_contrast
    from skipgate.traces.render import RenderError, contrast_svg, to_png

    try:
        match form:
            case "svg":
                return contrast_svg(contrasts[0])
            case "png":
                return to_png(contrast_to_dot(contrasts[0]))
            case "dot":
                return contrast_to_dot(contrasts[0])
            case _:
                width = 100 if out else text_columns()
                colour = out is None and wants_colour()
                return "\n".join(render_contrast(each, colour=colour, width=width) for each in contrasts)
    except RenderError as error:
        raise InputError(str(error)) from None
