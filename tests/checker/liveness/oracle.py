"""Liveness decided by trying out everything, on models of a handful of states.

A behaviour that never ends visits a set of states again and again. So there is a fair one that violates a property if
and only if there is a set of states that is strongly connected (or a single state, to stutter in), meets every fairness
condition if all steps between its states are taken again and again, and can be reached in the way that the property
forbids. All sets are tried. Nothing is shared with the engine but the elaborated model and the naive semantics.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from skipgate.checker.core import formulas as f
from skipgate.checker.core import model as m
from skipgate.checker.core.terms import Term
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.evaluate import Scope, holds
from skipgate.checker.semantics.steps import Transition, initial_states, transitions

State = tuple[Value, ...]
Step = tuple[State, m.Action, tuple[Value, ...]]
Call = tuple[m.Action, tuple[Value, ...]]
Calls = dict[State, set[Call]]
Condition = tuple[bool, Calls]  # is it strong? of which steps does it speak, from each state?


def matches(pattern: m.StepPattern, action: m.Action, arguments: tuple[Value, ...]) -> bool:
    wanted = zip(pattern.arguments, arguments, strict=True) if action is pattern.action else None
    return wanted is not None and all(value is None or value == given for value, given in wanted)


class Oracle:
    """Everything that can be reached, within the constraints, and all steps of it, also those that lead outside."""

    def __init__(self, model: m.Model) -> None:
        self.model = model
        self.initial = {self.key(state) for state in initial_states(model) if self.inside(state)}
        self.steps: dict[State, list[Step]] = {}
        waiting = list(self.initial)
        while waiting:
            state = waiting.pop()
            if state in self.steps:
                continue
            self.steps[state] = []
            for step in transitions(model, self.values(state)):
                assert isinstance(step, Transition)
                arguments = tuple(value for _, value in step.arguments)
                self.steps[state].append((self.key(step.state), step.action, arguments))
                if self.inside(step.state):
                    waiting.append(self.key(step.state))
        self.conditions = list(self.all_conditions())

    def key(self, state: dict[str, Value]) -> State:
        return tuple(state[variable.name] for variable in self.model.variables)

    def values(self, state: State) -> dict[str, Value]:
        return {variable.name: value for variable, value in zip(self.model.variables, state, strict=True)}

    def inside(self, state: dict[str, Value]) -> bool:
        return all(holds(constraint.term, Scope(state)) for constraint in self.model.constraints)

    def all_conditions(self) -> Iterator[Condition]:
        calls = {(action, arguments) for steps in self.steps.values() for _, action, arguments in steps}
        for fair in self.model.fairness:
            spoken_of = {state: self.spoken_of(fair, state) for state in self.steps}
            if fair.separately:
                for one in {(a.declared, given[: len(given) - a.choices]) for a, given in calls}:
                    yield (
                        fair.strong,
                        {
                            state: {(a, given) for a, given in some if (a.declared, given[: len(one[1])]) == one}
                            for state, some in spoken_of.items()
                        },
                    )
            else:
                yield fair.strong, spoken_of

    def spoken_of(self, fair: m.Fairness, state: State) -> set[Call]:
        applies = [p for p in fair.patterns if p.condition is None or self.true(p.condition, state)]
        calls = {(action, arguments) for _, action, arguments in self.steps[state]}
        return {call for call in calls if any(matches(pattern, *call) for pattern in applies)}

    def fair_sets(self) -> Iterator[frozenset[State]]:
        for size in range(1, len(self.steps) + 1):
            for chosen in combinations(self.steps, size):
                states = frozenset(chosen)
                if self.connected(states) and all(self.meets(states, condition) for condition in self.conditions):
                    yield states

    def connected(self, states: frozenset[State]) -> bool:
        return all(self.reach({state}, states) == states for state in states)

    def reach(self, start: set[State], within: frozenset[State]) -> set[State]:
        found = set(start)
        waiting = list(start)
        while waiting:
            for target, _, _ in self.steps[waiting.pop()]:
                if target in within and target not in found:
                    found.add(target)
                    waiting.append(target)
        return found

    def meets(self, states: frozenset[State], condition: Condition) -> bool:
        strong, calls = condition
        possible = []
        for state in states:
            real = [
                t for t, action, arguments in self.steps[state] if t != state and (action, arguments) in calls[state]
            ]
            if any(target in states for target in real):
                return True
            possible.append(bool(real))
        return not (any(possible) if strong else all(possible))

    def violated(self, declared: m.Liveness) -> bool:
        forms = [f.simple(instance.formula) for instance in declared.instances]
        return any(self.violates(form) for form in forms if form is not None)

    def violates(self, form: f.Simple) -> bool:
        kind = form.kind
        everywhere = frozenset(self.steps)
        without = frozenset(state for state in everywhere if not self.true(form.goal, state))
        for states in self.fair_sets():
            if kind == "eventually always":
                if states & without:
                    return True
            elif states <= without:
                if kind == "always eventually":
                    return True
                start = set(self.initial) if kind == "eventually" else set(everywhere)
                if form.premise is not None:
                    start = {state for state in start if self.true(form.premise, state)}
                if self.reach(start & without, without) >= states:
                    return True
        return False

    def true(self, term: Term, state: State) -> bool:
        return holds(term, Scope(self.values(state)))
