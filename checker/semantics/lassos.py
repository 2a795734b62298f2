"""What fairness and liveness say of a behaviour that ends in a cycle, straight from the definitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, assert_never

from skipgate.checker.core import formulas as f
from skipgate.checker.core import model as m
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.evaluate import Scope, holds
from skipgate.checker.semantics.steps import Transition

Values = Mapping[str, Value]
Call = tuple[m.Action, tuple[Value, ...]]


def neglected(model: m.Model, cycle: Sequence[Values], steps: Sequence[Sequence[Transition]]) -> Transition | None:
    """A step that fairness demands of a behaviour which repeats a cycle for ever, but which it never takes.

    None if the behaviour is fair. `steps` are all that each state of the cycle has; its last state leads back to the
    first.
    """
    after = [*cycle[1:], cycle[0]]
    for fairness in model.fairness:
        for spoken_of in _conditions(fairness, steps):
            possible = [_possible(fairness, spoken_of, *each) for each in zip(cycle, steps, strict=True)]
            if not _is_fair(fairness.strong, possible, after):
                return next(step for each in possible for step in each)
    return None


def _conditions(fairness: m.Fairness, cycle: Sequence[Sequence[Transition]]) -> list[list[Call]]:
    """Of which steps there is a condition, of all that are possible in a cycle."""
    calls = dict.fromkeys(_call(step) for steps in cycle for step in steps)
    conditions: dict[object, list[Call]] = {}
    for action, arguments in calls:
        if any(pattern.matches(action, arguments) for pattern in fairness.patterns):
            by = action.call(arguments) if fairness.separately else None
            conditions.setdefault(by, []).append((action, arguments))
    return list(conditions.values())


def _possible(
    fairness: m.Fairness, spoken_of: Sequence[Call], state: Values, outgoing: Sequence[Transition]
) -> list[Transition]:
    """The steps from a state that a condition speaks of. Those that change nothing do not count."""
    return [
        step for step in outgoing if step.state != state and _call(step) in spoken_of and demands(fairness, step, state)
    ]


def demands(fairness: m.Fairness, step: Transition, state: Values) -> bool:
    """Does fairness speak of a step from a state?"""
    return any(
        pattern.matches(*_call(step)) and (pattern.condition is None or holds(pattern.condition, Scope(state)))
        for pattern in fairness.patterns
    )


def _is_fair(strong: bool, possible: Sequence[Sequence[Transition]], after: Sequence[Values]) -> bool:
    """Is one of the possible steps of a cycle taken, or is it right that none is?"""
    if any(target == step.state for each, target in zip(possible, after, strict=True) for step in each):
        return True
    return not (any(possible) if strong else all(possible))


def _call(step: Transition) -> Call:
    return step.action, tuple(value for _, value in step.arguments)


class Behaviour:
    """A behaviour that goes through these states, and then for ever again from the one with index `loop`.

    If that is the last, it stays there.
    """

    def __init__(self, states: Sequence[Values], loop: int) -> None:
        self.states = states
        self.loop = loop
        self.known: dict[f.Formula, list[bool]] = {}

    def moments(self, start: int) -> list[int]:
        """The indices of the states from one on, in order, each once."""
        return [*range(start, len(self.states)), *range(self.loop, start)]

    def step(self, index: int) -> tuple[Values, Values]:
        """The step that begins in a state."""
        return self.states[index], self.states[index + 1 if index + 1 < len(self.states) else self.loop]

    def truth(self, formula: f.Formula) -> list[bool]:
        """Where a formula is true: for each state, of the behaviour from there on."""
        if formula not in self.known:
            self.known[formula] = self._truth(formula)
        return self.known[formula]

    def _truth(self, formula: f.Formula) -> list[bool]:
        match formula:
            case f.Now(term=term):
                return [holds(term, Scope(state)) for state in self.states]
            case f.Steps(operator=operator, term=term):
                # Those that change nothing say nothing.
                steps = map(self.step, range(len(self.states)))
                nothing = operator == "always"
                return self._rest(operator, [nothing if a == b else holds(term, Scope(a, b)) for a, b in steps])
            case f.Negation(operand=operand):
                return [not value for value in self.truth(operand)]
            case f.Junction(operator=operator, operands=operands):
                if not operands:
                    return [operator == "and"] * len(self.states)
                combined = all if operator == "and" else any
                return [combined(values) for values in zip(*map(self.truth, operands), strict=True)]
            case f.Temporal(operator="always" | "eventually" as operator, operands=(operand,)):
                return self._rest(operator, self.truth(operand))
            case f.Temporal(operator="leads to", operands=(premise, goal)):
                later = self._rest("eventually", self.truth(goal))
                pairs = zip(self.truth(premise), later, strict=True)
                return self._rest("always", [answered or not asked for asked, answered in pairs])
            case f.Temporal(operator=operator, operands=(left, right)):
                p, q = self.truth(left), self.truth(right)
                return self._fixpoint(operator == "unless", lambda i, after: q[i] or (p[i] and after))
            case f.Temporal():
                raise InternalError(f"`{formula.operator}` with {len(formula.operands)} operands")
            case _:
                assert_never(formula)

    def _rest(self, operator: Literal["always", "eventually"], values: Sequence[bool]) -> list[bool]:
        """Where something is true from there on in all states, or in some state."""
        if operator == "always":
            return self._fixpoint(True, lambda i, after: values[i] and after)
        return self._fixpoint(False, lambda i, after: values[i] or after)

    def _fixpoint(self, start: bool, value: Callable[[int, bool], bool]) -> list[bool]:
        """The greatest (`start` is true) or least solution of: each is what `value` makes of the one after it."""
        values = [start] * len(self.states)
        for _ in range(2):  # what is so somewhere on the cycle is known in all of it after the second round
            after = values[self.loop]
            for i in reversed(range(len(values))):
                values[i] = after = value(i, after)
        return values


def violates(instance: m.LivenessInstance, states: Sequence[Values], loop: int) -> bool:
    """Does a behaviour that goes through these states, and then for ever again from the one with index `loop`, violate
    a liveness property?"""
    return not Behaviour(states, loop).truth(instance.formula)[0]
