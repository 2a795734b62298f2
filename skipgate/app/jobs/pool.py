"""The workers: processes, each with a thread here that sends it jobs and receives the messages about them.

Processes rather than threads, since Python runs one thread at a time; new ones rather than copies of this one, since
what Z3 and LLVM have begun in threads does not go on in a copy.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from skipgate.app.jobs.schedule import Schedule
from skipgate.app.jobs.work import Failed, Job
from skipgate.app.jobs.worker import DONE, READY
from skipgate.app.options import BatchOptions
from skipgate.base.errors import CrashReport
from skipgate.checker.core.processes import import_path, start_python
from skipgate.spec.confinement import allowed_folders
from skipgate.spec.given import given_texts

_SECONDS_TO_END = 5.0  # seconds within which a process that sends nothing more has to end
_MOMENT = 0.01  # seconds between looks at whether a worker has come
PATIENCE = 0.5  # seconds in which this process works alone: most runs are over by then

# The run may be over before the first message arrives: then the process ends in silence.
_START = """\
import os, pickle, sys
try:
    sys.path[:] = pickle.load(sys.stdin.buffer)
except Exception:
    os._exit(1)
from skipgate.app.jobs.worker import serve
serve()
"""


class AnyWorker(Protocol):
    """Who does jobs: a process here (`Worker`), or somebody on another machine."""

    def send(self, what: Any) -> None:
        """Begin a job. OSError: it is dead."""

    def receive(self) -> Any:
        """Its next message; None if it has died."""

    @property
    def is_alive(self) -> bool:
        """Is it there?"""

    def how_it_ended(self) -> str:
        """How it ended, for people."""

    def kill(self) -> None:
        """End it."""

    def wait(self) -> None:
        """Wait until it has ended."""


MakeWorker = Callable[[BatchOptions, Sequence[Path], Sequence[str]], AnyWorker]


class WorkerPool:
    """As many workers as jobs may run at once. They are started as soon as there is enough to do.

    Workers that are `elsewhere` do all jobs, from the start; there are others here otherwise.
    """

    def __init__(self, schedule: Schedule, options: BatchOptions, elsewhere: MakeWorker | None = None) -> None:
        self.schedule = schedule
        self.options = options
        self.allowed, self.given = allowed_folders(), given_texts()  # context variables of this thread
        self.began = monotonic()
        self.elsewhere = elsewhere
        self.workers: list[AnyWorker] = []
        self.threads: list[threading.Thread] = []
        self.closed = False
        self._lock = threading.Lock()
        # The first check may take long: then workers start on the others meanwhile.
        self._timer = threading.Timer(PATIENCE, self.start_workers)
        self._timer.daemon = True

    def __enter__(self) -> WorkerPool:
        if self.elsewhere is not None:
            self._start(self.schedule.at_once)
            while not self.schedule.helpers and any(thread.is_alive() for thread in self.threads):
                self.threads[0].join(_MOMENT)
        elif self.schedule.at_once > 1:
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._close()
        except BaseException:  # an impatient Ctrl-C
            self._close()
            raise

    def start_workers(self) -> None:
        """Start the workers once `PATIENCE` is over, if there is more to do than this process has begun."""
        with self._lock:
            late = monotonic() - self.began >= PATIENCE
            count = min(self.schedule.at_once, self.schedule.waiting)
            if self.threads or self.closed or not late or count + bool(self.schedule.running) < 2:
                return
            if any(file.state != "done" for file in self.schedule.files):  # it may have any number of checks
                count = self.schedule.at_once
            self._start(count)

    def _start(self, count: int) -> None:
        for number in range(1, count + 1):
            thread = threading.Thread(target=self._serve, args=(number,), name=f"worker {number}", daemon=True)
            self.threads.append(thread)
            thread.start()

    def _serve(self, number: int) -> None:
        """Let a worker do jobs; start another one if it dies."""
        while (worker := self._new_worker()) is not None and worker.receive() == READY:
            self.schedule.count_helpers(1)
            try:
                while (job := self.schedule.take(number, wait=True)) is not None and worker.is_alive:
                    self._run(worker, number, job)
                if job is None:
                    return
                self.schedule.done(number)  # the worker has died before it began
            finally:
                self.schedule.count_helpers(-1)

    def _new_worker(self) -> AnyWorker | None:
        with self._lock:
            if self.closed:
                return None
            try:
                make = self.elsewhere or Worker
                self.workers.append(make(self.options, self.allowed, self.given))
            except OSError:  # then this process does all jobs itself
                return None
            return self.workers[-1]

    def _run(self, worker: AnyWorker, number: int, job: Job) -> None:
        """Let a worker do a job, and pass its messages on. If it dies, no more messages come."""
        try:
            with suppress(OSError):  # it is dead already
                worker.send(job)
            while (message := worker.receive()) not in (DONE, None):
                self.schedule.receive(number, message)
            if message is None and not self.closed:
                self.schedule.lose(number, worker.how_it_ended())
        except Exception as error:  # an error here must not leave the others waiting
            self.schedule.receive(number, Failed(CrashReport.of(error)))
        self.schedule.done(number)

    def _close(self) -> None:
        self._timer.cancel()
        self.closed = True
        self.schedule.close()
        with self._lock:
            for worker in self.workers:
                worker.kill()
        for thread in self.threads:
            thread.join(1.0)
        for worker in self.workers:
            worker.wait()


class Worker:
    """A process that does jobs.

    Raises:
        OSError: there can be no process.
    """

    def __init__(self, options: BatchOptions, allowed: Sequence[Path] = (), given: Sequence[str] = ()) -> None:
        # In a session of its own: Ctrl-C is for this process, which then ends that one and what it has started.
        self.process = start_python(_START, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        assert self.process.stdin is not None and self.process.stdout is not None
        self._to, self._from = self.process.stdin, self.process.stdout
        with suppress(OSError):
            self.send(import_path())
            self.send(options)
            self.send(allowed)
            self.send(given)

    def send(self, what: object) -> None:
        """Send a message to it."""
        content = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
        self._to.write(content)
        self._to.flush()

    def receive(self) -> Any:
        """Its next message; None if it has died."""
        try:
            return pickle.load(self._from)
        except Exception:  # it was ended, perhaps in the middle of a message
            return None

    @property
    def is_alive(self) -> bool:
        """Is the process still running?"""
        return self.process.poll() is None

    def how_it_ended(self) -> str:
        """How it ended, for people."""
        try:
            code = self.process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.kill()
            return "its process could not be understood"
        if code >= 0:
            return f"its process ended with exit status {code}"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        hint = ", perhaps because memory ran out" if name == "SIGKILL" else ""
        return f"its process was ended by {name}{hint}"

    def kill(self) -> None:
        """End it, and what it has started."""
        if self.process.poll() is None:
            with suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL) if hasattr(os, "killpg") else self.process.kill()

    def wait(self) -> None:
        """Wait until it has ended."""
        self.process.wait()
        for pipe in (self._to, self._from):
            with suppress(OSError):
                pipe.close()
