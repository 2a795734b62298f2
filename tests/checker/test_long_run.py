"""The command that compares random models for as long as there is time."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from skipgate.checker.search.explore import Exploration
from tests.checker import long_run
from tests.checker.long_run import MACHINE_CODE, TLC, LongRun, main
from tests.checker.native import harness, test_search


def test_counts_each_comparison(tmp_path: Path) -> None:
    done = LongRun({MACHINE_CODE: lambda seed: seed % 4 != 0, TLC: lambda seed: True}, tmp_path)
    done.over(itertools.count(1), seconds=600, most=33)
    assert done.compared == {MACHINE_CODE: 30, TLC: 3}
    assert done.left_out[MACHINE_CODE] > 0 and not done.failed


def test_a_disagreement_is_kept_with_its_model_and_the_run_goes_on(tmp_path: Path) -> None:
    def compare(seed: int) -> bool:
        assert seed != 2, "3 states here, 4 there"
        return True

    done = LongRun({MACHINE_CODE: compare}, tmp_path)
    done.over(itertools.count(), seconds=600, most=5)
    assert done.compared == {MACHINE_CODE: 5} and len(done.failed) == 1
    place = tmp_path / "machine_code-2"
    assert "3 states here" in (place / "problem.txt").read_text(encoding="utf-8")
    assert "check c" in (place / "low.gate").read_text(encoding="utf-8")


def test_the_time_ends_it(tmp_path: Path) -> None:
    done = LongRun({MACHINE_CODE: lambda seed: True}, tmp_path)
    done.over(itertools.count(), seconds=0, most=5)
    assert not done.compared


@pytest.mark.differential
@pytest.mark.parametrize("seed", range(1000, 1000 + len(long_run.WRITERS)))
def test_every_sort_of_model(seed: int) -> None:
    long_run.with_machine_code(seed)


@pytest.mark.differential
def test_a_wrong_count_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def miscounting(*arguments: Any, **options: Any) -> Exploration:
        found = harness.search(*arguments, **options)
        found.generated += 1
        return found

    monkeypatch.setattr(test_search, "search", miscounting)
    assert main(["--only", "machine-code", "--models", "1", "--first", "1000", "--out", str(tmp_path)]) == 1
    assert "1 with machine code" in (said := capsys.readouterr().out) and "1 disagreements" in said
