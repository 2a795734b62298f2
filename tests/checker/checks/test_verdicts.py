"""What is found against what a check expects: each kind of problem, and its absence."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.core.expectations import expectation
from skipgate.checker.core.result import CheckResult, Expectation, FileResult
from skipgate.checker.search.limits import Budget
from tests.checker.specs import specification

RING = """
var x : 0..9 = 0
action up then x' = (x + 1) mod 4
action never when x > 3 then x' = 0
invariant Small x < 3
invariant Fine x < 9
invariant Empty x > 5 => x == 0
invariant Full x > 2 => x == 3
transition Up x' > x
cover Two x == 2
cover Five x == 5
"""
FIXED = "expect unreachable action never\nexpect unreachable cover Five\nexpect vacuous Empty\n"
VIOLATED = "expect violation of Small, Up"


def run(tmp_path: Path, check: str, model: str = RING, **options: object) -> FileResult:
    path = tmp_path / "ring.gate"
    path.write_text(f"model ring\n{model}\ncheck c\n{check}\n")
    return check_file(path, RunOptions(**options))  # type: ignore[arg-type]


def problems(tmp_path: Path, check: str, model: str = RING) -> list[str]:
    (result,) = run(tmp_path, check, model).checks
    return list(result.problems)


@pytest.mark.parametrize(
    ("check", "expected", "read"),
    [
        ("expect holds", Expectation(), "holds"),
        ("expect violation of A, B", Expectation(("A", "B")), "violation of A, B"),
        ("expect violation of B expect deadlock", Expectation(("B", "deadlock")), "violation of B, deadlock"),
        ("expect proved", Expectation((), False, ()), "all proved"),
        ("expect proved A, B", Expectation((), False, ("A", "B")), "A, B proved"),
        ("expect holds expect proved A", Expectation((), True, ("A",)), "holds; A proved"),
        ("expect violation of A expect proved", Expectation(("A",), False, ()), "violation of A; all else proved"),
        ("expect violation of A expect proved B", Expectation(("A",), False, ("B",)), "violation of A; B proved"),
    ],
)
def test_what_is_expected_and_how_it_is_read(check: str, expected: Expectation, read: str) -> None:
    spec = specification(f"var x : 0..1 = 0\ninvariant A x == 0\ninvariant B x == 0\ncheck c {check}")
    assert expectation(spec.checks[0]) == expected
    assert str(expected) == read


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (f"{VIOLATED} states 4 generated 5 depth 4\n{FIXED}", []),
        (f"expect violation of Up, Small\n{FIXED}", []),
        (f"expect violation of Small\nexpect violation of Up\n{FIXED}", []),
        # Verdicts.
        (f"expect violation of Small\n{FIXED}", ["`Up` is violated, which is not expected"]),
        (
            f"expect holds\n{FIXED}",
            ["`Small` is violated, which is not expected", "`Up` is violated, which is not expected"],
        ),
        (f"{VIOLATED}, Fine\n{FIXED}", ["`Fine` holds, but its violation is expected"]),
        (f"{VIOLATED}, deadlock\n{FIXED}", ["`deadlock` holds, but its violation is expected"]),
        # Pins.
        (f"{VIOLATED} states 5\n{FIXED}", ["4 distinct states were found, but 5 are pinned"]),
        (f"{VIOLATED} generated 6\n{FIXED}", ["5 generated states were found, but 6 are pinned"]),
        (f"{VIOLATED} depth 3\n{FIXED}", ["4 levels were found, but 3 are pinned"]),
        # What says nothing.
        (
            f"{VIOLATED}\nexpect unreachable action never\nexpect vacuous Empty",
            ["cover `Five` is not reached"],
        ),
        (
            f"{VIOLATED}\nexpect unreachable action never\nexpect unreachable cover Five",
            ["`Empty` says nothing here: its premise `x > 5` is never true"],
        ),
        # What was declared to say nothing, and does.
        (
            f"{VIOLATED}\n{FIXED}expect unreachable action up",
            ["action `up` is taken, but it is expected to be unreachable"],
        ),
        (
            f"{VIOLATED}\n{FIXED}expect unreachable cover Two",
            ["cover `Two` is reached, but it is expected to be unreachable"],
        ),
        (
            f"{VIOLATED}\n{FIXED}expect vacuous Full",
            ["`Full` says something here, but it is expected to be vacuous"],
        ),
    ],
)
def test_problems(tmp_path: Path, check: str, expected: list[str]) -> None:
    result = run(tmp_path, check)
    assert list(result.checks[0].problems) == expected
    assert result.as_expected is (expected == [])


@pytest.mark.parametrize(
    ("model", "violated"),
    [
        ("var x : 0..1 = 0\naction go when x == 0 then x' = 1", "deadlock"),
        ("var x : 0..1 = 0\naction go then x' = x + 1", "evaluation"),
        ("var x : 0..1 = 1 div 0", "evaluation"),
    ],
)
def test_built_in_properties(tmp_path: Path, model: str, violated: str) -> None:
    assert problems(tmp_path, f"expect violation of {violated}", model) == []
    advice = "; if that is an end, `terminal when ...` says so" if violated == "deadlock" else ""
    assert problems(tmp_path, "expect holds", model) == [f"`{violated}` is violated, which is not expected{advice}"]


@pytest.mark.parametrize("model", ["var x : 0..1 in {}", "var x : 0..1 = 0\nconstraint C x > 0"])
def test_nothing_to_check(tmp_path: Path, model: str) -> None:
    assert problems(tmp_path, "expect holds", model) == ["there is no initial state, so nothing was checked"]


class TestFile:
    def test_an_action_that_no_check_takes(self, tmp_path: Path) -> None:
        fixed = FIXED.replace("expect unreachable action never", "")
        (problem,) = run(tmp_path, f"{VIOLATED}\n{fixed}").problems
        assert problem.startswith("action `never` is never taken in any check of this file")

    def test_an_action_that_another_check_takes(self, tmp_path: Path) -> None:
        model = "const ON : bool = false\nvar x : 0..1 = 0\naction a then x' = 0\naction b when ON then x' = 1"
        assert run(tmp_path, "expect holds\ncheck d with ON = true expect holds", model).problems == ()

    def test_no_check(self, tmp_path: Path) -> None:
        path = tmp_path / "m.gate"
        path.write_text("model m\nvar x : 0..1 = 0\n")
        result = check_file(path)
        assert result.problems == ("there is no `check` in this file, so nothing was checked",)
        assert not result.as_expected


class TestIncomplete:
    """Of a search that did not end, nothing is said that the rest could refute."""

    def result(self, tmp_path: Path, check: str) -> CheckResult:
        (result,) = run(tmp_path, check, budget=Budget(max_states=2)).checks
        return result

    def test_holds_becomes_unknown(self, tmp_path: Path) -> None:
        result = self.result(tmp_path, f"{VIOLATED} states 4\n{FIXED}")
        assert result.verdict == "unknown"
        assert result.problems == ()
        assert not result.as_expected
        assert {found.verdict for found in result.properties.values()} == {"unknown"}

    def test_a_violation_found_is_one(self, tmp_path: Path) -> None:
        model = RING.replace("x < 3", "x < 1")
        (result,) = run(tmp_path, "expect holds", model, budget=Budget(max_states=2)).checks
        assert result.problems == ("`Small` is violated, which is not expected",)
        assert result.verdict == "violation"
        assert result.properties["Fine"].verdict == "unknown"

    def test_stopped_at_the_first_violation(self, tmp_path: Path) -> None:
        (result,) = run(tmp_path, VIOLATED, stop_at_first=True).checks
        assert result.problems == ()
        assert result.violated == ("Small",)
        assert result.stopped == "stopped at the first violation"
        assert not result.complete and not result.as_expected
        assert "Up" in result.undecided  # whose violation is expected

    @pytest.mark.parametrize("check", ["expect violation of Small", "expect violation of Small, Up states 4"])
    def test_what_was_not_looked_at_is_never_as_expected(self, tmp_path: Path, check: str) -> None:
        (result,) = run(tmp_path, check, stop_at_first=True).checks
        assert not result.as_expected


@pytest.mark.parametrize("engine", ["python", "native"])
def test_a_property_that_cannot_be_evaluated_hides_no_other(tmp_path: Path, engine: str) -> None:
    model = """
var x : 0..9 = 0
fair action up when x < 3 then x' = x + 1
terminal when x == 3
invariant I 1 div (2 - x) < 3
invariant J x < 3
transition T x' div x >= 0
liveness L eventually 1 div x == 1
liveness M eventually x == 3
"""
    (result,) = run(tmp_path, "expect violation of evaluation, J", model, engine=engine).checks
    assert {name: found.verdict for name, found in result.properties.items()} == {
        "I": "unknown",
        "J": "violation",
        "T": "unknown",
        "L": "unknown",
        "M": "holds",
        "deadlock": "holds",
        "evaluation": "violation",
    }
    assert result.as_expected and result.undecided == ("I", "T", "L")


def test_what_cannot_be_evaluated_may_hide_anything(tmp_path: Path) -> None:
    model = "var x : 0..3 = 0\naction up when x < 2 then x' = x + 1\naction go then x' = 1 div x\ninvariant I x < 3"
    (result,) = run(tmp_path, "expect violation of evaluation", model).checks
    assert {name: found.verdict for name, found in result.properties.items()} == {
        "I": "unknown",
        "deadlock": "unknown",
        "evaluation": "violation",
    }
