"""Measure in rounds: every engine on every workload once, then all again.

So a disturbance falls on all engines alike, and ratios are taken within a round. What would take too long or too much
memory, by what smaller workloads took, is left out and said.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import host
from benchmarks.engine import MeasuredEngine, ProcessError, Run
from benchmarks.record import BenchmarkRecord, Measurement
from benchmarks.workloads import Workload

_TELLING = 100_000  # distinct states, below which a search mostly begins and ends


@dataclass(frozen=True)
class SessionLimits:
    """How much may be spent."""

    rounds: int
    process: float  # seconds, for one search
    cell: float  # seconds, for all searches of one workload by one engine


@dataclass(frozen=True)
class MeasuredCell:
    """One engine on one workload."""

    engine: MeasuredEngine
    workload: Workload


def measure(
    cells: Sequence[MeasuredCell], limits: SessionLimits, record: BenchmarkRecord, tell: Callable[[str], None]
) -> None:
    """Run every cell, smaller workloads of an engine before larger ones, and put the outcomes into the record.

    Raises:
        WrongResult: an engine did not search what it was to search.
    """
    spent: dict[MeasuredCell, list[float]] = {}
    given_up: set[MeasuredCell] = set()
    for number in range(limits.rounds):
        for cell in cells:
            name = f"{cell.engine.name} on {cell.workload.name}"
            before = spent.setdefault(cell, [])
            if cell in given_up or (before and sum(before) + before[-1] > limits.cell):
                continue
            problem = None if number else too_large(cell, limits, record)
            run = None
            if problem is None:
                run, problem = _attempt(cell, limits, first=not number)
            record.measurements.append(Measurement(number, cell.engine.name, cell.workload.name, run, problem))
            if run is None:
                given_up.add(cell)
                tell(f"round {number + 1}: {name}: left out, {problem}")
            else:
                before.append(run.seconds)
                tell(f"round {number + 1}: {name}: {run.seconds:.2f} s, {run.counts}")


def too_large(cell: MeasuredCell, limits: SessionLimits, record: BenchmarkRecord) -> str | None:
    """Why a cell is not to be tried, judging by the largest workload that its engine has done; None: try it."""
    expected = cell.workload.counts
    done = [m.run for m in record.measurements if m.engine == cell.engine.name and m.run is not None]
    if expected is None or not done:
        return None
    largest, smallest = (pick(done, key=lambda run: run.counts.distinct) for pick in (max, min))
    if largest.counts.distinct < _TELLING:
        return None
    growth = expected.distinct / largest.counts.distinct
    seconds = (largest.search or largest.seconds) * growth
    if seconds > limits.process:
        return f"it would take about {seconds:.0f} s"
    memory = smallest.peak + (largest.peak - smallest.peak) * growth
    if memory > 0.9 * host.available_memory():
        return f"it would take about {memory / 2**30:.0f} GiB"
    return None


def _attempt(cell: MeasuredCell, limits: SessionLimits, *, first: bool) -> tuple[Run | None, str | None]:
    try:
        if first and cell.engine.warms_up:
            with tempfile.TemporaryDirectory(prefix="skipgate-bench-") as folder:
                cell.engine.measure(cell.workload, Path(folder), limits.process)
        with tempfile.TemporaryDirectory(prefix="skipgate-bench-") as folder:
            return cell.engine.measure(cell.workload, Path(folder), limits.process), None
    except ProcessError as problem:
        return None, problem.why
