"""Liveness as a part of a check: engines, limits, what cannot be evaluated."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.core.result import CheckResult
from skipgate.checker.liveness.check import check_liveness
from skipgate.checker.liveness.limits import Limits
from skipgate.checker.native.tiers import explore as explore_with
from skipgate.checker.search.explore import explore
from skipgate.checker.search.limits import Budget, Stop
from skipgate.checker.search.options import EngineName, SearchOptions, Storage
from tests.checker.liveness.random_models import random_model
from tests.checker.specs import kernels_of

COUNTER = """
var x : 0..3 = 0
fair action up
  when x < 3
  then x' = x + 1
terminal when x == 3
"""


def checked(tmp_path: Path, text: str, **options: object) -> CheckResult:
    path = tmp_path / "m.gate"
    path.write_text(text)
    (result,) = check_file(path, RunOptions(**options)).checks  # type: ignore[arg-type]
    return result


# ------------------------------------------------------------------------------------------------------------ engines


@pytest.mark.differential
@pytest.mark.parametrize("seed", [3, 22, 41, 47])
def test_machine_code_finds_the_same(seed: int) -> None:
    kernels = kernels_of(random_model(Random(seed)))
    here = check_liveness(kernels, explore(kernels), Budget())
    explored = explore_with(kernels, SearchOptions(engine="native", threads=2))
    assert explored.engine == "native" and explored.regions and not explored.predecessors
    there = check_liveness(kernels, explored, Budget())
    assert (there.traces, there.holding, there.stopped) == (here.traces, here.holding, None)


RING = """
const N : 2..9 = 5
type Place = 1..N
enum Want { idle, waiting, holding }
var at    : map[Place] of Want = map p in Place: idle
var token : Place = 1
var log   : seq[6] of Place = []
fair action ask(p in Place)
  when at[p] == idle
  then at'[p] = waiting
fair action take(p in Place)
  when at[p] == waiting and token == p
  then at'[p] = holding
fair action give(p in Place)
  when at[p] == holding
  then at'[p] = idle
       token' = if p == N then 1 else p + 1
fair action hand_on(p in Place)
  when at[p] == idle and token == p
  then token' = if p == N then 1 else p + 1
action write(p in Place)
  when at[p] == holding
  then log' = log + [p]
constraint Short
  len(log) <= 2
liveness Served
  for p in Place: at[p] == waiting leads to at[p] == holding
liveness Rests
  always eventually forall p in Place: at[p] == idle
liveness Written "nobody has to write"
  eventually log != []
check c
  expect violation of Rests, Written
