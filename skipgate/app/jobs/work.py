"""Jobs, and how they are done: the same in this process and in a worker.

Jobs, and the messages about them, are data. A check that is ready may travel pickled already, so that whoever only
passes it on need not unpickle it.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from skipgate.app import kept
from skipgate.app.artifacts import Drawn, draw
from skipgate.app.contrasts import Contrasts
from skipgate.app.options import BatchOptions, NotInTime
from skipgate.base.errors import CrashReport, exhausted, is_interrupt
from skipgate.checker.core.result import CheckResult, FileResult
from skipgate.checker.search.limits import Progress, lacked_memory
from skipgate.spec.data import dataclass
from skipgate.spec.diagnostics import Diagnostic, SpecError
from skipgate.spec.given import with_given
from skipgate.spec.loader import load

if TYPE_CHECKING:
    from skipgate.checker.checks.preparation import ReadyCheck, ReadyFile
    from skipgate.spec.specification import Specification


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
    """A check that is ready, and what is to be known of it on its way. It is `long` if it is likely to take long.

    Of a check that need not be run, the result is there instead.
    """

    name: str
    long: bool
    check: ReadyCheck | bytes | CheckResult


@dataclass(frozen=True)
class RunCheck:
    """Run a check, and draw its violations if there is a folder for that. So many searches may go on at once."""

    file: int
    number: int
    path: Path
    packed: PackedCheck
    folder: Path | None
    searches: int
    kept_as: str | None = None  # the name under which the result of the file is kept, or to be kept

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
    kept_as: str | None = None  # the name under which its result is to be kept
    refused: str | None = None  # why what is kept under that name was not taken


@dataclass(frozen=True)
class Kept:
    """A file need not be checked: an earlier run has kept what comes of it."""

    result: FileResult
    kept_as: str


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


Message = Prepared | Kept | Found | OutOfMemory | Drawn | Failed | Progress


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

    def _prepare(self, job: Prepare) -> Prepared | Kept:
        options, total = self.options, self.options.total
        if total is not None and not total.left:
            raise NotInTime([Diagnostic(f"not looked at: {total.why}")])
        if not options.keep or not kept.can_be():
            return self._ready(job.path)
        program = load(job.path)
        # Of the texts that are checked, whatever happens to the files meanwhile.
        name = kept.name_of(program, options)
        found = kept.recall(name) if options.recall else None
        if found is not None and not isinstance(found, str):
            return Kept(found, name)
        from skipgate.spec.passes import examine  # late, as the rest of what a kept result does without

        return replace(self._ready(examine(with_given(program))), kept_as=name, refused=found)

    def _ready(self, source: Path | Specification) -> Prepared:
        from skipgate.checker.checks.preparation import ready_file

        options = self.options
        ready = ready_file(source, options.run_now, only=options.only, tags=options.tags)
        return Prepared(replace(ready, checks=()), tuple(map(self._packed, ready.checks)))

    def _packed(self, check: ReadyCheck) -> PackedCheck:
        # Terms are not nested so deeply (see `checker.elaborate.expressions`) that they could not be pickled.
        content = pickle.dumps(check, pickle.HIGHEST_PROTOCOL) if self.remote else check
        return PackedCheck(check.name, check.asks_for_proof, content)

    def _run(self, job: RunCheck, send: Callable[[Message], None]) -> None:
        if isinstance(job.packed.check, CheckResult):
            self._tell(job, job.packed.check, send)
            return
        from skipgate.checker.checks.running import run_check, unknown

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
        self._tell(job, result, send)

    def _tell(self, job: RunCheck, result: CheckResult, send: Callable[[Message], None]) -> None:
        """Send a result, and then what is drawn of it."""
        send(Found(result))
        if job.folder is not None and (result.violated or result.witnesses):
            send(self._drawn(job, result, job.folder))

    def _drawn(self, job: RunCheck, result: CheckResult, folder: Path) -> Drawn:
        name = None if job.kept_as is None else kept.drawn_name_of(job.kept_as, result.check, folder)
        drawn = kept.recall_drawn(name) if name is not None and self.options.recall else None
        if drawn is None:
            self.contrasts.seconds = self.options.run_now.budget.time_limit
            drawn = draw(result, folder, self.contrasts, shown=result.witnesses.values())
            late = any(self.contrasts.was_late(result, each) for each in result.violated)
            if name is not None and not late:
                kept.keep_drawn(name, result, drawn)
        return drawn


def unpacked(packed: PackedCheck) -> ReadyCheck:
    """The check itself, which is to be run."""
    assert not isinstance(packed.check, CheckResult)
    if not isinstance(packed.check, bytes):
        return packed.check
    found: ReadyCheck = pickle.loads(packed.check)
    return found


def failure(error: Exception, path: Path) -> SpecError | CrashReport:
    """What is wrong with a file, or with skipgate."""
    if isinstance(error, RecursionError | MemoryError):
        return exhausted(error, path)
    return error if isinstance(error, SpecError) else CrashReport.of(error)
