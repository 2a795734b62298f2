"""How long something takes, whatever else the machine is doing; and how much is tried."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import pytest


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fails if more time of a processor is spent within. Time in which other processes run does not count.

    On a slow machine the seconds are longer.
    """
    before = time.process_time()
    try:
        yield
    finally:
        spent = time.process_time() - before
        limit = seconds * _slowness()
        assert spent < limit, f"{spent:.1f} s of processor time instead of {limit:.1f} s at most"


@cache
def _slowness() -> float:
    """How much longer Python takes here than where the limits were chosen, which adds 15 numbers in a microsecond."""
    took = []
    for _ in range(3):
        before = time.process_time()
        total = 0
        for number in range(300_000):
            total += number
        took.append(time.process_time() - before)
    return max(1.0, min(took) / 0.02)


def few(samples: Iterable[object], usually: int) -> list[object]:
    """The samples of a test: each run tries the first ones, `make slow` the others, which are only more of the same."""
    return [pytest.param(each, marks=[pytest.mark.slow] * (at >= usually)) for at, each in enumerate(samples)]


def amount(usually: int, slowly: int) -> int:
    """How many random examples a test draws: those of `make slow` are more, and others in each run."""
    return slowly if os.environ.get("SKIPGATE_RANDOM") else usually
