"""Drives the loops: memory, threads, growth of the table, and what they found.

The search itself is in `loops`; this is what happens between its calls. Levels that are small are expanded by one
thread without coming back here; the threads share those that are large.
"""

from __future__ import annotations

import errno
import os
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import beginning, generated, hashing, loops, seek, table
from skipgate.checker.native.language import Signature, SourceText
from skipgate.checker.native.memory import WORD, MappedRow, room_in
from skipgate.checker.native.threads import StillAtWork, together
from skipgate.checker.native.units import CompilationUnit
from skipgate.spec.diagnostics import error

Functions = Mapping[str, Callable[..., int]]

# What is called from here, with rows as addresses (machine code) or as memoryviews (CPython).
EXPORTED = {
    "refill": Signature(("row",) * 5),
    "crew": Signature(("row",) * 6 + ("int",)),
    "seek": Signature(("row", "row", "row", "int", "row", "row", "row", "int", "int")),
    "fill_list": Signature(("row", "int", "row", "row", "int")),
    "is_target": Signature(("row", "row", "int", "row")),
}

_WIDE = 8192  # states: what a level must have to be worth waking threads for
_FIRST_TABLE = 2**16  # slots
_FULLEST = 0.7  # of the slots that are taken before the table grows; linear probing is still short then
_AT_THE_LIMIT = 0.93  # if there is no memory to let it grow
_HELD = 2**21  # words of a file for which each thread has disk space ahead
_MOST_LEVELS = 2**28  # by threads
_MOST_THREADS = 16
_FAREWELL = 2.0  # seconds in which threads should come to the end of a batch
_SHORTEST_NAP, _LONGEST_NAP = 0.00005, 0.001  # seconds that a thread sleeps when there is nothing to do for it


# The same for initial states, where machine code finds them.
EXPORTED_FOR_INITIAL_STATES = {
    "begin": Signature(("row",) * 6 + ("int",)),
    "seek_start": Signature(("row",) * 3 + ("int", "row", "row", "row", "int")),
}

NO_ORBITS = "def canonical(t, room):\n    return 0\n"


class NoMemory(Exception):
    """There is not enough memory, or address space, to begin with."""


def unit(kernels: Kernels, fingerprints: bool = False) -> CompilationUnit:
    """The program of a model: its kernels, and the loops."""
    symmetry = kernels.symmetry
    orbits = NO_ORBITS if symmetry is None else f"{symmetry.loops}\n\n{symmetry.text}"
    texts: tuple[SourceText, ...] = (
        SourceText("kernels", kernels.text),
        SourceText("orbits", orbits),
        *map(SourceText.of, (generated, hashing, table, loops, seek)),
    )
    exported = dict(EXPORTED)
    if kernels.begins_natively:
        texts += SourceText("initial", kernels.initial_text), SourceText.of(beginning)
        exported |= EXPORTED_FOR_INITIAL_STATES
    return CompilationUnit(texts, exported, constants(kernels, fingerprints))


