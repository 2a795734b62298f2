"""Calls that run at the same time, each in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from skipgate.checker.core.deadline import OutOfTime

_POLL = 0.05  # seconds between looks at budgets while the threads work


class StillAtWork(Exception):
    """Threads were told to leave and have not: each may be in a loop that no flag ends. They go on by themselves.

    What they use stays in memory, and nobody else may use it. The cause is what ended the waiting, if not `tick`.
    """


def together(
    calls: Sequence[Callable[[], int]],
    tick: Callable[[], bool],
    leave: Callable[[], None],
    *,
    farewell: float | None = None,
) -> list[int]:
    """Run each call in a thread of its own, and wait for all; the results.

    `tick` is called now and then; when it gives True, or a call fails, `leave` tells the others to end their work.
    They have `farewell` seconds for it; None is no limit.

    Raises:
        StillAtWork: that was not enough.
    """
    results = [0] * len(calls)
    problems: list[BaseException] = []

    def run(number: int, call: Callable[[], int]) -> None:
        try:
            results[number] = call()
        except BaseException as problem:
            problems.append(problem)
            leave()

    workers = [threading.Thread(target=run, args=job, name="skipgate", daemon=True) for job in enumerate(calls)]
    departure = _Departure(leave, farewell)
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            while worker.is_alive():
                worker.join(_POLL)
                if worker.is_alive() and (departure.ordered or tick()):
                    departure.order()
                    if departure.is_late:
                        raise StillAtWork
    except StillAtWork:
        raise
    except BaseException as problem:
        # The threads must be gone before anybody gives the memory back, also if the user is impatient.
        while any(worker.is_alive() for worker in workers):
            with suppress(KeyboardInterrupt, OutOfTime):
                departure.order()
                time.sleep(_POLL / 10)
            if departure.is_late:
                raise StillAtWork from problem
        raise
    if problems:
        raise problems[0]
    return results


class _Departure:
    """All threads are to leave, within so many seconds."""

    def __init__(self, leave: Callable[[], None], seconds: float | None) -> None:
        self.leave = leave
        self.seconds = seconds
        self.since: float | None = None

    @property
    def ordered(self) -> bool:
        return self.since is not None

    def order(self) -> None:
        """Say so, perhaps once more."""
        self.leave()
        self.since = self.since or time.monotonic()

    @property
    def is_late(self) -> bool:
        if self.since is None or self.seconds is None:
            return False
        return time.monotonic() - self.since > self.seconds
