"""The engine takes over a search that has begun under CPython, with the results of the latter.

The search of `checker.explore` computes the initial states and, until machine code is ready, expands states as it
always does. Then the engine goes on from where it stands, in the middle of a level if need be. Violations are noted by
the engine as events of a level; what exactly happened is found by expanding the state at the end of the trace once more
under CPython. So verdicts, counts and traces are those of `checker.explore`, whatever the engine or the number of
threads. Only what a search found that was stopped before its end depends on its speed.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain

from checker.errors import InternalError
from checker.explore import FIRST_VIOLATION, INTERRUPTED, Budget, Exploration, Search, State, Stop, out_of_memory
from checker.native import loops
from checker.native.engine import Engine
from checker.native.retrace import Retracer
from checker.native.tiers import TieredSearch
from checker.result import DEADLOCK, EVALUATION


@dataclass
class RetracedExploration(Exploration):
    """What a search found that keeps no predecessors: the paths to its violations."""

    paths: dict[State, list[State]] = field(default_factory=dict)

    def path_to(self, state: State) -> list[State]:
        return list(self.paths[state])


def take_over(search: TieredSearch, engine: Engine) -> RetracedExploration:
    """Run a search that has ended in `HandOver` to its end."""
    found = search.found
    paths = {violation.state: found.path_to(violation.state) for violation in found.violations.values()}
    engine.load(chain.from_iterable(found.predecessors), search.ends, search.expanded)
    found.predecessors.clear()
    unseen = search.unseen
    engine.set_seen(
        [i for i in range(len(search.kernels.state_witnesses)) if i not in unseen[False]],
        [i for i in range(len(search.kernels.step_witnesses)) if i not in unseen[True]],
    )
    generated = found.generated
    why = ""

    def tick() -> bool:
        nonlocal why
        found.generated = generated + engine.total(loops.GENERATED)
        found.depth = engine.level
        try:
            search.look_at_clock(engine.count, engine.frontier)
        except Stop as stop:
            why = str(stop)
            return True
        return False

    try:
        reason = engine.run(tick, most=search.budget.max_states, stop_at_first=search.stop_at_first)
        found.stopped = {
            loops.STOPPED: why,
            loops.EVENT: FIRST_VIOLATION,
            loops.FULL: _full(search.budget.max_states, engine),
            loops.DEEP: "the search is deeper than there is room for",
        }.get(reason)
    except KeyboardInterrupt:
        found.stopped = INTERRUPTED
    found.generated = generated + engine.total(loops.GENERATED)
    found.depth = engine.level
    found.fired.update(engine.fired)
    for steps, start, count in ((False, "SEEN", "STATE_WITNESSES"), (True, "STEP_SEEN", "STEP_WITNESSES")):
        for number in engine.flags(start, count):
            unseen[steps].pop(number, None)
    try:
        _retrace(search, engine, paths)
    except KeyboardInterrupt:  # while traces were rebuilt: those that are there count
        found.stopped = INTERRUPTED
    search.finish()
    result = RetracedExploration(**{**vars(found), "distinct": engine.count, "engine": "native"})
    result.paths = paths
    return result


def _full(limit: int | None, engine: Engine) -> str:
    if limit is not None and engine.count > limit:
        return f"the limit of {limit} states was passed"
    return out_of_memory(engine.memory)


def _retrace(search: TieredSearch, engine: Engine, paths: dict[State, list[State]]) -> None:
    """Find out what exactly the events were, and the ways to them."""
    found = search.found
    if found.stopped == FIRST_VIOLATION:
        level = min(engine.events.values())
        jobs = [("", [event for event, at in engine.events.items() if at == level], level)]
    else:
        jobs = [(name, [event], level) for name, (event, level) in _shortest(search, engine).items()]
    retracer = Retracer(engine)
    for name, causes, level in jobs:
        path = retracer.path_to(causes, level)
        again = Search(search.kernels, Budget(), search.stop_at_first, None)
        again.found.predecessors[path[-1]] = None
        with suppress(Stop):
            again.expand_level([path[-1]])
        seen = again.found.violations
        name = name or next(iter(seen), "")
        if name not in seen:
            raise InternalError(f"the engines disagree: there is no violation of `{name}` under CPython")
        found.violations[name] = seen[name]
        state = seen[name].state
        paths[state] = path if state == path[-1] else [*path, state]


def _shortest(search: TieredSearch, engine: Engine) -> dict[str, tuple[int, int]]:
    """For each property that is violated, the event with the shortest trace and its level, unless the search had found
    one as short before the engine went on with it."""
    model, constants = search.model, engine.constants
    names = [p.name for p in (*model.invariants, *model.transitions)]
    names += [DEADLOCK, EVALUATION, EVALUATION]
    here = (constants["DEADLOCK"], constants["EVALUATION"])  # in the state that is expanded, not in the next
    lengths = dict(search.lengths)
    result = {}
    for event, level in sorted(engine.events.items(), key=lambda item: item[1]):
        length = level if event in here else level + 1
        if length < lengths.get(names[event], length + 1):
            lengths[names[event]] = length
            result[names[event]] = event, level
    return result
