"""Options that several commands have."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

_MOST_JOBS = 64

_Command = TypeVar("_Command", bound=Callable[..., Any])

jobs_option = click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1, max=_MOST_JOBS),
    help="Run so many checks at the same time; as many as there are processors, if nothing is said.",
)


def time_limit_option(help: str) -> Callable[[_Command], _Command]:
    """`--time-limit`, of which each command says what it ends."""
    seconds = click.FloatRange(min=0, min_open=True)
    return click.option("--time-limit", metavar="SECONDS", type=seconds, callback=_finite, help=help)


def _finite(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise click.BadParameter("give a number of seconds")
    return value


def processors() -> int:
    """How many there are to run on, as far as it makes sense to have a job on each."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(count, _MOST_JOBS)
