"""SPIN, the explicit-state model checker of Promela: it writes a C program for each model."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks.counts import Counts
from benchmarks.engine import MeasuredEngine, Run, demand
from benchmarks.process import Finished, ProcessError, Runner, run
from benchmarks.workloads import Workload

# Large numbers would be rounded to eight digits.
_ROUNDED, _WHOLE = "%9.8g", "%.0f"
_SHORT = 0.1  # seconds


@dataclass(frozen=True)
class SpinSearch:
    """One of SPIN's ways to search."""

    name: str
    defines: tuple[str, ...]
    breadth_first: bool
    parallel: bool = False


DEPTH_FIRST = SpinSearch("SPIN DFS", (), breadth_first=False)
BREADTH_FIRST = SpinSearch("SPIN BFS", ("-DBFS",), breadth_first=True)
# It keeps hashes of states only: SPIN has no parallel search of this kind that is exact.
PARALLEL = SpinSearch("SPIN BFS_PAR", ("-DBFS_PAR",), breadth_first=True, parallel=True)


class Spin(MeasuredEngine):
    """SPIN with the options that are best for safety properties of one process that repeats atomic steps.

    Partial order reduction is off: it would leave out states, if it found any to leave out.
    """

    def __init__(self, runner: Runner, search: SpinSearch, threads: int = 1) -> None:
        self.runner = runner
        self.how = search
        self.threads = threads
        self.family = search.name
        self.name = search.name + (f", {threads} threads" if search.parallel else "")

    def can_run(self, workload: Workload) -> bool:
        """Is there a Promela model of the workload?"""
        return workload.promela is not None

    def measure(self, workload: Workload, folder: Path, limit: float) -> Run:
        """Generate a verifier, compile it, and run it."""
        model = workload.promela
        assert model is not None and workload.counts is not None
        for file in model.file.parent.iterdir():
            shutil.copy(file, folder)
        # Breadth-first, SPIN forbids variables that are outside the state.
        temporary = "" if self.how.breadth_first else "hidden"
        macros = [f"-D{name}={value}" for name, value in model.constants.items()]
        generate = run(["spin", "-a", f"-DTEMPORARY={temporary}", *macros, model.file.name], folder=folder, limit=limit)
        pan = folder / "pan.c"
        if not pan.exists():
            raise generate.refuse("SPIN has made no program")
        pan.write_text(pan.read_text(encoding="latin-1").replace(_ROUNDED, _WHOLE), encoding="latin-1")
        defines = ["-DSAFETY", "-DNOREDUCE", *self.how.defines]
        compile_ = run(["gcc", "-O3", "-w", *defines, "-o", "pan", "pan.c", "-lpthread"], folder=folder, limit=limit)
        if compile_.status:
            raise compile_.refuse("cannot compile SPIN's program")
        # The table as large as it has to be: SPIN's is not to grow. -c0: go on past violations.
        bits = max(16, workload.counts.distinct.bit_length())
        options = ["-n", "-c0", f"-w{bits}", *([f"-u{self.threads}"] if self.how.parallel else [])]
        search = self.runner([folder / "pan", *options], folder=folder, limit=limit)
        found = read_report(search, breadth_first=self.how.breadth_first)
        compiling = generate.seconds + compile_.seconds
        return demand(
            workload,
            self,
            Run(
                seconds=compiling + search.seconds,
                search=found.search,
                processor_seconds=sum(part.processor_seconds for part in (generate, compile_, search)),
                peak=found.peak,
                counts=found.counts,
                violated=found.violated,
                compiling=compiling,
                instructions=search.instructions,
            ),
        )


def read_report(done: Finished, *, breadth_first: bool) -> Run:
    """What SPIN's program says about a complete search."""
    stored = re.search(r"^ *(\d+) states, stored", done.text, re.M)
    transitions = re.search(r"^ *(\d+) transitions \(= stored\+matched\)", done.text, re.M)
    reached = re.search(r"^State-vector \d+ byte, depth reached (\d+), errors: (\d+)", done.text, re.M)
    elapsed = re.search(r"^pan: elapsed time ([\d.e+-]+) seconds", done.text, re.M)
    cut = re.search(r"search depth too small|out of memory|Search not completed|hash table is full", done.text, re.I)
    if not (stored and transitions and reached and elapsed) or cut:
        raise done.refuse("SPIN has not searched everything")
    return Run(
        seconds=done.seconds,
        # It says hundredths of a second. What is short is better measured from outside.
        search=float(elapsed[1]) if float(elapsed[1]) >= _SHORT else done.seconds,
        processor_seconds=done.processor_seconds,
        peak=done.peak,
        # It counts the initial state as a transition, and it counts depth in steps.
        counts=Counts(int(stored[1]), int(transitions[1]), int(reached[1]) + 1 if breadth_first else None),
        violated=reached[2] != "0",
    )


def version() -> str:
    """SPIN's version and the C compiler's."""
    try:
        spin = re.search(r"Version (\S+)", run(["spin", "-V"], limit=60).text)
        gcc = run(["gcc", "-dumpfullversion"], limit=60).text.strip()
    except ProcessError:
        return "unknown"
    return f"{spin[1] if spin else 'unknown'}, gcc {gcc}"
