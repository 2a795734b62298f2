"""What fairness and liveness say of a behaviour that ends in a cycle, straight from the definitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from skipgate.checker.core import model as m
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.evaluate import Scope, holds
from skipgate.checker.semantics.steps import Transition
from skipgate.spec.syntax import TemporalKind

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


def _conditions(fairness: m.Fairness, cycle: Sequence[Sequence[Transition]]) -> list[Sequence[Call]]:
    """Of which steps there is a condition, of all that are possible in a cycle."""
    calls = dict.fromkeys(_call(step) for steps in cycle for step in steps)
    spoken_of = [call for call in calls if any(pattern.matches(*call) for pattern in fairness.patterns)]
    return [[call] for call in spoken_of] if fairness.separately else [spoken_of]


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


def violates(kind: TemporalKind, instance: m.LivenessInstance, states: Sequence[Values], loop: int) -> bool:
    """Does a behaviour that goes through these states, and then for ever again from the one with index `loop`, violate
    a liveness property?"""

    def never(condition: Callable[[Values], bool], states: Sequence[Values]) -> bool:
        return not any(map(condition, states))

    def goal(state: Values) -> bool:
        return holds(instance.goal, Scope(state))

    match kind:
        case "eventually":
            return never(goal, states)
        case "always eventually":
            return never(goal, states[loop:])
        case "eventually always":
            return not all(map(goal, states[loop:]))
        case "leads to":
            premise = instance.premise
            assert premise is not None
            # Where the premise is true on the cycle, what follows is the whole of it.
            return any(
                holds(premise, Scope(state)) and never(goal, states[min(i, loop) :]) for i, state in enumerate(states)
            )
        case _:
            assert_never(kind)
