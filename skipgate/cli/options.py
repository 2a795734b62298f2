"""Options that several commands have."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from skipgate.base.paths import ModelFile, PathType, find_models

_MOST_JOBS = 64

_Command = TypeVar("_Command", bound=Callable[..., Any])

root_option = click.option(
    "--root",
    "roots",
    metavar="FOLDER",
    type=PathType(exists=True, file_okay=False),
    multiple=True,
    expose_value=False,
    callback=lambda ctx, _, folders: allow(ctx, folders),
    help="Let models use files below FOLDER; without it, those below their own folder, or below PATH.",
)


def allow(ctx: click.Context, folders: Iterable[Path]) -> None:
    """Let models use files below these folders until the command is over."""
    from skipgate.spec.confinement import allowed

    ctx.with_resource(allowed(*folders))


given_option = click.option(
    "--with",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    expose_value=False,
    callback=lambda ctx, _, texts: give(ctx, texts),
    help="Give a constant this value in every check; pinned counts are not compared then.",
)


def give(ctx: click.Context, texts: Sequence[str]) -> None:
    """Let every check that is read until the command is over have these values."""
    from skipgate.spec.given import given

    ctx.with_resource(given(*texts))


def model_files(ctx: click.Context, paths: Sequence[Path]) -> list[ModelFile]:
    """The models that are named by paths of files and folders; what is below such a folder may be used by them."""
    allow(ctx, (path for path in paths if path.is_dir()))
    return find_models(paths)


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


def report_option(forms: Sequence[str]) -> Callable[[_Command], _Command]:
    """`--report FORMAT=FILE`, given as pairs of a format and a path."""

    def parsed(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, Path]]:
        return [_report(value, forms) for value in values]

    help = f"Write a report: {', '.join(forms)}. May be given more than once."
    return click.option("--report", "reports", metavar="FORMAT=FILE", multiple=True, callback=parsed, help=help)


def _report(given: str, forms: Sequence[str]) -> tuple[str, Path]:
    kind, _, path = given.partition("=")
    if kind not in forms or not path:
        raise click.UsageError(f"--report {given}: write FORMAT=FILE, where FORMAT is {', '.join(forms)}")
    return kind, Path(path)


def processors() -> int:
    """How many there are to run on, as far as it makes sense to have a job on each."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(count, _MOST_JOBS)
