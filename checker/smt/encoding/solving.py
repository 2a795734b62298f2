"""Z3 solvers that keep to a time limit."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import z3

from skipgate.checker.smt.encoding.logic import Bit, context, expression

_GRACE = 0.2  # seconds that a solver has to notice its own limit before it is interrupted
_INTERRUPTED = ("canceled", "timeout", "interrupted")  # what Z3 calls an end that came from outside


class NoAnswer(Exception):
    """The solver did not decide; the argument says why."""


class GaveUp(NoAnswer):
    """The solver did not decide although it had time left."""


class OutOfEffort(GaveUp):
    """It takes more effort to decide than was allowed."""


class Deadline:
    """A limit in seconds from now on; None is no limit.

    `missed` says whether an answer is missing for it, or for a limit `within` it: with more time, there may be one.
    """

    def __init__(self, limit: float | None = None, part_of: Deadline | None = None) -> None:
        self.limit = limit
        self.missed = False
        self._part_of = part_of
        self._started = time.perf_counter()

    @property
    def passed(self) -> float:
        """The seconds since the limit was set."""
        return time.perf_counter() - self._started

    @property
    def left(self) -> float | None:
        """The seconds until the limit; None if there is none."""
        return None if self.limit is None else self.limit - self.passed

    def look(self) -> None:
        """Raise `NoAnswer` if there is no time left."""
        if self.left is not None and self.left <= 0:
            self.miss()
            raise NoAnswer(f"the time limit of {self.limit:g} s was reached")

    def within(self, seconds: float) -> Deadline:
        """A limit of so many seconds from now on, or this one if it comes first."""
        return Deadline(seconds if self.left is None else min(seconds, self.left), self)

    def miss(self) -> None:
        """Note that an answer is missing for want of time."""
        self.missed = True
        if self._part_of is not None:
            self._part_of.miss()


@contextmanager
def interrupting(deadline: Deadline) -> Iterator[None]:
    """Interrupt Z3 soon after a deadline: not all of it takes a limit, and some loops rarely look at the clock."""
    if deadline.left is None:
        yield
        return
    lock = threading.Lock()
    over = interrupted = False

    def end() -> None:
        nonlocal interrupted
        with lock:
            if not over:
                interrupted = True
                interrupt()

    watch = threading.Timer(max(0.0, deadline.left) + _GRACE, end)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        with lock:
            over = True
        watch.cancel()
        if interrupted:
            _settle()


def _settle() -> None:
    """Let Z3 forget an interrupt that came when it was ready already: it would be the next operation that fails."""
    with suppress(z3.Z3Exception):
        z3.SimpleSolver(context()).check()


def interrupt() -> None:
    """End what Z3 is doing, from another thread."""
    # Z3 keeps its last error in the context, so this thread may see one of the thread that works.
    with suppress(z3.Z3Exception):
        context().interrupt()


def raise_if_interrupted(reason: str, deadline: Deadline) -> None:
    """Raise KeyboardInterrupt or NoAnswer if Ctrl-C or the end of the time is the reason that there is no answer."""
    if "keyboard" in reason:
        raise KeyboardInterrupt
    deadline.look()
    if reason in _INTERRUPTED:
        deadline.miss()
        raise NoAnswer(f"the time limit of {deadline.limit:g} s was reached")


def satisfiable(solver: z3.Solver, deadline: Deadline, *assumptions: Bit, effort: int | None = None) -> bool:
    """Is there a model of what the solver holds, under these assumptions?

    `effort` is a limit in units of Z3's own, which are the same in each run.

    Raises:
        NoAnswer: there was not enough time.
        OutOfEffort: there was, but it takes more effort.
        GaveUp: there was, but the solver has no way to decide this.
        KeyboardInterrupt: Ctrl-C was pressed; Z3 itself takes it for a mere end of its time.
    """
    deadline.look()
    if deadline.left is not None:
        solver.set("timeout", max(1, int(1000 * deadline.left)))
    solver.set("rlimit", effort or 0)  # 0: none, and not that of the question before
    with interrupting(deadline):
        answer = solver.check(*map(expression, assumptions))
    if answer == z3.unknown:
        reason = solver.reason_unknown()
        if effort is not None and ("resource" in reason or reason in _INTERRUPTED):
            deadline.look()
            raise OutOfEffort("Z3 gave up after as much effort as was allowed")
        raise_if_interrupted(reason, deadline)
        raise GaveUp(f"Z3 gave up: {reason.strip('()')}")
    return bool(answer == z3.sat)
