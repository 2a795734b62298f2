"""The options of a run over many files."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from skipgate.checker.checks.options import RunOptions
from skipgate.spec.diagnostics import Diagnostic, SpecError

if TYPE_CHECKING:
    from skipgate.app.cluster.connection import Connection


@dataclass(frozen=True)
class TotalTime:
    """A limit for a whole run, in seconds. Its end is on a clock that all processes of the machine share."""

    limit: float
    end: float

    @classmethod
    def from_now(cls, limit: float | None) -> TotalTime | None:
        """The time that begins now; None is no limit."""
        return None if limit is None else cls(limit, time.monotonic() + limit)

    @property
    def left(self) -> float:
        """The seconds until the end."""
        return max(0.0, self.end - time.monotonic())

    @property
    def why(self) -> str:
        """Why something was not done."""
        return f"the time limit of {self.limit:g} s for the whole run was reached"


class NotInTime(SpecError):
    """A file was not looked at, for the time for the whole run was over."""

    def __reduce__(self) -> tuple[type[SpecError], tuple[tuple[Diagnostic, ...]]]:
        return NotInTime, (self.diagnostics,)


@dataclass(frozen=True, kw_only=True)
class BatchOptions:
    """What holds for every file of a run.

    Attributes:
        run: how each check is made.
        only, tags: which checks are run (see `checker.checks.selection`).
        update: write the counts that were found into the files.
        jobs: how many checks may run at the same time, at most.
        cluster: checks are run there, on as many processors as `jobs` says.
        total: the time for all of it; the budget in `run` is that of each check.
        keep: keep what is found for later runs (see `app.kept`).
        recall: take what earlier runs have kept, rather than check anew.
    """

    run: RunOptions = RunOptions()
    only: str | None = None
    tags: tuple[str, ...] = ()
    update: bool = False
    jobs: int = 1
    total: TotalTime | None = None
    keep: bool = False
    recall: bool = False
    cluster: Connection | None = None

    @property
    def run_now(self) -> RunOptions:
        """How a check is made that begins now: within what is left of the time."""
        if self.total is None:
            return self.run
        budget, left = self.run.budget, self.total.left
        limit = left if budget.time_limit is None else min(left, budget.time_limit)
        return replace(self.run, budget=replace(budget, time_limit=limit))
