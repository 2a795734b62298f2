"""Formulas on behaviours that go round: straight from what the operators mean, state by state, and by trying out.

Nothing is shared with the engine, or with what it verifies its counterexamples by, but the classes of formulas.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from skipgate.checker.core import formulas as f
from skipgate.checker.semantics.evaluate import Scope, holds
from tests.checker.liveness.oracle import Oracle, State


@dataclass(frozen=True)
class Round:
    """A behaviour: its states, and the index of the one that follows the last. If that is the last, it stays there."""

    states: tuple[State, ...]
    loop: int

    def after(self, index: int) -> int:
        return index + 1 if index + 1 < len(self.states) else self.loop

    def rest(self, index: int) -> list[int]:
        """The indices that are visited from one on, in order, until they repeat."""
        visited: list[int] = []
        while index not in visited:
            visited.append(index)
            index = self.after(index)
        return visited


def is_true(oracle: Oracle, formula: f.Formula, behaviour: Round, at: int) -> bool:
    """Is a formula true of a behaviour from one of its states on?"""

    def sub(part: f.Formula, index: int) -> bool:
        return is_true(oracle, part, behaviour, index)

    rest = behaviour.rest(at)
    match formula:
        case f.Now(term=term):
            return oracle.true(term, behaviour.states[at])
        case f.Steps(operator=operator, term=term):
            pairs = [(behaviour.states[i], behaviour.states[behaviour.after(i)]) for i in rest]
            values = [holds(term, Scope(oracle.values(a), oracle.values(b))) for a, b in pairs if a != b]
            return all(values) if operator == "always" else any(values)
        case f.Negation(operand=operand):
            return not sub(operand, at)
        case f.Junction(operator="and", operands=operands):
            return all(sub(each, at) for each in operands)
        case f.Junction(operands=operands):
            return any(sub(each, at) for each in operands)
        case f.Temporal(operator=operator, operands=operands):
            left, right = operands[0], operands[-1]
            match operator:
                case "always":
                    return all(sub(right, i) for i in rest)
                case "eventually":
                    return any(sub(right, i) for i in rest)
                case "leads to":
                    return all(not sub(left, i) or any(sub(right, j) for j in behaviour.rest(i)) for i in rest)
                case "until" | "unless":
                    for i in rest:
                        if sub(right, i):
                            return True
                        if not sub(left, i):
                            return False
                    return operator == "unless"
                case _:
                    assert_never(operator)
        case _:
            assert_never(formula)


def rounds(oracle: Oracle, longest: int) -> Iterator[Round]:
    """All behaviours with so many states at most."""
    targets = {
        state: sorted({t for t, _, _ in steps if t != state and t in oracle.steps}, key=repr)
        for state, steps in oracle.steps.items()
    }

    def extend(path: tuple[State, ...]) -> Iterator[Round]:
        yield Round(path, len(path) - 1)
        for loop, state in enumerate(path[:-1]):
            if state in targets[path[-1]]:
                yield Round(path, loop)
        if len(path) < longest:
            for target in targets[path[-1]]:
                yield from extend((*path, target))

    for state in sorted(oracle.initial, key=repr):
        yield from extend((state,))


def is_fair(oracle: Oracle, behaviour: Round) -> bool:
    """Does a behaviour meet every condition of fairness?"""
    cycle = range(behaviour.loop, len(behaviour.states))
    for strong, calls in oracle.conditions:
        possible, taken = [], False
        for i in cycle:
            state, target = behaviour.states[i], behaviour.states[behaviour.after(i)]
            real = {t for t, action, given in oracle.steps[state] if t != state and (action, given) in calls[state]}
            possible.append(bool(real))
            taken = taken or target in real
        if not taken and (any(possible) if strong else all(possible)):
            return False
    return True
