"""The options of a run over many files."""

from __future__ import annotations

from dataclasses import dataclass

from skipgate.checker.checks.options import RunOptions


@dataclass(frozen=True, kw_only=True)
class BatchOptions:
    """What holds for every file of a run.

    Attributes:
        run: how each check is made.
        only, tags: which checks are run (see `checker.checks.selection`).
        update: write the counts that were found into the files.
        jobs: how many checks may run at the same time, at most.
    """

    run: RunOptions = RunOptions()
    only: str | None = None
    tags: tuple[str, ...] = ()
    update: bool = False
    jobs: int = 1
