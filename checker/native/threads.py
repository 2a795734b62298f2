"""Calls that run at the same time, each in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

_POLL = 0.05  # seconds between looks at budgets while the threads work


def together(calls: Sequence[Callable[[], int]], tick: Callable[[], bool], leave: Callable[[], None]) -> list[int]:
    """Run each call in a thread of its own, and wait for all; the results.

    `tick` is called now and then; when it gives True, or a call fails, `leave` tells the others to end their work.
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
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            while worker.is_alive():
                worker.join(_POLL)
                if worker.is_alive() and tick():
                    leave()
    except BaseException:
        # The threads must be gone before anybody gives the memory back, also if the user is impatient.
        while any(worker.is_alive() for worker in workers):
            with suppress(KeyboardInterrupt):
                leave()
                time.sleep(_POLL / 10)
        raise
    if problems:
        raise problems[0]
    return results
