"""Workers on the nodes of a cluster, in the place of processes here (see `skipgate.app.jobs.pool`).

Models are read here, so nodes need not see their files, and what is violated is drawn here. Only searches travel.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from skipgate.app.cluster.connection import Connection
from skipgate.app.jobs.pool import Worker
from skipgate.app.jobs.work import Found, Job, JobRunner, Message, RunCheck, unpacked
from skipgate.app.jobs.worker import DONE, READY
from skipgate.app.options import BatchOptions
from skipgate.checker.checks.running import unknown
from skipgate.checker.search.limits import Progress


class CheckActor:
    """What runs on a node: one check after the other."""

    def run(self, packed: bytes) -> bytes:
        """Run a check; the result is the messages about it."""
        options, job = pickle.loads(packed)
        if job.searches > 1:
            job = replace(job, searches=os.cpu_count() or 1)  # on this node, which may have more or less memory
        messages: list[Message] = []
        JobRunner(options, remote=True).do(
            job, lambda message: None if isinstance(message, Progress) else messages.append(message)
        )
        return pickle.dumps(messages, pickle.HIGHEST_PROTOCOL)


class ClusterWorkers:
    """Makes the workers of a run. Files are read by one process here, for all of them."""

    def __init__(self, connection: Connection) -> None:
        self.ray = connection.open()
        self.reading = threading.Lock()
        self.reader: Worker | None = None

    def __call__(self, options: BatchOptions, allowed: Sequence[Path], given: Sequence[str]) -> ClusterWorker:
        """A worker more."""
        with self.reading:
            if self.reader is None:
                self.reader = Worker(options, allowed, given)
                self.reader.receive()  # that it is ready
        return ClusterWorker(self, options)

    def read(self, job: Job) -> list[Any]:
        """Make the checks of a file ready; None at the end says that the process has died."""
        with self.reading:
            assert self.reader is not None
            self.reader.send(job)
            messages = [self.reader.receive()]
            while messages[-1] not in (DONE, None):
                messages.append(self.reader.receive())
            return messages

    def close(self) -> None:
        """End the process that reads."""
        if self.reader is not None:
            self.reader.kill()


class ClusterWorker:
    """An actor that does jobs; what `jobs.pool.Worker` is for a process."""

    def __init__(self, workers: ClusterWorkers, options: BatchOptions) -> None:
        self.workers = workers
        self.options = options
        self.ray = workers.ray
        kind = self.ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0, scheduling_strategy="SPREAD")(CheckActor)
        self.actor = kind.remote()
        self.messages: deque[Any] = deque([READY])
        self.pending: Any = None
        self.is_alive = True

    def send(self, job: Job) -> None:
        """Begin a job."""
        if not isinstance(job, RunCheck):
            self.messages.extend(self.workers.read(job))
            return
        total = self.options.total
        if total is not None and not total.left:
            self.messages.extend([Found(unknown(unpacked(job.packed), total.why)), DONE])
            return
        # The clock of another machine is another one: what is left of the time travels.
        options = replace(self.options, run=self.options.run_now, total=None)
        self.pending = self.actor.run.remote(pickle.dumps((options, replace(job, folder=None))))

    def receive(self) -> Any:
        """Its next message; None if it has died."""
        if not self.messages:
            try:
                self.messages.extend([*pickle.loads(self.ray.get(self.pending)), DONE])
            except self.ray.exceptions.RayError:
                self.is_alive = False
                return None
        return self.messages.popleft()

    def how_it_ended(self) -> str:
        """How it ended, for people."""
        return "its process on the cluster has died, or the node that it was on"

    def kill(self) -> None:
        """End it."""
        self.is_alive = False
        self.ray.kill(self.actor)
        self.workers.close()

    def wait(self) -> None:
        """It has ended."""
