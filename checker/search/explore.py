"""Level-synchronous breadth-first exploration of every reachable state, under CPython over generated kernels.

States are rows of machine words and are stored exactly. Counting follows TLC: `generated` counts initial states and
one for each enabled choice of an action's parameters; `distinct` counts the states kept; an initial state has depth 1.
A state outside a constraint is generated and checked, but neither kept nor explored.

The search does not stop at a violation: it keeps the first, hence shortest, one of each property and goes on, also
beyond the violating state. One thing ends a branch: an action that cannot be evaluated leads nowhere.

Each state is kept with its predecessor. In CPython's dictionaries that costs nearly nothing over a set, and a trace is
found at once.

With symmetry, the representative of its orbit is kept in place of a state (see `orbits`). A step and the state that it
leads to are real when they are examined. But on a path from one representative to the next, names may change from state
to state; `unfold` makes a behaviour of it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise

from skipgate.checker.core.deadline import OutOfTime, deadline
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.kernel.kernels import Kernels, Witness
from skipgate.checker.search.growth import Growth, Levels, growing
from skipgate.checker.search.initial import starts
from skipgate.checker.search.limits import (
    FIRST_VIOLATION,
    INTERRUPTED,
    MEMORY_RAN_OUT,
    SHARE,
    Progress,
    Stop,
    available_memory,
    memory_in_use,
    out_of_memory,
    out_of_time,
)
from skipgate.checker.search.options import SearchOptions
from skipgate.checker.semantics.effort import TooMuchWork
from skipgate.checker.semantics.evaluate import EvaluationError

State = tuple[int, ...]
_MEMORY_POLL = 1024  # states that are kept between looks at the memory in use
_BEFORE_GROWTH = 5.0  # seconds before it is said that a search grows without end
_GRACE = 1.0  # seconds beyond the time limit in which a search should notice by itself

CLAUSES = ("constraint", "terminal")  # the sources of evaluation errors that are no properties


@dataclass(frozen=True)
class Violation:
    """The first violation of a property.

    `state` was reached. It is at fault itself unless one of the others is set: `successor` if the step to it is
    wrong (or it lies outside a constraint), `action` if that action cannot be evaluated in `state`.
    """

    state: State
    successor: State | None = None
    action: int | None = None
    source: str | None = None  # for an evaluation error outside actions: the property or clause


@dataclass
class Exploration:
    """What a search found. `stopped` is why it ended early, if it did."""

    distinct: int = 0
    generated: int = 0
    depth: int = 0
    seconds: float = 0.0
    engine: str = "python"
    stopped: str | None = None
    violations: dict[str, Violation] = field(default_factory=dict)
    untraced: list[str] = field(default_factory=list)  # also violated; no time for the way there
    initial_error: EvaluationError | None = None
    fired: set[int] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)  # the actions that have changed a state
    unseen: list[Witness] = field(default_factory=list)
    reached: dict[str, State] = field(default_factory=dict)  # if asked for: the first state in which each cover is true
    predecessors: dict[State, State | None] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)  # of the levels, in the order of `predecessors`
    regions: list[memoryview] = field(default_factory=list)  # the states that are not in `predecessors`, word by word
    levels: Callable[[], Iterator[list[memoryview]]] | None = None  # the parts of those, level by level
    omission: float = 0.0  # how likely it is, at most, that a state was left out
    notes: list[str] = field(default_factory=list)  # what is to be said of how the search was made
    unevaluated: set[str] = field(default_factory=set)  # the properties that have no value in some state or step
    branch_lost: bool = False  # an evaluation error ended a branch, behind which anything may be
    not_here: str | None = None  # why the states are not in this process, if they are not

    def path_to(self, state: State) -> list[State]:
        """The states from an initial one to `state`, along first predecessors: a shortest path."""
        path = [state]  # an initial state outside the constraints has no entry
        while (before := self.predecessors.get(path[-1])) is not None:
            path.append(before)
        return path[::-1]


@dataclass
class RetracedExploration(Exploration):
    """What was found by a search of which no predecessors are left: the paths to what it shows."""

    paths: dict[State, list[State]] = field(default_factory=dict)

    def path_to(self, state: State) -> list[State]:
        """The path to a violation, or to where a cover is true."""
        return list(self.paths[state])


class HandOver(Exception):
    """The search goes on elsewhere (see `checker.native.tiers`)."""


def explore(
    kernels: Kernels,
    options: SearchOptions = SearchOptions(),
    *,
    report: Callable[[Progress], None] | None = None,
) -> Exploration:
    """Search the whole state space, or as much of it as the budget allows.

    A KeyboardInterrupt or a MemoryError ends the search with what was found so far, and `stopped` saying so.
    """
    return conclude(Search(kernels, options, report))


def conclude(search: Search) -> Exploration:
    """Run a search to its end, whatever ends it."""
    try:
        with deadline(search.patience):
            search.run()
    except OutOfTime:
        search.found.stopped = out_of_time(search.budget.time_limit or 0)
    except Stop as stop:
        search.found.stopped = str(stop)
    except KeyboardInterrupt:
        search.found.stopped = INTERRUPTED
    except MemoryError:
        search.found.stopped = MEMORY_RAN_OUT
    search.finish()
    return search.found


class Search:
    """The state of a search. The native engine begins with one and takes over its work.

    If it is not `reduced`, states are kept as they are, whatever symmetry the check asks for.
    """

    poll_every = 1024  # states, between looks at the budget

    def __init__(
        self,
        kernels: Kernels,
        options: SearchOptions = SearchOptions(),
        report: Callable[[Progress], None] | None = None,
        *,
        reduced: bool = True,
    ) -> None:
        self.kernels = kernels
        self.symmetry = kernels.symmetry if reduced else None
        self.model = kernels.model
        self.budget = options.budget
        self.stop_at_first = options.stop_at_first
        self.witnesses = options.witnesses
        self.report = report
        self.started = time.perf_counter()
        self.begin()
        limit = self.budget.max_memory
        self.memory = limit or memory_in_use() + int(available_memory() * SHARE / options.searches)
        self.levels: Levels = self
        self.look_at_growth_at = _BEFORE_GROWTH
        self.growing: str | None = None
        self.where: str | None = None  # the states are, if not in this process
        self.looked_at = self.look_again_at = 0  # states, when the memory was looked at, and when it will be
        self.room = [0] * max(kernels.room, 1)  # where the kernels of single states and steps write
        self.constrained = bool(self.model.constraints)
        self.checked_steps = bool(kernels.checked_steps)

    def begin(self) -> None:
        """Begin, perhaps anew: nothing is found yet."""
        self.found = Exploration()
        self.lengths: dict[str, int] = {}  # of the traces of the violations found
        self.frontier: list[State] = []
        self.unseen = {
            False: dict(enumerate(self.kernels.state_witnesses)),
            True: dict(enumerate(self.kernels.step_witnesses)),
        }

    @property
    def left_for_traces(self) -> float | None:
        """Seconds that traces may still take; None if there is no limit."""
        return self.budget.left_for_traces(time.perf_counter() - self.started)

    @property
    def patience(self) -> float | None:
        """Seconds until the search has to be over, wherever it is. Within the limit it looks at the clock itself."""
        limit = self.budget.time_limit
        return None if limit is None else limit + _GRACE - (time.perf_counter() - self.started)

    def run(self) -> None:
        """Search level by level."""
        found = self.found
        try:
            for state in starts(self.kernels, self.look_at_start):
                found.generated += 1
                self.arrive(state, None)
        except EvaluationError as problem:
            found.initial_error = problem
            return
        except TooMuchWork as problem:
            raise Stop(str(problem)) from None
        found.depth = 1 if found.predecessors else 0
        while self.frontier:
            level, self.frontier = self.frontier, []
            found.ends.append(len(found.predecessors))
            self.expand_level(level)
            if self.frontier:
                found.depth += 1

    def expand_level(self, level: list[State]) -> None:
        """Take every state of a level, and put the new ones found into the next frontier."""
        functions, found = self.kernels.functions, self.found
        expand, entry = functions["expand"], self.kernels.entry
        out = [0] * self.kernels.room
        predecessors, fired = found.predecessors, found.fired
        representative = None if self.symmetry is None else self.symmetry.representative
        still = {*range(len(self.model.actions))} - found.moved
        simple = not (self.constrained or self.checked_steps or self.unseen[True])
        generated = 0
        try:
            for count, state in enumerate(level):
                if not count % self.poll_every:
                    found.generated += generated
                    generated = 0
                    self.look_at_budget(len(level) - count)
                end = expand(state, out)
                if not end:
                    self.no_successor(state)
                for i in range(0, end, entry):
                    tag = out[i]
                    if tag < 0:
                        self.violated(EVALUATION, Violation(state, action=-1 - tag), found.depth)
                        continue
                    generated += 1
                    fired.add(tag)
                    successor = tuple(out[i + 1 : i + entry])
                    if tag in still and successor != state:
                        still.discard(tag)
                        found.moved.add(tag)
                    if simple:
                        if successor not in predecessors:
                            if representative is not None:
                                successor = representative(successor)
                                if successor in predecessors:
                                    continue
                            self.keep(successor, state)
                    else:
                        self.step(state, successor)
        finally:
            found.generated += generated

    def step(self, state: State, successor: State) -> None:
        """A step in a model with transition properties or constraints."""
        functions = self.kernels.functions
        if self.checked_steps:
            out = self.room
            for i in range(functions["check_step"](state, successor, out)):
                number = out[i]
                name = self.kernels.checked_steps[number if number >= 0 else -1 - number]
                if number >= 0:
                    self.violated(name, Violation(state, successor), self.found.depth + 1)
                else:
                    place = Violation(state, successor, source=name)
                    self.violated(EVALUATION, place, self.found.depth + 1)
            self.see(True, functions["witness_step"], state, successor)
        self.arrive(successor, state)

    def arrive(self, state: State, predecessor: State | None) -> None:
        """A generated state: keep it if it is new and inside the constraints; check it in any case."""
        if state in self.found.predecessors:
            return
        if self.symmetry is not None:
            state = self.symmetry.representative(state)
            if state in self.found.predecessors:
                return
        if self.constrained:
            inside = self.kernels.functions["inside"](state)
            if inside < 0:
                place = Violation(state) if predecessor is None else Violation(predecessor, state)
                self.violated(EVALUATION, replace(place, source="constraint"), self.found.depth + 1)
                return
            if not inside:
                self.check(state, predecessor)
                return
        self.keep(state, predecessor)

    def keep(self, state: State, predecessor: State | None) -> None:
        """Keep a new state, and check it."""
        found = self.found
        found.predecessors[state] = predecessor
        self.frontier.append(state)
        self.check(state, None)
        if self.unseen[False]:
            self.see(False, self.kernels.functions["witness"], state)
        limit = self.budget.max_states
        if limit is not None and len(found.predecessors) > limit:
            raise Stop(f"the limit of {limit} states was passed")

    def check(self, state: State, outside_from: State | None) -> None:
        """Check the invariants of a state, which was kept unless `outside_from` is the state it was reached from."""
        out = self.room
        for i in range(self.kernels.functions["check"](state, out)):
            number = out[i]
            name = self.kernels.checked[number if number >= 0 else -1 - number]
            place = Violation(state) if outside_from is None else Violation(outside_from, state)
            if number >= 0:
                self.violated(name, place, self.found.depth + 1)
            else:
                self.violated(EVALUATION, replace(place, source=name), self.found.depth + 1)

    def no_successor(self, state: State) -> None:
        """Note that a state has no successor: a deadlock, unless it is terminal."""
        terminal = self.kernels.functions["terminal"](state)
        if terminal < 0:
            self.violated(EVALUATION, Violation(state, source="terminal"), self.found.depth)
        elif not terminal:
            self.violated(DEADLOCK, Violation(state), self.found.depth)

    def violated(self, name: str, violation: Violation, length: int) -> None:
        """Keep the first violation with the shortest trace, which has `length` states.

        The first found is one of the shortest, but for `evaluation`: what is found on arrival in a state of the next
        level may come before an action that fails in a state of this one.
        """
        if name == EVALUATION:
            if violation.source is None or violation.source in CLAUSES:
                self.found.branch_lost = True
            else:
                self.found.unevaluated.add(violation.source)
        if length < self.lengths.get(name, length + 1):
            self.lengths[name] = length
            self.found.violations[name] = violation
        if self.stop_at_first:
            raise Stop(FIRST_VIOLATION)

    def see(self, steps: bool, witness: Callable[..., int], *states: State) -> None:
        """Strike off the covers and premises that are true here."""
        unseen = self.unseen[steps]
        if unseen:
            for i in range(witness(*states, self.room)):
                seen = unseen.pop(self.room[i], None)
                if self.witnesses and seen is not None and seen.premise is None:
                    self.found.reached[seen.of.name] = states[-1]

    def look_at_budget(self, remaining: int) -> None:
        """End the search if a limit is reached."""
        self.look_at_memory()
        self.look_at_clock(len(self.found.predecessors), remaining + len(self.frontier))

    def look_at_start(self) -> None:
        """The same while initial states are looked for."""
        self.look_at_memory()
        self.look_at_clock(len(self.found.predecessors), len(self.frontier))

    def look_at_memory(self) -> None:
        """End the search if there is not enough memory to go on for a while."""
        kept = len(self.found.predecessors)
        if kept < self.look_again_at:
            return
        new = max(kept - self.looked_at, self.poll_every)
        self.looked_at, self.look_again_at = kept, kept + _MEMORY_POLL
        if memory_in_use() + _bytes_to_grow(self.found.predecessors, kept + 2 * new) > self.memory:
            limit = self.budget.max_memory
            raise Stop(MEMORY_RAN_OUT if limit is None else out_of_memory(limit))

    def look_at_clock(self, distinct: int, frontier: int) -> None:
        """Report progress, and end the search if the time is up."""
        seconds = time.perf_counter() - self.started
        if self.report is not None:
            found, name = self.found, self.model.check.name.text
            if seconds > self.look_at_growth_at:
                self.look_at_growth_at = 2 * seconds
                growth = self.growth()
                self.growing = None if growth is None else growth.short
            self.report(
                Progress(name, distinct, found.generated, found.depth, frontier, seconds, self.growing, self.where)
            )
        limit = self.budget.time_limit
        if limit is not None and seconds > limit:
            raise Stop(out_of_time(limit))

    def growth(self) -> Growth | None:
        """What grows without end in sight, if anything does."""
        return growing(self.model, self.kernels.layout, self.levels)

    def level_sizes(self) -> list[int]:
        """How many states each level has that was begun."""
        return [end - begin for begin, end in pairwise([0, *self.found.ends])]

    def sample(self, level: int, most: int) -> list[State]:
        """Some states of a level, counted from 0."""
        begin, end = ([0, *self.found.ends])[level : level + 2]
        return [*islice(self.found.predecessors, begin, end, -(-(end - begin) // most) or 1)]

    def finish(self) -> None:
        """Complete the result."""
        found = self.found
        if found.stopped not in (None, FIRST_VIOLATION) and (growth := self.growth()) is not None:
            found.notes.append(str(growth))
        found.distinct = len(found.predecessors)
        found.seconds = time.perf_counter() - self.started
        found.unseen = [*self.unseen[False].values(), *self.unseen[True].values()]


def _bytes_to_grow(table: dict[State, State | None], most: int) -> int:
    """How much more memory a table takes for a moment until it has so many entries.

    CPython lets a dictionary grow when two thirds of its slots are taken, to twice as many, and copies it.
    """
    slots = 8
    while slots * 2 // 3 < len(table):
        slots *= 2
    return 2 * sys.getsizeof(table) if most > slots * 2 // 3 else 0
