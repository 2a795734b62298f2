"""Numbers for the sets of conditions that the steps of a graph meet."""

from __future__ import annotations

import numpy as np

from skipgate.checker.liveness.arrays import BITS, Masks, Numbers, Small, bits


class LabelSets:
    """The set of each label; 0 is the empty set."""

    def __init__(self) -> None:
        self.sets: dict[frozenset[int], int] = {frozenset(): 0}

    def label(self, met: frozenset[int]) -> int:
        """The label of a set of conditions."""
        return self.sets.setdefault(met, len(self.sets))

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
        return self.label(met[a] | met[b])

    def masks(self, conditions: int) -> Masks:
        """The conditions of each label as bits, by word."""
        words = max(1, -(-conditions // BITS))
        return np.stack([bits(sorted(met), words) for met in self.sets], axis=1)
