"""Jobs, and how they are done: the same in this process and in a worker.

Jobs, and the messages about them, are data. A check that is ready may travel pickled already, so that whoever only
passes it on need not unpickle it.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from skipgate.app.artifacts import Drawn, draw
from skipgate.app.contrasts import Contrasts
from skipgate.app.options import BatchOptions, NotInTime
from skipgate.base.errors import CrashReport, exhausted, is_interrupt
from skipgate.checker.checks.preparation import ReadyCheck, ReadyFile, ready_file
from skipgate.checker.checks.running import run_check, unknown
from skipgate.checker.core.result import CheckResult
from skipgate.checker.search.limits import Progress, lacked_memory
from skipgate.spec.diagnostics import Diagnostic, SpecError


@dataclass(frozen=True)
class Prepare:
    """Make the checks of a file ready. Files have numbers."""

    file: int
    path: Path

    @property
    def name(self) -> str:
        """What the progress line calls it."""
        return self.path.stem


@dataclass(frozen=True)
class PackedCheck:
    """A check that is ready, and what is to be known of it on its way. It is `long` if it is likely to take long."""

    name: str
    long: bool
    check: ReadyCheck | bytes


@dataclass(frozen=True)
class RunCheck:
    """Run a check, and draw its violations if there is a folder for that. So many searches may go on at once."""

    file: int
    number: int
    path: Path
    packed: PackedCheck
    folder: Path | None
    searches: int

    @property
    def name(self) -> str:
        """What the progress line calls it."""
        return self.packed.name


Job = Prepare | RunCheck


@dataclass(frozen=True)
class Prepared:
    """A file is ready. Its checks stand beside it."""

    ready: ReadyFile
    checks: tuple[PackedCheck, ...]


@dataclass(frozen=True)
class Found:
    """A check was run."""

    result: CheckResult


@dataclass(frozen=True)
class OutOfMemory:
    """A check needs more memory than its part: it has to be run while nothing else is."""


@dataclass(frozen=True)
class Failed:
    """Nothing comes of the job, for the input is wrong, or skipgate is."""

    error: SpecError | CrashReport


Message = Prepared | Found | OutOfMemory | Drawn | Failed | Progress


class JobRunner:
    """Does jobs, one after the other. If it is `remote`, the checks that it makes ready are for other processes."""

    def __init__(self, options: BatchOptions, *, remote: bool = False) -> None:
        self.options = options
        self.remote = remote
        self.contrasts = Contrasts(options.run.budget.time_limit)

    def do(self, job: Job, send: Callable[[Message], None]) -> None:
        """Do a job, and send a message for each result at once. It raises KeyboardInterrupt only."""
        try:
            match job:
                case Prepare():
                    send(self._prepare(job))
                case RunCheck():
                    self._run(job, send)
                case _:
                    assert_never(job)
        except Exception as problem:
            if is_interrupt(problem):
                raise KeyboardInterrupt from problem
            send(Failed(failure(problem, job.path)))

    def _prepare(self, job: Prepare) -> Prepared:
        options, total = self.options, self.options.total
        if total is not None and not total.left:
            raise NotInTime([Diagnostic(f"not looked at: {total.why}")])
        ready = ready_file(job.path, options.run_now, only=options.only, tags=options.tags)
        return Prepared(replace(ready, checks=()), tuple(map(self._packed, ready.checks)))

    def _packed(self, check: ReadyCheck) -> PackedCheck:
        # Terms are not nested so deeply (see `checker.elaborate.expressions`) that they could not be pickled.
        content = pickle.dumps(check, pickle.HIGHEST_PROTOCOL) if self.remote else check
        return PackedCheck(check.name, check.asks_for_proof, content)

    def _run(self, job: RunCheck, send: Callable[[Message], None]) -> None:
        options, total = replace(self.options.run_now, searches=job.searches), self.options.total
        if total is not None and not total.left:
            send(Found(unknown(unpacked(job.packed), total.why)))
            return
        result = run_check(unpacked(job.packed), options, send)
        if total is not None and result.stopped is not None and not total.left:
            result = replace(result, stopped=total.why)
        if job.searches > 1 and options.budget.max_memory is None and lacked_memory(result.stopped):
            send(OutOfMemory())
            return
        send(Found(result))
        if job.folder is not None and (result.violated or result.witnesses):
            self.contrasts.seconds = options.budget.time_limit
            send(draw(result, job.folder, self.contrasts, shown=result.witnesses.values()))


def unpacked(packed: PackedCheck) -> ReadyCheck:
    """The check itself."""
    if not isinstance(packed.check, bytes):
        return packed.check
    found: ReadyCheck = pickle.loads(packed.check)
    return found


def failure(error: Exception, path: Path) -> SpecError | CrashReport:
    """What is wrong with a file, or with skipgate."""
    if isinstance(error, RecursionError | MemoryError):
        return exhausted(error, path)
    return error if isinstance(error, SpecError) else CrashReport.of(error)
