"""`skipgate check`: the command everything else is about."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.app.artifacts import Artifacts
from skipgate.app.contrasts import Contrasts
from skipgate.app.options import BatchOptions, TotalTime
from skipgate.app.progress import ProgressLine
from skipgate.app.suite import RunReport, run
from skipgate.base.exits import Exit
from skipgate.base.output import write_report
from skipgate.base.paths import ModelFile, PathType
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.search.limits import Budget
from skipgate.cli.choice import require_names
from skipgate.cli.cluster import cluster_options, elsewhere
from skipgate.cli.options import (
    given_option,
    globs_option,
    jobs_option,
    max_memory_option,
    model_files,
    processors,
    report_option,
    root_option,
    standard_input,
    time_limit_option,
    total_time_option,
)
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.search.options import EngineName, Storage
    from skipgate.checker.tla.tlc import Tlc

REPORTS = ("json", "github", "junit")


_STDIN = Path("-")


@click.command("check", short_help="Search a model's states; compare with what is expected.")
@click.argument("paths", metavar="PATH...", nargs=-1, type=PathType(allow_dash=True))
@globs_option("Run only the checks whose name matches, such as 'gate_*' or 'v0,v9*'; each part must match one.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Run the checks with this tag, such as deep.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", *REPORTS]),
    default="text",
    show_default=True,
    help="Print text, one JSON object, annotations for a GitHub workflow, or JUnit XML.",
)
@report_option(REPORTS)
@click.option(
    "--out",
    metavar="DIR",
    type=PathType(),
    help="Write of every violation a picture (SVG), the trace (ITF JSON, DOT), and how a check without it differs.",
)
@click.option(
    "--stop-at-first", is_flag=True, help="End a check at its first violation; what is not decided then is unknown."
)
@click.option("--max-states", metavar="N", type=click.IntRange(min=1), help="End a check after N distinct states.")
@time_limit_option("End each check after this time.")
@total_time_option("End the whole run after this time; what is not decided then is unknown.")
@max_memory_option("End a check when it needs more memory, such as 500M or 4G.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "python", "native"]),
    default="auto",
    show_default=True,
    help="Search under Python, in machine code, or begin with the one and go on with the other.",
)
@jobs_option
@cluster_options
@click.option("--threads", metavar="N", type=click.IntRange(min=1, max=256), help="Threads for machine code.")
@click.option(
    "--store",
    metavar="DIR",
    type=PathType(exists=True, file_okay=False, writable=True),
    help="Keep the states in a file there; only a table of 8 bytes a slot stays in memory.",
)
@click.option(
    "--fingerprints",
    is_flag=True,
    help="Tell states apart by 63 bits of a hash, and say how likely it is that this left out a state.",
)
@click.option(
    "--checkpoint",
    metavar="DIR",
    type=PathType(file_okay=False),
    help="Save the search there about once a minute, and when it is ended, so that it survives even `kill -9`.",
)
@click.option("--resume", is_flag=True, help="Go on with the search that was saved in the folder of --checkpoint.")
@click.option("--cross-check", is_flag=True, help="Let a solver look for the same violations; it must find them.")
@click.option(
    "--against-tlc",
    metavar="JAR",
    type=PathType(dir_okay=False),
    help="Let TLC, in a tla2tools.jar, search the same states; it must find the same. Needs Java.",
)
@click.option(
    "--witness",
    "witnesses",
    is_flag=True,
    help="Show of every cover a shortest way to it; with --out, as pictures, as traces and in the report.",
)
@click.option(
    "--coverage",
    is_flag=True,
    help="Say how often actions were taken and what stopped them, and which variables make many states.",
)
@root_option
@given_option
@click.option(
    "--update", is_flag=True, help="Write the counts that were found into the `expect` lines; pin each `expect holds`."
)
@click.option("--fresh", is_flag=True, help="Search anew what an earlier run has found and kept.")
@click.option("--watch", "watched", is_flag=True, help="Run again whenever a model changes, until Ctrl-C.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    only: str | None,
    tags: tuple[str, ...],
    form: str,
    reports: list[tuple[str, Path]],
    out: Path | None,
    stop_at_first: bool,
    max_states: int | None,
    time_limit: float | None,
    total_time: float | None,
    max_memory: int | None,
    engine: EngineName,
    jobs: int | None,
    cluster: str | None,
    shards: int | None,
    threads: int | None,
    store: Path | None,
    fingerprints: bool,
    checkpoint: Path | None,
    resume: bool,
    cross_check: bool,
    against_tlc: Path | None,
    witnesses: bool,
    coverage: bool,
    update: bool,
    fresh: bool,
    watched: bool,
) -> Exit:
    """Search every state of the models in PATH and compare each verdict with what its check expects.

    PATH is a .gate file, or a folder: then every .gate file below it is meant; or - for standard input.

    \b
      skipgate check lock.gate                  all checks of one file
      skipgate check models --out out           a folder; draw the violations
      skipgate check lock.gate --check 'two_*'  some checks
      skipgate check models --tag deep          the checks tagged deep, which are
                                                left out otherwise
      skipgate check lock.gate --time-limit 60  at most a minute a check,
                                                however many there are
      skipgate check lock.gate --update         accept new numbers of states
      skipgate check lock.gate --watch          again whenever a model changes

    Several checks are run at the same time; what is printed and written does not
    depend on that. Without --max-memory, they share the memory that is free, and
    one that needs more is run once more by itself. --store and --checkpoint are
    for one large search, and imply --jobs 1.

    What was decided is kept in the user's cache folder. The same model is not
    searched again, and the report says so; --fresh searches it anyway.

    With --cluster, checks are run on other machines; with --shards as well, one
    search after the other is made by all of them together.

    \b
    Exit status: 0 all is as expected, 1 something differs, 2 the input or the
    call is wrong, 3 a limit ended a search and nothing differs, 130 interrupted.
    """
    if not paths:
        raise click.UsageError(
            "Say what to check: a .gate file, or a folder of them, as in `skipgate check models`.\n"
            "To begin with a model of your own: `skipgate new lock`.",
            ctx,
        )
    if watched:
        _watch(ctx, paths, update)
    if update and (stop_at_first or any((max_states, time_limit, total_time, max_memory))):
        raise click.UsageError("--update needs complete searches: leave out --stop-at-first and the limits.", ctx)
    from skipgate.spec.given import given_texts

    if update and given_texts():
        raise click.UsageError("--update needs the constants of the file: leave out --with.", ctx)
    if fingerprints and update:
        raise click.UsageError("--update needs exact counts: leave out --fingerprints.", ctx)
    storage = _storage(ctx, engine, store, fingerprints, checkpoint, resume)
    not_there = {"--store": store is not None, "--fingerprints": fingerprints}
    if shards is None:
        not_there |= {"--checkpoint": checkpoint is not None, "--against-tlc": against_tlc is not None}
        not_there |= {"standard input (-)": _STDIN in paths}
    else:
        not_there |= {"--engine": engine != "auto", "--threads": threads is not None, "--coverage": coverage}
    far = elsewhere(ctx, cluster, shards, jobs, not_there)
    files = _files(ctx, paths, update)
    require_names((file.path for file in files), only)
    artifacts = Artifacts(out, contrasts=Contrasts(time_limit))
    artifacts.prepare()
    limits = Budget(max_states, time_limit, max_memory)
    how = RunOptions(
        budget=limits,
        stop_at_first=stop_at_first,
        engine=engine,
        threads=threads,
        witnesses=witnesses,
        storage=storage,
        cross_check=cross_check,
        against_tlc=_tlc(against_tlc),
        coverage=coverage,
        shards=far.shards,
    )
    # Only what follows from the model alone is kept: no search cut short, nothing that asks another engine.
    keep = not (update or stop_at_first or cross_check or against_tlc or storage.asked_for or cluster)
    options = BatchOptions(
        run=how,
        only=only,
        tags=tags,
        update=update,
        jobs=1 if _STDIN in paths or far.shards else far.processors or _jobs(ctx, jobs, storage),
        cluster=far.checks,
        total=TotalTime.from_now(total_time),
        keep=keep,
        recall=keep and not fresh,
    )
    report = run(files, options, artifacts=artifacts, progress=ProgressLine(sys.stderr))
    if report.interrupted and sys.stderr.isatty():
        click.echo(err=True)  # the terminal has echoed ^C
    require_checks(report, only, tags)
    for kind, path in reports:
        write_report(path, _rendered(report, artifacts, kind))
    if out is not None:
        from skipgate.app.page.report import publish

        publish(report, artifacts)
    _print(report, artifacts, form)
    if artifacts.troubles and report.exit_code not in (Exit.INTERRUPTED, Exit.INTERNAL):
        return Exit.USAGE
    return report.exit_code


def _watch(ctx: click.Context, paths: tuple[Path, ...], update: bool) -> None:
    """Run this call again and again, without --watch; does not return."""
    from skipgate.cli.watch import watch

    if _STDIN in paths or update:
        what = "--update, which changes models" if update else "standard input (-)"
        raise click.UsageError(f"--watch cannot be combined with {what}.", ctx)
    model_files(ctx, paths)  # which complains if there is none
    watch([argument for argument in sys.argv[1:] if argument != "--watch"], paths)


def _files(ctx: click.Context, paths: tuple[Path, ...], update: bool) -> list[ModelFile]:
    if _STDIN not in paths:
        return model_files(ctx, paths)
    if len(paths) > 1 or update:
        what = "other paths" if len(paths) > 1 else "--update"
        raise click.UsageError(f"Standard input (-) cannot be combined with {what}.", ctx)
    return standard_input(ctx)


def _tlc(jar: Path | None) -> Tlc | None:
    """Raises `InputError` if TLC cannot be started, before anything is searched."""
    if jar is None:
        return None
    from skipgate.checker.tla.tlc import Tlc, TlcError

    tlc = Tlc(jar)
    try:
        tlc.look()
    except TlcError as problem:
        raise InputError(str(problem)) from None
    return tlc


def _storage(
    ctx: click.Context,
    engine: EngineName,
    store: Path | None,
    fingerprints: bool,
    checkpoint: Path | None,
    resume: bool,
) -> Storage:
    from skipgate.checker.search.options import Storage

    storage = Storage(store, fingerprints, checkpoint, resume)
    if storage.asked_for and engine == "python":
        raise click.UsageError("--store, --fingerprints and --checkpoint are for machine code, not for Python.", ctx)
    if resume and checkpoint is None:
        raise click.UsageError("--resume needs the folder where the search was saved: --checkpoint DIR.", ctx)
    return storage


def _jobs(ctx: click.Context, jobs: int | None, storage: Storage) -> int:
    """How many checks may be run at the same time. A search that is kept in files has the machine to itself."""
    if storage.folder is None and storage.checkpoints is None:
        return jobs or processors()
    if jobs not in (None, 1):
        raise click.UsageError("--store and --checkpoint are for one check at a time: they imply --jobs 1.", ctx)
    return 1


def require_checks(report: RunReport, only: str | None, tags: tuple[str, ...]) -> None:
    """Raises `InputError` if no check was run, and nothing else went wrong that says why."""
    if report.checks or report.exit_code is not Exit.OK:
        return
    if report.left_out:
        known = ", ".join(sorted({tag for tags in report.left_out.values() for tag in tags}))
        raise InputError(f"only checks with tags are left, which are run on request: --tag TAG; the tags are: {known}")
    if tags:
        raise InputError(f"no check {f'called {only!r} ' if only else ''}is tagged {' or '.join(tags)}")


def _print(report: RunReport, artifacts: Artifacts, form: str) -> None:
    from skipgate.app.reports.text import print_errors, print_report, summary

    if form == "text":
        print_report(report, artifacts)
        return
    click.echo(_rendered(report, artifacts, form).decode("utf-8"), nl=False)
    print_errors(report, artifacts)
    if form == "github":
        click.echo(summary(report))


def _rendered(report: RunReport, artifacts: Artifacts, kind: str) -> bytes:
    """The run in a form for programs."""
    match kind:
        case "json":
            from skipgate.app.reports.json import report_object

            return (json.dumps(report_object(report, artifacts), indent=2) + "\n").encode()
        case "junit":
            from skipgate.app.reports.junit import junit

            return junit(report)
        case _:
            from skipgate.app.faults import faults
            from skipgate.app.reports.github import notices, workflow_commands

            lines = [*workflow_commands(faults(report)), *notices(report)]
            return "".join(f"{line}\n" for line in lines).encode()
