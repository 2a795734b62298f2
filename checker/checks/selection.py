"""Which checks of a file are run: by name, and by tag."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from skipgate.spec.syntax import CheckDecl


@dataclass(frozen=True)
class Selection:
    """The checks that are run, and those that are left out because of their tags, with these tags.

    A check with tags is run only if it is asked for, by one of its tags or by its full name.
    """

    chosen: tuple[CheckDecl, ...]
    left_out: dict[str, tuple[str, ...]]


def globs(only: str) -> list[str]:
    """The parts of a selection by name."""
    return [glob.strip() for glob in only.split(",")]


def select(checks: Sequence[CheckDecl], only: str | None, tags: Collection[str]) -> Selection:
    """Choose among the checks of a file.

    `only` are globs of names, separated by commas; None stands for all names. With `tags`, only checks that have one
    of them are chosen.
    """
    wanted = None if only is None else globs(only)
    chosen: list[CheckDecl] = []
    left_out: dict[str, tuple[str, ...]] = {}
    for check in checks:
        name = check.name.text
        own = tuple(tag.text for tag in check.tags)
        if wanted is not None and not any(fnmatchcase(name, glob) for glob in wanted):
            continue
        if tags:
            if not set(own).isdisjoint(tags):
                chosen.append(check)
        elif own and name not in (wanted or ()):
            left_out[name] = own
        else:
            chosen.append(check)
    return Selection(tuple(chosen), left_out)
