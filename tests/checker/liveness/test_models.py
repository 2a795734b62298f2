"""Small models whose verdicts and lassos were worked out by hand; each says how at its top."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.core.result import CheckResult

MODELS = Path(__file__).with_name("models")

# Of each violation: how many states its trace has, and the number of the state that it goes back to, counted from 1.
# If that is the last, the behaviour stutters.
LASSOS = {
    "no_fairness": {"Ends": (1, 1), "Moves": (2, 2), "Again": (1, 1), "Rests": (1, 1)},
    "weak_suffices": {"Leaves": (3, 3)},
    "weak_is_not_enough": {"Served": (2, 1)},
    "strong_suffices": {},
    # Send 1, send 2, deliver 1, send 1, deliver 2: from one message waiting by both to the other and back.
    "each_value": {"Both": (5, 2)},
    "self_loop": {"Stepped": (2, 2)},
    "another_action": {"Rests": (2, 1)},
    "either": {"Ends": (2, 1)},
    "many_conditions": {"Ends": (100, 100)},
    # Send 1, send 2, deliver 2: while 1 waits, 2 comes and goes.
    "any_value": {"Each": (3, 2)},
    "conflict": {"Settles": (4, 1)},
    "outside": {},
    "initial": {"Three": (1, 1)},
    "empty_premise": {},
    "no_choice": {"Returns": (4, 4)},
}


@pytest.mark.parametrize("name", LASSOS)
def test_verdicts_and_lassos(name: str) -> None:
    result = check_file(MODELS / f"{name}.gate")
    assert result.as_expected
    assert [problem for check in result.checks for problem in check.problems] == []
    assert {each: lasso(check, each) for check in result.checks for each in check.violated} == LASSOS[name]


def test_a_violation_of_one_value_names_it() -> None:
    (check,) = check_file(MODELS / "any_value.gate").checks
    trace = check.properties["Each"].trace
    assert trace is not None and trace.failure.witnesses == (("m", 1),)


def lasso(result: CheckResult, name: str) -> tuple[int, int]:
    trace = result.properties[name].trace
    assert trace is not None and trace.loop is not None
    if trace.loop.back is None:
        assert trace.loop.start == len(trace) - 1
    else:
        assert trace.loop.back.state == trace.steps[trace.loop.start].state
    return len(trace), trace.loop.start + 1


def test_every_model_is_here() -> None:
    assert {path.stem for path in MODELS.glob("*.gate")} == LASSOS.keys()
