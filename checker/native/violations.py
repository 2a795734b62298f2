"""What exactly the events of a search are, found by expanding the last state of a trace once more under CPython."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from skipgate.checker.core import model as m
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.search.explore import Search, State, Violation
from skipgate.checker.search.limits import Stop
from skipgate.checker.search.options import SearchOptions


def event_names(model: m.Model) -> list[str]:
    """The property that each event violates."""
    return [*(p.name for p in (*model.invariants, *model.transitions)), DEADLOCK, EVALUATION, EVALUATION]


def shortest(search: Search, constants: Mapping[str, int], events: Mapping[int, int]) -> dict[str, tuple[int, int]]:
    """For each property that is violated, the event with the shortest trace and its level, unless the search had found
    one as short before the engine went on with it."""
    names = event_names(search.model)
    here = (constants["DEADLOCK"], constants["EVALUATION"])  # in the state that is expanded, not in the next
    lengths = dict(search.lengths)
    result = {}
    for event, level in sorted(events.items(), key=lambda item: item[1]):
        length = level if event in here else level + 1
        if length < lengths.get(names[event], length + 1):
            lengths[names[event]] = length
            result[names[event]] = event, level
    return result


def way(search: Search, path: list[State], name: str | None) -> tuple[str, Violation, list[State]]:
    """The violation of a property, any if None, that expanding the last state of a path causes, and the way to it."""
    again = Search(search.kernels, SearchOptions(stop_at_first=search.stop_at_first))
    again.found.predecessors[path[-1]] = None
    with suppress(Stop):
        again.expand_level([path[-1]])
    seen = again.found.violations
    name = name or next(iter(seen), "")
    if name not in seen:
        raise InternalError(f"the engines disagree: there is no violation of `{name}` under CPython")
    state = seen[name].state
    return name, seen[name], path if state == path[-1] else [*path, state]
