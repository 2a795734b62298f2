"""Behaviours for tests: all goals that can be met are, by few behaviours, each of which is one."""

from __future__ import annotations

from random import Random

import pytest

from skipgate.checker.checks.preparation import prepare
from skipgate.checker.core.model import Model
from skipgate.checker.search.limits import Budget
from skipgate.checker.semantics.evaluate import EvaluationError
from skipgate.checker.testing import suite as suites
from skipgate.checker.testing.goals import KINDS, Goal
from skipgate.checker.testing.suite import TestOptions, TestSuite
from skipgate.spec.diagnostics import SpecError
from tests.checker.random_models import model_text
from tests.checker.specs import model_of
from tests.checker.testing.naive_goals import TooMany, examine, graph_of, possible

ALL = TestOptions(KINDS)


def suite_of(text: str, *kinds: str, check: int = 0, **options: object) -> TestSuite:
    model = model_of(text, check)
    chosen = tuple(kind for kind in KINDS if kind in kinds) if kinds else KINDS
    return suites.tests_of(prepare(model), TestOptions(chosen, **options))  # type: ignore[arg-type]


def actions(suite: TestSuite) -> list[str]:
    return [" ".join(each.actions) for each in suite.behaviours]


def unmet(suite: TestSuite) -> list[str]:
    return [str(goal) for goal in suite.unmet]


LIGHT = """
model light
enum Colour { red, green }
var colour : Colour = red
var cars : 0..3 = 0
action arrive when cars < 3 then cars' = cars + 1
action go when colour == red and cars > 0 then colour' = green
action pass when colour == green then cars' = cars - 1 colour' = if cars == 1 then red else green
action never when cars > 3 then cars' = 0
cover Full cars == 3
cover Empty colour == green and cars == 0
"""


def test_every_action_in_one_behaviour() -> None:
    suite = suite_of(LIGHT, "actions")
    assert actions(suite) == ["arrive go pass"]
    assert unmet(suite) == ["action never"]
    assert suite.stopped is None


def test_pairs_by_hand() -> None:
    """Of nine pairs of actions that are possible, all but `go go`, `pass go` with a car, and those behind nothing."""
    suite = suite_of(LIGHT, "pairs")
    met = {goal.name for goal in suite.goals} - {goal.name for goal in suite.unmet}
    assert met == {
        "arrive, arrive",
        "arrive, go",
        "arrive, pass",
        "go, arrive",
        "go, pass",
        "pass, arrive",
        "pass, pass",
    }
    assert len(suite.behaviours) == 1
    assert (
        suite.steps == 9
    )  # one more than seven pairs in a row: two begin with `go`, before which nothing else is possible


def test_covers_and_the_branches_of_values() -> None:
    suite = suite_of(LIGHT, "covers", "branches")
    assert unmet(suite) == ["cover Empty"]
    branches = [goal.name for goal in suite.goals if goal.kind == "branches"]
    assert branches == ["pass: cars == 1", "pass: not (cars == 1)"]


def test_refusals_by_hand() -> None:
    suite = suite_of(LIGHT, "refusals")
    refused = {(attempt.goal.name, attempt.because) for each in suite.behaviours for attempt in each.refused}
    assert refused == {
        ("arrive: cars < 3", "cars < 3"),
        ("go: colour == red", "colour == red"),
        ("go: cars > 0", "cars > 0"),
        ("pass: colour == green", "colour == green"),
        ("never: cars > 3", "cars > 3"),
    }
    assert actions(suite) == ["", "arrive go", "arrive arrive arrive"]
    behind = suite_of(
        "model m var x : 0..1 = 0 var y : 0..1 = 0 action a when x == 1 when y == 1 then x' = 0", "refusals"
    )
    assert unmet(behind) == ["refusal a: y == 1"]  # the condition before it is never true


GUARDS = """
model guards
var a : bool in {false, true}
var b : bool in {false, true}
var n : 0..3 = 0
action either when a or b or n == 2 then n' = n
action implied when a => b then n' = n
action nested when not (a and (b or n == 1)) then n' = n
action chosen when if a then b else n == 0 then n' = n
action constant when true or a then n' = n
action counted when forall i in 0..3: i == n or a then n' = n
action later when n < 2 or b then n' = n
action same when (if a then 1 else if b then 2 else 1) == 1 then n' = n
"""


def test_the_ways_in_which_guards_can_be_true() -> None:
    suite = suite_of(GUARDS, "branches")
    assert [goal.name for goal in suite.goals] == [
        *("either: a", "either: b", "either: n == 2"),
        *("implied: not (a)", "implied: b"),
        *("nested: not (a)", "nested: not (b or n == 1)"),
        *("chosen: a", "chosen: not (a)"),
        *("later: n < 2", "later: b"),
        *("same: a", "same: not (a)"),
    ]
    assert unmet(suite) == ["branch either: n == 2", "branch later: b"]


def test_arguments_that_lead_to_the_same_state_are_told_apart() -> None:
    text = "model m var x : 0..1 = 0 action put(p in 0..1, q in 0..1) when p == 0 or q == 0 then x' = 1"
    suite = suite_of(text, "branches")
    assert not suite.unmet
    taken = [dict(step.arguments) for each in suite.behaviours for step in each.steps[1:]]
    assert any(each["p"] == 0 for each in taken) and {"p": 1, "q": 0} in taken


