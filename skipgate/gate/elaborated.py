"""Which checks of a specification can come out differently than before: those whose elaborated model differs.

The model of a check is what is left when constants are values, and definitions are replaced by what they stand for. A
check of the same model with the same expectations has the same verdict, so it is not run again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING

from skipgate.checker.core.deadline import OutOfTime, deadline
from skipgate.gate.fingerprint import digest

if TYPE_CHECKING:
    from skipgate.gate.specs import Spec

_WORDS_FOR_PEOPLE = frozenset({"description", "anchors", "file", "says_nothing"})


def differing_checks(before: Spec | None, after: Spec, seconds: float | None = None) -> list[str] | None:
    """The names of the checks, without those with tags, that are new or differ; None if that cannot be told, or not
    within so many seconds."""
    try:
        with deadline(seconds):
            was, now = {} if before is None else check_digests(before), check_digests(after)
    except OutOfTime:
        return None
    if now is None:
        return None
    return [name for name, each in now.items() if was is None or was.get(name) != each]


def check_digests(spec: Spec) -> dict[str, str] | None:
    """A digest of each check without a tag: its model and what it expects. None if the specification is wrong."""
    from skipgate.checker.elaborate.elaborate import elaborate
    from skipgate.spec.diagnostics import SpecError
    from skipgate.spec.passes import examine

    try:
        specification = examine(spec.program)
        return {
            check.name.text: digest(_tokens(elaborate(specification, check)))
            for check in specification.checks
            if not check.tags
        }
    except (SpecError, RecursionError):
        return None


def _tokens(root: object) -> Iterator[str]:
    from skipgate.spec.source import Span

    stack: list[object] = [root]
    while stack:
        value = stack.pop()
        if isinstance(value, Span):
            continue
        if isinstance(value, tuple | list):
            yield f"({len(value)}"
            stack.extend(reversed(value))
        elif isinstance(value, frozenset | set):
            yield f"{{{','.join(sorted(digest(_tokens(each)) for each in value))}}}"
        elif is_dataclass(value) and not isinstance(value, type | Enum):
            yield f"({type(value).__name__}"
            stack.extend(getattr(value, each.name) for each in fields(value) if each.name not in _WORDS_FOR_PEOPLE)
        else:
            yield repr(value)
