"""The shortest ways to goals: a breadth-first search that ends as soon as every goal is met.

Each state is kept with the step that first led to it, so the way to a state is found by going back. With symmetry, one
state of each orbit is kept, as it was reached: its way is a behaviour as it stands. Whatever can happen in another
state of the orbit can happen in it under other names.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from skipgate.checker.core.result import DEADLOCK
from skipgate.checker.core.values import Value
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.initial import starts
from skipgate.checker.search.limits import (
    INTERRUPTED,
    MEMORY_RAN_OUT,
    SHARE,
    Budget,
    Progress,
    Stop,
    available_memory,
    memory_in_use,
    out_of_memory,
    out_of_time,
)
from skipgate.checker.semantics.effort import TooMuchWork
from skipgate.checker.semantics.evaluate import EvaluationError
from skipgate.checker.testing.goals import Goal
from skipgate.checker.testing.pairs import Pairs
from skipgate.checker.testing.probes import Probe, ProbeKernel

State = tuple[int, ...]
_OFTEN = 1024  # states between two looks at the limits
_UNEVALUATED = "an action cannot be evaluated in some state; `skipgate check` says where"


@dataclass(frozen=True, eq=False)
class Chosen:
    """An action by its number, with the arguments that are meant where several lead to the same state."""

    action: int
    arguments: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, eq=False)
class Way:
    """The states of a behaviour, packed, and the action of each step between them: its number, perhaps with the
    arguments, or a probe."""

    states: tuple[State, ...]
    actions: tuple[int | Chosen | Probe, ...]

    def __len__(self) -> int:
        return len(self.actions)


@dataclass
class Ways:
    """A shortest way to each goal that was met, and why the search ended before it had looked at everything."""

    met: dict[Goal, Way] = field(default_factory=dict)
    distinct: int = 0
    stopped: str | None = None
    seconds: float = 0.0


class Tree:
    """The search for the goals of a model."""

    def __init__(
        self,
        kernels: Kernels,
        goals: Sequence[Goal],
        probes: Mapping[Goal, ProbeKernel],
        budget: Budget = Budget(),
        report: Callable[[Progress], None] | None = None,
    ) -> None:
        self.kernels = kernels
        self.budget = budget
        self.report = report
        self.started = time.perf_counter()
        self.found = Ways()
        declared = [*dict.fromkeys(action.declared for action in kernels.model.actions)]
        self.number_of = [declared.index(action.declared) for action in kernels.model.actions]
        by_kind = {kind: {goal.name: goal for goal in goals if goal.kind == kind} for kind in ("actions", "covers")}
        self.unfired = {declared.index(name): goal for name, goal in by_kind["actions"].items()}
        self.uncovered = {
            i: by_kind["covers"][witness.of.name]
            for i, witness in enumerate(kernels.state_witnesses)
            if witness.premise is None and witness.of.name in by_kind["covers"]
        }
        self.unviolated = {goal.name: goal for goal in goals if goal.kind == "violations"}
        self.unprobed = dict(probes)
        self.pairs = Pairs({goal.name: goal for goal in goals if goal.kind == "pairs"}, declared)
        self.parents: dict[State, tuple[State, int] | None] = {}
        self.orbits: set[State] = set()
        self.frontier: list[State] = []
        self.depth = 1
        self.generated = 0
        self.room = [0] * max(kernels.room, kernels.scratch)
        limit = budget.max_memory
        self.memory = limit or memory_in_use() + int(available_memory() * SHARE)

    @property
    def done(self) -> bool:
        """Is every goal met?"""
        return not (self.unfired or self.uncovered or self.unviolated or self.unprobed or self.pairs.missing)

    def run(self) -> Ways:
        """Search until every goal is met, every state was looked at, or a limit is reached."""
        found = self.found
        lost = False
        try:
            for state in starts(self.kernels):
                self.arrive(state, None)
            while self.frontier and not self.done:
                level, self.frontier = self.frontier, []
                for count, state in enumerate(level):
                    if not count % _OFTEN:
                        self.look_at_limits(len(level) - count)
                    lost |= self.leave(state)
                    if self.done:
                        break
                self.depth += 1
        except Stop as stop:
            found.stopped = str(stop)
        except (EvaluationError, TooMuchWork) as problem:
            found.stopped = f"the initial states cannot be evaluated: {problem}"
        except KeyboardInterrupt:
            found.stopped = INTERRUPTED
        except MemoryError:
            found.stopped = MEMORY_RAN_OUT
        if lost and found.stopped is None:
            found.stopped = _UNEVALUATED
        found.distinct = len(self.parents)
        found.seconds = time.perf_counter() - self.started
        return found

    def arrive(self, state: State, step: tuple[State, int] | None) -> bool:
        """Keep a state if it is new. Is it inside the constraints?"""
        if state in self.parents:
            return True
        if self.kernels.functions["inside"](state) != 1:
            return False
        if self.kernels.symmetry is not None:
            representative = self.kernels.symmetry.representative(state)
            if representative in self.orbits:
                return True
            self.orbits.add(representative)
        self.parents[state] = step
        self.frontier.append(state)
        if self.unviolated and step is None:
            self.examine_state(state, state)
        if self.uncovered:
            for i in range(self.kernels.functions["witness"](state, self.room)):
                goal = self.uncovered.pop(self.room[i], None)
                if goal is not None:
                    self.found.met[goal] = self.way_to(state)
        limit = self.budget.max_states
        if limit is not None and len(self.parents) > limit:
            raise Stop(f"the limit of {limit} states was passed")
        return True

    def leave(self, state: State) -> bool:
        """Take every step from a state. Is there an action that cannot be evaluated?"""
        kernels, lost = self.kernels, False
        out, entry = [0] * kernels.room, kernels.entry
        steps: list[tuple[int, State]] = []
        end = kernels.functions["expand"](state, out)
        for i in range(0, end, entry):
            if out[i] < 0:
                lost = True
            else:
                steps.append((out[i], tuple(out[i + 1 : i + entry])))
        inside: list[tuple[int, State]] = []
        if self.unviolated and not end and kernels.functions["terminal"](state) == 0:
            self.violate(DEADLOCK, state)
        for action, after in steps:
            self.generated += 1
            if self.unviolated:
                self.examine(state, action, after)
            if not self.arrive(after, (state, action)):
                continue
            inside.append((action, after))
            goal = self.unfired.pop(self.number_of[action], None)
            if goal is not None:
                self.found.met[goal] = self.way_to(state, (action, after))
        if self.pairs.missing:
            self.pair(state, inside)
        for goal, kernel in [*self.unprobed.items()]:
            reached = next((each for each in kernel.steps(state) if kernels.functions["inside"](each) == 1), None)
            if reached is not None:
                del self.unprobed[goal]
                refused = kernel.probe.because is not None
                self.found.met[goal] = self.way_to(state, *([] if refused else [(kernel.probe, reached)]))
        return lost

    def examine(self, state: State, action: int, after: State) -> None:
        """Note which of the violations that are looked for a step shows, or the state behind it."""
        for i in range(self.kernels.functions["check_step"](state, after, self.room)):
            if self.room[i] >= 0:
                self.violate(self.kernels.checked_steps[self.room[i]], state, (action, after))
        if after not in self.parents:
            self.examine_state(after, state, (action, after))

    def examine_state(self, state: State, known: State, *more: tuple[int | Probe, State]) -> None:
        """Note which of them a state shows, to which a step leads from one that is known, unless it is known itself."""
        for i in range(self.kernels.functions["check"](state, self.room)):
            if self.room[i] >= 0:
                self.violate(self.kernels.checked[self.room[i]], known, *more)

    def violate(self, name: str, state: State, *more: tuple[int | Probe, State]) -> None:
        """A property is violated at the end of the way to a state, or of a step from there."""
        goal = self.unviolated.pop(name, None)
        if goal is not None:
            self.found.met[goal] = self.way_to(state, *more)

    def pair(self, state: State, steps: Sequence[tuple[int, State]]) -> None:
        """Note which pairs of actions the steps from a state make with those before and after them."""
        self.pairs.leave(self.key(state), {self.number_of[action] for action, _ in steps})
        for action, after in steps:
            self.pairs.enter(self.number_of[action], self.key(after), (state, action, after))
        for goal, (before, action, between), second in self.pairs.take():
            step = next(step for step in self.steps(between) if self.number_of[step[0]] == second)
            self.found.met[goal] = self.way_to(before, (action, between), step)

    def steps(self, state: State) -> Iterator[tuple[int, State]]:
        """The steps from a state to states inside the constraints."""
        out, entry = [0] * self.kernels.room, self.kernels.entry
        for i in range(0, self.kernels.functions["expand"](state, out), entry):
            after = tuple(out[i + 1 : i + entry])
            if out[i] >= 0 and self.kernels.functions["inside"](after) == 1:
                yield out[i], after

    def key(self, state: State) -> State:
        """The state that stands for a state's orbit."""
        return state if self.kernels.symmetry is None else self.kernels.symmetry.representative(state)

    def way_to(self, state: State, *more: tuple[int | Probe, State]) -> Way:
        """The way to a state, and more steps from there."""
        states: list[State] = [state]
        actions: list[int | Probe] = []
        while (before := self.parents[states[-1]]) is not None:
            states.append(before[0])
            actions.append(before[1])
        return Way((*states[::-1], *(after for _, after in more)), (*actions[::-1], *(action for action, _ in more)))

    def look_at_limits(self, remaining: int) -> None:
        """Report progress, and end the search if a limit is reached."""
        seconds = time.perf_counter() - self.started
        if self.report is not None:
            name = self.kernels.model.check.name.text
            frontier = remaining + len(self.frontier)
            self.report(Progress(name, len(self.parents), self.generated, self.depth, frontier, seconds))
        if self.budget.time_limit is not None and seconds > self.budget.time_limit:
            raise Stop(out_of_time(self.budget.time_limit))
        if memory_in_use() > self.memory:
            limit = self.budget.max_memory
            raise Stop(MEMORY_RAN_OUT if limit is None else out_of_memory(limit))
