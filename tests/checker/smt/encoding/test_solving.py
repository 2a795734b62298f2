"""Z3 keeps to limits, and an interrupt is for the question that it was meant for."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import z3

from skipgate.checker.smt.encoding import logic, solving
from skipgate.checker.smt.encoding.solving import Deadline, interrupting, satisfiable


@pytest.fixture
def interrupts(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when Z3 was interrupted."""
    came, interrupt = threading.Event(), solving.interrupt

    def interrupting() -> None:
        interrupt()
        came.set()

    monkeypatch.setattr(solving, "interrupt", interrupting)
    return came


def a_solver() -> z3.Solver:
    solver = z3.SimpleSolver(logic.context())
    solver.add(z3.Int("x", logic.context()) > 3)
    return solver


def late_interrupt(solver: z3.Solver, interrupts: threading.Event) -> None:
    """A question is answered, but on a busy machine the interrupt is there before anybody can call it off."""
    with interrupting(Deadline(0.0)):
        assert solver.check() == z3.sat
        assert interrupts.wait(600)


def test_an_interrupt_that_comes_late_harms_nothing(interrupts: threading.Event) -> None:
    solver = a_solver()
    late_interrupt(solver, interrupts)
    solver.push()
    assert satisfiable(solver, Deadline())


def test_without_settling_the_next_operation_fails(
    interrupts: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    solver = a_solver()
    with monkeypatch.context() as patch:
        patch.setattr(solving, "_settle", lambda: None)
        late_interrupt(solver, interrupts)
    with pytest.raises(z3.Z3Exception, match="canceled"):
        solver.push()
    solving._settle()
    solver.push()


def test_nobody_interrupts_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Callable[[], None]] = []

    class Timer(threading.Timer):
        def __init__(self, seconds: float, function: Callable[[], None]) -> None:
            super().__init__(600, function)
            started.append(function)

    monkeypatch.setattr(solving.threading, "Timer", Timer)
    calls: list[None] = []
    monkeypatch.setattr(solving, "interrupt", lambda: calls.append(None))
    with interrupting(Deadline(0.0)):
        started[0]()
    assert len(calls) == 1
    started[0]()  # as if it had waited for its turn
    assert len(calls) == 1
