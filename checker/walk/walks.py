"""Walking through a model: where one may begin, what can happen in a state and what cannot, and how properties stand.

Everything is computed by the evaluator from the state at hand, so nothing is enumerated beforehand and a model may have
any number of states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Literal

from skipgate.checker.core import model as m
from skipgate.checker.core.datatypes import is_bounded
from skipgate.checker.core.trace import Failure, Part, Step, Trace
from skipgate.checker.core.values import Value
from skipgate.checker.evidence.counterexample import new_trace, step_of
from skipgate.checker.semantics.effort import SHOWN, TooMuchWork, at_most
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, bindings, holds
from skipgate.checker.semantics.explain import blocker, explain
from skipgate.checker.semantics.steps import (
    FailedTransition,
    action_transitions,
    bound,
    initial_states,
)

MOST_CHOICES = 200  # of one action, or of the initial states, that are offered
_MOST_TRIED = 2_000  # choices of an action's parameters that are tried out for what stops them

State = Mapping[str, Value]


@dataclass(frozen=True)
class Obstacle:
    """Why an action cannot be taken: the choice of its parameters that came furthest, and what stopped it."""

    arguments: tuple[tuple[str, Value], ...]
    text: str  # the condition that is false, as written; or what cannot be evaluated
    place: str
    parts: tuple[Part, ...]
    message: str  # `is false`, or why it has no value


@dataclass(frozen=True)
class Possible:
    """What an action can do in a state. `more` choices of its parameters are left out."""

    action: str
    steps: tuple[Step, ...]
    more: bool
    obstacle: Obstacle | None  # if it can do nothing, or cannot be evaluated


@dataclass(frozen=True)
class Standing:
    """How a property stands at the end of a walk; `why`, if it is false."""

    name: str
    kind: str
    description: str | None
    value: Literal["true", "false", "unknown"]
    message: str
    parts: tuple[Part, ...] = ()


class NoSuchStep(Exception):
    """A walk cannot be made: it begins nowhere, or a step of it is not there. The message is one sentence."""


class Walks:
    """The walks through the model of a check."""

    def __init__(self, model: m.Model) -> None:
        self.model = model
        self._possible: dict[tuple[Value, ...], list[Possible]] = {}
        self._starts: list[dict[str, Value]] | None = None

    def starts(self) -> list[dict[str, Value]]:
        """The initial states, each once; of many, the first.

        Raises:
            NoSuchStep: there is none, or it cannot be evaluated.
        """
        if self._starts is None:
            found: dict[tuple[Value, ...], dict[str, Value]] = {}
            try:
                for state in initial_states(self.model):
                    found.setdefault(tuple(state.values()), state)
                    if len(found) == MOST_CHOICES:
                        break
            except EvaluationError as problem:
                raise NoSuchStep(f"an initial value has no value: {problem.message}") from None
            except TooMuchWork as problem:
                raise NoSuchStep(f"the initial states take too long to work out: {problem}") from None
            self._starts = list(found.values())
        if not self._starts:
            raise NoSuchStep("there is no initial state")
        return self._starts

    def possible(self, state: State) -> list[Possible]:
        """What each action can do in a state, in the order of declaration."""
        key = tuple(state.values())
        if key not in self._possible:
            self._possible[key] = [self._of_action(action, state) for action in self.model.actions]
        return self._possible[key]

    def steps(self, state: State) -> list[Step]:
        """All steps from a state, in the order in which they are offered."""
        return [step for each in self.possible(state) for step in each.steps]

    def walk(self, choices: Sequence[int]) -> list[Step]:
        """The walk that begins in the initial state with the first number and takes the steps with the others.

        Raises:
            NoSuchStep: a number is too large.
        """
        if not choices:
            return []
        starts = self.starts()
        if not 0 <= choices[0] < len(starts):
            raise NoSuchStep(f"there is no initial state {choices[0] + 1}")
        steps = [Step(starts[choices[0]])]
        for number, choice in enumerate(choices[1:], start=2):
            offered = self.steps(steps[-1].state)
            if not 0 <= choice < len(offered):
                raise NoSuchStep(f"state {number} of the walk is not there any more: the model may have changed")
            steps.append(offered[choice])
        return steps

    def choices(self, states: Sequence[State]) -> list[int]:
        """The numbers of a walk through these states.

        Raises:
            NoSuchStep: it is not among what is offered.
        """
        wanted = [dict(state) for state in states]
        if wanted[0] not in self.starts():
            raise NoSuchStep("the first state is not among the initial states that are offered")
        return [self.starts().index(wanted[0]), *self.way(wanted)]

    def way(self, states: Sequence[State]) -> list[int]:
        """The numbers of the steps that lead from the first of these states through all others.

        Raises:
            NoSuchStep: one of them is not among what is offered.
        """
        found: list[int] = []
        for before, after in pairwise(states):
            offered = [dict(step.state) for step in self.steps(before)]
            if dict(after) not in offered:
                raise NoSuchStep("the way leads over a step that is not among those offered")
            found.append(offered.index(dict(after)))
        return found

    def standings(self, steps: Sequence[Step]) -> list[Standing]:
        """How each property stands in the last state of a walk, or in the step that leads there."""
        state = steps[-1].state
        before = steps[-2].state if len(steps) > 1 else None
        return [self._standing(declared, before, state) for declared in self.model.properties]

    def is_terminal(self, state: State) -> bool:
        """Is it right that nothing happens here?"""
        try:
            return self.model.terminal is not None and holds(self.model.terminal, Scope(state))
        except EvaluationError:
            return False

    def outside(self, state: State) -> str | None:
        """The constraint that a state is outside of, so that a search goes no further."""
        for constraint in self.model.constraints:
            try:
                if not holds(constraint.term, Scope(state)):
                    return constraint.name
            except EvaluationError:
                continue
        return None

    def trace(self, steps: Sequence[Step]) -> Trace:
        """A walk as a trace, which shows nothing but itself."""
        return new_trace(self.model, "walk", None, steps, Failure("walk", "the walk ends here"), frozenset())

    def _of_action(self, action: m.Action, state: State) -> Possible:
        found: list[Step] = []
        failed: FailedTransition | None = None
        more = False
        if not all(is_bounded(p.variable.type) for p in action.parameters):
            return Possible(
                action.name, (), False, Obstacle((), "", action.span.place, (), "its parameters have no bounds")
            )
        try:
            with at_most(SHOWN):
                for taken in action_transitions(action, state):
                    if isinstance(taken, FailedTransition):
                        failed = taken
                    elif len(found) == MOST_CHOICES:
                        more = True
                        break
                    else:
                        found.append(step_of(taken, state))
        except TooMuchWork:
            more = True
        obstacle = None
        if failed is not None:
            problem = failed.error
            obstacle = Obstacle(failed.arguments, problem.span.flat, problem.span.place, (), problem.message)
        elif not found:
            obstacle = self._obstacle(action, state)
        return Possible(action.name, tuple(found), more, obstacle)

    def _obstacle(self, action: m.Action, state: State) -> Obstacle | None:
        """What stopped the choice of the action's parameters that came furthest."""
        furthest: tuple[int, Obstacle] | None = None
        try:
            with at_most(SHOWN):
                for scope in islice(bindings(Scope(state), *action.parameters), _MOST_TRIED):
                    found = blocker(action, scope)
                    if found is not None and (furthest is None or found.passed > furthest[0]):
                        arguments = tuple((p.variable.name, bound(scope, p.variable)) for p in action.parameters)
                        why = found.why
                        parts = tuple(Part(name, value) for name, value in why.witnesses) + why.parts
                        furthest = found.passed, Obstacle(arguments, why.span.flat, why.span.place, parts, "is false")
        except (EvaluationError, TooMuchWork):
            pass  # what was found so far is an answer as well
        if furthest is not None:
            return furthest[1]
        domains = " and ".join(f"{p.variable.name} in {p.domain.span.flat}" for p in action.parameters)
        return Obstacle((), domains, action.span.place, (), "has no value to choose")

    def _standing(self, declared: m.Property, before: State | None, state: State) -> Standing:
        of_steps = declared.kind == "transition"
        if of_steps and before is None:
            return Standing(
                declared.name, declared.failure_kind, declared.description, "unknown", "there is no step yet"
            )
        scope = Scope(before, state) if of_steps and before is not None else Scope(state)
        try:
            with at_most(SHOWN):
                if holds(declared.term, scope):
                    return Standing(declared.name, declared.failure_kind, declared.description, "true", "")
                why = explain(declared.term, scope)
        except EvaluationError as problem:
            message = f"`{problem.span.flat}` has no value: {problem.message}"
            return Standing(declared.name, declared.failure_kind, declared.description, "unknown", message)
        except TooMuchWork as problem:
            return Standing(declared.name, declared.failure_kind, declared.description, "unknown", str(problem))
        message = f"`{why.span.flat}` is false"
        parts = (*(Part(name, value) for name, value in why.witnesses), *why.parts)
        return Standing(declared.name, declared.failure_kind, declared.description, "false", message, parts)
