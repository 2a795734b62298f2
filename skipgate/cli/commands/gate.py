"""`skipgate gate`: may this change pass?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.base.errors import complain
from skipgate.base.exits import Exit
from skipgate.base.output import write_report
from skipgate.base.paths import PathType
from skipgate.cli.options import jobs_option, processors, report_option, time_limit_option, total_time_option
from skipgate.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skipgate.gate.outcome import Outcome

REPORTS = ("text", "json", "github", "markdown", "sarif", "junit")


@click.command("gate", short_help="Judge a change of code against the models that speak about it.")
@click.argument("models", metavar="[MODEL]...", nargs=-1)
@click.option("--repo", type=PathType(), default=Path(), show_default="here", help="The repository.")
@click.option("--base", metavar="REV", required=True, help="What the change is to be merged into.")
@click.option("--head", metavar="REV", default="HEAD", show_default=True, help="The change.")
@click.option(
    "--specs",
    metavar="PATH",
    multiple=True,
    type=PathType(),
    help="Models on disk, instead of those in the repository; may be given more than once.",
)
@click.option("--lock", metavar="FILE", default="anchors.lock", show_default=True, help="The lock, in the repository.")
@report_option(REPORTS)
@click.option("--format", "form", type=click.Choice(REPORTS), default="text", show_default=True, help="What to print.")
@click.option("--out", metavar="DIR", type=PathType(), help="Write pictures and traces there.")
@click.option("--all-checks", is_flag=True, help="Run all checks, and not only those that the change makes differ.")
@jobs_option
@click.option("--max-states", metavar="N", type=click.IntRange(min=1), help="End a check after N distinct states.")
@time_limit_option("End each check after this time.")
@total_time_option("End all checks together after this time; what is not decided then is unknown.", "1h")
def command(
    models: tuple[str, ...],
    repo: Path,
    base: str,
    head: str,
    specs: tuple[Path, ...],
    lock: str,
    reports: list[tuple[str, Path]],
    form: str,
    out: Path | None,
    all_checks: bool,
    jobs: int | None,
    max_states: int | None,
    time_limit: float | None,
    total_time: float | None,
) -> Exit:
    """Judge the change from the merge base of BASE and HEAD to HEAD.

    If it touches code that belongs to an anchor of a model, what is anchored there must have changed as well, or
    somebody must have accepted the difference (`skipgate anchors accept`). Checks that the change makes differ are
    run. MODEL is a file or folder of the repository; without it all its .gate files count. Only git's objects are
    read: nothing of the repository is run.

    \b
      skipgate gate --base origin/main
      skipgate gate models/restart.gate --base v1.2 --report markdown=gate.md

    \b
    Exit status: 0 the gate is open, 1 it is closed, 2 the change cannot be
    judged, 3 a limit ended a search, so nothing is known.
    """
    from skipgate.app.artifacts import Artifacts
    from skipgate.app.options import BatchOptions, TotalTime
    from skipgate.app.progress import ProgressLine
    from skipgate.checker.checks.options import RunOptions
    from skipgate.checker.search.limits import Budget
    from skipgate.gate.gate import Request, run_gate
    from skipgate.gate.git import GitError
    from skipgate.gate.plain import line

    if models and specs:
        raise click.UsageError("Give models of the repository or, with --specs, models on disk; not both.")
    artifacts = Artifacts(None if out is None else out.absolute())  # the checks run in another folder
    artifacts.prepare()
    request = Request(repo, base, head, models, specs, lock, all_checks)
    limits = RunOptions(budget=Budget(max_states, time_limit))
    options = BatchOptions(run=limits, jobs=jobs or processors(), total=TotalTime.from_now(total_time))
    try:
        outcome = run_gate(request, options, artifacts, ProgressLine(sys.stderr))
    except GitError as error:
        raise InputError(str(error)) from None
    for kind, path in reports:
        write_report(path, _rendered(outcome, kind))
    click.echo(_rendered(outcome, form).decode("utf-8"), nl=False)
    for trouble in artifacts.troubles:  # which is no part of the judgement
        complain(line(trouble))
    return outcome.exit_code


def _rendered(outcome: Outcome, kind: str) -> bytes:
    match kind:
        case "json":
            from skipgate.gate.report_json import outcome_object

            return (json.dumps(outcome_object(outcome), indent=2) + "\n").encode()
        case "sarif":
            from skipgate.gate.report_sarif import sarif

            return (json.dumps(sarif(outcome), indent=2) + "\n").encode()
        case "junit":
            from skipgate.gate.report_junit import junit

            return junit(outcome)
        case "markdown":
            from skipgate.gate.report_markdown import markdown

            return markdown(outcome).encode("utf-8", "replace")
        case "github":
            from skipgate.gate.report_github import finding_commands

            return "".join(f"{each}\n" for each in [*finding_commands(outcome.findings), *_text(outcome)]).encode()
        case _:
            return "".join(f"{each}\n" for each in _text(outcome)).encode()


def _text(outcome: Outcome) -> Iterator[str]:
    from skipgate.base.wording import count, duration, verdict
    from skipgate.gate.judging import drift_sentence
    from skipgate.gate.plain import line

    bases = ", ".join(base[:12] for base in outcome.merge_bases)
    yield f"{outcome.head[:12]} against {bases}: {count(outcome.changed_files, 'changed file')}, " + (
        f"{count(len(outcome.anchors), 'anchor')} in {count(len(outcome.specs), 'model')}"
    )
    for path in outcome.changed_specs:
        yield line(f"specification changed: {path}")
    for each in outcome.judged:
        why = (
            each.standing if each.acceptance is None else f"accepted by {each.acceptance.by}: {each.acceptance.reason}"
        )
        yield line(f"{drift_sentence(each.drift)} [{why}]")
        for element in each.drift.elements:
            yield line(f"  {element.file}:{element.line}: {element.label}")
        for text in each.diff:
            yield f"  | {line(text)}"
    for result in outcome.suite.checks if outcome.suite is not None else []:
        yield line(f"check {result.model}/{result.check}: {verdict(result)}, {duration(result.seconds)}")
    for finding in outcome.findings:
        place = f"{finding.place.path}:{finding.place.line}: " if finding.place is not None else ""
        yield line(f"{finding.level}: {place}{finding.message}" + (f"; {finding.hint}" if finding.hint else ""))
    yield f"{outcome.summary} ({duration(outcome.seconds)})"
