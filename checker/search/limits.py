"""The limits of a search, how far it has come, and why it ended before its end."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Budget:
    """Limits of a search: distinct states, seconds, bytes. None is no limit."""

    max_states: int | None = None
    time_limit: float | None = None
    max_memory: int | None = None  # under CPython, of the whole process


@dataclass(frozen=True)
class Progress:
    """How far a search has come."""

    check: str
    distinct: int
    generated: int
    depth: int
    frontier: int
    seconds: float


FIRST_VIOLATION = "stopped at the first violation"
INTERRUPTED = "interrupted"


class Stop(Exception):
    """The search ends here; the argument says why."""


MEMORY_RAN_OUT = "memory ran out"
_MEMORY_LIMIT = "the memory limit of"


def out_of_memory(limit: int) -> str:
    """Why a search ended that reached a limit of memory."""
    return f"{_MEMORY_LIMIT} {show_size(limit)} was reached"


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
