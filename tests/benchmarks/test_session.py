"""Rounds, and what is left out of them."""

from __future__ import annotations

from benchmarks.record import BenchmarkRecord
from benchmarks.session import MeasuredCell, SessionLimits, measure, too_large
from tests.benchmarks.fakes import FakeEngine, workload

LIMITS = SessionLimits(rounds=3, process=1000, cell=10_000)


def record() -> BenchmarkRecord:
    return BenchmarkRecord(date="today", quick=False, machine={}, versions={}, busy=0.0)


def outcomes(found: BenchmarkRecord) -> list[tuple[int, str, str, str | None]]:
    return [(m.round, m.engine, m.workload, m.problem) for m in found.measurements]


def test_every_engine_searches_every_model_before_the_next_round() -> None:
    found, a, b = record(), FakeEngine("a"), FakeEngine("b")
    measure(
        [MeasuredCell(a, w) for w in [workload("lock", 5)]] + [MeasuredCell(b, workload("lock", 5))],
        LIMITS,
        found,
        print,
    )
    assert outcomes(found) == [(n, engine, "lock", None) for n in range(3) for engine in ("a", "b")]


def test_an_engine_that_keeps_something_is_run_once_before_it_is_measured() -> None:
    found, engine = record(), FakeEngine()
    engine.warms_up = True
    measure([MeasuredCell(engine, workload("lock", 5))], LIMITS, found, print)
    assert (len(engine.asked), len(found.measurements)) == (4, 3)


def test_no_cell_takes_more_than_its_budget() -> None:
    found = record()
    measure([MeasuredCell(FakeEngine(pace=1.0), workload("lock", 40))], SessionLimits(5, 1000, 100), found, print)
    # After two runs of 40 s, a third would pass 100 s.
    assert len(found.measurements) == 2


def test_what_would_take_too_long_is_not_tried() -> None:
    found, engine = record(), FakeEngine(pace=0.001)
    cells = [MeasuredCell(engine, workload("small", 100_000)), MeasuredCell(engine, workload("large", 2_000_000))]
    measure(cells, LIMITS, found, print)
    assert "large" not in engine.asked
    assert (0, "fake", "large", "it would take about 2000 s") in outcomes(found)
    assert [m.round for m in found.measurements if m.workload == "large"] == [0]


def test_a_tiny_model_tells_nothing_about_a_large_one() -> None:
    found, engine = record(), FakeEngine(pace=0.1)
    measure(
        [MeasuredCell(engine, workload("tiny", 100)), MeasuredCell(engine, workload("large", 100_000))],
        LIMITS,
        found,
        print,
    )
    assert "large" in engine.asked


def test_what_would_take_too_much_memory_is_not_tried() -> None:
    found, engine = record(), FakeEngine(pace=1e-9, bytes_a_state=2**20)
    for name, size in (("tiny", 1), ("small", 100_000)):
        measure([MeasuredCell(engine, workload(name, size))], LIMITS, found, print)
    why = too_large(MeasuredCell(engine, workload("large", 10**9)), LIMITS, found)
    assert why is not None
    assert why.endswith("GiB")


def test_what_fails_is_said_and_not_tried_again() -> None:
    found, engine = record(), FakeEngine()
    engine.fails_on = "lock"
    measure(
        [MeasuredCell(engine, workload("lock", 5)), MeasuredCell(engine, workload("gate", 5))], LIMITS, found, print
    )
    assert engine.asked == ["lock", "gate", "gate", "gate"]
    assert outcomes(found)[0] == (0, "fake", "lock", "it broke")
