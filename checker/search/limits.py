"""The limits of a search, how far it has come, and why it ended before its end."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from skipgate.spec.data import dataclass


@dataclass(frozen=True)
class Budget:
    """Limits of a search: distinct states, seconds, bytes. None is no limit."""

    max_states: int | None = None
    time_limit: float | None = None
    max_memory: int | None = None  # of the whole process

    def left_for_traces(self, passed: float) -> float | None:
        """The seconds in which traces must be made if so many have passed; None is no limit.

        A violation that was found shortly before the limit is to be shown, so they may take a quarter longer.
        """
        limit = self.time_limit
        return None if limit is None else max(0.0, limit + max(_LEAST_FOR_TRACES, limit / 4) - passed)


@dataclass(frozen=True)
class Progress:
    """How far a search has come."""

    check: str
    distinct: int
    generated: int
    depth: int
    frontier: int
    seconds: float
    growing: str | None = None  # that a variable grows without end in sight
    where: str | None = None  # how the states are spread over shards


_LEAST_FOR_TRACES = 1.0  # seconds, however short the limit
SHARE = 0.8  # of the memory that is free, for all searches together, if no limit is given
FIRST_VIOLATION = "stopped at the first violation"
INTERRUPTED = "interrupted"


class Stop(Exception):
    """The search ends here; the argument says why."""


MEMORY_RAN_OUT = "memory ran out"
_MEMORY_LIMIT = "the memory limit of"


def out_of_memory(limit: int) -> str:
    """Why a search ended that reached a limit of memory."""
    return f"{_MEMORY_LIMIT} {show_size(limit)} was reached"


def out_of_time(limit: float) -> str:
    """Why a search ended that reached a limit of time."""
    return f"the time limit of {limit:g} s was reached"


def not_made(names: Iterable[str], limit: float | None) -> str:
    """What is to be said of violations whose traces took too long."""
    listed = ", ".join(f"`{name}`" for name in names)
    return f"no trace was made of {listed}: {out_of_time(limit or 0)}"


def show_size(size: int) -> str:
    """So many bytes, as people write it."""
    return f"{size / 2**30:.3g} GiB" if size >= 2**30 else f"{size / 2**20:.3g} MiB"


def lacked_memory(stopped: str | None) -> bool:
    """Did a search end because there was not enough memory for it?"""
    return stopped is not None and stopped.startswith((MEMORY_RAN_OUT, _MEMORY_LIMIT))


def memory_in_use() -> int:
    """How many bytes of memory this process takes; 0 if the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def available_memory() -> int:
    """How many bytes of memory a process may still take: of the machine, and of the control group it runs in."""
    found = [_machine()]
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        with suppress(OSError, ValueError):  # "max" is no number
            found.append(int(Path(limit).read_text()) - int(Path(used).read_text()))
    return max(0, min(found))


def _machine() -> int:
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("MemAvailable:")).split()[1]) * 1024
    with suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return 4 * 2**30
