"""Small models whose verdicts and lassos were worked out by hand; each says how at its top."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.result import CheckResult
from checker.run import check_file

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
    "conflict": {"Settles": (4, 1)},
    "outside": {},
    "initial": {"Three": (1, 1)},
    "empty_premise": {},
}


def check(name: str) -> CheckResult:
    (result,) = check_file(MODELS / f"{name}.gate").checks
    return result


@pytest.mark.parametrize("name", LASSOS)
def test_verdicts_and_lassos(name: str) -> None:
    result = check(name)
    assert result.problems == ()
    assert {each: lasso(result, each) for each in result.violated} == LASSOS[name]


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
