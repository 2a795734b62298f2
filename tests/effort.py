"""How long something takes, whatever else the machine is doing; and how much is tried."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fails if more time of a processor is spent within. Time in which other processes run does not count."""
    before = time.process_time()
    try:
        yield
    finally:
        spent = time.process_time() - before
        assert spent < seconds, f"{spent:.1f} s of processor time instead of {seconds} s at most"


def amount(usually: int, slowly: int) -> int:
    """How many random examples a test draws: those of `make slow` are more, and others in each run."""
    return slowly if os.environ.get("SKIPGATE_RANDOM") else usually
