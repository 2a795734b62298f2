"""The state graph in compact arrays.

Steps that lead back to the same state are not edges: every state may stutter, whether an action does so or not, and no
fairness condition is met by it. Neither are steps that leave the constraints. But what makes a fair action possible is
looked for among all steps, also those that leave the constraints, as TLC does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Small = NDArray[np.int32]
Flags = NDArray[np.bool_]
Masks = NDArray[np.uint64]  # by word, then by state (or label): one bit a condition

BITS = 64


@dataclass(frozen=True)
class GraphPiece:
    """The steps from some states that follow each other: how many each has, where they lead to, and their tags.

    A target can be `OUTSIDE` or `UNKNOWN` instead of the number of a state (see `checker.native.edges`).
    """

    counts: Numbers
    targets: Numbers
    tags: Numbers
    facts: Flags  # by term, then by state


@dataclass(frozen=True)
class ArrayGraph:
    """States by number; the edges of state s are those from `first[s]` up to `first[s + 1]`.

    `masks[:, labels[e]]` are the conditions that the step of an edge meets, `enabled[:, s]` those a step of which is
    possible in a state. `facts[k, s]` is the value of the k-th condition on states in the liveness properties,
    `step_facts[k, e]` that of the k-th condition on steps.
    `conditions` says of each condition whether it is one of strong fairness.
    """

    states: Numbers  # a row of words each
    initial: Numbers
    first: Numbers
    targets: Small
    labels: Small
    masks: Masks
    enabled: Masks
    facts: Flags
    step_facts: Flags
    conditions: tuple[bool, ...]

    @property
    def count(self) -> int:
        """How many states there are."""
        return len(self.first) - 1

    def sources(self) -> Small:
        """Where each edge begins."""
        return np.repeat(np.arange(self.count, dtype=np.int32), np.diff(self.first))

    def strong(self) -> Masks:
        """The bits of the conditions of strong fairness, by word."""
        return bits([number for number, c in enumerate(self.conditions) if c], len(self.masks))

    def weak(self) -> Masks:
        """The bits of the conditions of weak fairness, by word."""
        return bits([number for number, c in enumerate(self.conditions) if not c], len(self.masks))


def bits(numbers: Sequence[int], words: int) -> Masks:
    """A mask with these bits, by word."""
    mask = np.zeros(words, np.uint64)
    for number in numbers:
        mask[number // BITS] |= np.uint64(1 << number % BITS)
    return mask


def any_bit(masks: Masks) -> Flags:
    """In which of the masks any bit is set."""
    found: Flags = (masks != 0).any(axis=0)
    return found


def out_edges(graph: ArrayGraph, states: Numbers) -> tuple[Numbers, Numbers]:
    """The edges of some states: their numbers, and for each the place of its state among those given."""
    starts = graph.first[states]
    counts = graph.first[states + 1] - starts
    places = np.repeat(np.arange(len(states)), counts)
    before = np.cumsum(counts) - counts
    return starts[places] + np.arange(len(places)) - before[places], places
