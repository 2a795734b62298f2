"""Initial states by machine code: all threads find them, and what they violate is found again in their order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from skipgate.checker.core.deadline import OutOfTime, deadline
from skipgate.checker.core.errors import InternalError
from skipgate.checker.native import beginning, loops
from skipgate.checker.native.beginning import ANY
from skipgate.checker.native.engine import Engine
from skipgate.checker.native.memory import MappedRow
from skipgate.checker.native.violations import event_names
from skipgate.checker.search.explore import Search, State, Violation
from skipgate.checker.search.limits import FIRST_VIOLATION, Stop
from skipgate.checker.search.options import SearchOptions


class CannotBeEvaluated(Exception):
    """An initial value or a condition cannot be evaluated."""


def begin(search: Search, engine: Engine, tick: Callable[[], bool]) -> int:
    """Find the initial states. The result is 0, or the reason why not all were found (see `loops`).

    `tick` is called now and then; the search ends when it gives True.

    Raises:
        CannotBeEvaluated: something cannot be; under CPython the same search says what.
        Stop: one of them violates a property, and the search is to end with that.
    """
    try:
        walks = _walks(engine, engine.threads)
    except OSError:
        raise MemoryError from None

    def work(lane: int) -> int:
        shared = engine.control, engine.lanes, engine.table, engine.store
        return engine.call("begin", *shared, walks, engine.buffers[lane], lane)

    reason = engine.drive(work, tick, search.budget.max_states)
    if reason == beginning.FAILED:
        raise CannotBeEvaluated
    engine.begin_level()
    if not engine.abandoned:
        engine.control.view[loops.LEAVE] = 0
        _note_violations(search, engine)
    return reason


def _walks(engine: Engine, threads: int) -> MappedRow:
    return MappedRow(beginning.HEAD + threads * engine.constants["WALK"])


def first_start(engine: Engine, event: int, targets: MappedRow, mask: int) -> State | None:
    """The first initial state, as they are enumerated, that causes an event, or is among the targets."""
    found = MappedRow(engine.words)
    call = partial(
        engine.call, "seek_start", engine.control, _walks(engine, 1), targets, mask, engine.store, found,
        engine.buffers[0], event,
    )  # fmt: skip
    (there_is_one,) = engine.together([call], lambda: False)
    return tuple(found.view[: engine.words]) if there_is_one else None


def _note_violations(search: Search, engine: Engine) -> None:
    """Note what the initial states violate, with the states that CPython finds first, as far as the time goes."""
    found = search.found
    found.unevaluated |= engine.unevaluated
    found.branch_lost |= engine.branch_lost
    names = event_names(search.model)
    events = sorted(engine.events)
    if search.stop_at_first and events:
        events = [ANY]
    for event in events:
        try:
            with deadline(search.left_for_traces):
                name, violation = _violation(search, engine, names, event)
        except OutOfTime:
            missed = sorted({names[each] for each in engine.events})
            found.untraced += [name for name in missed if name not in found.violations]
            search.lengths |= dict.fromkeys(missed, 1)
            engine.control.view[loops.LEAVE] = 0
            break
        found.violations[name] = violation
        search.lengths[name] = 1
    engine.forget_events()
    if events and search.stop_at_first:
        raise Stop(FIRST_VIOLATION)


def _violation(search: Search, engine: Engine, names: list[str], event: int) -> tuple[str, Violation]:
    """The violation behind an event, and the property."""
    state = first_start(engine, event, MappedRow(1), 0)
    again = Search(search.kernels, SearchOptions(stop_at_first=search.stop_at_first))
    with suppress(Stop):
        if state is not None:
            again.arrive(state, None)
    name = next(iter(again.found.violations), "") if event == ANY else names[event]
    if name not in again.found.violations:
        raise InternalError("the engines disagree: an initial state that violates a property was not found again")
    return name, again.found.violations[name]
