"""The command `python -m benchmarks`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from benchmarks import host, phases, random_access, report, spin, tlc, tools
from benchmarks.engine import MeasuredEngine, ProcessError, WrongResult
from benchmarks.originals import originals
from benchmarks.plan import FULL, QUICK, cells
from benchmarks.process import Runner, run, run_counting_instructions
from benchmarks.record import BenchmarkRecord, Subject
from benchmarks.session import SessionLimits, measure
from benchmarks.skipgate_engines import ROOT, skipgate_engines, thread_counts

_TABLES = (2**18, 2**23, 2**27)  # words: in the caches, beyond most of them, beyond all


def main() -> int:
    """Measure, or show what was measured before; the exit status."""
    options = _options()
    try:
        record = BenchmarkRecord.read(options.show) if options.show else _session(options)
    except (ProcessError, WrongResult, ValueError) as problem:
        print(f"benchmarks: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    report.write(record, options.out / "performance.md", options.out / "images")
    print(f"wrote {options.out / 'performance.md'}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure skipgate against TLC and SPIN.")
    parser.add_argument("--quick", action="store_true", help="small models, few rounds, a few minutes")
    parser.add_argument("--out", type=Path, help="where to write the page (docs; with --quick: out/bench)")
    parser.add_argument("--rounds", type=int, help="measure everything so many times")
    parser.add_argument("--budget", type=float, help="seconds that one engine may spend on one model")
    parser.add_argument("--engines", default="*", metavar="GLOB", help="only engines with such a name: 'skipgate *'")
    parser.add_argument("--models", default="*", metavar="GLOB", help="only models with such names: 'hlc_*,die_hard'")
    parser.add_argument("--onto", type=Path, metavar="RECORD", help="keep what this record says of other models")
    parser.add_argument("--jar", type=Path, help="TLC's tla2tools.jar, instead of the one on PyPI")
    parser.add_argument("--elastickv", type=Path, help="a checkout of elastickv: run TLC on its own module, too")
    parser.add_argument("--no-tlc", action="store_true")
    parser.add_argument("--no-spin", action="store_true")
    parser.add_argument("--instructions", action="store_true", help="count instructions, too, with perf")
    parser.add_argument("--show", type=Path, metavar="RECORD", help="do not measure: make the page of this record anew")
    options = parser.parse_args()
    options.out = options.out or (ROOT / "out" / "bench" if options.quick else ROOT / "docs")
    return options


def _session(options: argparse.Namespace) -> BenchmarkRecord:
    plan = QUICK if options.quick else FULL
    limits = SessionLimits(
        options.rounds or plan.limits.rounds,
        min(plan.limits.process, options.budget or plan.limits.process),
        options.budget or plan.limits.cell,
    )
    earlier = BenchmarkRecord.read(options.onto) if options.onto else None
    record = BenchmarkRecord(
        date=time.strftime("%Y-%m-%d"),
        quick=options.quick,
        machine=host.machine(),
        versions={"skipgate runs on": host.python()},
        busy=host.busy(),
    )
    runner: Runner = run_counting_instructions if options.instructions else run
    with tempfile.TemporaryDirectory(prefix="skipgate-bench-cache-") as folder:
        cache = Path(folder)
        engines = [e for e in _engines(options, runner, cache, record) if fnmatchcase(e.name, options.engines)]
        record.families = {engine.name: engine.family for engine in engines}
        record.threads = {engine.name: engine.threads for engine in engines}
        chosen = [cell for cell in cells(plan, engines) if _matches(cell.workload.name, options.models)]
        record.subjects = [
            Subject(w.name, w.title, plan.group(w), w.counts, w in plan.threads)
            for w in dict.fromkeys(cell.workload for cell in chosen)
        ]
        record.phases = phases.all_phases(run, cache)
        _measure_memory(record)
        measure(chosen, limits, record, lambda line: print(line, flush=True))
    if earlier is not None:
        record = record.onto(earlier)
    place = ROOT / "out" / "bench" / ("quick.json" if options.quick else "record.json")
    record.write(place)
    print(f"wrote {place}")
    return record


def _matches(name: str, globs: str) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs.split(","))


def _engines(
    options: argparse.Namespace, runner: Runner, cache: Path, record: BenchmarkRecord
) -> Iterator[MeasuredEngine]:
    yield from skipgate_engines(runner, cache)
    most = thread_counts()[-1]
    if not options.no_tlc:
        _demand("java", "--no-tlc")
        jar = options.jar or tools.tlc_jar()
        record.versions["TLC"] = tlc.version(jar)
        yield from (tlc.TlcEngine(runner, jar, count) for count in thread_counts())
        if options.elastickv:
            yield tlc.TlcEngine(runner, jar, most, originals(options.elastickv / "tla"))
    if not options.no_spin:
        _demand("spin", "--no-spin")
        _demand("gcc", "--no-spin")
        record.versions["SPIN"] = spin.version()
        yield spin.Spin(runner, spin.DEPTH_FIRST)
        yield spin.Spin(runner, spin.BREADTH_FIRST)
        yield from (spin.Spin(runner, spin.PARALLEL, count) for count in thread_counts() if count > 1)


def _demand(program: str, otherwise: str) -> None:
    if tools.missing(program):
        raise ProcessError(f"there is no {program} here; install it, or leave out the comparison with {otherwise}")


def _measure_memory(record: BenchmarkRecord) -> None:
    """Leave it out where the native engine cannot be had."""
    try:
        for size in _TABLES:
            for count in thread_counts():
                record.accesses.append(random_access.measure(run, size, count))
    except ProcessError as problem:
        print(problem.why, flush=True)


if __name__ == "__main__":
    sys.exit(main())
