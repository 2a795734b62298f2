"""Which job is next, and what has become of all of them.

The checks of a file are run when all of them are ready, so what is wrong with one is known before any is run. Of what
fails in a file, the first in the order of its checks counts, and nothing behind it; so nothing depends on which job is
done when, and by whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from itertools import chain
from pathlib import Path
from threading import Condition
from time import monotonic
from typing import TYPE_CHECKING, Literal, assert_never

from skipgate.app.artifacts import Drawn
from skipgate.app.jobs.work import (
    Failed,
    Found,
    Job,
    Kept,
    Message,
    OutOfMemory,
    PackedCheck,
    Prepare,
    Prepared,
    RunCheck,
    unpacked,
)
from skipgate.base.errors import CrashReport
from skipgate.checker.core.result import CheckResult, FileResult
from skipgate.checker.search.limits import INTERRUPTED, Progress
from skipgate.spec.data import dataclass
from skipgate.spec.diagnostics import SpecError, error

if TYPE_CHECKING:
    from skipgate.checker.checks.preparation import ReadyFile

State = Literal["waiting", "running", "done"]
HERE = 0  # this process among the workers


@dataclass
class CheckTask:
    """A check, and how far it has come."""

    packed: PackedCheck
    alone: bool = False  # it needs all the memory there is
    state: State = "waiting"
    result: CheckResult | None = None
    drawn: Drawn | None = None


@dataclass
class FileTask:
    """A file, and how far it has come. `worker` is who prepared it, and so knows it."""

    number: int
    path: Path
    worker: int = HERE
    state: State = "waiting"  # until it is ready
    ready: ReadyFile | None = None
    kept: FileResult | None = None  # of an earlier run: then nothing is run
    kept_as: str | None = None  # the name under which the result of this run is to be kept
    refused: str | None = None  # why what is kept under that name was not taken
    checks: list[CheckTask] = field(default_factory=list)
    folder: Path | None = None
    error: SpecError | CrashReport | None = None
    failed_at: int | None = None  # the check that `error` is about; -1 if it is about the file
    concluded: bool = False

    @property
    def counted(self) -> list[CheckTask]:
        """The checks up to the first that failed."""
        return self.checks if self.failed_at is None else self.checks[: self.failed_at + 1]

    @property
    def results(self) -> list[CheckResult]:
        """What its checks found, as far as they count."""
        return [task.result for task in self.counted if task.result is not None]

    @property
    def complete(self) -> bool:
        """Is nothing left to do for it?"""
        return self.state == "done" and all(check.state == "done" for check in self.counted)

    def fail(self, problem: SpecError | CrashReport, at: int = -1) -> None:
        """Note a failure of the check with the number `at`; -1 is the file itself."""
        if self.failed_at is None or at < self.failed_at:
            self.error, self.failed_at = problem, at

    def begin_again(self) -> None:
        """The file is another one now."""
        self.state, self.ready, self.checks = "waiting", None, []


@dataclass(frozen=True)
class Running:
    """What a worker does just now, and since when; `progress` is the last report of a search."""

    job: Job
    since: float
    progress: Progress | None = None


class Schedule:
    """The jobs of a run, for several threads.

    Args:
        at_once: how many jobs may go on at the same time.
        folder_for: gives the folder for the traces of a model in a file; asked in the order of the files.
    """

    def __init__(
        self, files: Sequence[Path], at_once: int = 1, folder_for: Callable[[str, str], Path | None] | None = None
    ) -> None:
        self.files = [FileTask(number, path) for number, path in enumerate(files)]
        self.at_once = at_once
        self.helpers = 0  # workers that are there: while there are any, there is nothing to do for this process
        self.interrupted = False
        self._closed = False
        self._folder_for = folder_for
        self._placed = 0  # so many files have got their folders
        self._running: dict[int, Running] = {}
        self._changed = Condition()
        self._news = False

    # ------------------------------------------------------------------------------------------------ what to do

    def take(self, worker: int, *, wait: bool = False) -> Job | None:
        """The next job for a worker; None if there is none, or, if it is to `wait`, if there will be none any more."""
        with self._changed:
            while not self._closed:
                job = None if worker == HERE and self.helpers else self._next(worker)
                if job is not None:
                    self._running[worker] = Running(job, monotonic())
                if job is not None or not wait:
                    return job
                self._changed.wait()
            return None

    def _next(self, worker: int) -> Job | None:
        """For this process alone, everything in order.

        Workers make all files ready, since the longest checks may be in the last; then they run what takes long, since
        nobody should be left with that at the end; then the checks of the files that they know, and help others.
        """
        files = self.files
        if worker == HERE:
            both = (chain(self._preparing(file), self._checks(file)) for file in files)
            return self._begin(next(chain.from_iterable(both), None), HERE)
        known = (file for file in files if file.worker == worker)
        found = chain(
            chain.from_iterable(map(self._preparing, files)),
            chain.from_iterable(map(self._long_checks, files)),
            chain.from_iterable(map(self._checks, known)),
            chain.from_iterable(map(self._checks, files)),
        )
        return self._begin(next(found, None), worker)

    def _preparing(self, file: FileTask) -> Iterator[Job]:
        if file.state == "waiting":
            yield Prepare(file.number, file.path)

    def _long_checks(self, file: FileTask) -> Iterator[Job]:
        """The later ones first: authors begin with what is small."""
        return (job for job in reversed(list(self._checks(file))) if job.packed.long)

    def _checks(self, file: FileTask) -> Iterator[RunCheck]:
        if file.state != "done" or file.number >= self._placed:
            return
        for number, task in enumerate(file.counted):
            if task.state == "waiting":
                only = self.at_once == 1 or (not self._running and not self._others(task))
                if only or not task.alone:
                    searches = 1 if only else self.at_once + 1
                    yield RunCheck(file.number, number, file.path, task.packed, file.folder, searches, file.kept_as)

    def _others(self, task: CheckTask) -> bool:
        """Does anything else wait that may run beside other jobs?"""
        tasks = (each for file in self.files for each in file.counted if each is not task)
        return any(file.state == "waiting" for file in self.files) or any(
            each.state == "waiting" and not each.alone for each in tasks
        )

    def _begin(self, job: Job | None, worker: int) -> Job | None:
        match job:
            case Prepare():
                file = self.files[job.file]
                file.state, file.worker = "running", worker
            case RunCheck():
                self.files[job.file].checks[job.number].state = "running"
            case None:
                pass
            case _:
                assert_never(job)
        return job

    # --------------------------------------------------------------------------------------------- what came of it

    def receive(self, worker: int, message: Message) -> None:
        """A message about the job that a worker does."""
        with self._changed:
            running = self._running[worker]
            job = running.job
            file = self.files[job.file]
            match job, message:
                case _, Progress():
                    self._running[worker] = replace(running, progress=message)
                case Prepare(), Prepared(ready, checks, kept_as, refused):
                    file.ready, file.checks = ready, [CheckTask(each) for each in checks]
                    file.kept_as, file.refused = kept_as, refused
                case Prepare(), Kept(kept, kept_as):
                    file.kept, file.kept_as = kept, kept_as
                    file.checks = [CheckTask(PackedCheck(each.check, False, each)) for each in kept.checks]
                case Prepare(), Failed(problem):
                    file.fail(problem)
                case RunCheck(), Failed(problem):
                    file.fail(problem, job.number)
                case RunCheck(), Found(result):
                    file.checks[job.number].result = result
                    self.interrupted |= result.stopped == INTERRUPTED
                case RunCheck(), Drawn():
                    file.checks[job.number].drawn = message
                case RunCheck(), OutOfMemory():
                    file.checks[job.number].alone = True

    def done(self, worker: int) -> None:
        """A worker's job is over."""
        with self._changed:
            job = self._running.pop(worker).job
            file = self.files[job.file]
            match job:
                case Prepare():
                    known = file.ready is not None or file.kept is not None or file.error is not None
                    file.state = "done" if known else "waiting"
                    self._place_files()
                case RunCheck():
                    task = file.checks[job.number]
                    failed = file.failed_at is not None and file.failed_at <= job.number
                    task.state = "done" if task.result is not None or failed else "waiting"
                case _:
                    assert_never(job)
            self._notify()

    def lose(self, worker: int, why: str) -> None:
        """The process of a worker has ended in the middle of its job."""
        with self._changed:
            job = self._running[worker].job
            match job:
                case Prepare():
                    self.files[job.file].fail(error(f"`{job.path}` could not be prepared: {why}"))
                case RunCheck():
                    task = self.files[job.file].checks[job.number]
                    if isinstance(task.packed.check, CheckResult):
                        task.result = task.packed.check
                    if task.result is None:
                        from skipgate.checker.checks.running import unknown

                        task.result = unknown(unpacked(task.packed), why)
                    elif job.folder is not None:
                        task.drawn = Drawn(job.folder, troubles=[f"the violations of {job.name} are not drawn: {why}"])
                case _:
                    assert_never(job)

    def count_helpers(self, more: int) -> None:
        """So many workers have come, or gone if it is negative."""
        with self._changed:
            self.helpers += more
            self._notify()

    def _place_files(self) -> None:
        for file in self.files[self._placed :]:
            if file.state != "done":
                return
            self._placed += 1
            if self._folder_for is None:
                continue
            if file.ready is not None:
                file.folder = self._folder_for(file.ready.model, file.ready.path)
            elif file.kept is not None:
                file.folder = self._folder_for(file.kept.checks[0].model, file.kept.file)

    # ---------------------------------------------------------------------------------------------- how far all is

    @property
    def waiting(self) -> int:
        """How many jobs could be begun, as far as that is known."""
        with self._changed:
            unread = sum(file.state == "waiting" for file in self.files)
            return unread + sum(task.state == "waiting" for file in self.files for task in file.counted)

    @property
    def running(self) -> list[Running]:
        """What is going on, that which began first at first."""
        with self._changed:
            return sorted(self._running.values(), key=lambda running: running.since)

    @property
    def finished(self) -> int:
        """How many checks are done."""
        return sum(task.state == "done" for file in self.files for task in file.checks)

    @property
    def over(self) -> bool:
        """Is every file concluded?"""
        return all(file.concluded for file in self.files)

    def next_complete(self) -> FileTask | None:
        """A file of which nothing is left to be run, and that is not concluded."""
        with self._changed:
            return next((file for file in self.files if file.complete and not file.concluded), None)

    def conclude(self, file: FileTask) -> None:
        """Note that a file is done with."""
        with self._changed:
            file.concluded = True

    def again(self, file: FileTask) -> None:
        """A file has to be done once more."""
        with self._changed:
            file.begin_again()
            self._notify()

    def wait(self, seconds: float) -> None:
        """Wait until a job is over, but no longer than that."""
        with self._changed:
            if not self._news:
                self._changed.wait(seconds)
            self._news = False

    def close(self) -> None:
        """No more jobs."""
        with self._changed:
            self._closed = True
            self._notify()

    def _notify(self) -> None:
        self._news = True
        self._changed.notify_all()
