"""What the events of a log mean, as it is written in a `.events` file beside the model."""

from __future__ import annotations

from dataclasses import dataclass

from skipgate.spec import syntax as s
from skipgate.spec.source import Source, Span

LogPath = tuple[str, ...]
"""Where a value stands in a JSON object: a key, then a key in what is there, and so on."""

OTHERS = "others"  # all that is not mentioned


@dataclass(frozen=True, eq=False)
class EventField:
    """A value that an event has in the log, and the name and the type that it has here."""

    span: Span
    name: s.Identifier
    type: s.AnyType
    path: LogPath


@dataclass(frozen=True, eq=False)
class EventRule:
    """An event of this name is a step of one of these actions after which the conditions are true.

    It is about those events only that have these texts at these places. Without actions it is no step at all: the
    conditions are true in the state as it is.
    """

    span: Span
    event: str
    texts: tuple[tuple[LogPath, str], ...]
    fields: tuple[EventField, ...]
    candidates: tuple[s.StepsLike, ...]
    conditions: tuple[s.AnyExpr, ...]


@dataclass(frozen=True, eq=False)
class Silent:
    """Actions that leave no event, and how many of them may be taken between two events."""

    span: Span
    actions: tuple[s.Identifier, ...]  # `others` alone stands for all that no event is
    bound: int


@dataclass(frozen=True, eq=False)
class NamesOf:
    """What the log calls the members of an enum, and what it writes where there is no value of an enum or a sort."""

    span: Span
    type: s.Identifier
    members: tuple[tuple[str, s.Identifier], ...]
    absent: frozenset[str]


@dataclass(frozen=True, eq=False)
class Events:
    """A whole file."""

    source: Source
    model: s.Identifier
    named_by: LogPath
    clock: LogPath | None
    rules: tuple[EventRule, ...]
    silent: Silent | None
    ignored: frozenset[str]
    ignores_others: bool
    names: tuple[NamesOf, ...]
