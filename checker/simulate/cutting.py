"""A walk that violates a property, cut down until no step can be left out.

Delta debugging: stretches of steps are left out, long ones first, and what is left is taken once more from the same
initial state, by the plain evaluator. A stretch that is not needed for the violation stays out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skipgate.checker.core import model as m
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.core.values import Value
from skipgate.checker.evidence.counterexample import (
    Arguments,
    FailedEvaluation,
    steps_through,
    terms_that_may_fail,
)
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate, holds
from skipgate.checker.semantics.steps import (
    FailedTransition,
    Transition,
    action_transition,
    action_transitions,
    transitions,
)

MOST_STEPS = 10_000  # that are taken once more for one property

_State = Mapping[str, Value]
Call = tuple[m.Action, Arguments]


@dataclass(frozen=True)
class Cut:
    """The states and steps that are left. `minimal`: none of the steps can be left out."""

    states: Sequence[_State]
    taken: Sequence[Call]
    minimal: bool


def cut(model: m.Model, name: str, states: Sequence[_State], failed: FailedEvaluation, most: int = MOST_STEPS) -> Cut:
    """Leave out the steps between these states that the violation at their end does not need.

    The same states are cut to the same. After `most` steps that were taken once more, what is left then stays.
    """
    actions = {action.name: action for action in model.actions}
    steps = steps_through(model, states)[1:]
    cutter = _Cutter(model, name, failed, list(states), [(actions[s.action or ""], s.arguments) for s in steps], most)
    minimal = cutter.run()
    return Cut(cutter.states, cutter.taken, minimal)


class _Cutter:
    def __init__(
        self,
        model: m.Model,
        name: str,
        failed: FailedEvaluation,
        states: list[_State],
        taken: list[Call],
        most: int,
    ) -> None:
        self.model = model
        self.name = name
        self.failed = failed
        self.states = states  # one more than `taken`
        self.taken = taken
        self.left = most

    def run(self) -> bool:
        """Leave out what can be; is nothing more to be left out?"""
        size = max(1, len(self.taken) // 2)
        while self.taken:
            found = self.leave_out(size)
            if found is None:
                return False
            if size == 1 and not found:
                return True
            size = max(1, size // 2)
        return True

    def leave_out(self, size: int) -> bool | None:
        """Try it with each stretch of so many steps; was one left out? None if that takes too long.

        The last ones come first: what is taken once more begins behind a stretch.
        """
        found = False
        start = len(self.taken) - size
        while start >= 0:
            rest = self.taken[start + size :]
            if len(rest) > self.left:
                return None
            self.left -= len(rest) + 1
            behind = self.follow(self.states[start], rest)
            if behind is not None and self.violates([*self.states[: start + 1], *behind]):
                self.states[start + 1 :] = behind
                self.taken[start:] = rest
                found = True
            start = min(start, len(self.taken)) - size
        return found

    def follow(self, state: _State, steps: Sequence[Call]) -> list[_State] | None:
        """The states that these steps lead to; None if one of them cannot be taken."""
        states: list[_State] = []
        for action, arguments in steps:
            if not self.is_inside(state):
                return None
            taken = action_transition(action, state, dict(arguments))
            if not isinstance(taken, Transition):
                return None
            state = taken.state
            states.append(state)
        return states

    def is_inside(self, state: _State) -> bool:
        """Does a walk go on from a state?"""
        try:
            return all(holds(constraint.term, Scope(state)) for constraint in self.model.constraints)
        except EvaluationError:
            return False

    def violates(self, states: Sequence[_State]) -> bool:
        """Is the property violated at the end of these states?"""
        last = states[-1]
        if self.name == EVALUATION:
            return self.fails(states)
        try:
            if self.name == DEADLOCK:
                ends = self.model.terminal is not None and holds(self.model.terminal, Scope(last))
                return self.is_inside(last) and not ends and not any(True for _ in transitions(self.model, last))
            for declared in (p for p in self.model.properties if p.name == self.name):
                if declared.kind == "transition" and len(states) < 2:
                    continue
                scope = Scope(states[-2], last) if declared.kind == "transition" else Scope(last)
                if not holds(declared.term, scope):
                    return True
        except EvaluationError:
            return False
        return False

    def fails(self, states: Sequence[_State]) -> bool:
        """Is there no value at the end of these states for what had none?"""
        last, source = states[-1], self.failed.source
        if source in (None, "terminal") and not self.is_inside(last):
            return False
        if self.failed.action is not None:
            attempts = action_transitions(self.model.actions[self.failed.action], last)
            return any(isinstance(attempt, FailedTransition) for attempt in attempts)
        if source == "terminal" and any(True for _ in transitions(self.model, last)):
            return False
        for term, _, is_step in terms_that_may_fail(self.model, source):
            if is_step and len(states) < 2:
                continue
            try:
                evaluate(term, Scope(states[-2], last) if is_step else Scope(last))
            except EvaluationError:
                return True
        return False
