"""`skipgate lint`: what can be said about a model before it is searched."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.base.errors import show_input_error
from skipgate.base.exits import Exit
from skipgate.base.paths import ModelFile, PathType
from skipgate.base.wording import count
from skipgate.cli.options import model_files, root_option
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.core.model import Model
    from skipgate.checker.smt.lint import LintFinding

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@click.command("lint", short_help="Find dead actions and needless conditions, without a search.")
@click.argument("paths", metavar="PATH...", nargs=-1, type=PathType())
@click.option("--all", "everything", is_flag=True, help="List every operation that has to be tested at run time.")
@root_option
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], everything: bool) -> Exit:
    """Find what is odd about the models in PATH from types and guards alone, whatever the states.

    PATH is a .gate file, or a folder: then every .gate file below it is meant.

    \b
      skipgate lint lock.gate           actions that can never be taken; conditions
                                        that say nothing; updates that may leave
                                        their type
      skipgate lint --all models        also indices, keys and options that may
                                        not be there

    \b
    Exit status: 0 nothing worse than a note, 1 an error or a warning, 2 the
    input or the call is wrong.
    """
    if not paths:
        raise click.UsageError("Say what to look at: a .gate file, or a folder of them.", ctx)
    models, faulty = _elaborated(model_files(ctx, paths))
    findings, needless = _look_at(models)
    for finding in findings:
        if everything or not finding.minor:
            label = click.style(finding.level, fg=_COLOURS[finding.level], bold=True)
            click.echo(finding.diagnostic.render(label) + "\n")
    for line in _summary(models, findings, needless, everything):
        click.echo(line)
    if faulty:
        return Exit.USAGE
    return Exit.DIFFERS if any(finding.level != "note" for finding in findings) else Exit.OK


def _elaborated(files: list[ModelFile]) -> tuple[list[Model], int]:
    """The models of all checks of all files, and how many files have none because they are wrong."""
    from skipgate.checker.elaborate.elaborate import elaborate
    from skipgate.spec.diagnostics import SpecError
    from skipgate.spec.passes import read

    models: list[Model] = []
    faulty = 0
    for file in files:
        try:
            spec = read(file.path)
            if file.named and not spec.checks:
                raise InputError(f"there is no `check` in {file.path}, so its constants have no values")
            models += [elaborate(spec, check) for check in spec.checks]
        except SpecError as problem:
            show_input_error(problem)
            faulty += 1
    return models, faulty


def _look_at(models: list[Model]) -> tuple[list[LintFinding], tuple[int, int]]:
    """The findings, and how many operations there are and how many of them are proved never to fail."""
    from skipgate.checker.smt.lint import lint, tests

    return lint(models), tests(models)


def _summary(
    models: list[Model], findings: list[LintFinding], needless: tuple[int, int], everything: bool
) -> list[str]:
    total, proved = needless
    levels = Counter(finding.level for finding in findings if everything or not finding.minor)
    hidden = sum(finding.minor for finding in findings) if not everything else 0
    lines = []
    if total:
        lines.append(f"{proved:,} of {total:,} operations that might fail by their form are proved not to")
    if hidden:
        lines.append(f"{count(hidden, 'minor note')} not shown; --all shows them")
    parts = [count(levels[level], level) for level in ("error", "warning", "note") if levels[level]]
    lines.append(f"{count(len(models), 'check')}: {', '.join(parts) or 'nothing to say'}")
    return lines
