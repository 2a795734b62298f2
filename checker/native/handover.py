"""A search under CPython that machine code can take over."""

from __future__ import annotations

from collections.abc import Callable

from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.explore import HandOver, Search
from skipgate.checker.search.limits import Progress
from skipgate.checker.search.options import SearchOptions


class TieredSearch(Search):
    """A search under CPython that knows how far it is. `ready` is called with the number of states and may end it."""

    poll_every = 128

    def __init__(
        self,
        kernels: Kernels,
        options: SearchOptions,
        report: Callable[[Progress], None] | None,
        ready: Callable[[int], bool],
    ) -> None:
        super().__init__(kernels, options, report)
        self.ready = ready
        self.expanded = 0  # states of the last level

    def look_at_budget(self, remaining: int) -> None:
        """Look at the limits, and hand over if machine code is ready."""
        super().look_at_budget(remaining)
        if self.ready(len(self.found.predecessors)):
            ends = self.found.ends
            begin = ends[-2] if len(ends) > 1 else 0
            self.expanded = ends[-1] - begin - remaining
            raise HandOver
