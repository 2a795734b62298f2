"""Engines and processes that only pretend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.counts import Counts
from benchmarks.engine import MeasuredEngine, Run
from benchmarks.process import Finished, OutputLine, ProcessError
from benchmarks.workloads import Workload


def workload(name: str, distinct: int | None = None) -> Workload:
    counts = None if distinct is None else Counts(distinct, 3 * distinct, 5)
    return Workload(name, f"the {name}", Path(f"{name}.gate"), counts=counts)


def run(seconds: float, distinct: int = 10, *, search: float | None = None, peak: int = 100) -> Run:
    counts = Counts(distinct, 3 * distinct, 5)
    return Run(seconds, seconds if search is None else search, seconds, peak, counts, violated=False)


class FakeEngine(MeasuredEngine):
    """Takes so many seconds for each state, says it, and notes what it was asked for."""

    family = "fake"

    def __init__(self, name: str = "fake", pace: float = 1.0, bytes_a_state: int = 0) -> None:
        self.name = name
        self.pace = pace
        self.bytes_a_state = bytes_a_state
        self.asked: list[str] = []
        self.fails_on = ""

    def can_run(self, workload: Workload) -> bool:
        return True

    def measure(self, workload: Workload, folder: Path, limit: float) -> Run:
        self.asked.append(workload.name)
        if workload.name == self.fails_on:
            raise ProcessError("it broke", "with a long story")
        distinct = workload.counts.distinct if workload.counts else 1
        return run(self.pace * distinct, distinct, peak=1000 + self.bytes_a_state * distinct)


def finished(text: str, *, seconds: float = 9.0, status: int = 0) -> Finished:
    """A process with this output, a line every second."""
    lines = tuple(OutputLine(float(at), line) for at, line in enumerate(text.splitlines(keepends=True), 1))
    return Finished(("program", "argument"), status, lines, seconds, seconds, 123 * 2**20)


class FakeRunner:
    """Gives this output to every command, and notes the commands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.commands: list[tuple[str, ...]] = []
        self.environments: list[Mapping[str, str]] = []

    def __call__(
        self,
        command: Sequence[str | Path],
        *,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        limit: float | None = None,
    ) -> Finished:
        self.commands.append(tuple(map(str, command)))
        self.environments.append(environment or {})
        return finished(self.text)
