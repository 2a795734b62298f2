"""The prover: what it proves, what it refutes, and that neither contradicts the search."""

from __future__ import annotations

from random import Random

import pytest

from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.smt.encoding.logic import Bit
from skipgate.checker.smt.encoding.solving import Deadline, GaveUp
from skipgate.checker.smt.encoding.system import System
from skipgate.checker.smt.proving import prove as prover
from skipgate.checker.smt.proving import spacer
from skipgate.checker.smt.proving.claims import Claim
from skipgate.checker.smt.proving.prove import Method, Proved, prove
from skipgate.spec.diagnostics import SpecError
from tests import effort
from tests.checker.random_models import model_text
from tests.checker.smt.specs import model_of, search

COUNTER = "var x : nat = 0 action up then x' = x + 1 "
METHODS: tuple[Method, ...] = ("auto", "induction", "spacer", "bmc")


def run(text: str, method: Method = "auto", **options: bool) -> Proved:
    return prove(model_of(f"{text} check c expect proved"), method=method, time_limit=600, **options)


def verdicts(proved: Proved) -> dict[str, str]:
    return {name: result.verdict for name, result in proved.properties.items()}


# ------------------------------------------------------------------------------------------------------- by hand


@pytest.mark.parametrize("method", METHODS)
def test_a_violation_has_a_shortest_trace(method: Method) -> None:
    # 0, 1, 2, 3: the fourth state is the first bad one.
    result = run(COUNTER + "invariant I x != 3", method).properties["I"]
    assert result.verdict == "violation"
    assert result.trace is not None
    assert [step.state["x"] for step in result.trace.steps] == [0, 1, 2, 3]


# -3 leads to 7 in five steps, and so on: induction never ends, an invariant such as x >= 0 and x != 1, 3, 5 is needed.
ODD = "var x : int = 0 action a then x' = x + 2 invariant I x != 7"


@pytest.mark.parametrize(
    ("text", "method", "verdict"),
    [
        (COUNTER + "invariant I x >= 0", "induction", "holds"),
        (COUNTER + "invariant I x >= 0", "bmc", "unknown"),
        (ODD, "induction", "unknown"),
        (ODD, "spacer", "holds"),
        (ODD, "auto", "holds"),
        ("var x : int = 0 action a then x' = if x == 3 then 4 else 1 invariant I x != 4", "induction", "holds"),
    ],
)
def test_what_is_proved_by_which_method(text: str, method: Method, verdict: str) -> None:
    assert verdicts(run(text, method))["I"] == verdict


def test_bounded_model_checking_proves_where_all_behaviours_end() -> None:
    proved = run("var x : 0..3 = 0 action up when x < 3 then x' = x + 1 terminal when x == 3 invariant I x < 4", "bmc")
    assert verdicts(proved) == {"I": "holds", DEADLOCK: "holds", EVALUATION: "holds"}


def test_nothing_is_proved_where_something_cannot_be_evaluated() -> None:
    proved = run("var x : 0..3 = 0 action up then x' = x + 1 invariant I x < 4")
    assert verdicts(proved) == {"I": "unknown", DEADLOCK: "unknown", EVALUATION: "violation"}
    assert "what cannot be evaluated may hide a violation" in str(proved.properties["I"].reason)


# ------------------------------------------------------------------------------------------------- what is not known


def test_what_was_not_looked_for_is_not_proved_by_the_end_of_all_behaviours(monkeypatch: pytest.MonkeyPatch) -> None:
    # All behaviours have six states, and the fifth violates I. It is looked for in the first only, the witness in all.
    solve = spacer.solve

    def cannot_tell(system: System, claim: Claim, known: Bit, deadline: Deadline) -> object:
        if claim.name == "I":
            raise GaveUp("Z3 gave up: no idea")
        return solve(system, claim, known, deadline)

    monkeypatch.setattr(prover.spacer, "solve", cannot_tell)
    proved = run("var x : 0..5 = 0 action up when x < 5 then x' = x + 1 terminal when x == 5 "
                 "invariant I x < 4 cover C x * x == 8", "spacer", seen=True)  # fmt: skip
    assert "C" in proved.never
    result = proved.properties["I"]
    assert result.verdict == "unknown"
    assert result.reason == "Z3 gave up: no idea; no violation in behaviours of up to 1 state"


@pytest.mark.parametrize("method", METHODS)
def test_a_violation_that_cannot_be_shown_is_none_and_no_proof(method: Method) -> None:
    # The fourth state violates it, but nobody can go through all k to see that.
    result = run(COUNTER + "invariant I forall k in nat: k + 3 != x", method).properties["I"]
    assert result.verdict == "unknown"
    assert "it seems to be violated, but that cannot be shown" in str(result.reason)


def test_quantifiers_without_bounds_go_to_the_general_solver() -> None:
    # No square is 5 or 8. The solver for finite domains refuses the quantifier, as late as when it is told to push.
    proved = run("var x : 0..3 = 0 action a then x' = 3 - x "
                 "invariant I forall k in nat: k * k != x + 5 invariant J x != 1")  # fmt: skip
    assert set(verdicts(proved).values()) == {"holds"}


def test_time_is_limited_while_formulas_are_built() -> None:
    many = "".join(
        f"invariant I{n} (count a in 0..9, b in 0..9, c in 0..9, d in 0..9: a + b * x + c < d * x + {n}) < 10000 "
        for n in range(30)
    )
    model = model_of(f"var x : 0..9 = 0 action go then x' = x {many} check c expect proved")
    with effort.at_most(2):
        proved = prove(model, time_limit=0.2, seen=True)
    assert proved.stopped == "the time limit of 0.2 s was reached"
    assert set(verdicts(proved).values()) == {"unknown"}


# One of very many violations is found; which one depends on what Z3 was told before, unless it forgets that.
MANY = """
enum Kind { a, b, c }
var x : nat = 0
var y : nat = 0
var k : Kind in {a, b, c}
var on : map[0..3] of bool = map i in 0..3: false
action up(n in nat, j in Kind, i in 0..3)
  when n > 0 and not on[i]
  then x'     = x + n
       y'     = if j == k then y + n else y
       on'[i] = true
       k'     = j
invariant Small x + y < 40
"""


def test_what_was_proved_before_makes_no_difference() -> None:
    model = model_of(f"{MANY} check c expect proved")
    traces = [prove(model, time_limit=600).properties["Small"].trace for _ in range(3)]
    run(ODD)
    traces.append(prove(model, time_limit=600).properties["Small"].trace)
    assert [trace.steps for trace in traces if trace is not None] == [traces[0].steps] * 4  # type: ignore[union-attr]


# ------------------------------------------------------------------------------------------------- against the search


# The later ones take minutes, for combinations of constructs that are too rare for the first.
@pytest.mark.differential
@pytest.mark.parametrize("seed", effort.few(range(120), 10))
@pytest.mark.parametrize("method", METHODS)
def test_random_models(method: Method, seed: int) -> None:
    try:
        model = model_of(model_text(Random(seed)))
        searched, _ = search(model, max_states=2000)
        proved = prove(model, method=method, depth=6 if method == "spacer" else 3, time_limit=15, seen=True)
    except SpecError:
        return
    for name, result in proved.properties.items():
        if result.verdict == "holds":
            assert name not in searched.lengths
        elif result.verdict == "violation":
            assert result.trace is not None
            assert searched.lengths[name] == len(result.trace) or not searched.complete
    if searched.complete:
        assert {cover.name for cover in model.covers} & proved.never <= searched.missed
        assert not {cover.name for cover in model.covers} & proved.reached & searched.missed
