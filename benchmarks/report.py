"""A session as a page: docs/performance.md and its plots."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks import spin, wording
from benchmarks.engine import Run
from benchmarks.numbers import duration, size, spread, table, times
from benchmarks.plot import Axis, line_chart
from benchmarks.record import BenchmarkRecord, Subject
from benchmarks.spread import ratios

_STATES_PLOT = "performance-states.svg"
_THREADS_PLOT = "performance-threads.svg"
_FEW = 100_000  # distinct states, below which memory says nothing about states
_GROWING = "hlc_"  # how the names of the workloads begin that are one model in several sizes


def whole(run: Run) -> float:
    """The seconds of a whole run."""
    return run.seconds


def search(run: Run) -> float | None:
    """The seconds that the search took, if the engine says so."""
    return run.search


def write(record: BenchmarkRecord, page: Path, images: Path) -> None:
    """Write the page and its plots."""
    images.mkdir(parents=True, exist_ok=True)
    plots = {_STATES_PLOT: _states_plot(record), _THREADS_PLOT: _threads_plot(record)}
    drawn = {name: plot for name, plot in plots.items() if plot is not None}
    for name, plot in drawn.items():
        (images / name).write_text(plot, encoding="utf-8")
    page.write_text(text(record, drawn), encoding="utf-8")


def text(record: BenchmarkRecord, plots: Iterable[str] = ()) -> str:
    """The page, with the plots that there are."""
    shown = set(plots)
    parts = [
        wording.INTRODUCTION,
        _conditions(record),
        _searching(record),
        _small(record),
        _growth(record, _STATES_PLOT in shown),
        _threads(record, _THREADS_PLOT in shown),
        _memory_limit(record),
        _before(record),
        _instructions(record),
        _left_out(record),
        wording.COMPARISON,
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(part.strip() for part in parts if part)) + "\n"


# ------------------------------------------------------------------------------------------------- conditions, models


def _conditions(record: BenchmarkRecord) -> str:
    rows = [[name, value] for name, value in (record.machine | record.versions).items()]
    rows.append(
        ["measured", f"{record.date}; processes that wanted to run, on average, just before: {record.busy:.1f}"]
    )
    parts = ["## Conditions", table(["", ""], rows, texts=2)]
    if record.quick:
        parts.append("**A quick run over small models: no more than an impression.**")
    return "\n\n".join(parts)


def _searching(record: BenchmarkRecord) -> str:
    parts = [wording.SEARCHING]
    for subject in record.subjects:
        engines = record.engines(subject.name)
        if subject.group != "models" or not engines:
            continue
        rows = []
        for engine in engines:
            memory = bytes_per_state(record, engine, subject.name)
            rows.append(
                [
                    engine,
                    spread(record.spread(engine, subject.name, whole), duration),
                    spread(record.spread(engine, subject.name, search), duration),
                    "-" if memory is None else f"{memory:.0f}",
                ]
            )
        parts.append(f"### {_heading(record, subject)}")
        parts.append(table(["engine", "whole, s", "search, s", "bytes a state"], rows))
        parts.append(_ratios(record, subject))
    return "\n\n".join(part for part in parts if part)


def _small(record: BenchmarkRecord) -> str:
    parts = [wording.SMALL]
    for subject in record.subjects:
        if subject.group == "small":
            tlc = record.fastest("TLC", subject.name)
            rows = [
                [
                    engine,
                    spread(record.spread(engine, subject.name, whole), duration),
                    _ratio(record, tlc, engine, subject, whole),
                ]
                for engine in record.engines(subject.name)
            ]
            parts.append(f"### {_heading(record, subject)}")
            parts.append(table(["engine", "whole, s", "times as long takes TLC"], rows))
    return "\n\n".join(parts)


def _heading(record: BenchmarkRecord, subject: Subject) -> str:
    counts = record.counts(subject.name)
    return subject.title if counts is None else f"{subject.title}: {counts}"


def _ratios(record: BenchmarkRecord, subject: Subject) -> str:
    """How many times as long the others take as skipgate."""
    engines = record.engines(subject.name)
    tlc = record.fastest("TLC", subject.name)
    others: list[tuple[str | None, str, Callable[[Run], float | None]]] = [
        (tlc, "TLC, whole", whole),
        (tlc, "TLC, search", search),
        (spin.DEPTH_FIRST.name, "SPIN DFS, search", search),
        (spin.BREADTH_FIRST.name, "SPIN BFS, search", search),
    ]
    others = [other for other in others if other[0] in engines]
    if not others:
        return ""
    rows = [
        [engine, *(_ratio(record, other, engine, subject, what) for other, _, what in others)]
        for engine in engines
        if record.families[engine].startswith("skipgate")
    ]
    return table(["times as long take", *(name for _, name, _ in others)], rows)


def _ratio(
    record: BenchmarkRecord, reference: str | None, engine: str, subject: Subject, what: Callable[[Run], float | None]
) -> str:
    """How many times as long the reference takes."""
    if reference is None:
        return "-"
    compared = ratios(record.values(reference, subject.name, what), record.values(engine, subject.name, what))
    return "1" if reference == engine else spread(compared, times)


def bytes_per_state(record: BenchmarkRecord, engine: str, workload: str) -> float | None:
    """The memory of a search beyond what its engine needs for next to no states; None if that cannot be told.

    Of a virtual machine that takes as much memory as there is, it cannot.
    """
    peak = record.spread(engine, workload, lambda run: run.peak)
    counts = record.counts(workload)
    if peak is None or counts is None or counts.distinct < _FEW or engine.startswith("TLC"):
        return None
    family = record.families[engine]
    runs = [m.run for m in record.measurements if record.families[m.engine] == family and m.run is not None]
    base = min((run.peak for run in runs if run.counts.distinct < _FEW / 100), default=None)
    return None if base is None or base >= peak.middle else (peak.middle - base) / counts.distinct


# ---------------------------------------------------------------------------------------------------- growth, threads


def _growing(record: BenchmarkRecord) -> list[tuple[Subject, int]]:
    """One model in several sizes, and these."""
    return sorted(
        ((s, s.counts.distinct) for s in record.subjects if s.counts is not None and s.name.startswith(_GROWING)),
        key=lambda pair: pair[1],
    )


def _growth(record: BenchmarkRecord, plot: bool) -> str:
    subjects = _growing(record)
    engines = list(dict.fromkeys(engine for s, _ in subjects for engine in record.engines(s.name)))
    if len(subjects) < 2:
        return ""
    times_: list[list[str]] = []
    memory: list[list[str]] = []
    for engine in engines:
        spreads = [record.spread(engine, s.name, search) for s, _ in subjects]
        if any(spreads):
            times_.append([engine, *("-" if spread is None else duration(spread.middle) for spread in spreads)])
        bytes_ = [bytes_per_state(record, engine, s.name) for s, _ in subjects]
        if any(bytes_):
            memory.append([engine, *("-" if b is None else f"{b:.0f}" for b in bytes_)])
    sizes = [f"{distinct:,}" for _, distinct in subjects]
    parts = [wording.GROWTH]
    if plot:
        parts.append(f"![Seconds over the number of distinct states](images/{_STATES_PLOT})")
    parts.append(table(["search, s", *sizes], times_))
    if memory:
        parts.append(table(["bytes a state", *sizes], memory))
    return "\n\n".join(parts)


def _threads(record: BenchmarkRecord, plot: bool) -> str:
    parts = []
    for subject, lines in _by_threads(record):
        numbers = sorted({n for line in lines.values() for n in line})
        rows = [[family, *(_speedup(line, n) for n in numbers)] for family, line in lines.items()]
        head = ["search, s (times as fast)", *(f"{n} thread{'s' if n > 1 else ''}" for n in numbers)]
        parts += [f"### {_heading(record, subject)}", table(head, rows)]
    if not parts:
        return ""
    picture = [f"![Seconds over the number of threads](images/{_THREADS_PLOT})"] if plot else []
    return "\n\n".join(["## Threads", *picture, *parts])


def _speedup(line: dict[int, float], threads: int) -> str:
    if threads not in line:
        return "-"
    return duration(line[threads]) + (f" ({times(line[1] / line[threads])})" if threads > 1 and 1 in line else "")


def _by_threads(record: BenchmarkRecord) -> list[tuple[Subject, dict[str, dict[int, float]]]]:
    """For each workload on which threads are compared: the seconds of a search by engine and number of threads."""
    found = []
    for subject in record.subjects:
        lines: dict[str, dict[int, float]] = {}
        for engine in record.engines(subject.name) if subject.by_threads else []:
            time = record.spread(engine, subject.name, search)
            if time is not None:
                lines.setdefault(record.families[engine], {})[record.threads[engine]] = time.middle
        lines = {family: line for family, line in lines.items() if len(line) > 1}
        if lines:
            found.append((subject, lines))
    return found


# ----------------------------------------------------------------------------------------------- memory, start-up, etc.


def _memory_limit(record: BenchmarkRecord) -> str:
    """What random access allows, and how close the searches come to it."""
    if not record.accesses:
        return ""
    rows = [
        [size(a.bytes), str(a.threads), f"{a.independent / 1e6:.0f}", f"{a.dependent / 1e6:.1f}"]
        for a in record.accesses
    ]
    parts = [wording.LIMIT, table(["table", "threads", "independent, M/s", "dependent, M/s"], rows)]
    largest = max(a.bytes for a in record.accesses)
    limits = {a.threads: a.independent for a in record.accesses if a.bytes == largest}
    compared = []
    for subject in record.subjects:
        counts = record.counts(subject.name)
        best: dict[str, tuple[float, list[str]]] = {}  # of each program: its fastest engine
        for engine in record.engines(subject.name):
            time, limit = record.spread(engine, subject.name, search), limits.get(record.threads[engine])
            if counts is None or counts.distinct < _FEW or counts.generated is None or time is None or not limit:
                continue
            rate = counts.generated / time.middle
            row = [engine, subject.title, f"{rate / 1e6:.2f}", f"{100 * rate / limit:.1f} %"]
            program = engine.split()[0]
            best[program] = max(best.get(program, (rate, row)), (rate, row))
        compared += [row for _, row in best.values()]
    if compared:
        parts.append(table(["engine", "model", "successors, M/s", "of the limit"], compared, texts=2))
    return "\n\n".join(parts)


def _before(record: BenchmarkRecord) -> str:
    """What it takes to begin."""
    names = list(dict.fromkeys(name for phases in record.phases for name in phases.seconds))
    rows = []
    for model in dict.fromkeys(phases.model for phases in record.phases):
        checks = [phases for phases in record.phases if phases.model == model]
        slowest = [max(phases.seconds.get(name, 0) for phases in checks) for name in names]
        lines = max(phases.lines for phases in checks)
        rows.append([model, str(len(checks)), *map(duration, slowest), f"{lines:,}"])
    head = ["model", "checks", *names, "lines of kernels"]
    return "\n\n".join([wording.BEFORE, table(head, rows)]) if rows else ""


def _instructions(record: BenchmarkRecord) -> str:
    rows = []
    for subject in record.subjects:
        for engine in record.engines(subject.name):
            count = record.spread(engine, subject.name, lambda run: run.instructions)
            counts = record.counts(subject.name)
            if count is not None and counts is not None:
                many = counts.generated if counts.distinct >= _FEW else None
                each = "-" if many is None else f"{count.middle / many:,.0f}"
                rows.append([engine, subject.title, f"{count.middle / 1e6:,.0f}", each])
    head = ["engine", "model", "instructions, M", "a successor"]
    return "\n\n".join([wording.INSTRUCTIONS, table(head, rows, texts=2)]) if rows else ""


def _left_out(record: BenchmarkRecord) -> str:
    titles = {subject.name: subject.title for subject in record.subjects}
    rows = [[m.engine, titles[m.workload], m.problem or ""] for m in record.measurements if m.run is None]
    return "\n\n".join([wording.LEFT_OUT, table(["engine", "model", "because"], rows, texts=3)]) if rows else ""


# -------------------------------------------------------------------------------------------------------------- plots


def _states_plot(record: BenchmarkRecord) -> str | None:
    lines: dict[str, list[tuple[float, float]]] = {}
    for subject, distinct in _growing(record):
        for engine in record.engines(subject.name):
            time = record.spread(engine, subject.name, whole)
            if time is not None:
                lines.setdefault(engine, []).append((distinct, time.middle))
    most = max(record.threads.values(), default=1)
    lines = {
        engine: points
        for engine, points in lines.items()
        if len(points) > 1 and record.threads[engine] in (1, most) and not _is_variant(record.families[engine])
    }
    if not lines:
        return None
    return line_chart(
        "elastickv's HLC: from the command to its result",
        Axis.around("distinct states", (x for points in lines.values() for x, _ in points)),
        Axis.around("seconds", (y for points in lines.values() for _, y in points)),
        lines,
    )


def _is_variant(family: str) -> bool:
    """Is it an engine that is there as itself, too?"""
    return "," in family or " on " in family


def _threads_plot(record: BenchmarkRecord) -> str | None:
    if not (compared := _by_threads(record)):
        return None
    subject, by_family = compared[-1]
    lines = {family: sorted((float(n), value) for n, value in line.items()) for family, line in by_family.items()}
    return line_chart(
        f"{subject.title}: the search",
        Axis.around("threads", (x for points in lines.values() for x, _ in points), step=2),
        Axis.around("seconds", (y for points in lines.values() for _, y in points)),
        lines,
    )
