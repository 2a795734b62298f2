"""Z3 solvers that keep to a time limit."""

from __future__ import annotations

import threading
import time

import z3

from checker.smt.logic import Bit, expression

_GRACE = 0.2  # seconds that a solver has to notice its own limit before it is interrupted


class NoAnswer(Exception):
    """The solver did not decide; the argument says why."""


class GaveUp(NoAnswer):
    """The solver did not decide although it had time left."""


class Deadline:
    """A limit in seconds from now on; None is no limit."""

    def __init__(self, limit: float | None = None) -> None:
        self.limit = limit
        self._started = time.perf_counter()

    @property
    def passed(self) -> float:
        return time.perf_counter() - self._started

    @property
    def left(self) -> float | None:
        return None if self.limit is None else self.limit - self.passed

    def look(self) -> None:
        """Raise `NoAnswer` if there is no time left."""
        if self.left is not None and self.left <= 0:
            raise NoAnswer(f"the time limit of {self.limit:g} s was reached")

    def within(self, seconds: float) -> Deadline:
        """A limit of so many seconds from now on, or this one if it comes first."""
        return Deadline(seconds if self.left is None else min(seconds, self.left))


def satisfiable(solver: z3.Solver, deadline: Deadline, *assumptions: Bit) -> bool:
    """Is there a model of what the solver holds, under these assumptions?

    Raises:
        NoAnswer: there was not enough time.
        GaveUp: there was, but the solver has no way to decide this.
        KeyboardInterrupt: Ctrl-C was pressed; Z3 itself takes it for a mere end of its time.
    """
    deadline.look()
    watch: threading.Timer | None = None
    if deadline.left is not None:
        solver.set("timeout", max(1, int(1000 * deadline.left)))
        # Some of Z3's loops look at the clock too rarely, but all look out for an interrupt.
        watch = threading.Timer(deadline.left + _GRACE, solver.ctx.interrupt)
        watch.daemon = True
        watch.start()
    try:
        answer = solver.check(*map(expression, assumptions))
    finally:
        if watch is not None:
            watch.cancel()
    if answer == z3.unknown:
        reason = solver.reason_unknown()
        if "keyboard" in reason:
            raise KeyboardInterrupt
        deadline.look()
        if reason in ("timeout", "canceled", "interrupted"):
            raise NoAnswer(f"the time limit of {deadline.limit:g} s was reached")
        raise GaveUp(f"Z3 gave up: {reason.strip('()')}")
    return bool(answer == z3.sat)
