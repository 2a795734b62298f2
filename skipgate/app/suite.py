"""Checks several files, and sums up what came of it.

A file that is wrong, or on which skipgate fails, does not keep the others from being checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from skipgate.app.libraries import libraries
from skipgate.app.options import BatchOptions, NotInTime
from skipgate.base.errors import CrashReport, is_interrupt, reason
from skipgate.base.exits import Exit
from skipgate.base.wording import standing

if TYPE_CHECKING:
    from skipgate.app.artifacts import Artifacts, Drawn
    from skipgate.app.jobs.pool import MakeWorker
    from skipgate.app.jobs.schedule import CheckTask, FileTask, Schedule
    from skipgate.app.jobs.work import Message
    from skipgate.app.progress import ProgressLine
    from skipgate.base.paths import ModelFile
    from skipgate.checker.core.result import CheckResult, FileResult
    from skipgate.spec.diagnostics import SpecError


_PERIOD = 0.1  # seconds between looks at how far workers have come


@dataclass(frozen=True)
class BadInput:
    """A file that could not be checked, and what is wrong with it."""

    path: Path
    error: SpecError


@dataclass(frozen=True)
class Crash:
    """A file on which skipgate itself failed."""

    path: Path
    error: CrashReport


@dataclass
class RunReport:
    """What checking several files came to."""

    results: list[FileResult] = field(default_factory=list)
    bad: list[BadInput] = field(default_factory=list)
    late: list[BadInput] = field(default_factory=list)  # what was not looked at, for the time was over
    crashes: list[Crash] = field(default_factory=list)
    interrupted: bool = False
    seconds: float = 0.0
    updated: dict[Path, int] = field(default_factory=dict)  # by file, how many pinned counts were changed
    unpinned: dict[Path, list[tuple[str, str]]] = field(default_factory=dict)  # checks without pins, and what to write

    @property
    def checks(self) -> list[CheckResult]:
        """The results of all checks, in the order of the files."""
        return [check for result in self.results for check in result.checks]

    @property
    def left_out(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The checks that were not run for their tags, by file and name, with these tags."""
        return {(result.file, name): tags for result in self.results for name, tags in result.left_out.items()}

    @property
    def exit_code(self) -> Exit:
        """The gravest of what happened, so that no outcome hides a worse one."""
        standings = {standing(check) for check in self.checks}
        if self.interrupted:
            return Exit.INTERRUPTED
        if self.crashes:
            return Exit.INTERNAL
        if self.bad:
            return Exit.USAGE
        if "differs" in standings or any(result.problems for result in self.results):
            return Exit.DIFFERS
        return Exit.UNKNOWN if self.late or "unknown" in standings else Exit.OK


def run(
    files: Sequence[ModelFile],
    options: BatchOptions,
    *,
    artifacts: Artifacts | None = None,
    progress: ProgressLine | None = None,
) -> RunReport:
    """Check every file. What is violated is written to `artifacts`, how far it all is to `progress`."""
    from skipgate.app.jobs.schedule import Schedule

    report = RunReport()
    start = perf_counter()
    folder_for = None if artifacts is None else artifacts.folder_for
    schedule = Schedule([file.path for file in files], options.jobs, folder_for)
    _Run(schedule, options, report, progress).to_the_end()
    if artifacts is not None:
        for file in schedule.files:
            for task in file.counted:
                if task.result is not None and (drawn := task.drawn or _drawn_here(file, task, options)) is not None:
                    artifacts.adopt(task.result, drawn)
    _leave_out_libraries(files, report)
    report.seconds = perf_counter() - start
    return report


def _drawn_here(file: FileTask, task: CheckTask, options: BatchOptions) -> Drawn | None:
    """What is violated in a check that was run on a cluster, drawn in this process."""
    result = task.result
    if options.cluster is None or file.folder is None or result is None or not (result.violated or result.witnesses):
        return None
    from skipgate.app.artifacts import draw
    from skipgate.app.contrasts import Contrasts

    return draw(result, file.folder, Contrasts(options.run.budget.time_limit), shown=result.witnesses.values())


