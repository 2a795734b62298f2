"""The parts of a state graph in which a fair behaviour can stay for ever.

A behaviour that never ends visits, from some moment on, exactly the states of a strongly connected set again and again,
or stutters in one state. It is fair if that set meets every condition: for weak fairness, one of its states in which no
step of the condition is possible, or one of the steps; for strong fairness, no state in which such a step is possible,
or one of the steps. More states and steps can only help weak fairness; so a component that does not meet it has no
subset that does. Strong fairness, which is not met because of some states, is met without them, if at all. So the
components are made smaller until what is left meets all conditions.

This is the decision of emptiness of Streett automata by decomposition, as in E. Allen Emerson, Chin-Laung Lei,
"Modalities for model checking: branching time logic strikes back" (Science of Computer Programming 8, 1987), and Orna
Lichtenstein, Amir Pnueli, "Checking that finite state concurrent programs satisfy their linear specification" (POPL
1985).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from skipgate.checker.liveness.arrays import ArrayGraph, Flags, Masks, Numbers, Small, any_bit
from skipgate.checker.liveness.limits import Limits

_BYTES_A_STATE, _BYTES_AN_EDGE = 64, 40  # that are used at the same time, SciPy's share included


def fair_components(graph: ArrayGraph, region: Flags, visited: Flags | None, limits: Limits) -> Small:
    """For each state the number of the fair component that it is in, or -1.

    Components lie within a region, and have one of the states `visited` if there are any given. Each is strongly
    connected, or a single state in which to stutter is fair, and a behaviour that stays in it for ever, taking all of
    its steps again and again, is fair; every fair behaviour that stays in the region ends in one.

    Raises:
        Stop: a limit is reached.
    """
    limits.need(_BYTES_A_STATE * graph.count + _BYTES_AN_EDGE * len(graph.targets))
    found = np.full(graph.count, -1, np.int32)
    number = 0
    weak, strong = graph.weak()[:, None], graph.strong()[:, None]
    place = np.zeros(graph.count, np.int32)  # of each state among those that are left
    inside = region.copy()
    states: Numbers = np.flatnonzero(region)
    sources = graph.sources()
    edges = np.flatnonzero(region[sources] & region[graph.targets])
    sources, targets, labels = sources[edges], graph.targets[edges], graph.labels[edges]
    while len(states):
        limits.look()
        place[states] = np.arange(len(states), dtype=np.int32)
        count, component = _components(place[sources], place[targets], len(states))
        stays = component[place[sources]] == component[place[targets]]
        sources, targets, labels = sources[stays], targets[stays], labels[stays]
        taken = _any(graph.masks[:, labels], component[place[sources]], count)
        enabled = graph.enabled[:, states]
        possible = _any(enabled, component, count)
        always = ~_any(~enabled, component, count)
        hopeless = any_bit(always & ~taken & weak)
        if visited is not None:
            hopeless |= ~_has(visited[states], component, count)
        offends = possible & ~taken & strong
        offended = any_bit(offends)
        fair = ~hopeless & ~offended
        numbers = np.cumsum(fair, dtype=np.int32) - 1 + number
        number += int(np.count_nonzero(fair))
        kept = fair[component]
        found[states[kept]] = numbers[component[kept]]
        again = (offended & ~hopeless)[component] & ~any_bit(enabled & offends[:, component])
        inside[states] = again
        states = states[again]
        left = inside[sources] & inside[targets]
        sources, targets, labels = sources[left], targets[left], labels[left]
    return found


def _components(sources: Small, targets: Small, count: int) -> tuple[int, Small]:
    """The strongly connected components of a graph: how many, and the number of each state's."""
    first = np.zeros(count + 1, np.int32 if len(sources) < 2**31 else np.int64)
    np.cumsum(np.bincount(sources, minlength=count), out=first[1:])
    # The sources are in order, so this is the graph in the form that SciPy computes with, which asks for weights.
    matrix = csr_array((np.ones(len(targets)), targets, first), shape=(count, count))
    components, component = connected_components(matrix, directed=True, connection="strong")
    return int(components), component


def _any(masks: Masks, group: Small, count: int) -> Masks:
    """For each group the bits that any mask in it has."""
    result = np.zeros((len(masks), count), np.uint64)
    for word, row in zip(result, masks, strict=True):
        np.bitwise_or.at(word, group, row)
    return result


def _has(flags: Flags, group: Small, count: int) -> Flags:
    """In which groups a flag is set."""
    result = np.zeros(count, np.bool_)
    result[group[flags]] = True
    return result