"""


@pytest.mark.differential
def test_a_state_of_several_words_under_all_engines(tmp_path: Path) -> None:
    engines: tuple[EngineName, ...] = ("python", "native", "auto")
    results = [checked(tmp_path, RING, engine=engine, threads=3) for engine in engines]
    assert [result.problems for result in results] == [()] * 3
    assert results[0].properties == results[1].properties == results[2].properties
    # Nobody holds (2^5 sets of those who wait, 5 places of the token) or who has the token does (5 times 2^4); and 31
    # logs of at most two entries.
    assert [result.distinct for result in results] == [(160 + 80) * 31] * 3


@pytest.mark.parametrize("discharge", [True, False])
def test_proofs_change_nothing(tmp_path: Path, discharge: bool) -> None:
    text = (
        COUNTER
        + "var log : seq[3] of 0..3 = [0, 1, 2]\nliveness L x == 2 leads to x < 3 or log[x] == 2\ncheck c expect holds"
    )
    assert checked(tmp_path, text, discharge=discharge).as_expected


def test_scipy_is_loaded_for_liveness_only(tmp_path: Path) -> None:
    path = tmp_path / "m.gate"
    for text, wanted in (("", False), ("liveness L eventually x == 3\n", True)):
        path.write_text(COUNTER + text + "check c expect holds")
        code = f"import sys, skipgate; skipgate.check({str(path)!r}); print('scipy' in sys.modules)"
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert found.stdout.strip() == str(wanted)


# ------------------------------------------------------------------------------------------------------------- limits


def test_a_limit_leaves_liveness_unknown_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(self: Limits) -> None:
        raise Stop("the time limit of 1 s was reached")

    monkeypatch.setattr(Limits, "look", look)
    text = COUNTER + "invariant Low x <= 3\nliveness L eventually x == 3\nliveness M eventually x == 2\n"
    for expectation in ("expect holds", "expect violation of M"):
        result = checked(tmp_path, f"{text}check c {expectation} states 4")
        assert {name: found.verdict for name, found in result.properties.items()} == {
            "Low": "holds",
            "L": "unknown",
            "M": "unknown",
            "deadlock": "holds",
            "evaluation": "holds",
        }
        assert (result.verdict, result.stopped) == ("unknown", "the time limit of 1 s was reached")
        assert not result.as_expected
        assert not any("holds" in problem for problem in result.problems)


def test_time_and_memory_are_limited() -> None:
    kernels = kernels_of(COUNTER + "liveness L eventually x == 3\n")
    explored = explore(kernels)
    explored.seconds = 10
    assert check_liveness(kernels, explored, Budget(time_limit=5)).stopped == "the time limit of 5 s was reached"
    assert (
        check_liveness(kernels, explored, Budget(max_memory=2**20)).stopped == "the memory limit of 1 MiB was reached"
    )
    assert check_liveness(kernels, explored, Budget(time_limit=3600)).holding == {"L"}


def test_there_may_be_too_many_conditions(tmp_path: Path) -> None:
    text = "var x : 0..4200 = 0\nfair action up(k in 1..4200) when x == k - 1 then x' = k\nterminal when x == 4200\n"
    result = checked(tmp_path, text + "liveness L eventually x == 1\ncheck c expect holds states 4201")
    assert result.properties["L"].verdict == "unknown"
    assert result.stopped == "there are more than 4096 fairness conditions"


def test_a_search_that_was_stopped_decides_nothing(tmp_path: Path) -> None:
    result = checked(
        tmp_path, COUNTER + "liveness L eventually x == 9\ncheck c expect holds", budget=Budget(max_states=2)
    )
    assert (result.properties["L"].verdict, result.as_expected) == ("unknown", False)


def test_states_that_may_be_missing_decide_nothing() -> None:
    kernels = kernels_of(COUNTER + "liveness L eventually x == 3\n")
    explored = explore_with(kernels, SearchOptions(storage=Storage(fingerprints=True)))
    explored.omission = 1e-9
    found = check_liveness(kernels, explored, Budget())
    assert found.stopped is not None and "--fingerprints" in found.stopped and not found.holding


# ------------------------------------------------------------------------------------------- what cannot be evaluated


@pytest.mark.parametrize(
    "liveness",
    ["eventually log[x] == 9", "x == 3 leads to log[x + 1] == 1", "log[x] == 1 leads to x == 3"],
)
def test_a_condition_without_a_value_is_an_evaluation_error(tmp_path: Path, liveness: str) -> None:
    text = (
        f"{COUNTER}var log : seq[3] of 0..9 = [1, 2, 3]\nliveness L {liveness}\ncheck c expect violation of evaluation"
    )
    result = checked(tmp_path, text)
    assert result.violated == ("evaluation",)
    assert result.properties["L"].verdict == "unknown"
    trace = result.properties["evaluation"].trace
    assert trace is not None and "liveness `L` cannot be evaluated here" in trace.failure.message
    assert result.problems == ()


def test_an_action_without_a_value_hides_what_may_follow(tmp_path: Path) -> None:
    text = "var x : 0..3 = 0\nfair action up then x' = x + 1\nliveness L eventually x == 9\n"
    result = checked(tmp_path, text + "check c expect violation of evaluation, L")
    assert result.properties["L"].verdict == "unknown"
    assert result.problems == ("`L` is not decided, but its violation is expected",)


# --------------------------------------------------------------------------------------------------- what says nothing


@pytest.mark.parametrize(
    ("liveness", "said"),
    [
        ("x == 4 leads to x == 0", ["`L` says nothing here: its premise `x == 4` is never true"]),
        ("x == 2 leads to x == 3", []),
        ("for k in 3..4: x == k leads to x == 3", []),
        ("for k in 4..5: x == k leads to x == 3", ["`L` says nothing here: its premise `x == k` is never true"]),
        ("for k in 2..1: eventually x == k", ["`L` says nothing here: its premise `k in 2..1` is never true"]),
    ],
)
def test_a_premise_that_is_never_true(tmp_path: Path, liveness: str, said: list[str]) -> None:
    result = checked(tmp_path, f"{COUNTER}liveness L {liveness}\ncheck c expect holds")
    assert list(result.problems) == said


@pytest.mark.parametrize(("fair", "said"), [("fair", ["no behaviour is fair"]), ("", [])])
def test_constraints_that_leave_no_fair_behaviour(tmp_path: Path, fair: str, said: list[str]) -> None:
    text = COUNTER.replace("fair", fair) + "constraint Few x < 3\nliveness L x == 1 leads to x > 0\n"
    result = checked(tmp_path, f"{text}check c expect holds")
    assert [problem.partition("constraints ")[2] for problem in result.problems] == said
    assert result.vacuous == ({"L"} if said else set())
    declared = checked(tmp_path, f"{text}check c expect holds expect vacuous L")
    assert declared.as_expected is bool(said)


def test_without_states_there_is_nothing_to_violate(tmp_path: Path) -> None:
    text = "var x : 0..3 in {}\nfair action up then x' = x\nliveness L eventually x == 3\ncheck c expect holds"
    result = checked(tmp_path, text)
    assert result.properties["L"].verdict == "holds"
    assert "there is no initial state, so nothing was checked" in result.problems
