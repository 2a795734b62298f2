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
        self.at_start = False  # is it handed over before all initial states are found? Then machine code begins anew

    def look_at_start(self) -> None:
        """Hand over if machine code is to find the initial states, and is ready."""
        super().look_at_start()
        if self.kernels.begins_natively and self.ready(1):
            self.at_start = True
            raise HandOver

    def begin_anew(self) -> None:
        """Forget what was found, but not when the search began."""
        notes = self.found.notes
        self.begin()
        self.found.notes = notes

    def look_at_budget(self, remaining: int) -> None:
        """Look at the limits, and hand over if machine code is ready."""
        super().look_at_budget(remaining)
        if self.ready(len(self.found.predecessors)):
            ends = self.found.ends
            begin = ends[-2] if len(ends) > 1 else 0
            self.expanded = ends[-1] - begin - remaining
            raise HandOver
