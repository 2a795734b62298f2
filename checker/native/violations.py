"""What exactly the events of a search are, found by expanding the last state of a trace once more under CPython."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from skipgate.checker.core import model as m
from skipgate.checker.core.deadline import OutOfTime, deadline
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.search.explore import Search, State, Violation
from skipgate.checker.search.limits import FIRST_VIOLATION, Stop
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


def trace_violations(
    search: Search,
    constants: Mapping[str, int],
    events: Mapping[int, int],
    path_to: Callable[[list[int], int], list[State]],
    paths: dict[str, list[State]],
) -> None:
    """Note the violations behind events, and the ways to them in `paths`, as far as the time goes.

    `path_to` gives the states up to the first, at a level, that causes one of some events.
    """
    found, names = search.found, event_names(search.model)
    jobs: list[tuple[str | None, list[int], int]]  # any of several events of a level may be the first
    if found.stopped == FIRST_VIOLATION:
        level = min(events.values())
        jobs = [(None, [event for event, at in events.items() if at == level], level)]
    else:
        jobs = [(name, [event], level) for name, (event, level) in shortest(search, constants, events).items()]
    for name, causes, level in jobs:
        try:
            with deadline(search.left_for_traces):
                name, violation, path = way(search, path_to(causes, level), name)
        except OutOfTime:
            found.untraced += sorted({names[event] for event in causes} - found.violations.keys())
        else:
            found.violations[name] = violation
            paths[name] = path


def trace_witnesses(search: Search, path_to: Callable[[int], list[State]], ways: dict[str, list[State]]) -> None:
    """Note the ways to the covers that were seen in `ways`, as far as the time goes; `path_to` gives that to one."""
    for number, witness in enumerate(search.kernels.state_witnesses):
        name = witness.of.name
        if witness.premise is None and number not in search.unseen[False] and name not in ways:
            with suppress(OutOfTime), deadline(search.left_for_traces):
                ways[name] = path_to(number)
