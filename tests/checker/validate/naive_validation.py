"""A validator written to be obviously right, of observations that are values and not yet JSON.

It knows nothing of rules, kernels or words: a state may be what it is after an observation if some transition of the
naive semantics leads there, has a name and arguments that fit, and shows the values before and after that were seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from skipgate.checker.core.model import Model
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.steps import Transition, initial_states, transitions

State = dict[str, Value]


@dataclass(frozen=True)
class Observation:
    """What was seen of a step: which actions it may be, some of its arguments, some values before and after."""

    event: str
    actions: frozenset[str]
    arguments: dict[str, Value] = field(default_factory=dict)
    before: dict[str, Value] = field(default_factory=dict)
    after: dict[str, Value] = field(default_factory=dict)

    def fits(self, state: State, step: Transition) -> bool:
        """May this step be what was seen?"""
        given = dict(step.arguments)
        return (
            step.action.name in self.actions
            and all(given[name] == value for name, value in self.arguments.items())
            and all(state[name] == value for name, value in self.before.items())
            and all(step.state[name] == value for name, value in self.after.items())
        )


def _key(state: State) -> tuple[Value, ...]:
    return tuple(state.values())


def steps(model: Model, state: State) -> list[Transition]:
    return [step for step in transitions(model, state) if isinstance(step, Transition)]


def explained(model: Model, log: Sequence[Observation], silent: frozenset[str], bound: int) -> int:
    """How many observations can be explained, from the first on."""
    possible = {_key(state): state for state in initial_states(model)}
    for number, seen in enumerate(log):
        level = dict(possible)
        for _ in range(bound if silent else 0):
            after = [
                step.state for state in level.values() for step in steps(model, state) if step.action.name in silent
            ]
            level = {_key(state): state for state in after if _key(state) not in possible}
            possible |= level
        possible = {
            _key(step.state): step.state
            for state in possible.values()
            for step in steps(model, state)
            if seen.fits(state, step)
        }
        if not possible:
            return number
    return len(log)
