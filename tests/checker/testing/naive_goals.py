"""Which goals can be met, found by looking at every state with the naive semantics; and what a suite has to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from skipgate.checker.core import model as m
from skipgate.checker.core.trace import declared_name
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.evaluate import Scope, holds
from skipgate.checker.semantics.steps import Transition, action_transitions, initial_states, transitions
from skipgate.checker.testing.goals import Goal
from skipgate.checker.testing.probes import branch_probes, refusal_probes
from skipgate.checker.testing.suite import TestSuite

State = Mapping[str, Value]
_MOST = 400


class TooMany(Exception):
    """There are too many states to look at in a test."""


@dataclass
class Graph:
    """Every reachable state, and the steps from each."""

    states: list[State] = field(default_factory=list)
    steps: list[list[tuple[str, int]]] = field(default_factory=list)
    initial: list[int] = field(default_factory=list)


def graph_of(model: m.Model) -> Graph:
    """All states within the constraints."""
    graph = Graph()
    numbers: dict[tuple[Value, ...], int] = {}

    def number(state: State) -> int | None:
        key = tuple(state.values())
        if key not in numbers:
            if not all(holds(each.term, Scope(state)) for each in model.constraints):
                return None
            if len(numbers) == _MOST:
                raise TooMany
            numbers[key] = len(numbers)
            graph.states.append(state)
        return numbers[key]

    for state in initial_states(model):
        at = number(state)
        if at is not None and at not in graph.initial:
            graph.initial.append(at)
    at = 0
    while at < len(graph.states):
        found = [each for each in transitions(model, graph.states[at]) if isinstance(each, Transition)]
        steps = [(each.action.declared, number(each.state)) for each in found]
        graph.steps.append([(name, after) for name, after in steps if after is not None])
        at += 1
    return graph


def possible(model: m.Model, graph: Graph) -> set[Goal]:
    """The goals that some behaviour meets."""
    found: set[Goal] = set()
    for steps in graph.steps:
        for name, after in steps:
            found.add(Goal("actions", name))
            found |= {Goal("pairs", f"{name}, {second}") for second, _ in graph.steps[after]}
    for state in graph.states:
        found |= {Goal("covers", each.name, each.span.place) for each in model.covers if holds(each.term, Scope(state))}
    inside = {tuple(state.values()) for state in graph.states}
    for probe in (*branch_probes(model), *refusal_probes(model)):
        for state in graph.states:
            taken = (each for each in action_transitions(probe.action, state) if isinstance(each, Transition))
            if any(tuple(each.state.values()) in inside for each in taken):
                found.add(probe.goal)
                break
    return found


def examine(suite: TestSuite, longest: int | None = None) -> None:
    """Is a suite what it says: real behaviours, real refusals, and nothing that is needless?"""
    model = suite.model
    claimed = [each.meets for each in suite.behaviours]
    for i, behaviour in enumerate(suite.behaviours):
        states = [step.state for step in behaviour.steps]
        assert states[0] in list(initial_states(model))
        names = []
        for before, step in pairwise(behaviour.steps):
            taken = [
                each
                for each in transitions(model, before.state)
                if isinstance(each, Transition) and each.action.name == step.action and each.state == step.state
            ]
            assert any(each.arguments == step.arguments for each in taken)
            names.append(declared_name(step.action or ""))
        for goal in claimed[i]:
            if goal.kind == "actions":
                assert goal.name in names
            elif goal.kind == "pairs":
                assert goal.name in {f"{first}, {second}" for first, second in pairwise(names)}
            elif goal.kind == "covers":
                cover = next(each for each in model.covers if each.name == goal.name)
                assert any(holds(cover.term, Scope(state)) for state in states)
        for attempt in behaviour.refused:
            for each in transitions(model, states[-1]):
                if isinstance(each, Transition):
                    declared = each.action.call(tuple(value for _, value in each.arguments))
                    assert declared != (attempt.action, tuple(value for _, value in attempt.arguments))
        others = set().union(*(claimed[j] for j in range(len(claimed)) if j != i))
        assert claimed[i] - others, "a behaviour is needless"
        if not behaviour.refused and len(behaviour):
            before_last = set().union(*behaviour.met[:-1])
            assert claimed[i] - others - before_last, "the last step is needless"
        if longest is not None:
            assert len(behaviour) <= longest
