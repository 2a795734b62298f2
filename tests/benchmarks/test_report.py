"""The page says what was measured."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.counts import Counts
from benchmarks.plot import Axis, _apart, line_chart
from benchmarks.record import Accesses, BenchmarkRecord, Measurement, Phases, Subject
from tests.benchmarks.fakes import run

NATIVE, TLC, SPIN = "skipgate native, 4 threads", "TLC, 4 workers", "SPIN DFS"


def record() -> BenchmarkRecord:
    subjects = [
        Subject("lock", "a lock", "small", Counts(10, 30, 5), by_threads=False),
        Subject("hlc_1", "a clock", "models", Counts(200_000, 1_000_000, 5), by_threads=True),
        Subject("hlc_2", "a large clock", "sizes", Counts(2_000_000, 10_000_000, 5), by_threads=False),
    ]
    found = BenchmarkRecord("today", False, {"processor": "abacus"}, {"TLC": "2"}, 1.5)
    found.subjects = subjects
    found.families = {NATIVE: "skipgate native", "skipgate native, 1 thread": "skipgate native", TLC: "TLC", SPIN: SPIN}
    found.threads = {NATIVE: 4, "skipgate native, 1 thread": 1, TLC: 4, SPIN: 1}
    # Engine, model, and for each round: whole, search.
    for engine, workload, peak, rounds in [
        (NATIVE, "lock", 50_000_000, [(0.2, 0.001)]),
        (NATIVE, "hlc_1", 60_000_000, [(0.5, 0.1), (0.4, 0.2)]),
        ("skipgate native, 1 thread", "hlc_1", 60_000_000, [(0.9, 0.4)]),
        (NATIVE, "hlc_2", 150_000_000, [(2.0, 1.0)]),
        (TLC, "lock", 90_000_000, [(0.8, 0.1)]),
        (TLC, "hlc_1", 900_000_000, [(10.0, 9.0), (12.0, 11.0)]),
        (SPIN, "hlc_1", 70_000_000, [(2.0, 0.4)]),
    ]:
        for number, (whole, search) in enumerate(rounds):
            distinct = next(s.counts.distinct for s in subjects if s.name == workload and s.counts)
            found.measurements.append(
                Measurement(number, engine, workload, run(whole, distinct, search=search, peak=peak))
            )
    found.measurements.append(Measurement(0, TLC, "hlc_2", None, "it would take about 500 s"))
    found.phases = [
        Phases("hlc", "safe", {"read": 0.1, "compile": 0.2}, 100),
        Phases("hlc", "gap", {"read": 0.1, "compile": 0.3}, 90),
    ]
    found.accesses = [Accesses(2**20, 4, 9e9, 1e9), Accesses(2**30, 4, 1e9, 1e8), Accesses(2**30, 1, 4e8, 1e7)]
    return found


def test_ratios_are_those_of_the_rounds() -> None:
    # TLC whole: 10 / 0.5 = 20 and 12 / 0.4 = 30; search: 9 / 0.1 = 90 and 11 / 0.2 = 55. SPIN: 0.4 / 0.1 = 4.
    assert f"| {NATIVE} | 25.0 (20.0-30.0) | 72.5 (55.0-90.0) | 4.00 |" in report.text(record())


def test_times_and_memory_are_shown_for_every_engine() -> None:
    # (60 - 50) million bytes for 200,000 states; both numbers of threads have the smallest model's memory in common.
    page = report.text(record())
    assert f"| {NATIVE} | 0.450 (0.400-0.500) | 0.150 (0.100-0.200) | 50 |" in page
    assert "| skipgate native, 1 thread | 0.900 | 0.400 | 50 |" in page
    assert f"| {TLC} | 11.0 (10.0-12.0) | 10.0 (9.00-11.0) | - |" in page


def test_speed_is_compared_with_that_of_memory() -> None:
    # A million successors in 0.15 s are 6.67 M/s; four threads could read a thousand million times a second.
    assert f"| {NATIVE} | a clock | 6.67 | 0.7 % |" in report.text(record())


def test_threads_growth_start_and_what_was_left_out_are_shown() -> None:
    page = report.text(record())
    assert "| skipgate native | 0.400 | 0.150 (2.67) |" in page
    assert f"| {NATIVE} | 0.150 | 1.00 |" in page
    assert "| hlc | 2 | 0.100 | 0.300 | 100 |" in page
    assert f"| {TLC} | a large clock | it would take about 500 s |" in page
    assert f"| {NATIVE} | 0.200 | 4.00 |" in page


def test_the_page_and_its_plots_are_written(tmp_path: Path) -> None:
    report.write(record(), tmp_path / "performance.md", tmp_path / "images")
    page = (tmp_path / "performance.md").read_text(encoding="utf-8")
    for image in (tmp_path / "images").iterdir():
        ET.parse(image)
        assert f"(images/{image.name})" in page
    assert page.count("![") == 2
    assert "\n\n\n" not in page


def test_a_record_is_the_same_after_it_was_stored(tmp_path: Path) -> None:
    record().write(tmp_path / "record.json")
    assert BenchmarkRecord.read(tmp_path / "record.json") == record()


def test_an_axis_goes_from_tick_to_tick() -> None:
    axis = Axis.around("states", [18_277, 2_715_378])
    assert [round(tick) for tick in axis.ticks()] == [10_000, 100_000, 1_000_000, 10_000_000]
    assert (axis.place(10_000), round(axis.place(1e7), 9)) == (0, 1)
    assert [round(tick) for tick in Axis.around("threads", [1, 2, 4], step=2).ticks()] == [1, 2, 4]
    assert len(Axis.around("seconds", [1.0]).ticks()) == 2


def test_names_beside_lines_do_not_cover_each_other() -> None:
    places = sorted(_apart([100.0, 101.0, 99.0, 363.0, 364.0]))
    assert all(after - before >= 17 for before, after in pairwise(places))


def test_a_chart_has_a_line_for_each_name() -> None:
    chart = line_chart("a < b", Axis("x", 1, 10), Axis("y", 1, 10), {"one": [(1, 1), (10, 10)], "two": [(1, 10)]})
    texts = [element.text for element in ET.fromstring(chart).iter("{http://www.w3.org/2000/svg}text")]
    assert {"a < b", "one", "two"} <= set(texts)


def test_what_a_session_has_not_measured_can_be_kept_from_an_earlier_one() -> None:
    again = record()
    again.subjects = again.subjects[:1]
    again.measurements = [Measurement(0, NATIVE, "lock", run(0.1, 10, search=0.001, peak=50_000_000))]
    both = again.onto(record())
    assert [subject.name for subject in both.subjects] == ["lock", "hlc_1", "hlc_2"]
    assert [m for m in both.measurements if m.workload == "lock"] == again.measurements
    assert [m for m in both.measurements if m.workload != "lock"] == [
        m for m in record().measurements if m.workload != "lock"
    ]
    assert both.date == "today; in a run before, today: a clock; a large clock"
    other = record()
    other.machine = {"processor": "slide rule"}
    with pytest.raises(ValueError, match="another machine"):
        again.onto(other)


def test_a_plot_shows_no_engine_twice() -> None:
    found = record()
    found.families["skipgate native, new model"] = "skipgate native, new model"
    found.threads["skipgate native, new model"] = 4
    for name in ("hlc_1", "hlc_2"):
        found.measurements.append(Measurement(0, "skipgate native, new model", name, run(3.0, 10, search=None, peak=1)))
    plot = report._states_plot(found)
    assert plot is not None
    assert "skipgate native, 4 threads" in plot and "new model" not in plot
