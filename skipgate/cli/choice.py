"""Which check of a file a command is about."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from pathlib import Path

import click

from skipgate.base.paths import require_file
from skipgate.errors import InputError

_MANY = 20  # names that fit into a message


def choose_check(path: Path, name: str | None) -> str:
    """The check called `name`; without a name, the only one of the file.

    Raises:
        InputError, click.UsageError: there is no such check, or several to choose from.
        SpecError: the file does not parse.
    """
    from skipgate.spec.diagnostics import did_you_mean

    require_file(path)
    checks = check_names(path)
    if name is None and len(checks) == 1:
        return checks[0]
    if name is None and checks:
        raise click.UsageError(f"say which check with --check NAME; {known_checks([path])}")
    if name in checks:
        return str(name)
    if not checks:
        raise InputError(f"{path} has no check; write one, such as `check all expect holds`")
    hint = None if name is None else did_you_mean(name, checks)
    what = "no check" if name is None else f"no check {name!r}"
    raise InputError(f"{path} has {what}; {hint or known_checks([path])}")


def check_tags(path: Path) -> dict[str, tuple[str, ...]]:
    """The checks of a file, in order, and the tags of each. Raises `SpecError` if it does not parse."""
    from skipgate.spec.loader import load
    from skipgate.spec.syntax import CheckDecl

    checks = [each for each in load(path).main.declarations if isinstance(each, CheckDecl)]
    return {check.name.text: tuple(tag.text for tag in check.tags) for check in checks}


def check_names(path: Path, *, tagged: bool = True) -> list[str]:
    """The checks of a file, in order; those with tags only if `tagged`. Raises `SpecError` if it does not parse."""
    return [name for name, tags in check_tags(path).items() if tagged or not tags]


def require_names(paths: Iterable[Path], only: str | None) -> None:
    """Raises `InputError` if a part of --check names no check: a misspelt one must not be left out in silence."""
    from skipgate.checker.checks.selection import globs
    from skipgate.spec.diagnostics import SpecError, did_you_mean

    if only is None:
        return
    paths = list(paths)
    try:
        names = [name for path in paths for name in check_names(path)]
    except SpecError:
        return  # which the run will report
    for glob in globs(only):
        if not any(fnmatch.fnmatchcase(name, glob) for name in names):
            raise InputError(f"no check is called {glob!r}; {did_you_mean(glob, names) or known_checks(paths)}")


def known_checks(paths: Iterable[Path]) -> str:
    """What there is to choose from, in words."""
    names = dict.fromkeys(name for path in paths for name in check_names(path))
    if not names:
        return "there is none; write one, such as `check all expect holds`"
    shown = list(names)[:_MANY]
    return f"there are: {', '.join(shown)}{', ...' if len(names) > _MANY else ''}"
