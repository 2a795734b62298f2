"""`skipgate lint`: what can be said about a model before it is searched."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.base.console import sentence
from skipgate.base.errors import show_input_error
from skipgate.base.exits import Exit
from skipgate.base.paths import ModelFile, PathType
from skipgate.base.wording import count
from skipgate.cli.limits import LimitReached, limits
from skipgate.cli.options import max_memory_option, model_files, root_option, time_limit_option
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.app.reports.lint import Linted
    from skipgate.checker.core.model import Model

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@click.command("lint", short_help="Find dead actions and needless conditions, without a search.")
@click.argument("paths", metavar="PATH...", nargs=-1, type=PathType())
@click.option("--all", "everything", is_flag=True, help="List every operation that has to be tested at run time.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Print text, or one JSON object, which has the minor notes as well.",
)
@time_limit_option("End it after this time; nothing is known then.")
@max_memory_option("End it when it needs more memory, such as 500M or 4G.")
@root_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    everything: bool,
    form: str,
    time_limit: float | None,
    max_memory: int | None,
) -> Exit:
    """Find what is odd about the models in PATH from types and guards alone, whatever the states.

    PATH is a .gate file, or a folder: then every .gate file below it is meant.

    \b
      skipgate lint lock.gate           actions that can never be taken;
                                        conditions that say nothing; updates
                                        that may leave their type
      skipgate lint --all models        also indices, keys and options that may
                                        not be there

    \b
    Exit status: 0 nothing worse than a note, 1 an error or a warning, 2 the
    input or the call is wrong, 3 a limit was reached. What was not examined is
    said, and is no finding.
    """
    if not paths:
        raise click.UsageError("Say what to look at: a .gate file, or a folder of them.", ctx)
    files = model_files(ctx, paths)
    reached = False
    try:
        with limits(time_limit, max_memory):
            looked_at = _look_at(files)
    except LimitReached as limit:
        looked_at, reached = _nothing_known(files, str(limit)), True
    if form == "json":
        from skipgate.app.reports.lint import lint_object

        click.echo(json.dumps(lint_object(looked_at), indent=2))
    else:
        _print(looked_at, everything)
    for problem in looked_at.faulty:
        show_input_error(problem)
    if looked_at.faulty:
        return Exit.USAGE
    if reached:
        return Exit.UNKNOWN
    return Exit.DIFFERS if any(finding.level != "note" for finding in looked_at.findings) else Exit.OK


def _nothing_known(files: list[ModelFile], why: str) -> Linted:
    """What is found if a limit ends it: of no file is anything known."""
    from skipgate.app.reports.lint import Linted
    from skipgate.checker.smt.lint import Unexamined

    return Linted(0, [], [Unexamined(str(file.path), "any of it", why) for file in files], (0, 0), [])


def _look_at(files: list[ModelFile]) -> Linted:
    """What is found in all checks of all files."""
    from skipgate.app.libraries import libraries
    from skipgate.app.reports.lint import Linted
    from skipgate.checker.elaborate.elaborate import elaborate
    from skipgate.checker.smt.lint import Unexamined, lint, tests, unexamined
    from skipgate.spec.diagnostics import SpecError
    from skipgate.spec.passes import read

    models: list[Model] = []
    faulty: list[SpecError] = []
    without_checks: list[Path] = []
    for file in files:
        try:
            spec = read(file.path)
            if file.named and not spec.checks:
                raise InputError(f"there is no `check` in {file.path}, so its constants have no values")
            models += [elaborate(spec, check) for check in spec.checks]
            without_checks += [] if spec.checks else [file.path]
        except SpecError as problem:
            faulty.append(problem)
    used = libraries(without_checks, [file.path for file in files])
    alone = [str(path) for path in without_checks if path not in used]
    left_out = [Unexamined(file, "any of it", "it has no check, so its constants have no values") for file in alone]
    return Linted(len(models), lint(models), [*left_out, *unexamined(models)], tests(models), faulty)


def _print(linted: Linted, everything: bool) -> None:
    for finding in linted.findings:
        if everything or not finding.minor:
            label = click.style(finding.level, fg=_COLOURS[finding.level], bold=True)
            click.echo(finding.diagnostic.render(label) + "\n")
    for line in _summary(linted, everything):
        click.echo(sentence(line))


def _summary(linted: Linted, everything: bool) -> list[str]:
    total, proved = linted.tests
    shown = [finding for finding in linted.findings if everything or not finding.minor]
    levels = Counter(finding.level for finding in shown)
    hidden = len(linted.findings) - len(shown)
    lines = [f"{each.file}: not examined: {each.what} ({each.why})" for each in linted.unexamined]
    if total:
        lines.append(f"{proved:,} of {total:,} operations that might fail by their form are proved not to")
    if hidden:
        lines.append(f"{count(hidden, 'minor note')} not shown; --all shows them")
    parts = [count(levels[level], level) for level in ("error", "warning", "note") if levels[level]]
    lines.append(f"{count(linted.checks, 'check')}: {', '.join(parts) or 'nothing to say'}")
    return lines
