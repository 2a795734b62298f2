"""TLC, the explicit-state model checker of TLA+."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.counts import Counts
from benchmarks.engine import MeasuredEngine, Run, demand
from benchmarks.process import Finished, ProcessError, Runner, run
from benchmarks.workloads import ExportedModule, TlaModule, Workload

# The numbers of TLC's messages, which it prints with `-tool`.
_STARTED = "2189"  # Computing initial states...
_FINISHED = "2186"
_VIOLATIONS = frozenset({"2110", "2107", "2112", "2114", "2116"})  # invariants, properties, deadlock


class TlcEngine(MeasuredEngine):
    """TLC as its manual recommends to start it, with so many workers.

    Its depth is exact with one worker only.
    """

    def __init__(
        self,
        runner: Runner,
        jar: Path,
        workers: int,
        original: Callable[[Workload], TlaModule | ExportedModule | None] | None = None,
    ) -> None:
        self.runner = runner
        self.jar = jar
        self.threads = workers
        self.original = original is not None
        self.family = "TLC" if original is None else "TLC on the original module"
        self.name = f"{self.family}, {workers} worker{'s' if workers > 1 else ''}"
        self.module = original or (lambda workload: workload.tla)

    def can_run(self, workload: Workload) -> bool:
        """Is there a TLA+ module of the workload?"""
        return self.module(workload) is not None

    def measure(self, workload: Workload, folder: Path, limit: float) -> Run:
        """Run TLC on the module."""
        module = self.module(workload)
        assert module is not None
        if isinstance(module, ExportedModule):
            name, options = module.write(folder), ["-deadlock"]
        else:
            name, options = module.name, ["-continue"] if workload.violated else []
            for file in module.files:
                shutil.copy(file, folder)
            (folder / f"{name}.cfg").write_text(module.configuration(), encoding="ascii")
        command: list[str | Path] = ["java", "-XX:+UseParallelGC", "-cp", self.jar, "tlc2.TLC", "-tool"]
        command += ["-workers", str(self.threads)]
        command += ["-metadir", folder / "states", "-cleanup", "-nowarning", *options]
        done = self.runner([*command, name], folder=folder, limit=limit)
        return demand(workload, self, read_report(done, exact_depth=self.threads == 1))


def read_report(done: Finished, *, exact_depth: bool) -> Run:
    """What TLC says with `-tool` about a complete search."""
    sizes = re.search(r"^(\d+) states generated, (\d+) distinct states found, 0 states left on queue", done.text, re.M)
    depth = re.search(r"^The depth of the complete state graph search is (\d+)", done.text, re.M)
    times: dict[str, float] = {}
    for line in done.lines:
        if message := re.match(r"@!@!@STARTMSG (\d+):", line.text):
            times.setdefault(message[1], line.at)
    if not (sizes and depth and _STARTED in times and _FINISHED in times):
        raise done.refuse("TLC has not searched everything")
    return Run(
        seconds=done.seconds,
        search=times[_FINISHED] - times[_STARTED],
        processor_seconds=done.processor_seconds,
        peak=done.peak,
        counts=Counts(int(sizes[2]), int(sizes[1]), int(depth[1]) if exact_depth else None),
        violated=not _VIOLATIONS.isdisjoint(times),
        instructions=done.instructions,
    )


def version(jar: Path) -> str:
    """TLC's version and Java's."""
    try:
        # TLC says it first of all, whatever it is then asked to do.
        tlc = re.search(
            r"TLC2 Version (\S+).*\((rev: \w+)\)", run(["java", "-cp", jar, "tlc2.TLC", "-help"], limit=60).text
        )
        java = re.search(r'version "([^"]*)"', run(["java", "-version"], limit=60).text)
    except ProcessError:
        return "unknown"
    return f"{f'{tlc[1]} ({tlc[2]})' if tlc else 'unknown'}, Java {java[1] if java else 'unknown'}"
