"""A counterexample to a liveness property, examined once more by the naive semantics.

In plain Python, over plain values, straight from the definitions: nothing is shared with the search for it but the
elaborated model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skipgate.checker.core import model as m
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.evaluate import Scope, holds
from skipgate.checker.semantics.lassos import neglected, violates
from skipgate.checker.semantics.steps import FailedTransition, Transition, is_initial, transitions

Values = Mapping[str, Value]


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
    if neglected(model, states[loop:], steps[loop:]) is not None:
        raise InternalError(f"{here} is not fair")
    if not violates(instance, states, loop):
        raise InternalError(f"{here} does not violate it")


def _steps(model: m.Model, state: Values) -> list[Transition]:
    found = []
    for step in transitions(model, state):
        if isinstance(step, FailedTransition):
            raise InternalError(f"action `{step.action.name}` cannot be evaluated, but it could in the search")
        found.append(step)
    return found