PATHS = """
model paths
enum Kind { small, large }
var n : 0..4 = 0
var last : option of Kind = none
action put(kind in Kind)
  when n < 4
  then some more in {1, 2} where n + more <= 4
       if kind == small {
         n' = n + 1
       } else {
         when more == 2
         n' = n + more
       }
       last' = some(kind)
action reset
  when n > 0
  then n' in 0..n - 1
"""


def test_paths_with_choices_are_branches_and_refused_as_a_whole() -> None:
    suite = suite_of(PATHS, "branches", "refusals")
    assert [goal.name for goal in suite.goals if goal.kind == "branches"] == ["put [if kind == small]", "put [else]"]
    assert {"put: no choice is possible", "reset: n > 0"} <= {goal.name for goal in suite.goals}
    examine(suite)
    for each in suite.behaviours:
        for attempt in each.refused:
            assert [name for name, _ in attempt.arguments] == (["kind"] if attempt.action == "put" else [])


VIOLATED = """
model violated
var x : 0..3 = 0
action up when x < 3 then x' = x + 1
action skip when x == 1 then x' = 3
invariant Low x < 3
transition Slow x' <= x + 1
check c expect violation of Low, Slow, deadlock
"""


def test_violations_that_are_expected() -> None:
    suite = suite_of(VIOLATED, "violations")
    assert actions(suite) == ["up skip"]
    assert suite.behaviours[0].meets == {Goal("violations", name) for name in ("Low", "Slow", "deadlock")}
    only = VIOLATED.replace("violation of Low, Slow, deadlock", "violation of Slow")
    assert actions(suite_of(only, "violations")) == ["up skip"]


def test_a_deadlock_that_is_expected() -> None:
    text = "model m var x : 0..2 = 0 action up when x < 2 then x' = x + 1 check c expect violation of deadlock"
    assert actions(suite_of(text, "violations")) == ["up up"]


def test_a_limit_is_no_proof_that_something_cannot_happen() -> None:
    suite = suite_of("model m var x : 0..9 = 0 action up when x < 9 then x' = x + 1 cover Nine x == 9",
                     "covers", budget=Budget(max_states=3))  # fmt: skip
    assert unmet(suite) == ["cover Nine"]
    assert suite.stopped == "the limit of 3 states was passed"


def test_what_cannot_be_evaluated_is_no_proof_either() -> None:
    suite = suite_of("model m var x : 0..3 = 0 action up then x' = x + 1 cover Four x > 3", "covers")
    assert unmet(suite) == ["cover Four"]
    assert suite.stopped == "an action cannot be evaluated in some state; `skipgate check` says where"


def test_no_behaviour_is_longer_than_is_wanted_unless_a_goal_needs_it() -> None:
    text = "model m var x : 0..9 = 0 action up when x < 9 then x' = x + 1 action down when x > 0 then x' = x - 1\n"
    assert [*map(len, suite_of(text, "pairs").behaviours)] == [5]
    assert [*map(len, suite_of(text, "pairs", longest=3).behaviours)] == [3, 4]
    assert max(map(len, suite_of(text + "cover Nine x == 9", "covers", longest=2).behaviours)) == 9


def test_symmetry_does_not_change_which_goals_are_met() -> None:
    text = """
    model m
    sort Node[3]
    var holder : option of Node = none
    var asked : set of Node = {}
    action ask(n in Node) when n not in asked then asked' = asked | {n}
    action take(n in Node) when n in asked and holder == none then holder' = some(n) asked' = asked - {n}
    action give when holder != none then holder' = none
    cover All asked == Node
    check plain expect holds
    check same
      symmetry Node
      expect holds
    """
    plain, same = suite_of(text), suite_of(text, check=1)
    assert {*plain.unmet} == {*same.unmet}
    assert same.distinct <= plain.distinct
    examine(same)


def test_the_same_model_has_the_same_behaviours() -> None:
    one, other = suite_of(PATHS), suite_of(PATHS + "\n# a remark\n")
    assert one.digest == other.digest
    assert [each.steps for each in one.behaviours] == [each.steps for each in other.behaviours]
    assert suite_of(PATHS.replace("n < 4", "n < 3")).digest != one.digest


# ---------------------------------------------------------------------------------------------------- random models


def random_model(seed: int) -> Model | None:
    try:
        return model_of(model_text(Random(f"tests {seed}"), depth=2, branching=seed % 2 == 1))
    except SpecError:
        return None


def compare(seed: int) -> bool:
    """Does a random model that is small enough have the behaviours that it should have?"""
    model = random_model(seed)
    if model is None:
        return False
    try:
        kernels, graph = prepare(model), graph_of(model)
        known = possible(model, graph)
    except (SpecError, EvaluationError, TooMany):
        return False
    suite = suites.tests_of(kernels, ALL)
    met = {*suite.goals} - {*suite.unmet}
    assert met <= known
    if suite.stopped is None:
        assert met == known & {*suite.goals}
    examine(suite)
    return True


@pytest.mark.differential
@pytest.mark.parametrize("seed", range(30))
def test_what_can_be_met_is_met_in_random_models(seed: int) -> None:
    compare(seed)
