"""The state graph of a finished search: each of its states is expanded once more, and its successors are looked up.

States are numbered in the order of their words, so that the graph is the same whichever engine searched, by however
many threads.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from checker import model as m
from checker.errors import InternalError
from checker.explore import State
from checker.kernels import Choices, Kernels
from checker.liveness.arrays import BITS, Condition, Flags, Masks, Numbers, Small, StateGraph, bits
from checker.semantics import initial_states
from checker.values import Value

OUTSIDE = -1  # in place of a successor's number
_PIECE = 1 << 12  # states that are expanded before the arrays are made smaller
_MOST_CONDITIONS = 1 << 12


class TooMany(Exception):
    """There are more fairness conditions than can be told apart; the message says how many."""


@dataclass
class Piece:
    """The successors of some states that follow each other: how many each has, their numbers, and tags of the steps."""

    counts: Numbers
    targets: Numbers
    tags: Numbers
    facts: Flags


def build(kernels: Kernels, states: Iterable[State], look: Callable[[], None]) -> StateGraph:
    """The graph of the states that a search has kept. `look` is called now and then, and may raise.

    Raises:
        TooMany: there are too many fairness conditions.
    """
    ordered = sorted(states)
    numbers = {state: number for number, state in enumerate(ordered)}
    initial = {numbers.get(kernels.layout.pack(values), OUTSIDE) for values in initial_states(kernels.model)}
    first = np.array(sorted(initial - {OUTSIDE}), np.int64)
    return assemble(kernels, ordered, first, _pieces(kernels, ordered, numbers, look))


def _pieces(
    kernels: Kernels, ordered: list[State], numbers: dict[State, int], look: Callable[[], None]
) -> Iterator[Piece]:
    functions = kernels.behaviour_functions
    steps, facts = functions["steps"], functions["facts"]
    out, entry = [0] * kernels.room, kernels.entry
    width = len(kernels.model.liveness_terms)
    for start in range(0, len(ordered), _PIECE):
        look()
        counts, targets, tags, values = array("q"), array("q"), array("q"), array("b")
        for state in ordered[start : start + _PIECE]:
            facts(state, out)
            values.extend(out[:width])
            end = steps(state, out)
            counts.append(end // entry)
            for i in range(0, end, entry):
                tags.append(out[i])
                targets.append(numbers.get(tuple(out[i + 1 : i + entry]), OUTSIDE))
        facts_of = np.array(values).reshape(len(counts), width).astype(np.bool_)
        yield Piece(np.array(counts), np.array(targets), np.array(tags), facts_of.T)


def assemble(kernels: Kernels, states: list[State] | Numbers, initial: Numbers, pieces: Iterable[Piece]) -> StateGraph:
    """The graph of numbered states and their successors."""
    labels = _Labels(kernels.model, kernels.choices)
    parts: list[tuple[Small, Small, Small]] = []  # of the edges: how many each state has, targets, labels
    facts: list[Flags] = []
    possible: list[tuple[Numbers, Small]] = []  # states, and labels of steps from them that change something
    start = 0
    for piece in pieces:
        if (piece.tags < 0).any():
            raise InternalError("an action cannot be evaluated, but it could when the states were searched")
        sources = np.repeat(np.arange(start, start + len(piece.counts)), piece.counts)
        changes = piece.targets != sources
        sources, targets, label = sources[changes], piece.targets[changes], labels.of(piece.tags[changes])
        pair = np.unique(sources[label > 0] * labels.count + label[label > 0])
        possible.append((pair // labels.count, (pair % labels.count).astype(np.int32)))
        edges = targets != OUTSIDE
        sources, targets, label = labels.merged(sources[edges], targets[edges], label[edges])
        counts = np.bincount(sources - start, minlength=len(piece.counts)).astype(np.int32)
        parts.append((counts, targets.astype(np.int32), label))
        facts.append(piece.facts)
        start += len(piece.counts)
    masks = labels.masks()
    enabled = np.zeros((len(masks), start), np.uint64)
    for where, label in possible:
        for word, row in zip(enabled, masks, strict=True):
            np.bitwise_or.at(word, where, row[label])
    first = np.zeros(start + 1, np.int64)
    np.cumsum(np.concatenate([counts for counts, _, _ in parts]), out=first[1:])
    return StateGraph(
        states=states,
        initial=initial,
        first=first,
        targets=np.concatenate([targets for _, targets, _ in parts]),
        labels=np.concatenate([label for _, _, label in parts]),
        masks=masks,
        enabled=enabled,
        facts=np.concatenate(facts, axis=1),
        conditions=tuple(labels.conditions),
    )


@dataclass
class _Labels:
    """Numbers for the sets of conditions that steps meet; 0 is the empty set.

    The conditions of fairness that each choice of arguments has by itself come to be when such a step is met.
    """

    model: m.Model
    choices: Choices
    conditions: list[Condition] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.numbers: dict[int, int] = {0: 0}  # label of each tag
        self.sets: dict[frozenset[int], int] = {frozenset(): 0}
        self.shared = {}
        for fair in self.model.fairness:
            if not fair.separately:
                self.shared[fair] = len(self.conditions)
                self.conditions.append(Condition(fair.strong, fair.patterns))

    @property
    def count(self) -> int:
        return len(self.sets)

    def of(self, tags: Numbers) -> Small:
        """The labels of tags."""
        found, at = np.unique(tags, return_inverse=True)
        return np.array([self.label(int(tag)) for tag in found], np.int32)[at]

    def label(self, tag: int) -> int:
        if tag not in self.numbers:
            met = frozenset(self.met(*self.choices.taken(tag)))
            self.numbers[tag] = self.sets.setdefault(met, len(self.sets))
        return self.numbers[tag]

    def merged(self, sources: Numbers, targets: Numbers, label: Small) -> tuple[Numbers, Numbers, Small]:
        """Edges in order, one from a state to another: what several steps between them meet, the one meets.

        (On edges that are there twice, SciPy's search for strong components may not end.)
        """
        order = np.lexsort((label, targets, sources))
        sources, targets, label = sources[order], targets[order], label[order]
        while True:
            twin = (sources[1:] == sources[:-1]) & (targets[1:] == targets[:-1])
            if not twin.any():
                return sources, targets, label
            # Of each run of twins, the second joins the first, the fourth the third, and so on.
            begins = np.flatnonzero(np.concatenate([[True], ~twin]))
            place = np.arange(len(sources)) - np.repeat(begins, np.diff([*begins, len(sources)]))
            second = np.flatnonzero(place % 2 == 1)
            pairs, at = np.unique(np.stack([label[second - 1], label[second]]), axis=1, return_inverse=True)
            label[second - 1] = np.array([self.union(int(a), int(b)) for a, b in pairs.T], np.int32)[at.reshape(-1)]
            first = place % 2 == 0
            sources, targets, label = sources[first], targets[first], label[first]

    def union(self, a: int, b: int) -> int:
        """The label of what either of two meets."""
        met = list(self.sets)
        return self.sets.setdefault(met[a] | met[b], len(self.sets))

    def met(self, action: m.Action, arguments: tuple[Value, ...]) -> Iterator[int]:
        """The conditions that a step meets."""
        for fair in self.model.fairness:
            if any(pattern.matches(action, arguments) for pattern in fair.patterns):
                if fair.separately:
                    self.conditions.append(Condition(fair.strong, (m.Pattern(action, arguments),)))
                    if len(self.conditions) > _MOST_CONDITIONS:
                        raise TooMany(f"there are more than {_MOST_CONDITIONS} fairness conditions")
                    yield len(self.conditions) - 1
                else:
                    yield self.shared[fair]

    def masks(self) -> Masks:
        words = max(1, -(-len(self.conditions) // BITS))
        return np.stack([bits(sorted(met), words) for met in self.sets], axis=1)
