"""Which check of a file a command is about."""

from __future__ import annotations

from pathlib import Path

import click

from skipgate.errors import InputError
from skipgate.paths import require_file
from skipgate.wording import count


def choose_check(path: Path, name: str | None) -> str:
    """The check called `name`; without a name, the only one of the file.

    Raises:
        InputError: there is no such check, or several to choose from.
        SpecError: the file does not parse.
    """
    from spec.diagnostics import did_you_mean
    from spec.loader import load
    from spec.syntax import CheckDecl

    require_file(path)
    checks = [each.name.text for each in load(path).main.declarations if isinstance(each, CheckDecl)]
    if name is not None:
        if name in checks:
            return name
        hint = did_you_mean(name, checks) or (f"there are: {', '.join(checks)}" if checks else "it has none")
        raise InputError(f"{path} has no check {name!r}; {hint}")
    if not checks:
        raise InputError(f"{path} has no check; add one, such as `check all expect holds`")
    if len(checks) > 1:
        raise click.UsageError(
            f"{path} has {count(len(checks), 'check')}; say which one with --check NAME: {', '.join(checks)}"
        )
    return checks[0]
