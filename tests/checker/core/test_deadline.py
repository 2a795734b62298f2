"""An end to what Python computes and nobody looks at a clock in."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest

from skipgate.checker.core.deadline import OutOfMemory, OutOfTime, deadline, memory_limit


def busy(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_a_loop_is_ended() -> None:
    with pytest.raises(OutOfTime), deadline(0.05):
        busy(600)


def test_what_is_in_time_is_left_alone() -> None:
    for _ in range(200):
        with deadline(600):
            pass


def test_nothing_comes_late() -> None:
    for _ in range(200):
        with contextlib.suppress(OutOfTime), deadline(0.01):  # on a busy machine, it may well be over in there
            pass
    busy(0.05)


def test_just_in_time() -> None:
    """Either the block is ended, or nothing happens; never does the exception come after the block."""
    for number in range(300):
        try:
            with deadline(0.0002):
                busy(0.0001 + number / 10**6)
        except OutOfTime:
            pass
        busy(0.0001)


def test_in_another_thread() -> None:
    ended = []

    def work() -> None:
        with pytest.raises(OutOfTime), deadline(0.05):
            busy(600)
        ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(600)
    assert ended


def test_no_limit() -> None:
    with deadline(None):
        busy(0.001)


def test_errors_on_the_way_do_not_catch_it() -> None:
    with pytest.raises(OutOfTime), deadline(0.02):
        while True:
            with contextlib.suppress(Exception):
                busy(600)


def test_memory() -> None:
    in_use = iter([0, 50, 101, 0])
    with pytest.raises(OutOfMemory), memory_limit(100, lambda: next(in_use, 0)):
        while True:
            pass


def test_enough_memory() -> None:
    for size in (None, 100):
        with memory_limit(size, lambda: 100):
            time.sleep(0.1)
