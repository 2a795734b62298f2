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


def furthest(model: Model, logs: Sequence[Sequence[Observation]], silent: frozenset[str], bound: int) -> list[int]:
    """How many observations of each log can be explained in some order of all; and, last, how many together."""
    start = (0,) * len(logs)
    cuts: dict[tuple[int, ...], dict[tuple[Value, ...], State]] = {
        start: {_key(state): state for state in initial_states(model)}
    }
    reached = [*start, 0]
    todo = [start]
    for cut in todo:  # in the order of their sums, so all states at a cut are known when its turn comes
        for log, position in enumerate(cut):
            reached[log] = max(reached[log], position)
        reached[-1] = max(reached[-1], sum(cut))
        for state in with_silent_steps(model, cuts[cut], silent, bound).values():
            for step in steps(model, state):
                for log, position in enumerate(cut):
                    if position < len(logs[log]) and logs[log][position].fits(state, step):
                        after = (*cut[:log], position + 1, *cut[log + 1 :])
                        if after not in cuts:
                            todo.append(after)
                        cuts.setdefault(after, {})[_key(step.state)] = step.state
    return reached


def _key(state: State) -> tuple[Value, ...]:
    return tuple(state.values())


def steps(model: Model, state: State) -> list[Transition]:
    return [step for step in transitions(model, state) if isinstance(step, Transition)]


def with_silent_steps(
    model: Model, states: dict[tuple[Value, ...], State], silent: frozenset[str], bound: int
) -> dict[tuple[Value, ...], State]:
    """These states, and those that so many silent steps lead to."""
    possible = dict(states)
    level = states
    for _ in range(bound if silent else 0):
        after = [step.state for state in level.values() for step in steps(model, state) if step.action.name in silent]
        level = {_key(state): state for state in after if _key(state) not in possible}
        possible |= level
    return possible


def explained(model: Model, log: Sequence[Observation], silent: frozenset[str], bound: int) -> int:
    """How many observations can be explained, from the first on."""
    possible = {_key(state): state for state in initial_states(model)}
    for number, seen in enumerate(log):
        possible = with_silent_steps(model, possible, silent, bound)
        possible = {
            _key(step.state): step.state
            for state in possible.values()
            for step in steps(model, state)
            if seen.fits(state, step)
        }
        if not possible:
            return number
    return len(log)
