"""Options that several commands have."""

from __future__ import annotations

import os

import click

_MOST_JOBS = 64

jobs_option = click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1, max=_MOST_JOBS),
    help="Run so many checks at the same time; as many as there are processors, if nothing is said.",
)


def processors() -> int:
    """How many there are to run on, as far as it makes sense to have a job on each."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(count, _MOST_JOBS)
