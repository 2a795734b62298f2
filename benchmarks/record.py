"""Everything that one session has measured, and as a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.counts import Counts
from benchmarks.engine import Run
from benchmarks.spread import Spread


@dataclass(frozen=True)
class Subject:
    """A workload, as far as a reader has to know it."""

    name: str
    title: str
    group: str
    counts: Counts | None
    by_threads: bool  # numbers of threads are compared on it


@dataclass(frozen=True)
class Measurement:
    """A run, or why there is none."""

    round: int
    engine: str
    workload: str
    run: Run | None
    problem: str | None = None


@dataclass(frozen=True)
class Phases:
    """The seconds until the search of a check can begin, part by part."""

    model: str
    check: str
    seconds: dict[str, float]
    lines: int  # of its kernels


@dataclass(frozen=True)
class Accesses:
    """How many random reads of a table the machine does in a second."""

    bytes: int
    threads: int
    independent: float
    dependent: float  # each needs the result of the one before


@dataclass
class BenchmarkRecord:
    """A session."""

    date: str
    quick: bool
    machine: dict[str, str]
    versions: dict[str, str]
    busy: float  # load of the machine when the session began
    families: dict[str, str] = field(default_factory=dict)  # of each engine
    threads: dict[str, int] = field(default_factory=dict)
    subjects: list[Subject] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    phases: list[Phases] = field(default_factory=list)
    accesses: list[Accesses] = field(default_factory=list)

    def values(self, engine: str, workload: str, what: Callable[[Run], float | None]) -> dict[int, float]:
        """One number of each run of an engine on a workload, by round."""
        found = {}
        for each in self.measurements:
            if (each.engine, each.workload) == (engine, workload) and each.run is not None:
                value = what(each.run)
                if value is not None:
                    found[each.round] = value
        return found

    def spread(self, engine: str, workload: str, what: Callable[[Run], float | None]) -> Spread | None:
        """The median and the range of a number over all runs of an engine on a workload."""
        return Spread.of(self.values(engine, workload, what).values())

    def engines(self, workload: str) -> list[str]:
        """The engines that have searched a workload, in the order in which they were run."""
        return list(dict.fromkeys(m.engine for m in self.measurements if m.workload == workload and m.run is not None))

    def fastest(self, family: str, workload: str) -> str | None:
        """The engine of a family that is done first."""
        times = {
            engine: spread.middle
            for engine in self.engines(workload)
            if self.families[engine] == family and (spread := self.spread(engine, workload, lambda run: run.seconds))
        }
        return min(times, key=lambda engine: times[engine]) if times else None

    def counts(self, workload: str) -> Counts | None:
        """The size of a state space: as pinned, or as the first run found it."""
        (subject,) = (s for s in self.subjects if s.name == workload)
        found = [m.run.counts for m in self.measurements if m.workload == workload and m.run is not None]
        return subject.counts or (found[0] if found else None)

    def onto(self, earlier: BenchmarkRecord) -> BenchmarkRecord:
        """This run, with the workloads of an earlier one that it has not measured.

        Raises:
            ValueError: they were measured on different machines.
        """
        if (self.machine, self.quick) != (earlier.machine, earlier.quick):
            raise ValueError("the earlier session was another machine's, or of another kind")
        mine = {subject.name for subject in self.subjects}
        subjects = {subject.name: subject for subject in (*earlier.subjects, *self.subjects)}
        kept = "; ".join(subject.title for subject in earlier.subjects if subject.name not in mine)
        return replace(
            self,
            date=f"{self.date}; in a run before, {earlier.date}: {kept}" if kept else self.date,
            versions=earlier.versions | self.versions,
            families=earlier.families | self.families,
            threads=earlier.threads | self.threads,
            subjects=list(subjects.values()),
            measurements=[m for m in earlier.measurements if m.workload not in mine] + self.measurements,
            phases=self.phases or earlier.phases,
            accesses=self.accesses or earlier.accesses,
        )

    # ------------------------------------------------------------------------------------------------------- a file

    def write(self, path: Path) -> None:
        """Write the record as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @staticmethod
    def read(path: Path) -> BenchmarkRecord:
        """The record that `write` wrote."""
        stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        stored["subjects"] = [Subject(**{**s, "counts": _counts(s["counts"])}) for s in stored["subjects"]]
        stored["measurements"] = [Measurement(**{**m, "run": _run(m["run"])}) for m in stored["measurements"]]
        stored["phases"] = [Phases(**p) for p in stored["phases"]]
        stored["accesses"] = [Accesses(**a) for a in stored["accesses"]]
        return BenchmarkRecord(**stored)


def _counts(stored: dict[str, Any] | None) -> Counts | None:
    return None if stored is None else Counts(**stored)


def _run(stored: dict[str, Any] | None) -> Run | None:
    return None if stored is None else Run(**{**stored, "counts": Counts(**stored["counts"])})
