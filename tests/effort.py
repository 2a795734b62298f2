"""How long something takes, whatever else the machine is doing."""

from __future__ import annotations

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
