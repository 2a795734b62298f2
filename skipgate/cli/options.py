"""Options that several commands have."""

from __future__ import annotations

import math
import os
import re
import sys
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


_FORMERLY = "skipgate.only"


def globs_option(help: str) -> Callable[[_Command], _Command]:
    """`--check GLOB`, of several checks. It was called `--only`, and is still found under that name."""

    def chosen(ctx: click.Context, _: click.Parameter, value: str | None) -> str | None:
        former: str | None = ctx.meta.get(_FORMERLY)
        return former if value is None else value

    def formerly(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            click.echo("--only is called --check now", err=True)
            ctx.meta[_FORMERLY] = value

    def add(command: _Command) -> _Command:
        former = click.option("--only", "former", hidden=True, is_eager=True, expose_value=False, callback=formerly)
        command = former(command)
        return click.option("--check", "only", metavar="GLOB", callback=chosen, help=help)(command)

    return add


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


def standard_input(ctx: click.Context) -> list[ModelFile]:
    """The model on standard input, under a name that messages can use. What it imports is below the folder here."""
    from skipgate.spec.loader import contents

    path = Path("stdin.gate")
    ctx.with_resource(contents(path, sys.stdin.buffer.read()))
    return [ModelFile(path)]


jobs_option = click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1, max=_MOST_JOBS),
    help="Run so many checks at the same time; as many as there are processors, if nothing is said.",
)


def time_limit_option(help: str) -> Callable[[_Command], _Command]:
    """`--time-limit`, of which each command says what it ends."""
    return click.option("--time-limit", metavar="SECONDS", callback=_duration, help=help)


def max_memory_option(help: str) -> Callable[[_Command], _Command]:
    """`--max-memory`, of which each command says what it ends."""
    return click.option("--max-memory", metavar="SIZE", callback=_size, help=help)


def _size(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    """A number of bytes, such as 4G."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([KMG])(?:iB|B)?", value, re.IGNORECASE)
    if found is None or not float(found[1]):
        raise click.BadParameter("give a size with its unit, such as 500M or 4G")
    return max(1, int(float(found[1]) * 1024 ** " KMG".index(found[2].upper())))


def total_time_option(help: str, default: str | None = None) -> Callable[[_Command], _Command]:
    """`--total-time`, for all checks of a run together."""
    name = "--total-time"
    shown = default is not None
    return click.option(name, metavar="SECONDS", default=default, show_default=shown, callback=_duration, help=help)


_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


def _duration(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """Seconds; or minutes or hours, as in 5m and 2h."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+|\d*\.\d+)\s*([smh]?)", value.strip())
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not 0 < seconds < math.inf:
        raise click.BadParameter("give seconds, or minutes or hours: 90, 5m or 2h")
    return seconds


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