class _Run:
    """The part of this process in a run: what cannot wait for workers, or be left to them, and the report."""

    def __init__(
        self, schedule: Schedule, options: BatchOptions, report: RunReport, progress: ProgressLine | None
    ) -> None:
        from skipgate.app.jobs.work import JobRunner

        self.schedule = schedule
        self.options = options
        self.report = report
        self.progress = progress
        self.runner = JobRunner(options)
        self.outcomes: dict[int, FileResult] = {}  # of the files that are concluded, by their numbers

    def to_the_end(self) -> None:
        from skipgate.app.jobs.pool import WorkerPool

        try:
            with WorkerPool(self.schedule, self.options, self.elsewhere()) as pool:
                while not self.schedule.over:
                    pool.start_workers()
                    self.next_thing()
        except KeyboardInterrupt:
            self.report.interrupted = True
        if self.progress is not None:
            self.progress.clear()
        self.sum_up()

    def elsewhere(self) -> MakeWorker | None:
        """What makes workers on a cluster, if the run is to use one."""
        if self.options.cluster is None:
            return None
        from skipgate.app.cluster.workers import ClusterWorkers

        return ClusterWorkers(self.options.cluster)

    def next_thing(self) -> None:
        from skipgate.app.jobs.schedule import HERE

        if (file := self.schedule.next_complete()) is not None:
            self.conclude(file)
        elif (job := self.schedule.take(HERE)) is not None:
            try:
                self.runner.do(job, self.receive)
            finally:
                self.schedule.done(HERE)
            if self.schedule.interrupted:
                raise KeyboardInterrupt
        else:
            self.schedule.wait(_PERIOD)
            self.show()

    def receive(self, message: Message) -> None:
        """A message about the job that is done in this process."""
        from skipgate.app.jobs.schedule import HERE
        from skipgate.checker.search.limits import Progress

        self.schedule.receive(HERE, message)
        if self.schedule.helpers:
            self.show()
        elif isinstance(message, Progress) and self.progress is not None:
            self.progress.update(message)

    def show(self) -> None:
        if self.progress is not None:
            self.progress.show(self.schedule.running, self.schedule.finished)

    def conclude(self, file: FileTask) -> None:
        """All checks of a file are done: judge it as a whole. It may have to be checked once more."""
        if file.error is None and file.kept is not None:
            self.outcomes[file.number] = file.kept
        elif file.error is None and file.ready is not None:
            from skipgate.app.jobs.work import failure, unpacked
            from skipgate.checker.checks.files import file_result

            checks = file.checks
            try:
                found = file_result(
                    file.ready, file.results, self.options.run, lambda: [unpacked(task.packed).model for task in checks]
                )
                if (
                    self.options.update
                    and file.path not in self.report.updated
                    and (changed := _update(file.path, found))
                ):
                    self.report.updated[file.path] = changed
                    self.schedule.again(file)  # the file is another one now: what holds of it is what counts
                    return
                if self.options.update:
                    self.report.unpinned[file.path] = _unpinned(file.path, found)
                if file.kept_as is not None:
                    from skipgate.app import kept

                    kept.keep(file.kept_as, found)
                self.outcomes[file.number] = found if file.refused is None else _noting(found, file.refused)
            except Exception as error:
                if is_interrupt(error):
                    raise KeyboardInterrupt from error
                file.fail(failure(error, file.path), len(file.checks))
        self.schedule.conclude(file)

    def sum_up(self) -> None:
        """Put what came of each file into the report, in the order of the files."""
        from skipgate.checker.core.result import FileResult
        from skipgate.spec.diagnostics import SpecError

        updated = self.report.updated
        self.report.updated = {file.path: updated[file.path] for file in self.schedule.files if file.path in updated}
        for file in self.schedule.files:
            if file.number in self.outcomes:
                self.report.results.append(self.outcomes[file.number])
            elif isinstance(file.error, NotInTime):
                self.report.late.append(BadInput(file.path, file.error))
            elif isinstance(file.error, SpecError):
                self.report.bad.append(BadInput(file.path, file.error))
            elif file.error is not None or file.results:  # as far as it has come
                self.report.results.append(FileResult(str(file.path), tuple(file.results)))
                if file.error is not None:
                    self.report.crashes.append(Crash(file.path, file.error))


def _noting(result: FileResult, what: str) -> FileResult:
    """A note to every check of a file."""
    return replace(result, checks=tuple(replace(each, notes=(*each.notes, what)) for each in result.checks))


def _unpinned(path: Path, result: FileResult) -> list[tuple[str, str]]:
    """The checks of a file that pin no counts, and what to write in each."""
    from skipgate.checker.checks.pins import missing_pins

    return missing_pins(path, result)


def _update(path: Path, result: FileResult) -> int:
    """Write the counts that were found into the file; the number of those that were others before."""
    from skipgate.checker.checks.pins import update_pins
    from skipgate.spec.diagnostics import error

    try:
        return update_pins(path, result)
    except OSError as problem:
        raise error(f"`{path}` cannot be updated: {reason(problem)}") from None


def _leave_out_libraries(files: Sequence[ModelFile], report: RunReport) -> None:
    """A file without a check is a mistake, unless it was met in a folder and others of the run import it."""
    met = {str(file.path) for file in files if not file.named}
    suspects = [Path(result.file) for result in report.results if not result.checks and result.file in met]
    suspects += [bad.path for bad in report.bad if str(bad.path) in met]
    if not suspects:
        return
    left_out = libraries(suspects, [file.path for file in files])
    report.results = [result for result in report.results if Path(result.file) not in left_out]
    report.bad = [bad for bad in report.bad if bad.path not in left_out]
