"""Behaviours as the naive semantics sees them, and which goals they meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from skipgate.checker.core import terms as t
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.result import DEADLOCK
from skipgate.checker.core.trace import Step, declared_name
from skipgate.checker.core.values import Value
from skipgate.checker.evidence.counterexample import step_of
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, holds
from skipgate.checker.semantics.steps import (
    Transition,
    action_transition,
    action_transitions,
    is_initial,
    transitions,
)
from skipgate.checker.testing.goals import Goal
from skipgate.checker.testing.pairs import pair_name
from skipgate.checker.testing.probes import Probe, ProbeKernel
from skipgate.checker.testing.tree import Chosen, Way

State = Mapping[str, Value]


@dataclass(frozen=True)
class Attempt:
    """An action that is refused at the end of a behaviour, and the condition that is false there."""

    goal: Goal
    action: str  # as declared
    arguments: tuple[tuple[str, Value], ...]
    because: str


@dataclass(frozen=True, eq=False)
class Behaviour:
    """An initial state, steps from there, and what may not happen at the end."""

    steps: tuple[Step, ...]  # the first is the initial state
    met: tuple[frozenset[Goal], ...]  # the goals that are met in the initial state, and with each step
    refused: tuple[Attempt, ...] = ()

    def __len__(self) -> int:
        """The number of steps."""
        return len(self.steps) - 1

    @property
    def meets(self) -> frozenset[Goal]:
        """All goals that are met."""
        return frozenset().union(*self.met, (attempt.goal for attempt in self.refused))

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that are taken, as they are declared."""
        return tuple(declared_name(step.action) for step in self.steps if step.action is not None)

    def up_to(self, goals: Iterable[Goal]) -> Behaviour | None:
        """The behaviour up to where it has met these goals; None if there are none."""
        wanted = set(goals)
        if not wanted:
            return None
        if any(attempt.goal in wanted for attempt in self.refused):
            return self
        last = max(i for i, met in enumerate(self.met) if met & wanted)
        for i, met in enumerate(self.met):
            wanted -= met
            if not wanted:
                last = i
                break
        return replace(self, steps=self.steps[: last + 1], met=self.met[: last + 1], refused=())


class Judge:
    """Finds steps again and says which goals behaviours meet, by the naive semantics alone."""

    def __init__(self, kernels: Kernels, goals: Sequence[Goal], probes: Mapping[Goal, ProbeKernel]) -> None:
        self.kernels = kernels
        self.model = kernels.model
        self.goals = frozenset(goals)
        self.probes: dict[str, list[Probe]] = {}  # by the name of the action with its branches
        self.refusals: list[ProbeKernel] = []
        for kernel in probes.values():
            if kernel.probe.because is None:
                self.probes.setdefault(kernel.probe.of.name, []).append(kernel.probe)
            else:
                self.refusals.append(kernel)
        covers = {goal.name: goal for goal in goals if goal.kind == "covers"}
        self.covers = [(covers[each.name], each) for each in self.model.covers if each.name in covers]
        violations = {goal.name: goal for goal in goals if goal.kind == "violations"}
        self.violations = [
            (violations[each.name], each)
            for each in (*self.model.invariants, *self.model.transitions)
            if each.name in violations
        ]
        self.deadlock = violations.get(DEADLOCK)

    def behaviour(self, way: Way) -> Behaviour:
        """A way through packed states as a behaviour.

        Raises:
            InternalError: the evaluator does not see what the kernels saw.
        """
        states = [self.kernels.layout.unpack(words) for words in way.states]
        if not is_initial(self.model, states[0]):
            raise InternalError(f"a behaviour of check {self.model.check.name.text} begins in no initial state")
        steps = [Step(states[0])]
        for (before, after), taken in zip(pairwise(states), way.actions, strict=True):
            steps.append(self._step(before, after, taken))
        befores = [None, *steps[:-1]]
        met = [frozenset(self._met(before, step)) for before, step in zip(befores, steps, strict=True)]
        return Behaviour(tuple(steps), tuple(met))

    def with_refusals(self, behaviour: Behaviour) -> Behaviour:
        """The behaviour with all that is refused at its end."""
        state = behaviour.steps[-1].state
        words = self.kernels.layout.pack(state)
        tried = (kernel.probe for kernel in self.refusals if any(True for _ in kernel.steps(words)))
        return replace(behaviour, refused=tuple(self._attempt(probe, state) for probe in tried))

    def _attempt(self, probe: Probe, state: State) -> Attempt:
        for each in action_transitions(probe.action, state):
            if isinstance(each, Transition):
                assert probe.because is not None
                return Attempt(probe.goal, probe.of.declared, each.arguments, probe.because)
        raise InternalError(f"the engines disagree on what refuses `{probe.of.declared}`")

    def _step(self, before: State, after: State, taken: int | Chosen | Probe) -> Step:
        if isinstance(taken, Chosen):
            chosen = self.model.actions[taken.action]
            found: Iterable[object] = [action_transition(chosen, before, dict(taken.arguments))]
        else:
            found = action_transitions(taken.action if isinstance(taken, Probe) else self.model.actions[taken], before)
        for each in found:
            if isinstance(each, Transition) and each.state == after:
                return step_of(each, before)
        raise InternalError(f"a behaviour of check {self.model.check.name.text} has a step that no action allows")

    def _met(self, before: Step | None, step: Step) -> Iterator[Goal]:
        """The goals that are met by a step, or in an initial state."""
        yield from (goal for goal, cover in self.covers if _is(cover.term, True, Scope(step.state)))
        if before is not None:
            assert step.action is not None
            yield from self._met_by_step(before, step, declared_name(step.action))
        for goal, declared in self.violations:
            if declared.kind == "invariant":
                scope = Scope(step.state)
            elif before is not None:
                scope = Scope(before.state, step.state)
            else:
                continue
            if _is(declared.term, False, scope):
                yield goal
        if self.deadlock is not None and self._is_stuck(step.state):
            yield self.deadlock

    def _met_by_step(self, before: Step, step: Step, name: str) -> Iterator[Goal]:
        known = [Goal("actions", name)]
        if before.action is not None:
            known.append(Goal("pairs", pair_name(declared_name(before.action), name)))
        yield from (goal for goal in known if goal in self.goals)
        for probe in self.probes.get(step.action or "", ()):
            met = action_transition(probe.action, before.state, dict(step.arguments))
            if isinstance(met, Transition) and met.state == step.state:
                yield probe.goal

    def _is_stuck(self, state: State) -> bool:
        terminal = self.model.terminal is not None and _is(self.model.terminal, True, Scope(state))
        return not terminal and not any(True for _ in transitions(self.model, state))


def _is(term: t.Term, value: bool, scope: Scope) -> bool:
    """Has a condition this value? If it has none, it has not."""
    try:
        return holds(term, scope) is value
    except EvaluationError:
        return False
