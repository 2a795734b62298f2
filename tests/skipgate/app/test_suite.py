from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skipgate.app.artifacts import Artifacts, Drawn
from skipgate.app.options import BatchOptions
from skipgate.app.suite import run
from skipgate.base.exits import Exit
from skipgate.base.paths import ModelFile
from skipgate.checker.core.result import CheckResult

Check = Callable[..., CheckResult]
FILES = [ModelFile(Path("a.gate")), ModelFile(Path("b.gate"))]


@pytest.fixture(autouse=True)
def two_files(checker: Any, check: Check) -> None:
    """a.gate has the checks a1 and a2, b.gate has b1."""
    checker.returns(check(check="a1", violated={"Small": 3}), check(check="a2", violated={"Small": 3}), file="a.gate")
    checker.returns(check(check="b1"), file="b.gate")


@pytest.fixture
def failing_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, BaseException], Artifacts]:
    """Makes artifacts that fail while the violation of a check is drawn."""

    def make(name: str, problem: BaseException) -> Artifacts:
        def draw(result: CheckResult, folder: Path, _: object, shown: object = ()) -> Drawn:
            if result.check == name:
                raise problem
            return Drawn(folder)

        monkeypatch.setattr("skipgate.app.jobs.work.draw", draw)
        return Artifacts(tmp_path)

    return make


def test_all_files_are_checked_in_order() -> None:
    report = run(FILES, BatchOptions())
    assert [result.check for result in report.checks] == ["a1", "a2", "b1"]
    assert report.exit_code is Exit.OK


@pytest.mark.parametrize(
    "interrupt", [KeyboardInterrupt(), ctypes.ArgumentError("argument 1: KeyboardInterrupt: ")], ids=["python", "in C"]
)
def test_ctrl_c_between_two_searches_loses_no_finished_check(failing_at: Any, interrupt: BaseException) -> None:
    report = run(FILES, BatchOptions(), artifacts=failing_at("a2", interrupt))
    assert [result.check for result in report.checks] == ["a1", "a2"]
    assert report.exit_code is Exit.INTERRUPTED


def test_a_bug_loses_neither_a_finished_check_nor_the_next_file(failing_at: Any) -> None:
    report = run(FILES, BatchOptions(), artifacts=failing_at("a2", ValueError("no")))
    assert [result.check for result in report.checks] == ["a1", "a2", "b1"]
    assert report.exit_code is Exit.INTERNAL


@pytest.mark.parametrize(("problem", "words"), [(RecursionError(), "nested too deeply"), (MemoryError(), "memory")])
def test_what_exhausts_the_interpreter_is_said_in_plain_words(checker: Any, problem: Exception, words: str) -> None:
    checker.raises(problem, "a.gate")
    report = run(FILES, BatchOptions())
    assert words in str(report.bad[0].error)
    assert [result.check for result in report.checks] == ["b1"]
    assert report.exit_code is Exit.USAGE
