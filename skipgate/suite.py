"""Checks several files, one after the other, and sums up what came of it.

A file that is wrong, or on which skipgate fails, does not keep the others from being checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from skipgate.errors import exhausted, is_interrupt, reason
from skipgate.exits import Exit
from skipgate.libraries import libraries
from skipgate.wording import standing

if TYPE_CHECKING:
    from checker.native.storage import Storage
    from checker.native.tiers import EngineName
    from checker.result import CheckResult, FileResult
    from checker.run import Progress
    from skipgate.paths import ModelFile
    from spec.diagnostics import SpecError


@dataclass(frozen=True)
class Options:
    """What holds for every file of a run; the limits are those of a single check."""

    only: str | None = None
    stop_at_first: bool = False
    max_states: int | None = None
    time_limit: float | None = None
    update: bool = False
    engine: EngineName = "auto"
    threads: int | None = None
    max_memory: int | None = None
    cross_check: bool = False
    tags: tuple[str, ...] = ()
    storage: Storage | None = None


@dataclass(frozen=True)
class BadInput:
    """A file that could not be checked, and what is wrong with it."""

    path: Path
    error: SpecError


@dataclass(frozen=True)
class Crash:
    """A file on which skipgate itself failed."""

    path: Path
    error: BaseException


@dataclass
class Report:
    """What checking several files came to."""

    results: list[FileResult] = field(default_factory=list)
    bad: list[BadInput] = field(default_factory=list)
    crashes: list[Crash] = field(default_factory=list)
    interrupted: bool = False
    seconds: float = 0.0
    updated: dict[Path, int] = field(default_factory=dict)  # by file, how many pinned counts were changed

    @property
    def checks(self) -> list[CheckResult]:
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
        return Exit.UNKNOWN if "unknown" in standings else Exit.OK


def run(
    files: Sequence[ModelFile],
    options: Options,
    *,
    progress: Callable[[Progress], None] | None = None,
    finished: Callable[[CheckResult], None] | None = None,
) -> Report:
    """Check every file. `progress` hears of a check while it runs, `finished` of its outcome."""
    from checker.native.storage import Storage
    from checker.result import FileResult
    from checker.run import Budget, Interrupted, check_file
    from spec.diagnostics import SpecError

    storage = options.storage or Storage()
    budget = Budget(options.max_states, options.time_limit, options.max_memory)
    done: list[CheckResult] = []  # of the file at hand

    def note(result: CheckResult) -> None:
        done.append(result)
        if finished is not None:
            finished(result)

    def check(path: Path) -> FileResult:
        done.clear()
        return check_file(
            path,
            only=options.only,
            tags=options.tags,
            stop_at_first=options.stop_at_first,
            budget=budget,
            engine=options.engine,
            threads=options.threads,
            storage=storage,
            cross_check=options.cross_check,
            report=progress,
            finished=note,
        )

    report = Report()
    start = perf_counter()
    for file in files:
        try:
            result = check(file.path)
            if options.update and (changed := _update(file.path, result)):
                report.updated[file.path] = changed
                result = check(file.path)  # the file is another one now: what holds of it is what counts
            report.results.append(result)
        except SpecError as error:
            report.bad.append(BadInput(file.path, error))
        except Interrupted as stop:
            report.results.append(stop.result)
            report.interrupted = True
            break
        except (RecursionError, MemoryError) as error:
            report.bad.append(BadInput(file.path, exhausted(error, file.path)))
        except (Exception, KeyboardInterrupt) as error:  # outside a search, such as while a picture was drawn
            report.results.append(FileResult(str(file.path), tuple(done)))
            if is_interrupt(error):
                report.interrupted = True
                break
            report.crashes.append(Crash(file.path, error))
    _leave_out_libraries(files, report)
    report.seconds = perf_counter() - start
    return report


def _update(path: Path, result: FileResult) -> int:
    """Write the counts that were found into the file; the number of those that were others before."""
    from checker.pins import update_pins
    from spec.diagnostics import error

    try:
        return update_pins(path, result)
    except OSError as problem:
        raise error(f"`{path}` cannot be updated: {reason(problem)}") from None


def _leave_out_libraries(files: Sequence[ModelFile], report: Report) -> None:
    """A file without a check is a mistake, unless it was met in a folder and others of the run import it."""
    met = {str(file.path) for file in files if not file.named}
    suspects = [Path(result.file) for result in report.results if not result.checks and result.file in met]
    suspects += [bad.path for bad in report.bad if str(bad.path) in met]
    if not suspects:
        return
    left_out = libraries(suspects, [file.path for file in files])
    report.results = [result for result in report.results if Path(result.file) not in left_out]
    report.bad = [bad for bad in report.bad if bad.path not in left_out]
