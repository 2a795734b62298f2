"""The engines that are measured are those that the command line offers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.plan import DIE_HARD, HLC_18_THOUSAND
from benchmarks.process import ProcessError
from benchmarks.skipgate_engines import Cache, SkipgateEngine, skipgate_engines, thread_counts
from tests.benchmarks.fakes import FakeRunner, workload

RESULT = {
    "as_expected": True,
    "verdict": "violation",
    "distinct": 16,
    "generated": 97,
    "depth": 8,
    "seconds": 0.5,
}


def test_every_engine_of_the_command_line_is_measured_under_a_name_of_its_own(tmp_path: Path) -> None:
    engines = list(skipgate_engines(FakeRunner(""), tmp_path))
    names = [engine.name for engine in engines]
    assert len(names) == len(set(names))
    assert any(name.startswith("skipgate python") for name in names)


def test_numbers_of_threads_end_with_all_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 6)
    assert thread_counts() == [1, 2, 4, 6]
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    assert thread_counts() == [1, 2, 4]
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert thread_counts() == [1]


def test_a_result_is_read_and_compared(tmp_path: Path) -> None:
    runner = FakeRunner(json.dumps({"results": [RESULT]}))
    engine = SkipgateEngine(runner, tmp_path / "cache", "python", ("--engine", "python"))
    run = engine.measure(DIE_HARD, tmp_path, 60)
    assert (run.search, run.counts.distinct, run.violated) == (0.5, 16, True)
    assert runner.commands[0][-2:] == ("--engine", "python")
    assert runner.environments[0]["SKIPGATE_CACHE"] == str(tmp_path / "cache")


def test_a_time_that_includes_compiling_is_no_time_of_a_search(tmp_path: Path) -> None:
    (tmp_path / "warm").mkdir()
    (tmp_path / "warm" / "grammar-1.tables").write_text("tables")
    (tmp_path / "warm" / "kernels-1.o").write_text("machine code")
    runner = FakeRunner(json.dumps({"results": [RESULT]}))
    engine = SkipgateEngine(runner, tmp_path / "warm", "native", (), cache=Cache.OTHERS)
    assert engine.measure(DIE_HARD, tmp_path, 60).search is None
    cache = Path(runner.environments[0]["SKIPGATE_CACHE"])
    assert [file.name for file in cache.iterdir()] == ["grammar-1.tables"]


def test_a_check_with_constants_is_written_to_a_file(tmp_path: Path) -> None:
    runner = FakeRunner(json.dumps({"results": [RESULT | {"verdict": "holds"}]}))
    with pytest.raises(Exception, match="distinct 16 instead of 18,277"):
        SkipgateEngine(runner, tmp_path / "cache", "python", ()).measure(HLC_18_THOUSAND, tmp_path, 60)
    assert "TERMS = 2, OPS = 3, MAX_WALL = 3" in (tmp_path / "measured.gate").read_text()


@pytest.mark.parametrize("text", ["no JSON", json.dumps({"results": [RESULT | {"as_expected": False}]})])
def test_what_is_not_as_expected_is_refused_even_without_counts_to_compare(text: str, tmp_path: Path) -> None:
    with pytest.raises(ProcessError):
        SkipgateEngine(FakeRunner(text), tmp_path / "cache", "python", ()).measure(workload("lock"), tmp_path, 60)


def test_modules_are_kept_compiled_between_runs_as_those_of_an_installed_package_are(tmp_path: Path) -> None:
    runner = FakeRunner(json.dumps({"results": [RESULT]}))
    for cache in Cache:
        SkipgateEngine(runner, tmp_path / "warm", "python", (), cache=cache).measure(
            DIE_HARD, tmp_path / cache.name, 60
        )
    for environment in runner.environments:
        assert environment["PYTHONPYCACHEPREFIX"] == str(tmp_path / "warm" / "bytecode")
        assert not environment["PYTHONDONTWRITEBYTECODE"]
