"""Checking a model from Python."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skipgate.checker.core.result import FileResult
    from skipgate.checker.search.limits import Progress
    from skipgate.checker.search.options import EngineName


def check(
    path: str | Path,
    *,
    only: str | None = None,
    tags: Collection[str] = (),
    stop_at_first: bool = False,
    max_states: int | None = None,
    time_limit: float | None = None,
    max_memory: int | None = None,
    engine: EngineName = "auto",
    threads: int | None = None,
    report: Callable[[Progress], None] | None = None,
) -> FileResult:
    """Run the checks of one file and say what each found.

    Args:
        path: a `.gate` file.
        only: globs, separated by commas; the checks whose name does not match are left out.
        tags: run the checks that have one of these tags. Without tags, those are run that have none.
        stop_at_first: end each check at its first violation.
        max_states: end each check after so many distinct states; its verdict is then `unknown`.
        time_limit: end each check after so many seconds, likewise.
        max_memory: end each check when it would take more than so many bytes, likewise.
        engine: "python", "native" (machine code), or "auto": the first, then the second for large searches.
        threads: how many the native engine uses; as many as there are processors, if nothing is said.
        report: is called now and then while a check runs.

    Raises:
        SpecError: the file cannot be read, or is not a valid specification.
        ValueError: no check was chosen, so there is nothing to say; which would be taken for success.

    Example:
        >>> result = skipgate.check("models/examples/die_hard.gate")
        >>> result.as_expected
        True
        >>> puzzle = result.checks[0]
        >>> puzzle.verdict, puzzle.distinct
        ('violation', 16)
        >>> [step.action for step in puzzle.properties["NotSolved"].trace.steps][:2]
        [None, 'fill_big']
    """
    from skipgate.checker.checks.files import check_file
    from skipgate.checker.checks.options import RunOptions
    from skipgate.checker.search.limits import Budget

    budget = Budget(max_states, time_limit, max_memory)
    options = RunOptions(budget=budget, stop_at_first=stop_at_first, engine=engine, threads=threads)
    result = check_file(path, options, only=only, tags=tags, report=report)
    if not result.checks and not result.problems:
        chosen = [f"is called {only!r}"] * (only is not None) + [f"is tagged {' or '.join(tags)}"] * bool(tags)
        raise ValueError(f"{path}: no check {' and '.join(chosen) or 'is without tags'}")
    return result
