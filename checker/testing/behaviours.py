"""Behaviours as the naive semantics sees them, and which goals they meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from skipgate.checker.core import model as m
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.trace import Step, declared_name
from skipgate.checker.core.values import Value
from skipgate.checker.evidence.counterexample import step_of
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, holds
from skipgate.checker.semantics.steps import Transition, action_transition, action_transitions, is_initial
from skipgate.checker.testing.goals import Goal
from skipgate.checker.testing.pairs import pair_name
from skipgate.checker.testing.probes import Probe
from skipgate.checker.testing.tree import Way


@dataclass(frozen=True)
class Behaviour:
    """An initial state, steps from there, and the goals that are met on the way."""

    steps: tuple[Step, ...]  # the first is the initial state
    meets: frozenset[Goal] = frozenset()

    def __len__(self) -> int:
        """The number of steps."""
        return len(self.steps) - 1

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that are taken, as they are declared."""
        return tuple(declared_name(step.action) for step in self.steps if step.action is not None)


class Judge:
    """Finds steps again and says which goals behaviours meet, by the naive semantics alone."""

    def __init__(self, kernels: Kernels, goals: Iterable[Goal], probes: Sequence[Probe]) -> None:
        self.kernels = kernels
        self.model = kernels.model
        self.goals = frozenset(goals)
        self.probes: dict[str, list[Probe]] = {}  # by the name of the action with its branches
        for probe in probes:
            self.probes.setdefault(probe.of.name, []).append(probe)
        self.covers = [
            (Goal("covers", each.name, each.span.place), each)
            for each in self.model.covers
            if Goal("covers", each.name, each.span.place) in self.goals
        ]

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
        return self.judged(steps)

    def judged(self, steps: Sequence[Step]) -> Behaviour:
        """These steps with the goals that they meet."""
        return Behaviour(tuple(steps), frozenset(self._met(steps)) & self.goals)

    def _step(self, before: Mapping[str, Value], after: Mapping[str, Value], taken: int | Probe) -> Step:
        probed = taken.action if isinstance(taken, Probe) else self.model.actions[taken]
        for each in action_transitions(probed, before):
            if isinstance(each, Transition) and each.state == after:
                return step_of(each, before)
        raise InternalError(f"a behaviour of check {self.model.check.name.text} has a step that no action allows")

    def _met(self, steps: Sequence[Step]) -> Iterable[Goal]:
        for goal, cover in self.covers:
            if any(_true(cover, step.state) for step in steps):
                yield goal
        for before, step in pairwise(steps):
            assert step.action is not None
            name = declared_name(step.action)
            yield Goal("actions", name)
            if before.action is not None:
                yield Goal("pairs", pair_name(declared_name(before.action), name))
            for probe in self.probes.get(step.action, ()):
                met = action_transition(probe.action, before.state, dict(step.arguments))
                if isinstance(met, Transition) and met.state == step.state:
                    yield probe.goal


def _true(cover: m.Property, state: Mapping[str, Value]) -> bool:
    try:
        return holds(cover.term, Scope(state))
    except EvaluationError:
        return False
