"""Traces that begin alike: what they have in common is shown once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from skipgate.checker.core.trace import Trace

_LEAST = 2  # states in common that are worth a reference: the first one and a step


@dataclass(frozen=True)
class Above:
    """The first states of a trace are those of another one, which was shown before."""

    property: str  # of the other trace
    states: int


def arranged(traces: Sequence[Trace]) -> Iterator[tuple[Trace, Above | None]]:
    """The traces of a check in an order in which each can refer to those before it, and to which one it refers.

    Their order stays, but a trace that others are the beginning of comes before the first of them.
    """
    shown: list[Trace] = []
    waiting = list(traces)
    while waiting:
        trace = waiting[0]
        if not _going_on(trace, shown):
            trace = max(_going_on(trace, waiting), key=len, default=trace)
        waiting.remove(trace)
        nearest = max(shown, key=lambda other: _in_common(trace, other), default=None)
        states = 0 if nearest is None else _in_common(trace, nearest)
        yield trace, Above(nearest.property, states) if nearest is not None and states >= _LEAST else None
        shown.append(trace)


def _going_on(trace: Trace, others: Sequence[Trace]) -> list[Trace]:
    """Those of which a trace is the beginning."""
    return [other for other in others if _LEAST <= len(trace) == _in_common(trace, other)]


def _in_common(trace: Trace, other: Trace) -> int:
    """With how many of the same states both begin; a trace that shows a second view of each is always shown whole."""
    if trace.abstract is not None:
        return 0
    pairs = zip(trace.steps, other.steps, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
