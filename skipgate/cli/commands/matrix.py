"""`skipgate matrix`: which checks violate which properties, in one table."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.app.artifacts import Artifacts
from skipgate.app.options import BatchOptions
from skipgate.app.progress import ProgressLine
from skipgate.app.suite import RunReport, run
from skipgate.base.console import sentence
from skipgate.base.exits import Exit
from skipgate.base.output import deliver
from skipgate.base.paths import PathType
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.search.limits import Budget
from skipgate.cli.choice import require_names
from skipgate.cli.commands.check import require_checks
from skipgate.cli.options import (
    given_option,
    globs_option,
    jobs_option,
    model_files,
    processors,
    root_option,
    time_limit_option,
)
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.app.matrix.cells import CellPlace, Matrix
    from skipgate.app.matrix.grid import Rows

_SUFFIXES = {"markdown": "md", "svg": "svg", "png": "png", "json": "json"}


@click.command("matrix", short_help="Which checks violate which properties, in one table.")
@click.argument("paths", metavar="PATH...", nargs=-1, type=PathType())
@globs_option("Only the checks whose name matches, such as 'v*,repaired*'.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Only the checks with this tag.")
@click.option("--by-file", is_flag=True, help="Keep apart what is found in different files.")
@click.option("--rows", type=click.Choice(["properties", "checks"]), help="Default: the narrower table.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", *_SUFFIXES]),
    help="Default: text, or markdown if it goes --into a page.",
)
@click.option(
    "--out",
    metavar="DIR",
    type=PathType(),
    help="Write the matrix there, and a picture of each trace, to which its cell is linked.",
)
@click.option(
    "--into",
    metavar="PAGE",
    type=PathType(),
    help="Put the Markdown table into this page, between the two lines that mark its place.",
)
@root_option
@given_option
@time_limit_option("End a check after this time.")
@jobs_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    only: str | None,
    tags: tuple[str, ...],
    by_file: bool,
    rows: Rows | None,
    form: str | None,
    out: Path | None,
    into: Path | None,
    time_limit: float | None,
    jobs: int | None,
) -> Exit:
    """Run the checks of the models in PATH, and show which of them violate which properties.

    A cell is the number of steps of the shortest violation. Checks whose names only extend that of another
    (v9_leases that of v9) are put together: a property that one of them violates is violated. So the revisions
    of a design, each a check in several files, become one history.

    \b
      skipgate matrix models/cold_start                     on the terminal
      skipgate matrix models/cold_start --by-file           what each file finds
      skipgate matrix models --format svg --out out         a picture with links
      skipgate matrix models --format png --out out         one without
      skipgate matrix models --into docs/page.md --out docs/images

    Exit status: that of `skipgate check`.
    """
    if not paths:
        raise click.UsageError("Say what to check: a .gate file, or a folder of them.", ctx)
    if into is not None and form not in (None, "markdown"):
        raise click.UsageError("What goes into a page is Markdown: leave out --format.", ctx)
    form = form or ("text" if into is None else "markdown")
    if form == "png" and out is None and sys.stdout.isatty():
        raise InputError("a terminal cannot show PNG: name a folder with --out DIR, or redirect the output")
    files = model_files(ctx, paths)
    require_names((file.path for file in files), only)
    artifacts = Artifacts(out, formats=("svg",))
    artifacts.prepare()
    if into is not None:
        from skipgate.app.matrix.markdown import embed

        embed(into, "")  # before a long search: has it a place?
    limits = RunOptions(budget=Budget(time_limit=time_limit))
    options = BatchOptions(run=limits, only=only, tags=tags, jobs=jobs or processors())
    report = run(files, options, progress=ProgressLine(sys.stderr))
    require_checks(report, only, tags)
    if report.checks and report.exit_code not in (Exit.INTERRUPTED, Exit.INTERNAL):
        _show(report, artifacts, by_file, rows, form, into)
    _print_rest(report, artifacts, form)
    if artifacts.troubles and report.exit_code not in (Exit.INTERRUPTED, Exit.INTERNAL):
        return Exit.USAGE
    return report.exit_code


def _show(
    report: RunReport, artifacts: Artifacts, by_file: bool, rows: Rows | None, form: str, into: Path | None
) -> None:
    from skipgate.app.matrix.cells import gather
    from skipgate.app.matrix.grid import lay_out
    from skipgate.app.matrix.pictures import draw

    matrix = gather(report.checks, by_file=by_file)
    pictures = draw(matrix, artifacts)
    if form == "text":
        from skipgate.app.matrix.terminal import print_matrix
        from skipgate.base.console import output_console

        print_matrix(output_console(), lay_out(matrix, rows), pictures)
        click.echo()
        return
    out = into
    if out is None and artifacts.folder is not None:
        out = artifacts.folder / f"matrix.{_SUFFIXES[form]}"
    deliver(_written(matrix, pictures, rows, form, out, into), out)


def _written(
    matrix: Matrix, pictures: dict[CellPlace, Path], rows: Rows | None, form: str, out: Path | None, into: Path | None
) -> str | bytes:
    """The matrix as a text or a picture. `out` is where it goes, `into` the page of which it is a part."""
    from skipgate.app.matrix.grid import lay_out
    from skipgate.app.matrix.pictures import relative

    if form == "json":
        from skipgate.app.matrix.data import matrix_object

        return json.dumps(matrix_object(matrix, pictures), indent=2) + "\n"
    grid = lay_out(matrix, rows)
    if form == "png":
        from skipgate.app.matrix.dot import grid_dot
        from skipgate.traces.render import RenderError, to_png

        try:
            return to_png(grid_dot(grid))
        except RenderError as problem:
            raise InputError(str(problem)) from None
    link = relative(pictures, Path() if out is None else out.parent)
    if form == "svg":
        from skipgate.app.matrix.svg import svg

        return svg(grid, link, "Which checks violate which properties")
    from skipgate.app.matrix.markdown import embed, markdown

    table = markdown(grid, link)
    return table if into is None else embed(into, table)


def _print_rest(report: RunReport, artifacts: Artifacts, form: str) -> None:
    """What is wrong, and the run in a line: on standard output below a table, else on standard error."""
    from skipgate.app.faults import faults
    from skipgate.app.reports.text import print_errors, summary

    aside = form != "text"
    for fault in faults(report):
        if fault.kind in ("difference", "unknown", "note"):
            place = fault.file if fault.check is None else f"{fault.file}, check {fault.check}"
            click.echo(sentence(f"{place}: {fault.message}"), err=aside)
    print_errors(report, artifacts)
    click.echo(sentence(summary(report)), err=aside)
