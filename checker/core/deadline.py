"""An end to what Python computes and nobody looks at a clock in: a loop in a kernel, an elaboration.

Whoever can look at a clock does so, and ends in order. This is for the rest: an exception is raised in the thread
wherever it is, as by Ctrl-C.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from skipgate.spec.source import Span


class OutOfTime(BaseException):
    """The deadline has passed. Like a KeyboardInterrupt, no error that is met on the way catches it.

    `span` is what was being worked on, if that was noted on the way.
    """

    span: Span | None = None


@contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """Raise `OutOfTime` in this thread if it is still in here after so many seconds. None is no limit."""
    if seconds is None:
        yield
        return
    thread, lock = threading.get_ident(), threading.Lock()
    over = False

    def end() -> None:
        with lock:
            if not over:
                _raise_in(thread, OutOfTime)

    timer = threading.Timer(max(0.0, seconds), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            over = True
            _raise_in(thread, None)  # what was raised too late to be noticed in here
        timer.cancel()


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    what = None if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)
