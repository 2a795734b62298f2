"""Shortest traces from levels that lie on many shards: the same as those of one machine (see `native.retrace`).

Going back, each shard looks for the states of a level that lead to those found of the next; going forward, the first
initial state and then the first successor are taken that are among them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skipgate.checker.cluster.coordinator import Coordinator
from skipgate.checker.cluster.parcels import Words
from skipgate.checker.core.errors import InternalError
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native.retrace import first_step
from skipgate.checker.native.seek import SHOWN
from skipgate.checker.search.explore import State


class Retracer:
    """Rebuilds traces to events. `initial` are the initial states in the order in which they were found."""

    def __init__(self, kernels: Kernels, coordinator: Coordinator, initial: Sequence[State]) -> None:
        self.kernels = kernels
        self.coordinator = coordinator
        self.initial = initial

    def path_to(self, events: Sequence[int], level: int) -> list[State]:
        """The states from an initial one to the first at a level whose expansion causes one of some events."""
        found = [self.coordinator.look_for(level, event) for event in events]
        marked = [np.concatenate(found)]
        while level > 1 and marked[-1].size:
            level -= 1
            marked.append(self.coordinator.look_for(level, None, marked[-1]))
        if not marked[-1].size:
            raise InternalError("the states on the way to a violation were not found again")
        first = self._states(marked.pop())
        path = [next(state for state in self.initial if state in first)]
        while marked:
            path.append(first_step(self.kernels, path[-1], self._states(marked.pop()).__contains__))
        return path

    def path_to_witness(self, number: int) -> list[State]:
        """The states from an initial one to the first of which a witness is true."""
        for level in range(1, self.coordinator.level + 2):
            if self.coordinator.look_for(level, SHOWN + number).size:
                return self.path_to([SHOWN + number], level)
        raise InternalError("the state of which a cover is true was not found again")

    def _states(self, words: Words) -> set[State]:
        return set(map(tuple, words.reshape(-1, self.kernels.layout.words).tolist()))
