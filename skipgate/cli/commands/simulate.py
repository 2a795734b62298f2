"""`skipgate simulate`: random walks, where there are too many states to search them all."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skipgate.app.artifacts import Artifacts
from skipgate.app.progress import ProgressLine
from skipgate.base.exits import Exit
from skipgate.base.paths import PathType
from skipgate.base.wording import count, duration, number
from skipgate.cli.choice import choose_check
from skipgate.cli.options import given_option, root_option, time_limit_option

if TYPE_CHECKING:
    from skipgate.checker.search.options import EngineName
    from skipgate.checker.simulate.simulate import Simulation, SimulationProgress

_WALKS = 10_000
_DEPTH = 100
_DEEPEST = 1_000_000  # states of a walk
_MOST = 2**62  # walks
_MOST_KEPT = 1000  # walks that are shown
_PATIENCE = 1.0  # seconds before anything is said of how it goes


@click.command("simulate", short_help="Walk through a model at random, if it is too large to search.")
@click.argument("model", metavar="MODEL", type=PathType())
@click.option("--check", "name", metavar="NAME", help="The check to simulate; needed if there are several.")
@click.option(
    "--seed", metavar="N", type=click.IntRange(0, 2**63 - 1), help="What decides the walks; drawn if not given."
)
@click.option(
    "--depth",
    metavar="N",
    type=click.IntRange(1, _DEEPEST),
    default=_DEPTH,
    show_default=True,
    help="States of a walk, at most.",
)
@click.option(
    "--walks",
    metavar="N",
    type=click.IntRange(1, _MOST),
    help=f"How many walks to make. Default: {_WALKS:,}; no end of them if there is a time limit.",
)
@click.option("--walk", metavar="N", type=click.IntRange(1, _MOST), help="Make one walk only, the one of this number.")
@root_option
@given_option
@time_limit_option("End after this time.")
@click.option("--stop-at-first", is_flag=True, help="End soon after the first violation.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "python", "native"]),
    default="auto",
    show_default=True,
    help="Walk under Python, in machine code, or begin with the one and go on with the other.",
)
@click.option("--threads", metavar="N", type=click.IntRange(min=1, max=256), help="Threads for machine code.")
@click.option(
    "--out",
    metavar="DIR",
    type=PathType(),
    help="Write a picture (SVG) and the trace (ITF JSON, DOT) of every violation there, and a report of all.",
)
@click.option(
    "--keep",
    metavar="N",
    type=click.IntRange(0, _MOST_KEPT),
    default=0,
    show_default=True,
    help="Show the first N walks as well, or, with --out, write them.",
)
@click.pass_context
def command(
    ctx: click.Context,
    model: Path,
    name: str | None,
    seed: int | None,
    depth: int,
    walks: int | None,
    walk: int | None,
    time_limit: float | None,
    stop_at_first: bool,
    engine: EngineName,
    threads: int | None,
    out: Path | None,
    keep: int,
) -> Exit:
    """Make random walks through the states of a check, and look for violations on the way.

    Each walk begins in an initial state and goes on, at each state, with one of the enabled actions (and choices of
    its parameters), all equally likely. What it could have done instead is examined as well. A violation is real, but
    its trace need not be a shortest one; that none is found means little: nothing is ever said to hold.

    \b
      skipgate simulate raft.gate --check five --time-limit 60
      skipgate simulate raft.gate --check five --depth 500 --walks 100000
      skipgate simulate raft.gate --check five --seed 7 --walk 1234  it again
      skipgate simulate raft.gate --check five --keep 3 --out out    walks to see

    The same seed makes the same walks, on every machine, by any engine and number of threads.

    \b
    Exit status: 0 nothing was found but what the check expects, 1 an unexpected
    violation was found, 2 the input or the call is wrong, 3 there were fewer
    walks than asked for, or an expected violation was not found, 130 interrupted.
    """
    if walk is not None and walks is not None:
        raise click.UsageError("--walk is about one walk, --walks about the first of all: give one of them.", ctx)
    check = choose_check(model, name)
    artifacts = Artifacts(out)
    artifacts.prepare()

    from skipgate.app.reports.simulation import print_simulation
    from skipgate.checker.checks.preparation import load_check, prepare
    from skipgate.checker.simulate.simulate import SimulationOptions, simulate

    wanted = SimulationOptions(
        seed=secrets.randbits(32) if seed is None else seed,
        depth=depth,
        count=1 if walk is not None else walks or (_WALKS if time_limit is None else _MOST),
        first=walk or 1,
        stop_at_first=stop_at_first,
        time_limit=time_limit,
        keep=keep,
    )
    kernels = prepare(load_check(model, check, to_search=True))
    click.echo(f"{kernels.model.name}/{check}: seed {wanted.seed}, walks of at most {count(depth, 'state')}")
    progress = ProgressLine(sys.stderr)
    found = simulate(kernels, wanted, engine=engine, threads=threads, report=lambda tour: _say(progress, tour))
    progress.clear()
    artifacts.write(found, found.kept)
    if out is not None:
        from skipgate.app.page.simulation import publish_simulation

        publish_simulation(found, artifacts)
    print_simulation(found, artifacts)
    return _exit_code(found, artifacts, limited=walk is not None or walks is not None)


def _say(progress: ProgressLine, tour: SimulationProgress) -> None:
    if tour.seconds >= _PATIENCE:
        parts = [
            f"{tour.check}: {count(tour.walks, 'walk')}",
            count(tour.steps, "step"),
            f"{number(tour.steps / tour.seconds)}/s",
            *([f"{tour.violated} violated"] if tour.violated else []),
            duration(tour.seconds),
        ]
        progress.say(", ".join(parts))


def _exit_code(found: Simulation, artifacts: Artifacts, limited: bool) -> Exit:
    from skipgate.app.expectations import unexpected
    from skipgate.checker.search.limits import FIRST_VIOLATION, INTERRUPTED

    if found.stopped == INTERRUPTED:
        return Exit.INTERRUPTED
    if artifacts.troubles:
        return Exit.USAGE
    if unexpected(found):
        return Exit.DIFFERS
    cut_short = found.stopped not in (None, FIRST_VIOLATION) and (limited or not found.walks)
    return Exit.UNKNOWN if found.missing or found.unexamined or cut_short else Exit.OK
