"""Limits of commands that do not search: whatever they are at, they end."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from skipgate.checker.core.deadline import OutOfMemory, OutOfTime, deadline, memory_limit
from skipgate.checker.search.limits import memory_in_use, out_of_memory, out_of_time

_GRACE = 0.1  # seconds after the limit until the solver is interrupted, which Python cannot do


class LimitReached(Exception):
    """A limit ended the work; the text says which."""


@contextmanager
def limits(time_limit: float | None, max_memory: int | None) -> Iterator[None]:
    """Keep what is done in here to limits.

    Raises:
        LimitReached: they were not enough.
    """
    started = time.monotonic()
    solver = threading.Timer((time_limit or 0.0) + _GRACE, _interrupt_solver)
    solver.daemon = True
    try:
        with memory_limit(max_memory, memory_in_use), deadline(time_limit):
            if time_limit is not None:
                solver.start()
            yield
    except OutOfTime:
        raise LimitReached(out_of_time(time_limit or 0)) from None
    except OutOfMemory:
        raise LimitReached(out_of_memory(max_memory or 0)) from None
    except Exception:
        # Z3 fails in many ways when it is interrupted. And Python may have dropped `OutOfTime`: it does so with what
        # is raised while an object is finalised.
        if time_limit is not None and time.monotonic() - started > time_limit:
            raise LimitReached(out_of_time(time_limit)) from None
        raise
    finally:
        solver.cancel()


def _interrupt_solver() -> None:
    """Interrupt Z3, if it was loaded at all."""
    if "skipgate.checker.smt.encoding.solving" in sys.modules:
        from skipgate.checker.smt.encoding.solving import interrupt

        interrupt()
