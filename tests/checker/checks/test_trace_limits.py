"""Traces are made within the time limit. One that is not is missing, which is said; the verdict stays what it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skipgate.checker.checks import running
from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.core.result import CheckResult
from skipgate.checker.native.retrace import Retracer
from skipgate.checker.search import unfold
from skipgate.checker.search.limits import Budget
from skipgate.checker.tla.comparison import nothing_compared
from skipgate.checker.tla.tlc import Tlc
from tests.checker.native.harness import kernels_of, machine_functions, search

TEXT = """
sort Node[2]
var x : 0..9 = 0
var who : option of Node = none
action up "to {x + 1}" when x < 3 then x' = x + 1
action take(n in Node) when who == none then who' = some(n)
invariant Small x < 3
check c
  SYMMETRY
  expect violation of Small, deadlock
"""


def endless(*_: Any) -> Any:
    while True:
        pass


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., CheckResult]:
    """Run the check with a limit that the search keeps to."""
    monkeypatch.setattr(Budget, "left_for_traces", lambda *_: 0.1)

    def check(*, symmetry: bool = False, **options: Any) -> CheckResult:
        path = tmp_path / "counter.gate"
        path.write_text(TEXT.replace("SYMMETRY", "symmetry Node" if symmetry else ""), encoding="utf-8")
        (result,) = check_file(path, RunOptions(budget=Budget(time_limit=600), **options)).checks
        return result

    return check


def missing(result: CheckResult) -> None:
    small = result.properties["Small"]
    assert (small.verdict, small.trace, result.verdict) == ("violation", None, "violation")
    assert "Small" in result.untraced
    (note,) = [note for note in result.notes if note.startswith("no trace was made of")]
    assert "`Small`" in note and note.endswith("the time limit of 600 s was reached")


def test_a_trace_that_takes_for_ever(checked: Callable[..., CheckResult], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "build_trace", endless)
    result = checked(engine="python")
    missing(result)
    assert result.stopped is None and not result.problems  # it was searched to its end, and is as expected


@pytest.mark.parametrize("stop_at_first", [False, True])
def test_a_way_that_is_searched_for_ever(monkeypatch: pytest.MonkeyPatch, stop_at_first: bool) -> None:
    kernels = kernels_of(TEXT.replace("SYMMETRY", ""))
    functions = machine_functions(kernels)
    monkeypatch.setattr(Budget, "left_for_traces", lambda *_: 0.1)
    monkeypatch.setattr(Retracer, "path_to", endless)
    found = search(kernels, functions, budget=Budget(time_limit=600), stop_at_first=stop_at_first)
    assert "Small" in found.untraced and not found.violations


def test_names_that_are_looked_for_for_ever(
    checked: Callable[..., CheckResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfold, "_behaviour", endless)
    missing(checked(symmetry=True, engine="python"))


def test_nothing_is_compared_with_what_has_no_trace(
    checked: Callable[..., CheckResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the other engine, `Small` would be violated for itself alone."""
    monkeypatch.setattr(running, "build_trace", endless)
    result = checked(engine="python", cross_check=True, against_tlc=Tlc(Path("nowhere.jar")))
    missing(result)
    solver, tlc = result.comparisons
    assert solver.nothing is not None and solver.nothing.startswith("no trace was made of `Small`")
    assert tlc == nothing_compared(f"there was no time for the trace of {', '.join(f'`{n}`' for n in result.untraced)}")


@pytest.mark.parametrize(
    ("limit", "passed", "left"), [(None, 5.0, None), (100.0, 20.0, 105.0), (1.0, 1.0, 1.0), (10.0, 13.0, 0.0)]
)
def test_traces_may_take_a_quarter_longer(limit: float | None, passed: float, left: float | None) -> None:
    assert Budget(time_limit=limit).left_for_traces(passed) == left
