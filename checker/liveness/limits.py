"""Limits of time and memory, which end the work on liveness as they end a search."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from skipgate.checker.search.limits import (
    MEMORY_RAN_OUT,
    Budget,
    Stop,
    available_memory,
    memory_in_use,
    out_of_memory,
    out_of_time,
)


@dataclass
class Limits:
    """What is left of a budget after a search that took so many seconds."""

    budget: Budget
    spent: float
    started: float = field(default_factory=time.perf_counter)

    def look(self) -> None:
        """Asked again and again.

        Raises:
            Stop: a limit is reached.
        """
        limit = self.budget.time_limit
        if limit is not None and self.spent + time.perf_counter() - self.started > limit:
            raise Stop(out_of_time(limit))
        self.need(0)

    def need(self, size: int) -> None:
        """So many bytes are about to be used.

        Raises:
            Stop: there are not so many.
        """
        limit = self.budget.max_memory
        if limit is not None and memory_in_use() + size > limit:
            raise Stop(out_of_memory(limit))
        if size > available_memory():
            raise Stop(MEMORY_RAN_OUT)
