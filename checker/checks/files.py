"""The checks of a file, run one after the other, and what is said of the file as a whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.preparation import ReadyFile, ready_file
from skipgate.checker.checks.running import run_check
from skipgate.checker.checks.verdicts import file_problems
from skipgate.checker.core.model import Model
from skipgate.checker.core.result import CheckResult, FileResult
from skipgate.checker.search.limits import INTERRUPTED, Progress
from skipgate.checker.smt.discharging.discharge import why_never
from skipgate.errors import Interrupted
from skipgate.spec.specification import Specification


def check_file(
    source: str | Path | Specification,
    options: RunOptions = RunOptions(),
    *,
    only: str | None = None,
    tags: Collection[str] = (),
    report: Callable[[Progress], None] | None = None,
    finished: Callable[[CheckResult], None] | None = None,
) -> FileResult:
    """Run checks of a file, one after the other; see `ready_file` for which, and `RunOptions` for how.

    `report` is called now and then during a search, `finished` after each check.

    Raises:
        InternalError: two parts of the tool disagree.
        SpecError: the specification is wrong. All checks are prepared before the first runs.
        Interrupted: on KeyboardInterrupt.
    """
    ready = ready_file(source, options, only=only, tags=tags)
    results: list[CheckResult] = []
    for check in ready.checks:
        result = run_check(check, options, report)
        results.append(result)
        if finished is not None:
            finished(result)
        if result.stopped == INTERRUPTED:
            raise Interrupted(FileResult(ready.path, tuple(results)))
    return file_result(ready, results, options, lambda: [check.model for check in ready.checks])


def file_result(
    ready: ReadyFile, results: Sequence[CheckResult], options: RunOptions, models: Callable[[], Sequence[Model]]
) -> FileResult:
    """The outcome of a file all of whose checks were run. `models` gives those of its checks, if they are needed."""
    problems: list[str] = []
    if ready.whole and not options.stop_at_first:
        problems = file_problems(ready.wanted, ready.unexamined, results, lambda name: why_never(models(), name))
    return FileResult(ready.path, tuple(results), tuple(problems), ready.left_out)
