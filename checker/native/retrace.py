"""Shortest traces without a predecessor for each state: the levels are searched once more, backwards.

Which trace is chosen does not depend on threads: it is the one that a search by a single thread finds, which expands
states in the order in which it found them. That order is lexicographic: a state comes before another of its level if
the smaller sequence of choices leads to it (an initial state, then at each step the number of a successor). So the
trace to the first of some states is the lexicographically smallest among the shortest to any of them. Going back, the
states of each level are marked from which a marked state of the next level is reached in one step; going forward, the
first choice that leads to a marked state is the right one.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import partial

from skipgate.checker.core.errors import InternalError
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import loops
from skipgate.checker.native.beginning import TARGETS
from skipgate.checker.native.engine import Engine
from skipgate.checker.native.initial import first_start
from skipgate.checker.native.memory import MappedRow
from skipgate.checker.native.seek import SHOWN
from skipgate.checker.search.explore import State

_SMALL = 4096  # states of a level that one thread searches faster than it wakes the others
_NO_EVENT = -1


class Retracer:
    """Rebuilds traces to events from a finished search. Afterwards that search cannot go on."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.found: list[MappedRow] = []  # what each thread has found
        engine.control.view[loops.LEAVE] = 0
        self.targets = _Targets(engine)

    def path_to(self, events: Sequence[int], level: int) -> list[State]:
        """The states from an initial one to the first at a level whose expansion causes one of some events."""
        first = {index for event in events for index in self.seek(level, event)}
        marked = [array("q", sorted(first))]
        while level > 1:
            level -= 1
            self.targets.become(marked[-1])
            marked.append(self.seek(level, _NO_EVENT))
        if not all(marked):
            raise InternalError("the states on the way to a violation were not found again")
        path = [self.first_start(marked.pop())]
        while marked:
            self.targets.become(marked.pop())
            path.append(first_step(self.engine.kernels, path[-1], self.targets.have))
        return path

    def path_to_witness(self, number: int) -> list[State]:
        """The states from an initial one to the first of which a witness is true."""
        engine = self.engine
        bounds, lanes = engine.bounds.view, range(engine.threads)
        for lane in lanes:  # what was found last may be no level yet
            bounds[(engine.level + 1) * engine.threads + lane] = engine.end(lane)
        for level in range(1, engine.level + 2):
            if self.seek(level, SHOWN + number):
                return self.path_to([SHOWN + number], level)
        raise InternalError("the state of which a cover is true was not found again")

    def seek(self, level: int, event: int) -> array[int]:
        """The numbers of the states of a level that cause an event, or, if there is none, that lead to a target.

        From `SHOWN` on, events are witnesses that are true of the states.
        """
        engine = self.engine
        bounds = engine.bounds.view
        total = 0
        for lane in range(engine.threads):
            begin = bounds[(level - 1) * engine.threads + lane]
            end = bounds[level * engine.threads + lane]
            engine.put(lane, loops.CURSOR, begin)
            engine.put(lane, loops.END, end)
            engine.put(lane, loops.REST, 0)
            engine.put(lane, loops.REST_END, 0)
            total += end - begin
        threads = 1 if total < _SMALL else engine.threads
        if len(self.found) < threads or self.found[0].words < total:
            self.found = [MappedRow(2 * total) for _ in range(threads)]
        shared = engine.control, engine.lanes, self.targets.table, self.targets.mask, engine.store
        calls = [
            partial(engine.call, "seek", *shared, self.found[lane], engine.buffers[lane], lane, event)
            for lane in range(threads)
        ]
        counts = [calls[0]()] if threads == 1 else engine.together(calls, lambda: False)
        result = array("q")
        for rows, count in zip(self.found, counts, strict=False):
            result.frombytes(rows.view[:count].tobytes())
        return result

    def first_start(self, marked: array[int]) -> State:
        """The first of some initial states, as they are enumerated."""
        if len(marked) == 1 or not self.engine.kernels.begins_natively:
            return self.engine.state(min(marked))  # they lie in the order in which CPython found them
        self.targets.become(marked)
        found = first_start(self.engine, TARGETS, self.targets.table, self.targets.mask)
        if found is None:
            raise InternalError("the initial state on the way to a violation was not found again")
        return found


def first_step(kernels: Kernels, state: State, is_target: Callable[[State], bool]) -> State:
    """The first successor of a state that is a target.

    Raises:
        InternalError: there is none.
    """
    symmetry = kernels.symmetry
    out = [0] * kernels.room
    for i in range(0, kernels.functions["expand"](state, out), kernels.entry):
        if out[i] >= 0:
            successor = tuple(out[i + 1 : i + kernels.entry])
            if symmetry is not None:
                successor = symmetry.representative(successor)
            if is_target(successor):
                return successor
    raise InternalError("the engines disagree: a step on the way to a violation was not found again")


class _Targets:
    """A table of some states of the store."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.mask = 0
        self.table = MappedRow(1024)
        self.numbers = MappedRow(1024)
        self.state = MappedRow(engine.words)

    def become(self, indices: array[int]) -> None:
        """Hold the states of these numbers, and no others."""
        count, slots = len(indices), 64
        while slots < 2 * count:
            slots *= 2
        if slots > self.table.words:
            self.table = MappedRow(slots)
        else:
            self.table.clear(max(slots, self.mask + 1))
        if count > self.numbers.words:
            self.numbers = MappedRow(2 * count)
        self.numbers.view[:count] = memoryview(indices)
        self.mask = slots - 1
        self.engine.call("fill_list", self.table, self.mask, self.engine.store, self.numbers, count)

    def have(self, state: State) -> bool:
        for i, word in enumerate(state):
            self.state.view[i] = word
        return bool(self.engine.call("is_target", self.state, self.table, self.mask, self.engine.store))
