"""From a fair component to a behaviour that people can read: a shortest way there, and a short cycle in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from skipgate.checker.core.errors import InternalError
from skipgate.checker.liveness.arrays import ArrayGraph, Flags, Numbers, Small, any_bit, out_edges
from skipgate.checker.liveness.limits import Limits
from skipgate.checker.liveness.streett import fair_components

_UNSEEN, _SEED = -2, -1


@dataclass(frozen=True)
class LassoQuery:
    """Is there a fair behaviour that reaches one of the states `start`, and from there on stays in a region?

    With `at_once` it begins there. If `visited` is given, it comes to one of those states again and again. If `rests`
    is given, it may stay for ever in those states only; otherwise where that is fair.
    """

    start: Flags
    region: Flags
    visited: Flags | None = None
    at_once: bool = False
    rests: Flags | None = None


@dataclass(frozen=True)
class Lasso:
    """A behaviour that never ends: its states, and the index of the one that the last goes back to.

    If that is the last itself, the behaviour stutters there.
    """

    states: tuple[int, ...]
    loop: int


def find_lasso(graph: ArrayGraph, question: LassoQuery, limits: Limits) -> Lasso | None:
    """A behaviour that the question asks for, if there is one.

    Raises:
        Stop: a limit is reached.
    """
    reached = _reachable(graph, question)
    fair = fair_components(graph, reached, question.visited, limits)
    ends = fair >= 0
    if question.rests is not None:
        ends |= question.rests & reached
    if not ends.any():
        return None
    stem = _stem(graph, question, ends)
    if question.rests is not None and question.rests[stem[-1]]:
        return Lasso(tuple(stem), len(stem) - 1)
    component = fair == fair[stem[-1]]
    cycle = _Cycle(graph, component, question.visited, stem[-1], limits).states()
    return Lasso((*stem[:-1], *cycle), len(stem) - 1)


def _advance(graph: ArrayGraph, frontier: Numbers, allowed: Flags, parents: Small) -> Numbers:
    """The states one step behind a frontier that are allowed and new, in order; `parents` keeps where from."""
    edges, places = out_edges(graph, frontier)
    targets = graph.targets[edges]
    new = allowed[targets] & (parents[targets] == _UNSEEN)
    states, at = np.unique(targets[new], return_index=True)
    parents[states] = frontier[places[new]][at]
    advanced: Numbers = states.astype(np.int64)
    return advanced


def _seeds(states: Numbers, parents: Small) -> Numbers:
    new: Numbers = states[parents[states] == _UNSEEN]
    parents[new] = _SEED
    return new


def _path(parents: Small, state: int) -> list[int]:
    path = [state]
    while parents[path[-1]] != _SEED:
        path.append(int(parents[path[-1]]))
    return path[::-1]


def _reachable(graph: ArrayGraph, question: LassoQuery) -> Flags:
    """The states of the region that are reached from the start within it."""
    start = question.start & question.region
    if question.at_once:
        start = start & _flags(graph, graph.initial)
    if not question.at_once and bool((start == question.region).all()):
        return question.region
    parents = np.full(graph.count, _UNSEEN, np.int32)
    frontier = _seeds(np.flatnonzero(start), parents)
    while len(frontier):
        frontier = _advance(graph, frontier, question.region, parents)
    reached: Flags = parents != _UNSEEN
    return reached


def _flags(graph: ArrayGraph, states: Numbers) -> Flags:
    flags = np.zeros(graph.count, np.bool_)
    flags[states] = True
    return flags


def _stem(graph: ArrayGraph, question: LassoQuery, ends: Flags) -> list[int]:
    """A shortest way from an initial state to a start, and on within the region to where it can end.

    Of several states that are as near, one in which to stutter is fair is preferred.
    """
    everywhere = np.ones(graph.count, np.bool_)
    before = np.full(graph.count, _UNSEEN, np.int32)  # on the way to a start
    behind = before.copy()  # from there on
    first = _seeds(graph.initial, before)
    second: Numbers = np.zeros(0, np.int64)
    while len(first) or len(second):
        starts = first[question.start[first] & question.region[first]]
        second = np.sort(np.concatenate([second, _seeds(starts, behind)]))
        hits = second[ends[second]]
        if len(hits):
            calm = hits[_stutters(graph, question, hits)]
            found = int(calm[0] if len(calm) else hits[0])
            path = _path(behind, found)
            return _path(before, path[0]) + path[1:]
        first = first[:0] if question.at_once else _advance(graph, first, everywhere, before)
        second = _advance(graph, second, question.region, behind)
    raise InternalError("there is no way to what was reached")


def _stutters(graph: ArrayGraph, question: LassoQuery, states: Numbers) -> Flags:
    """In which states it is fair, and answers the question, to stay for ever."""
    if question.rests is not None:
        return question.rests[states]
    fair = ~any_bit(graph.enabled[:, states])
    return fair if question.visited is None else fair & question.visited[states]


class _Cycle:
    """A short cycle in a fair component that meets every condition, found step by step: what is nearest comes first."""

    def __init__(self, graph: ArrayGraph, component: Flags, visited: Flags | None, entry: int, limits: Limits) -> None:
        self.graph = graph
        self.component = component
        self.visited = visited
        self.path = [entry]
        self.limits = limits

    def states(self) -> tuple[int, ...]:
        """The states of the cycle, from the entry on; one alone stutters."""
        while True:
            self.limits.look()
            if self.open(self.path):
                self.path += self.to_what_is_open()
                continue
            whole = [*self.path, *self.way_back()]
            if not self.open(whole):
                return tuple(whole[:-1] if len(whole) > 1 else whole)
            self.path = whole

    def open(self, path: list[int]) -> bool:
        """Is there anything that the states and steps of a path do not meet? If so, note what."""
        graph = self.graph
        enabled = graph.enabled[:, path]
        taken = np.zeros(len(graph.masks), np.uint64)
        for source, target in pairwise(path):
            edges = np.arange(graph.first[source], graph.first[source + 1])
            edges = edges[graph.targets[edges] == target]
            taken |= np.bitwise_or.reduce(graph.masks[:, graph.labels[edges]], axis=1)
        some, every = np.bitwise_or.reduce(enabled, axis=1), np.bitwise_and.reduce(enabled, axis=1)
        self.weak = every & graph.weak() & ~taken
        self.strong = some & graph.strong() & ~taken
        self.unvisited = self.visited is not None and not self.visited[path].any()
        return bool(self.weak.any() or self.strong.any() or self.unvisited)

    def to_what_is_open(self) -> list[int]:
        """A shortest way on to a state or step that meets something open."""
        graph = self.graph
        wanted = (self.weak | self.strong)[:, None]
        parents = np.full(graph.count, _UNSEEN, np.int32)
        frontier = _seeds(np.array(self.path[-1:]), parents)
        while len(frontier):
            met = any_bit(~graph.enabled[:, frontier] & self.weak[:, None])
            if self.unvisited and self.visited is not None:
                met |= self.visited[frontier]
            if met.any():
                return _path(parents, int(frontier[met][0]))[1:]
            edges, places = out_edges(graph, frontier)
            met = any_bit(graph.masks[:, graph.labels[edges]] & wanted) & self.component[graph.targets[edges]]
            if met.any():
                source, target = int(frontier[places[met][0]]), int(graph.targets[edges[met][0]])
                return [*_path(parents, source)[1:], target]
            frontier = _advance(graph, frontier, self.component, parents)
        raise InternalError("a condition that a fair component meets was not found in it")

    def way_back(self) -> list[int]:
        """A shortest way from the end of the path back to where it begins."""
        entry, end = self.path[0], self.path[-1]
        if entry == end:
            return []
        parents = np.full(self.graph.count, _UNSEEN, np.int32)
        frontier = _seeds(np.array([end]), parents)
        while parents[entry] == _UNSEEN:
            frontier = _advance(self.graph, frontier, self.component, parents)
            if not len(frontier):
                raise InternalError("a fair component is not strongly connected")
        return _path(parents, entry)[1:]
