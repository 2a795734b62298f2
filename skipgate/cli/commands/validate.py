"""`skipgate validate`: is a log of the running system a behaviour of the model?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.app.progress import ProgressLine
from skipgate.base.exits import Exit
from skipgate.base.paths import PathType
from skipgate.base.wording import count, duration, number
from skipgate.cli.choice import choose_check
from skipgate.cli.options import given_option, root_option, time_limit_option
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.validate.result import Validation
    from skipgate.checker.validate.validate import ValidationProgress

_PATIENCE = 1.0  # seconds before anything is said of how it goes
_SHOWN = 12  # states of a trace that is only printed
_WRITTEN = 100_000  # states of one that is written, or wanted in full


@click.command("validate", short_help="Hold a log of the running system against a model.")
@click.argument("model", metavar="MODEL", type=PathType())
@click.option("--check", "name", metavar="NAME", help="The check whose constants hold; needed if there are several.")
@click.option(
    "--log",
    "logs",
    metavar="FILE",
    type=PathType(),
    multiple=True,
    required=True,
    help="A log; `-` is standard input. Several logs are read as of nodes without a common clock.",
)
@click.option(
    "--events",
    metavar="FILE",
    type=PathType(),
    help="What the events of the log mean. Default: the file beside the model that ends in .events.",
)
@root_option
@given_option
@click.option("--follow", is_flag=True, help="Go on as the log grows, until it is refused or you interrupt.")
@time_limit_option("End after this time.")
@click.option(
    "--max-states", metavar="N", type=click.IntRange(1), help="End if more states than this are possible at once."
)
@click.option("--full", is_flag=True, help="Print the whole explanation, step by step.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to say it."
)
@click.option(
    "--out",
    metavar="DIR",
    type=PathType(),
    help="Write the explanation there: a picture (SVG) and the trace (ITF JSON, DOT).",
)
@click.pass_context
def command(
    ctx: click.Context,
    model: Path,
    name: str | None,
    logs: tuple[Path, ...],
    events: Path | None,
    follow: bool,
    time_limit: float | None,
    max_states: int | None,
    full: bool,
    form: str,
    out: Path | None,
) -> Exit:
    """Is a log a behaviour of the model? If not: which line fits nothing, and why.

    A log has one JSON object a line, as zap and slog write it; an array of objects and ITF traces are read as well.
    What an event means is said beside the model: lock.gate has lock.events, and `skipgate log new lock.gate` writes one
    to start from. Whatever the log does not say is free.

    \b
      skipgate validate lock.gate --log server.ndjson
      skipgate validate raft.gate --check three --log n1.log --log n2.log
      skipgate validate lock.gate --log server.ndjson --follow

    \b
    Exit status: 0 the log is a behaviour of the model, 1 it is not, or it is one
    that violates a property, 2 the input or the call is wrong, 3 a limit ended it
    before that was known, 130 interrupted.
    """
    from skipgate.app.itf_logs import is_itf, ready_itf
    from skipgate.app.log_files import until_interrupted
    from skipgate.app.reports.validation import print_validation, report_object
    from skipgate.app.validation import Written, log_of_file, ready_validation, write_explanation
    from skipgate.base.errors import complain
    from skipgate.checker.validate.validate import ValidationOptions

    if follow and len(logs) > 1:
        raise click.UsageError("--follow reads one log.", ctx)
    if len(set(logs)) < len(logs):
        raise click.UsageError("the same log is named twice.", ctx)
    check = choose_check(model, name)
    for path in logs:
        if str(path) != "-" and not path.exists():
            raise InputError(f"{path} does not exist")
    if out is not None:
        from skipgate.app.artifacts import Artifacts

        Artifacts(out).prepare()
    if any(map(is_itf, logs)):
        if len(logs) > 1 or follow or events is not None:
            raise click.UsageError(
                "an ITF trace is a log of its own: leave out other logs, --events and --follow.", ctx
            )
        ready, log = ready_itf(model, check, logs[0])
        read = [log]
    else:
        ready = ready_validation(model, check, events)
        read = [log_of_file(path, until_interrupted if follow else None) for path in logs]
    progress = ProgressLine(sys.stderr)
    steps = _WRITTEN if full or out is not None else _SHOWN
    found = ready.run(
        read,
        ValidationOptions(max_states=max_states, time_limit=time_limit, most_steps=steps),
        lambda tour: _say(progress, tour),
    )
    progress.clear()
    written = Written() if out is None else write_explanation(found, out)
    if form == "json":
        click.echo(json.dumps(report_object(found, written), indent=2))
    else:
        print_validation(found, written, full=full)
    for trouble in written.troubles:
        complain(trouble)
    return Exit.USAGE if written.troubles else _exit_code(found)


def _say(progress: ProgressLine, tour: ValidationProgress) -> None:
    if tour.seconds >= _PATIENCE:
        parts = [
            f"{tour.check}: {count(tour.events, 'event')}",
            f"{number(tour.events / tour.seconds)}/s",
            count(tour.states, "state"),
            duration(tour.seconds),
        ]
        progress.say(", ".join(parts))


def _exit_code(found: Validation) -> Exit:
    from skipgate.checker.search.limits import INTERRUPTED

    if found.verdict == "refused" or found.violated:
        return Exit.DIFFERS
    if found.stopped == INTERRUPTED:
        return Exit.INTERRUPTED
    return Exit.UNKNOWN if found.verdict == "unknown" else Exit.OK
