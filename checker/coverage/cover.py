"""The coverage of a search that is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from itertools import chain

import numpy as np

from skipgate.checker.core.coverage import ActionCoverage, Alternative, Coverage, Obstacle, Taken, VariableCoverage
from skipgate.checker.core.model import Action
from skipgate.checker.coverage.counting import (
    Program,
    Tally,
    compiled,
    count,
    different,
    natively,
    program,
    under_cpython,
)
from skipgate.checker.coverage.levels import Numbers, levels, pieces
from skipgate.checker.coverage.variables import variable_coverage
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.explore import Exploration
from skipgate.checker.search.limits import (
    MEMORY_RAN_OUT,
    Budget,
    Stop,
    available_memory,
    memory_in_use,
    out_of_memory,
    out_of_time,
)
from skipgate.spec.diagnostics import SpecError

_COPIES = 4  # of a level that there are at the same time
_MOST = 1 << 24  # states of which machine code compares every projection


def cover(kernels: Kernels, found: Exploration, budget: Budget) -> Coverage:
    """What a search has been through, as far as time and memory go: as much time as for traces."""
    words = kernels.layout.words
    look = partial(_look, budget, time.perf_counter(), budget.left_for_traces(found.seconds))
    sizes = tuple(map(len, levels(found, words)))
    total: Tally | None = None
    written: Program | None = None
    variables: tuple[VariableCoverage, ...] = ()
    missing = found.stopped
    try:
        written = program(kernels)
        total = Tally(np.zeros(written.size, np.int64), np.zeros(len(kernels.model.actions) + 1, np.int64))
        functions = compiled(written, look) if found.engine == "native" else None
        counter = under_cpython(written) if functions is None else natively(written, functions)
        # After the last level of a whole search there is none.
        end: list[Numbers] = [np.empty((0, words), np.int64)] if found.stopped is None else []
        look(_COPIES * 8 * words * max(sizes, default=0))
        count(counter, written, chain(levels(found, words), end), total, look)
        compare: Callable[[Numbers], int] | None = None
        if functions is not None and found.distinct <= _MOST:
            look(8 * (words + 4) * found.distinct)
            compare = partial(different, functions, np.concatenate([*pieces(found, words)]))
        variables = variable_coverage(kernels.layout, lambda: pieces(found, words), found.distinct, look, compare)
    except Stop as stop:
        missing = str(stop)
    except SpecError as problem:
        missing = problem.diagnostics[0].message
    return Coverage(
        states=found.distinct,
        counted=0 if total is None else total.states,
        levels=sizes,
        actions=() if written is None or total is None else _actions(written, total),
        variables=variables,
        orbits=kernels.symmetry is not None,
        missing=missing,
    )


def _look(budget: Budget, started: float, seconds: float | None, size: int = 0) -> None:
    """Raises `Stop` if the time is over, or there are not so many bytes."""
    if seconds is not None and time.perf_counter() - started > seconds:
        raise Stop(out_of_time(budget.time_limit or 0))
    limit = budget.max_memory
    if limit is not None and memory_in_use() + size > limit:
        raise Stop(out_of_memory(limit))
    if size > available_memory():
        raise Stop(MEMORY_RAN_OUT)


def _actions(written: Program, total: Tally) -> tuple[ActionCoverage, ...]:
    """The paths through each declared action, put together."""
    actions = written.kernels.model.actions
    counts = [int(each) for each in total.counts]
    taken = {
        action: Taken(counts[written.fired + i], counts[written.moved + i], int(total.found[i + 1]))
        for i, action in enumerate(actions)
    }
    failed = {action: counts[written.failed + i] for i, action in enumerate(actions)}
    paths: dict[str, list[Action]] = {}
    for action in actions:
        paths.setdefault(action.declared, []).append(action)
    return tuple(
        ActionCoverage(
            name=name,
            taken=sum((taken[path] for path in mine), Taken()),
            alternatives=tuple(
                Alternative(", ".join(b.text for b in path.branches), path.branches[-1].span.place, taken[path])
                for path in mine
                if path.branches
            ),
            obstacles=_obstacles(written, mine, counts),
            failed=sum(failed[path] for path in mine),
        )
        for name, mine in paths.items()
    )


def _obstacles(written: Program, paths: list[Action], counts: list[int]) -> tuple[Obstacle, ...]:
    """What stopped an action. Where its paths begin alike, they were stopped at the same time."""
    met: dict[tuple[object, ...], Obstacle] = {}
    for number, stopper in enumerate(written.code.stoppers):
        if stopper.action in paths and stopper.way not in met:
            text = stopper.span.flat if stopper.name is None else f"{stopper.name} in {stopper.span.flat}"
            met[stopper.way] = Obstacle(text, stopper.span.place, counts[number], stopper.name is not None)
    return tuple(met.values())
