"""What every engine under measurement has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from benchmarks.counts import Counts
from benchmarks.process import ProcessError
from benchmarks.workloads import Workload


class WrongResult(Exception):
    """An engine did not search the state space that all are to search, or came to another verdict."""


@dataclass(frozen=True)
class Run:
    """One search, from the command to its end.

    `seconds` is everything a user waits for: start-up, reading the model, compiling, the search. `search` is the search
    alone as the engine itself reports it, None if that includes more; `compiling` is what a compiler took before.
    """

    seconds: float
    search: float | None
    processor_seconds: float
    peak: int  # bytes
    counts: Counts
    violated: bool
    compiling: float | None = None
    instructions: int | None = None


class MeasuredEngine(ABC):
    """A way to search state spaces: a program with its options.

    `name` is unique, `family` what is compared with each other, `threads` how many of them search. What `warms_up`
    keeps something that makes the next run faster: it is run once before it is measured.
    """

    name: str
    family: str
    threads: int = 1
    warms_up: bool = False

    @abstractmethod
    def can_run(self, workload: Workload) -> bool:
        """Is there a model for it?"""

    @abstractmethod
    def measure(self, workload: Workload, folder: Path, limit: float) -> Run:
        """Search once, with files in an empty folder.

        Raises:
            ProcessError: it did not work, or took longer than `limit` seconds.
            WrongResult: it has searched something else.
        """

    def __repr__(self) -> str:
        return self.name


def demand(workload: Workload, engine: MeasuredEngine, run: Run) -> Run:
    """Refuse a run whose counts or verdict are not those of the workload.

    Raises:
        WrongResult: so it is.
    """
    differences = [] if workload.counts is None else run.counts.differences(workload.counts)
    if run.violated != workload.violated:
        differences.append("a property is violated" if run.violated else "no property is violated")
    if differences:
        raise WrongResult(f"{engine.name} on {workload.name}: {', '.join(differences)}")
    return run


__all__ = ["MeasuredEngine", "ProcessError", "Run", "WrongResult", "demand"]
