"""The process of a worker: it reads jobs from its standard input and writes messages about them to its standard output.

It ends in silence as soon as its input or its output does, whatever it is doing: no worker outlives the run that it
works for.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from typing import Any, BinaryIO, NoReturn

from skipgate.app.jobs.work import Job, JobRunner, Message
from skipgate.app.options import BatchOptions
from skipgate.checker.search.limits import Progress
from skipgate.spec.confinement import allowed
from skipgate.spec.given import given

READY, DONE = "ready", "done"
_PERIOD = 0.1  # seconds between two reports of a search


def serve() -> None:
    """Do jobs until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what others print must not get among the answers
    options: BatchOptions = _receive(source)
    folders: Sequence[Path] = _receive(source)
    settings: Sequence[str] = _receive(source)
    jobs: SimpleQueue[Job] = SimpleQueue()
    threading.Thread(target=_listen, args=(source, jobs), daemon=True).start()
    runner = JobRunner(options, remote=True)
    _send(sink, READY)
    with allowed(*folders), given(*settings):
        while True:
            runner.do(jobs.get(), _Reporter(sink).report)
            _send(sink, DONE)


class _Reporter:
    """Sends the messages about one job; of the reports of a search only some."""

    def __init__(self, sink: BinaryIO) -> None:
        self.sink = sink
        self.last = 0.0

    def report(self, message: Message) -> None:
        if isinstance(message, Progress):
            if monotonic() - self.last < _PERIOD:
                return
            self.last = monotonic()
        _send(self.sink, message)


def _send(sink: BinaryIO, message: object) -> None:
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    try:
        sink.write(content)
        sink.flush()
    except OSError:  # the run is over
        _end()


def _receive(source: BinaryIO) -> Any:
    try:
        return pickle.load(source)
    except Exception:  # the run is over, perhaps in the middle of a message
        _end()


def _listen(source: BinaryIO, jobs: SimpleQueue[Job]) -> None:
    while True:
        jobs.put(_receive(source))


def _end() -> NoReturn:
    """End this process and those that it has started."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
