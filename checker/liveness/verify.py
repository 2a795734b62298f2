"""A counterexample to a liveness property, examined once more by the naive semantics.

In plain Python, over plain values, straight from the definitions: nothing is shared with the search for it but the
elaborated model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from skipgate.checker.core import model as m
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.evaluate import Scope, holds
from skipgate.checker.semantics.steps import FailedTransition, Transition, is_initial, transitions
from skipgate.spec.syntax import TemporalKind

Values = Mapping[str, Value]
Call = tuple[m.Action, tuple[Value, ...]]


def verify(
    model: m.Model,
    declared: m.Liveness,
    instance: m.LivenessInstance,
    states: Sequence[Values],
    loop: int,
) -> None:
    """Make sure of a behaviour that goes through these states, and then for ever again from the one with index `loop`.

    Raises:
        InternalError: it is not a behaviour of the model, is not fair, or does not violate the property.
    """
    here = f"the counterexample to `{declared.name}` in check `{model.check.name.text}`"
    if not is_initial(model, states[0]):
        raise InternalError(f"{here} does not begin in an initial state")
    if not all(holds(constraint.term, Scope(state)) for constraint in model.constraints for state in states):
        raise InternalError(f"{here} leaves the constraints")
    steps = [_steps(model, state) for state in states]
    after = [*states[1:], states[loop]]
    for i, (taken, target) in enumerate(zip(steps, after, strict=True)):
        stutters = i == loop == len(states) - 1
        if not stutters and not any(step.state == target for step in taken):
            raise InternalError(f"{here} has a step that no action allows")
    for fairness in model.fairness:
        for spoken_of in _conditions(fairness, steps[loop:]):
            if not _is_fair(fairness.strong, spoken_of, states[loop:], steps[loop:], after[loop:]):
                raise InternalError(f"{here} is not fair")
    if not _violates(declared.kind, instance, states, loop):
        raise InternalError(f"{here} does not violate it")


def _steps(model: m.Model, state: Values) -> list[Transition]:
    found = []
    for step in transitions(model, state):
        if isinstance(step, FailedTransition):
            raise InternalError(f"action `{step.action.name}` cannot be evaluated, but it could in the search")
        found.append(step)
    return found


def _conditions(fairness: m.Fairness, cycle: Sequence[Sequence[Transition]]) -> list[Sequence[Call]]:
    """Of which steps there is a condition, of all that are possible in a cycle."""
    calls = dict.fromkeys(_call(step) for steps in cycle for step in steps)
    spoken_of = [call for call in calls if any(pattern.matches(*call) for pattern in fairness.patterns)]
    return [[call] for call in spoken_of] if fairness.separately else [spoken_of]


def _is_fair(
    strong: bool,
    spoken_of: Sequence[Call],
    cycle: Sequence[Values],
    steps: Sequence[Sequence[Transition]],
    after: Sequence[Values],
) -> bool:
    possible, taken = [], False
    for state, outgoing, target in zip(cycle, steps, after, strict=True):
        matching = [step.state for step in outgoing if step.state != state and _call(step) in spoken_of]
        possible.append(bool(matching))
        taken |= target in matching
    return taken or not (any(possible) if strong else all(possible))


def _call(step: Transition) -> Call:
    return step.action, tuple(value for _, value in step.arguments)


def _violates(kind: TemporalKind, instance: m.LivenessInstance, states: Sequence[Values], loop: int) -> bool:
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
