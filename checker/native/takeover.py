"""The engine takes over a search that has begun under CPython, with the results of the latter.

The search of `search.explore` computes the initial states and, until machine code is ready, expands states as it
always does. Then the engine goes on from where it stands, in the middle of a level if need be. The engine notes
violations as events of a level; the details are found by expanding the last state of the trace once more under CPython.
So verdicts, counts and traces are those of `search.explore`, whatever the engine or the number of threads. Only what a
search found that was stopped before its end depends on its speed.
"""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import chain

from skipgate.checker.native import loops
from skipgate.checker.native.checkpoint import Checkpoint, SavedSearch, dump_violations, load_violations
from skipgate.checker.native.engine import Engine
from skipgate.checker.native.handover import TieredSearch
from skipgate.checker.native.initial import CannotBeEvaluated, begin
from skipgate.checker.native.retrace import Retracer
from skipgate.checker.native.storage import chance_of_omission
from skipgate.checker.native.violations import trace_violations, trace_witnesses
from skipgate.checker.search.explore import Exploration, RetracedExploration, State, conclude
from skipgate.checker.search.limits import (
    FIRST_VIOLATION,
    INTERRUPTED,
    MEMORY_RAN_OUT,
    Budget,
    Stop,
    out_of_memory,
    show_size,
)
from skipgate.checker.search.options import Storage

_STILL_AT_WORK = "a single state takes so long that it was not waited for; what machine code has found is not shown"
SAVE_EVERY = 60.0  # seconds between checkpoints, at least


def take_over(
    search: TieredSearch, engine: Engine, storage: Storage = Storage(), checkpoint: Checkpoint | None = None
) -> Exploration:
    """Run a search that has ended in `HandOver` to its end."""
    if search.at_start:
        return _from_the_start(search, engine, storage, checkpoint)
    found = search.found
    paths = {name: found.path_to(violation.state) for name, violation in found.violations.items()}
    ways = {name: found.path_to(state) for name, state in found.reached.items()}
    engine.load(chain.from_iterable(found.predecessors), found.ends, search.expanded)
    found.predecessors.clear()
    return _NativeSearch(search, engine, storage, checkpoint, paths, ways).to_the_end()


def _from_the_start(
    search: TieredSearch, engine: Engine, storage: Storage, checkpoint: Checkpoint | None
) -> Exploration:
    """Run a search that was handed over before all initial states were found: they are found anew."""
    search.begin_anew()
    try:
        return _NativeSearch(search, engine, storage, checkpoint, {}, {}).to_the_end()
    except CannotBeEvaluated:
        search.begin_anew()
        search.ready = lambda _: False  # CPython says what it is
        return conclude(search)


def resume(
    search: TieredSearch, engine: Engine, storage: Storage, checkpoint: Checkpoint, saved: SavedSearch
) -> RetracedExploration:
    """Run a search that was saved to its end. `search` has not begun."""
    found = search.found
    checkpoint.restore(engine, saved)
    found.generated = saved.generated
    found.fired.update(saved.fired)
    found.moved.update(saved.moved)
    found.unevaluated.update(saved.unevaluated)
    found.branch_lost = saved.branch_lost
    found.violations.update(load_violations(saved.violations))
    search.lengths.update(saved.lengths)
    search.started -= saved.seconds
    for steps, numbers in zip((False, True), saved.unseen, strict=True):
        search.unseen[steps] = {i: witness for i, witness in search.unseen[steps].items() if i in numbers}
    return _NativeSearch(search, engine, storage, checkpoint, saved.paths, {}).to_the_end()


