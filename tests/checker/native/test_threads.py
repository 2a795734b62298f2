"""Threads that work together, and that do not leave when they are told to."""

from __future__ import annotations

import threading

import pytest

from skipgate.checker.native.threads import StillAtWork, together


def test_results_in_order() -> None:
    assert together([lambda: 3, lambda: 1, lambda: 2], lambda: False, lambda: None) == [3, 1, 2]


def test_told_to_leave() -> None:
    left = threading.Event()

    def work() -> int:
        left.wait(600)
        return 5

    assert together([work, work], lambda: True, left.set, farewell=600) == [5, 5]


def test_not_waited_for() -> None:
    end = threading.Event()
    with pytest.raises(StillAtWork) as problem:
        together([lambda: int(end.wait(600)), lambda: 1], lambda: True, lambda: None, farewell=0.1)
    end.set()
    assert problem.value.__cause__ is None


def test_what_ended_the_waiting_is_known() -> None:
    end = threading.Event()

    def interrupt() -> bool:
        raise KeyboardInterrupt

    with pytest.raises(StillAtWork) as problem:
        together([lambda: int(end.wait(600))], interrupt, lambda: None, farewell=0.1)
    end.set()
    assert isinstance(problem.value.__cause__, KeyboardInterrupt)


def test_a_failure_is_raised() -> None:
    left = threading.Event()

    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        together([fail, lambda: int(left.wait(600))], lambda: False, left.set)
