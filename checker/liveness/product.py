"""The product of a state graph and an automaton: the behaviours that an automaton accepts.

A state of it is a state of the graph and one of the automaton; its number is that of the former times how many states
the automaton has, plus that of the latter. How often nothing happens between two steps makes no difference to a
formula. So the automaton reads only steps of the graph and, if the behaviour stays somewhere for ever, that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skipgate.checker.liveness.arrays import ArrayGraph, Flags, Numbers, Small, any_bit, bits
from skipgate.checker.liveness.automaton import Automaton, Edge, Literal
from skipgate.checker.liveness.labels import LabelSets
from skipgate.checker.liveness.limits import Limits
from skipgate.checker.search.limits import Stop

_MOST_STATES = 2**31 - 1
_BYTES_AN_EDGE = 60  # used at the same time


@dataclass(frozen=True)
class Product:
    """The acceptance conditions are conditions of weak fairness that are possible everywhere.

    In the states `rests`, to stay for ever is fair, and accepted.
    """

    graph: ArrayGraph
    rests: Flags
    size: int  # of the automaton

    def state_of(self, number: int) -> int:
        """The state of the original graph."""
        return number // self.size


@dataclass(frozen=True)
class Conditions:
    """In which states, and of which edges, the conditions of a formula are true."""

    states: Sequence[Flags]
    steps: Sequence[Flags]


def product(graph: ArrayGraph, automaton: Automaton, conditions: Conditions, limits: Limits) -> Product:
    """The product of a graph and an automaton.

    Raises:
        Stop: a limit is reached.
    """
    size, own = automaton.states, len(graph.conditions)
    if graph.count * size > _MOST_STATES:
        raise Stop(f"liveness: more than {_MOST_STATES} pairs of a state and one of the automaton")
    sets, of_label = LabelSets(), _sets_of_labels(graph)
    state_sources = graph.sources()
    parts: list[tuple[Numbers, Numbers, Small]] = [
        (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int32))
    ]
    for edge in automaton.edges:
        limits.look()
        limits.need(_BYTES_AN_EDGE * (len(graph.targets) + sum(len(sources) for sources, _, _ in parts)))
        chosen = np.flatnonzero(_guard(graph, edge, conditions, state_sources))
        met = frozenset(own + number for number in edge.accepts)
        renamed = np.array([sets.label(each | met) for each in of_label], np.int32)
        sources = state_sources[chosen].astype(np.int64) * size + edge.source
        targets = graph.targets[chosen].astype(np.int64) * size + edge.target
        parts.append((sources, targets, renamed[graph.labels[chosen]]))
    sources, targets, labels = sets.merged(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    first = np.zeros(graph.count * size + 1, np.int64)
    np.cumsum(np.bincount(sources, minlength=graph.count * size), out=first[1:])
    masks = sets.masks(own + automaton.conditions)
    enabled = np.zeros((len(masks), graph.count), np.uint64)
    enabled[: len(graph.enabled)] = graph.enabled
    enabled |= bits(range(own, own + automaton.conditions), len(masks))[:, None]
    nothing = np.zeros((0, 0), np.bool_)
    paired = ArrayGraph(
        states=graph.states,
        initial=graph.initial * size,
        first=first,
        targets=targets.astype(np.int32),
        labels=labels,
        masks=masks,
        enabled=np.repeat(enabled, size, axis=1),
        facts=nothing,
        step_facts=nothing,
        conditions=(*graph.conditions, *[False] * automaton.conditions),
    )
    return Product(paired, _rests(graph, automaton, conditions), size)


def _sets_of_labels(graph: ArrayGraph) -> list[frozenset[int]]:
    """The conditions that each label of a graph stands for."""
    flags = np.unpackbits(graph.masks.T.copy().view(np.uint8), axis=1, bitorder="little")
    return [frozenset(np.flatnonzero(row).tolist()) for row in flags]


def _guard(graph: ArrayGraph, edge: Edge, conditions: Conditions, sources: Small) -> Flags:
    """Which edges of a graph an edge of an automaton reads."""
    allowed = np.ones(len(graph.targets), np.bool_)
    for literal in edge.literals:
        values = conditions.steps[literal.number] if literal.about_step else conditions.states[literal.number][sources]
        allowed &= values == literal.positive
    return allowed


def _rests(graph: ArrayGraph, automaton: Automaton, conditions: Conditions) -> Flags:
    """In which pairs it is fair, and accepted, to stay for ever."""
    found = np.zeros((graph.count, automaton.states), np.bool_)
    calm = np.flatnonzero(~any_bit(graph.enabled))
    rows = np.array([flags[calm] for flags in conditions.states], np.bool_).reshape(len(conditions.states), len(calm))
    kinds, kind = np.unique(rows, axis=1, return_inverse=True)
    for number, values in enumerate(kinds.T):

        def is_read(literal: Literal, values: Flags = values) -> bool:
            return literal.still if literal.about_step else bool(values[literal.number]) == literal.positive

        edges = [edge for edge in automaton.edges if all(map(is_read, edge.literals))]
        for state in _accepting(edges, automaton):
            found[calm[kind.reshape(-1) == number], state] = True
    return found.reshape(-1)


def _accepting(edges: Sequence[Edge], automaton: Automaton) -> set[int]:
    """The states from which a run accepts that may always take any of these edges."""
    reached: dict[int, set[int]] = {}  # by one edge or more
    for start in range(automaton.states):
        found: set[int] = set()
        waiting = [start]
        while waiting:
            state = waiting.pop()
            more = {edge.target for edge in edges if edge.source == state} - found
            found |= more
            waiting += more
        reached[start] = found

    def is_good(state: int) -> bool:
        component = {other for other in reached[state] if state in reached[other]}
        inside = (edge for edge in edges if edge.source in component and edge.target in component)
        return len(frozenset[int]().union(*(edge.accepts for edge in inside))) == automaton.conditions

    good = {state for state in reached if state in reached[state] and is_good(state)}
    return {state for state, others in reached.items() if state in good or others & good}