class _NativeSearch:
    """The rest of a search, by machine code.

    `paths` are those to the violations that are known already, `ways` those to the covers.
    """

    def __init__(
        self,
        search: TieredSearch,
        engine: Engine,
        storage: Storage,
        checkpoint: Checkpoint | None,
        paths: dict[str, list[State]],
        ways: dict[str, list[State]],
    ) -> None:
        self.search = search
        self.engine = engine
        self.storage = storage
        self.checkpoint = checkpoint
        self.paths = paths
        self.ways = ways
        self.found = search.found
        self.generated = search.found.generated  # before
        self.why = ""
        self.saved_at = time.perf_counter()
        self.first_level = max(1, engine.level)  # of which a part may have been expanded before
        search.levels = engine
        unseen = search.unseen
        engine.set_seen(
            [i for i in range(len(search.kernels.state_witnesses)) if i not in unseen[False]],
            [i for i in range(len(search.kernels.step_witnesses)) if i not in unseen[True]],
        )

    def to_the_end(self) -> RetracedExploration:
        search, engine, found = self.search, self.engine, self.found
        try:
            limit, first = search.budget.max_states, search.stop_at_first
            reason = self.begin() if search.at_start else 0
            reason = reason or engine.run(self.tick, most=limit, stop_at_first=first, paused=self.save)
            found.stopped = {
                loops.STOPPED: self.why,
                loops.EVENT: FIRST_VIOLATION,
                loops.FULL: _full(search.budget, engine),
                loops.DEEP: "the search is deeper than there is room for",
            }.get(reason)
        except Stop as stop:
            found.stopped = str(stop)
        except KeyboardInterrupt:
            found.stopped = INTERRUPTED
        except MemoryError:
            found.stopped = MEMORY_RAN_OUT
        self.look()
        if self.checkpoint is not None and found.stopped not in (None, FIRST_VIOLATION):
            self.save_before_level()
        found.fired.update(engine.fired)
        found.moved.update(engine.moved)
        found.unevaluated |= engine.unevaluated
        found.branch_lost |= engine.branch_lost
        try:
            if engine.abandoned:
                found.notes.append(_STILL_AT_WORK)
            else:
                self.retrace()
        except KeyboardInterrupt:  # while traces were rebuilt: those that are there count
            found.stopped = INTERRUPTED
        search.finish()
        result = RetracedExploration(**{**vars(found), "distinct": engine.count, "engine": "native"})
        result.paths = {found.violations[name].state: path for name, path in self.paths.items()}
        result.paths |= {path[-1]: path for path in self.ways.values() if path[-1] not in result.paths}
        result.reached = {name: path[-1] for name, path in self.ways.items()}
        if not engine.abandoned:
            result.regions, result.levels = engine.regions(), engine.levels()
        if self.storage.fingerprints:
            result.omission = chance_of_omission(engine.count, engine.words)
        if self.checkpoint is not None and found.stopped in (None, FIRST_VIOLATION):
            self.checkpoint.remove()
        return result

    def begin(self) -> int:
        """Find the initial states, and what they violate; the result is 0, or a reason to end."""
        try:
            return begin(self.search, self.engine, self.tick)
        finally:
            self.paths |= {name: [violation.state] for name, violation in self.found.violations.items()}

    def retrace(self) -> None:
        """Find out what exactly the events were, and the ways to them, as far as the time goes."""
        search, engine, found = self.search, self.engine, self.found
        if found.stopped == FIRST_VIOLATION and found.violations:
            return  # in an initial state
        retracer = Retracer(engine)
        trace_violations(search, engine.constants, engine.events, retracer.path_to, self.paths)
        if search.witnesses:
            trace_witnesses(search, retracer.path_to_witness, self.ways)

    def look(self) -> None:
        """Note how far the engine has come."""
        self.found.generated = self.generated + self.engine.total(loops.GENERATED)
        self.found.depth = self.engine.level if self.engine.count else 0
        for steps, start, count in ((False, "SEEN", "STATE_WITNESSES"), (True, "STEP_SEEN", "STEP_WITNESSES")):
            for number in self.engine.flags(start, count):
                self.search.unseen[steps].pop(number, None)

    def tick(self) -> bool:
        self.found.generated = self.generated + self.engine.total(loops.GENERATED)
        self.found.depth = self.engine.level
        if self.checkpoint is not None and time.perf_counter() - self.saved_at > SAVE_EVERY:
            self.engine.pause_soon()
        try:
            self.search.look_at_clock(self.engine.count, self.engine.frontier)
        except Stop as stop:
            self.why = str(stop)
            return True
        return False

    def save(self) -> None:
        """Save the search, which is paused between two levels."""
        self.look()
        try:
            self.write(self.found.generated, self.engine.level)
        except OSError as problem:
            raise Stop(f"the search could not be saved: {problem.strerror}") from None
        self.saved_at = time.perf_counter()

    def save_before_level(self) -> None:
        """Save the search, which has ended, as it was before the level that it was at."""
        if self.engine.level == self.first_level:
            return  # there is nothing that is not saved already, if anything is
        assert self.checkpoint is not None
        with suppress(KeyboardInterrupt):  # what was saved last is still there
            before = self.engine.control.view[loops.BEFORE]
            folder = self.checkpoint.folder
            try:
                self.write(self.generated + before, self.engine.level - 1)
            except OSError as problem:
                earlier = "; what was saved last is still there" if self.checkpoint.levels else ""
                self.found.notes.append(f"the search could not be saved in {folder}: {problem.strerror}{earlier}")
            else:
                self.found.notes.append(f"the search was saved in {folder}; go on with it by `--resume`")

    def write(self, generated: int, levels: int) -> None:
        """Save so many levels."""
        assert self.checkpoint is not None
        self.found.seconds = time.perf_counter() - self.search.started
        rest = {
            "unseen": [sorted(self.search.unseen[False]), sorted(self.search.unseen[True])],
            "lengths": self.search.lengths,
            "violations": dump_violations(self.found.violations),
            "paths": self.paths,
        }
        self.checkpoint.save(self.engine, self.found, generated, rest, levels=levels)


def _full(budget: Budget, engine: Engine) -> str:
    if budget.max_states is not None and engine.count > budget.max_states:
        return f"the limit of {budget.max_states} states was passed"
    if engine.disk_problem is not None:
        return f"`{engine.folder}` cannot take more states: {engine.disk_problem}"
    if engine.folder is not None and engine.count >= engine.fitting:
        return f"the room in {engine.folder} was used up, which was {show_size(engine.room)}"
    return out_of_memory(budget.max_memory or engine.memory)