def default_threads() -> int:
    """As many as there are processors to run on, but not too many."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(count, _MOST_THREADS)


def constants(kernels: Kernels, fingerprints: bool = False) -> dict[str, int]:
    """What the loops need to know about a model when they are compiled."""
    model = kernels.model
    events = len(model.invariants) + len(model.transitions) + 3
    blind = events + 1  # after the fact that something is lost
    step_blind = blind + len(kernels.checked)
    moved = step_blind + len(kernels.checked_steps)
    fired = loops.EVENTS + moved + len(model.actions)
    seen = fired + len(model.actions)
    step_seen = seen + len(kernels.state_witnesses)
    used = step_seen + len(kernels.step_witnesses)
    symmetry = kernels.symmetry
    return {
        **({} if symmetry is None else symmetry.constants),
        **initial_constants(kernels),
        "SYMMETRIC": int(symmetry is not None),
        "WORDS": kernels.layout.words,
        "ENTRY": kernels.entry,
        "FINGERPRINTS": int(fingerprints),
        "CONSTRAINED": int(bool(model.constraints)),
        "STEPS": int(bool(kernels.checked_steps)),
        "STATE_WITNESSES": len(kernels.state_witnesses),
        "STEP_WITNESSES": len(kernels.step_witnesses),
        "TRANSITIONS": len(model.invariants),
        "DEADLOCK": events - 3,
        "EVALUATION": events - 2,
        "ARRIVAL": events - 1,
        "LOST": events,
        "BLIND": blind,
        "STEP_BLIND": step_blind,
        "MOVED": moved,
        "FIRED": fired,
        "SEEN": seen,
        "STEP_SEEN": step_seen,
        "LANE": -(-used // 16) * 16,  # whole cache lines, two by two as they are prefetched
        "SCRATCH": kernels.scratch if symmetry is None else max(kernels.scratch, symmetry.room),
    }


def initial_constants(kernels: Kernels) -> dict[str, int]:
    """What the loops for initial states need to know, if there are any."""
    code = kernels.initial
    if code is None or not kernels.begins_natively:
        return {}
    stages = len(code.names)
    entries = beginning.PLACES + 2 * stages
    return {
        "STAGES": stages,
        "ENTRIES": entries,
        "WALK": -(-(entries + kernels.layout.words + sum(code.rooms)) // 16) * 16,
        "SHARE": beginning.SHARE if stages == 1 else 1,
    }


class Engine:
    """One search. Memory is reserved at once and given back with the object.

    `memory` is how many bytes it may take, `states` how many there are to begin with. `functions` are the program's,
    `native` if they take addresses. In a `folder`, the states lie in a file, and only the table counts as memory.

    Raises:
        NoMemory: not even a small search is possible.
        SpecError: the folder cannot take the states.
    """

    def __init__(
        self,
        kernels: Kernels,
        functions: Functions,
        *,
        threads: int | None,
        memory: int,
        states: int = 1,
        native: bool = True,
        fingerprints: bool = False,
        folder: Path | None = None,
    ) -> None:
        self.kernels = kernels
        self.functions = functions
        self.native = native
        self.threads = threads = threads or default_threads()
        self.constants = constants(kernels, fingerprints)
        # What is needed for finding initial states is given back before the search goes on, but it may need all then.
        memory = max(memory // 2, memory - threads * self.constants.get("WALK", 0) * WORD)
        self.memory = memory
        self.words = kernels.layout.words
        self.lane = self.constants["LANE"]
        self.room = memory if folder is None else room_in(folder)  # for the states
        self.folder = folder
        self.shared = folder is None  # with the table
        self.region = max(self.room // (self.words * WORD), 2 * states + _FIRST_TABLE)  # any thread may find nearly all
        self.pending = pending = (loops.BATCH + kernels.room) // kernels.entry + 1  # what a thread may find at a time
        slots = _FIRST_TABLE
        # What the threads may add before they see that the table is full must fit into it.
        while slots * (1 - _AT_THE_LIMIT) < 2 * threads * pending or slots * _FULLEST / 2 < states:
            slots *= 2
        self.slots = slots
        self.paused_at = 0  # the last level
        self.disk_problem: str | None = None  # why there is no more space for states
        self.held = 0  # for so many states there is space
        self.abandoned = False  # are there threads that did not leave? Then only what is complete may be read
        levels = _MOST_LEVELS // threads
        try:
            self.control = MappedRow(loops.CONTROL)
            self.lanes = MappedRow(threads * self.lane)
            self.bounds = MappedRow((levels + 2) * threads)
            self.table = MappedRow(max(memory // WORD, slots))
            self.store = self.room_for_states(states)
            self.buffers = [MappedRow(self.constants["SCRATCH"] + loops.BATCH + kernels.room) for _ in range(threads)]
        except OSError as problem:
            raise NoMemory(str(problem)) from None
        control = self.control.view
        control[loops.THREADS] = threads
        control[loops.WIDE] = _WIDE
        control[loops.LEVELS] = levels
        for lane in range(threads):
            self.put(lane, loops.BASE, lane * self.region)
            self.put(lane, loops.CURSOR, lane * self.region)
            self.put(lane, loops.END, lane * self.region)
            self.bounds.view[lane] = lane * self.region

    def room_for_states(self, states: int) -> MappedRow:
        """A row for the states of all threads, of which so many are there to begin with.

        Raises:
            SpecError: it is to be in a file, which cannot be that large.
            OSError: there is not so much address space.
        """
        try:
            store = MappedRow(self.threads * self.region * self.words, self.folder)
            store.hold(0, states * self.words)
            return store
        except OSError as problem:
            if self.folder is None or problem.errno == errno.ENOMEM:
                raise
            raise error(f"`{self.folder}` cannot take the states: {problem.strerror}") from None

    # ------------------------------------------------------------------------------------------------------- access

    def call(self, name: str, *arguments: MappedRow | int) -> int:
        """Call a function of the program."""
        function = self.functions[name]
        if self.native:
            return function(*(a.address if isinstance(a, MappedRow) else a for a in arguments))
        return function(*(a.view if isinstance(a, MappedRow) else a for a in arguments))

    def get(self, lane: int, place: int) -> int:
        """A word of a thread's lane."""
        return self.lanes.view[lane * self.lane + place]

    def put(self, lane: int, place: int, value: int) -> None:
        """Set a word of a thread's lane."""
        self.lanes.view[lane * self.lane + place] = value

    def total(self, place: int) -> int:
        """The sum of a word over all lanes."""
        return sum(self.get(lane, place) for lane in range(self.threads))

    @property
    def count(self) -> int:
        """How many states are kept."""
        return self.control.view[loops.COUNT]

    @property
    def level(self) -> int:
        """The level that is expanded."""
        return self.control.view[loops.LEVEL]

    @property
    def frontier(self) -> int:
        """States that are not yet expanded, more or less while the threads are at work."""
        result = 0
        for lane in range(self.threads):
            end = self.get(lane, loops.END)
            result += max(0, end - self.get(lane, loops.CURSOR))  # the cursor may have run past the end
            result += max(0, self.end(lane) - end)
        return result

    def end(self, lane: int) -> int:
        """The number after that of a region's last state."""
        return self.get(lane, loops.BASE) + self.get(lane, loops.USED)

    def state(self, index: int) -> tuple[int, ...]:
        """The state of a number."""
        return tuple(self.store.view[index * self.words : (index + 1) * self.words])

    def regions(self) -> list[memoryview]:
        """The states that are kept, word by word. They stay as long as these are referred to."""
        starts = (lane * self.region for lane in range(self.threads))
        ends = (self.end(lane) for lane in range(self.threads))
        return [self.store.view[a * self.words : b * self.words] for a, b in zip(starts, ends, strict=True) if b > a]

    def level_sizes(self) -> list[int]:
        """How many states each level has that was begun."""
        bounds, threads = self.bounds.view, self.threads
        ends = [sum(bounds[at : at + threads]) for at in range(0, (self.level + 1) * threads, threads)]
        return [end - begin for begin, end in pairwise(ends)]

    def sample(self, level: int, most: int) -> list[tuple[int, ...]]:
        """Some states of a level, counted from 0."""
        bounds, at = self.bounds.view, level * self.threads
        found: list[tuple[int, ...]] = []
        for lane in range(at, at + self.threads):
            begin, end = bounds[lane], bounds[lane + self.threads]
            found += map(self.state, range(begin, end, max(1, (end - begin) * self.threads // most)))
        return found

    def levels(self) -> Callable[[], Iterator[list[memoryview]]]:
        """What gives the same level by level, without what was found beyond the last that was begun."""
        return partial(_levels, self.bounds.view, self.store.view, self.level, self.threads, self.words)

    # ------------------------------------------------------------------------------------------------------ beginning

    def load(self, states: Iterable[int], ends: Sequence[int], expanded: int) -> None:
        """Begin with states that are known already, given word by word, level by level.

        `ends` says where each level ends; what follows the last belongs to the next. `expanded` is how many states of
        the last level have been expanded.
        """
        words = array("q", states)
        count = len(words) // self.words
        self.store.view[: len(words)] = memoryview(words)
        self.begin(count, ends, expanded)

    def begin(self, count: int, ends: Sequence[int], expanded: int) -> None:
        """The same with states that are in the store already."""
        for level, end in enumerate(ends, 1):
            for lane in range(self.threads):
                self.bounds.view[level * self.threads + lane] = end if lane == 0 else lane * self.region
        self.control.view[loops.LEVEL] = len(ends)
        self.control.view[loops.COUNT] = count
        self.put(0, loops.USED, count)
        self.put(0, loops.CURSOR, (ends[-2] if len(ends) > 1 else 0) + expanded)
        self.put(0, loops.END, ends[-1])
        self.fill_table()

    def begin_level(self) -> None:
        """Begin with what all threads have put into their regions: it is the first level."""
        for lane in range(self.threads):
            end = self.end(lane)
            self.bounds.view[self.threads + lane] = end
            self.put(lane, loops.CURSOR, self.get(lane, loops.BASE))
            self.put(lane, loops.END, end)
        self.control.view[loops.LEVEL] = 1

    def forget_events(self) -> None:
        """Take what was noted so far for dealt with."""
        for lane in range(self.threads):
            self.put(lane, loops.NOTED, 0)
            for number in range(self.constants["FIRED"] - loops.EVENTS):
                self.put(lane, loops.EVENTS + number, 0)

    def set_seen(self, state_witnesses: Iterable[int], step_witnesses: Iterable[int]) -> None:
        """Say which witnesses need not be looked for any more."""
        for lane in range(self.threads):
            for flags, unseen, numbers, total in (
                (self.constants["SEEN"], loops.UNSEEN, state_witnesses, self.constants["STATE_WITNESSES"]),
                (self.constants["STEP_SEEN"], loops.STEP_UNSEEN, step_witnesses, self.constants["STEP_WITNESSES"]),
            ):
                for number in numbers:
                    self.put(lane, flags + number, 1)
                self.put(lane, unseen, total - sum(self.get(lane, flags + i) for i in range(total)))

    # -------------------------------------------------------------------------------------------------------- search

    def run(
        self,
        tick: Callable[[], bool],
        *,
        most: int | None,
        stop_at_first: bool,
        paused: Callable[[], None] | None = None,
    ) -> int:
        """Search until there is a reason to end; the result is that reason (see `loops`).

        `tick` is called now and then; the search ends when it gives True. At most `most` states are kept, more or less.
        `paused` is called between two levels after `pause_soon`.
        """
        self.control.view[loops.STOP_AT_FIRST] = int(stop_at_first)
        return self.drive(self.serve, tick, most, paused)

    def drive(
        self,
        work: Callable[[int], int],
        tick: Callable[[], bool],
        most: int | None,
        paused: Callable[[], None] | None = None,
    ) -> int:
        """Let all threads do some work, each with the number of its lane, until there is a reason to end."""
        control = self.control.view
        self.most = most
        if not self.hold_space():
            return loops.FULL
        while True:
            try:
                calls = [partial(work, lane) for lane in range(self.threads)]
                reason = max(together(calls, tick, self.leave, farewell=_FAREWELL))
            except StillAtWork as problem:
                self.abandoned = True
                if problem.__cause__ is not None:
                    raise problem.__cause__ from None
                return loops.STOPPED
            if reason == loops.GROW:
                control[loops.LEAVE] = 0
                if self.count > self.table_limit:
                    self.grow()
                if not self.hold_space():
                    return loops.FULL
            elif reason == loops.PAUSED:
                control[loops.LEAVE] = control[loops.PAUSE] = 0
                self.paused_at = self.level
                if paused is not None:
                    paused()
            elif reason == loops.DONE and most is not None and self.count > most:
                return loops.FULL
            else:
                return reason

    def serve(self, lane: int) -> int:
        """What one thread does."""
        nap = _SHORTEST_NAP
        generated = 0
        while True:
            shared = self.control, self.lanes, self.bounds, self.table, self.store
            reason = self.call("crew", *shared, self.buffers[lane], lane)
            if reason != loops.IDLE:
                return reason
            time.sleep(nap)
            before, generated = generated, self.get(lane, loops.GENERATED)
            nap = min(2 * nap, _LONGEST_NAP) if generated == before else _SHORTEST_NAP

    def together(self, calls: Sequence[Callable[[], int]], tick: Callable[[], bool]) -> list[int]:
        """Run each call in a thread of its own, and wait for all."""
        return together(calls, tick, self.leave)

    def leave(self) -> None:
        """Tell the threads to end their work soon."""
        self.control.view[loops.LEAVE] = loops.STOPPED

    def pause_soon(self) -> None:
        """Make the search pause at the end of a level, but not at the one where it paused last."""
        self.control.view[loops.PAUSE] = self.paused_at + 1

    def hold_space(self) -> bool:
        """Take disk space for the states that each thread finds next, for others may fill the disk; is there any?"""
        ahead = _HELD // self.words + 1
        try:
            for lane in range(self.threads):
                end = self.end(lane)
                self.store.hold(end * self.words, (end + ahead + 2 * self.pending) * self.words)
        except OSError as problem:
            self.disk_problem = problem.strerror
            return False
        self.held = self.count + ahead
        self.set_limits()
        return True

    @property
    def table_limit(self) -> int:
        """How many states the table can take before it has to grow."""
        states = self.slots * _FULLEST * self.words * WORD if self.shared else 0
        may_grow = self.slots * 2 * WORD + states <= self.memory
        return int(self.slots * (_FULLEST if may_grow else _AT_THE_LIMIT))

    def set_limits(self) -> None:
        """How many states there may be before something has to grow, and how many may be kept at all."""
        control = self.control.view
        control[loops.MASK] = self.slots - 1
        control[loops.LIMIT] = self.table_limit if self.shared else min(self.table_limit, self.held)
        fit = min(self.fitting, int(self.slots * _AT_THE_LIMIT))
        control[loops.MOST] = fit if self.most is None else min(fit, self.most)

    @property
    def fitting(self) -> int:
        """For how many states there is room beside the table."""
        return max(0, self.room - (self.slots * WORD if self.shared else 0)) // (self.words * WORD)

    def grow(self) -> None:
        """Double the table. It is emptied and filled again from the store, so that there are never two."""
        before = self.slots
        self.slots *= 2
        self.table.clear(before)
        self.fill_table()

    def fill_table(self) -> None:
        """Put all states into the empty table."""
        self.control.view[loops.MASK] = self.slots - 1
        for lane in range(self.threads):
            self.put(lane, loops.REFILL, self.get(lane, loops.BASE))
        calls = [
            partial(self.call, "refill", self.control, self.lanes, self.table, self.store, buffer)
            for buffer in self.buffers
        ]
        if self.count < _WIDE * 8:
            calls[0]()
        else:
            self.together(calls, lambda: False)

    def flags(self, start: str, count: str) -> list[int]:
        """The numbers of the flags that any thread has set."""
        first = self.constants[start]
        lanes = range(self.threads)
        return [i for i in range(self.constants[count]) if any(self.get(lane, first + i) for lane in lanes)]

    @property
    def fired(self) -> list[int]:
        """The numbers of the actions that were taken."""
        first, end = self.constants["FIRED"], self.constants["SEEN"]
        return [i for i in range(end - first) if any(self.get(lane, first + i) for lane in range(self.threads))]

    @property
    def events(self) -> dict[int, int]:
        """The events that have happened, and the first level at which each has."""
        return {number: level for number, level in self.noted.items() if number <= self.constants["ARRIVAL"]}

    @property
    def noted(self) -> dict[int, int]:
        """The events that have happened and the facts that were met, and the first level of each."""
        found = {}
        for number in range(self.constants["FIRED"] - loops.EVENTS):
            levels = [self.get(lane, loops.EVENTS + number) for lane in range(self.threads)]
            if any(levels):
                found[number] = min(level for level in levels if level)
        return found

    def facts(self, start: str, end: str) -> list[int]:
        """The numbers, from a first one on, of the facts of a kind that were met."""
        first, last = self.constants[start], self.constants[end]
        return [number - first for number in self.noted if first <= number < last]

    @property
    def branch_lost(self) -> bool:
        """Did an evaluation error end a branch, behind which anything may be?"""
        return bool({self.constants["EVALUATION"], self.constants["LOST"]} & self.noted.keys())

    @property
    def unevaluated(self) -> set[str]:
        """The properties that could not be evaluated in some state or step."""
        steps = {self.kernels.checked_steps[i] for i in self.facts("STEP_BLIND", "MOVED")}
        return steps | {self.kernels.checked[i] for i in self.facts("BLIND", "STEP_BLIND")}

    @property
    def moved(self) -> list[int]:
        """The numbers of the actions that have changed a state."""
        first = self.constants["MOVED"]
        return [number - first for number in self.noted if number >= first]


def _levels(bounds: memoryview, store: memoryview, levels: int, threads: int, words: int) -> Iterator[list[memoryview]]:
    for first in range(0, levels * threads, threads):
        pairs = [(bounds[lane], bounds[lane + threads]) for lane in range(first, first + threads)]
        yield [store[a * words : b * words] for a, b in pairs if b > a]
