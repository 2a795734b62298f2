"""An end to what Python computes and nobody looks at a clock in: a loop in a kernel, an elaboration.

Whoever can look at a clock does so, and ends in order. This is for the rest: an exception is raised in the thread
wherever it is, as by Ctrl-C.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from skipgate.spec.source import Span

_PERIOD = 0.05  # seconds between looks at the memory


class OutOfTime(BaseException):
    """The deadline has passed. Like a KeyboardInterrupt, no error that is met on the way catches it.

    `span` is what was being worked on, if that was noted on the way.
    """

    span: Span | None = None


class OutOfMemory(BaseException):
    """More memory was taken than is allowed."""


@contextmanager
def memory_limit(size: int | None, in_use: Callable[[], int]) -> Iterator[None]:
    """Raise `OutOfMemory` in this thread soon after more than `size` bytes are `in_use`. None is no limit."""
    if size is None:
        yield
        return

    def watch(done: threading.Event) -> bool:
        while not done.wait(_PERIOD):
            if in_use() > size:
                return True
        return False

    with _ended_by(OutOfMemory, watch):
        yield


@contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """Raise `OutOfTime` in this thread if it is still in here after so many seconds. None is no limit."""
    if seconds is None:
        yield
        return
    with _ended_by(OutOfTime, lambda done: not done.wait(seconds)):
        yield


@contextmanager
def _ended_by(exception: type[BaseException], watch: Callable[[threading.Event], bool]) -> Iterator[None]:
    """Raise an exception in this thread as soon as `watch` returns true, if it is still in here.

    `watch` is called in another thread. It returns false when the event is set that it is given.
    """
    thread, lock, done = threading.get_ident(), threading.Lock(), threading.Event()
    over = False

    def end() -> None:
        if watch(done):
            with lock:
                if not over:
                    _raise_in(thread, exception)

    threading.Thread(target=end, daemon=True).start()
    try:
        yield
    finally:
        with lock:
            over = True
            _raise_in(thread, None)  # what was raised too late to be noticed in here
        done.set()


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    what = None if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)
