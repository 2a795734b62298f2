"""What each command makes of liveness properties."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]

MODEL = """
model turns
const FAIR : bool
var x : 0..3 = 0

action on(k in 1..2)
  when x != k
  then x' = k

action off
  when x != 0
  then x' = 0

fair for k in (if FAIR then 1..2 else {}): on(k) or off

invariant Small
  x <= 2

liveness Rests "it is off again and again"
  always eventually x == 0

liveness Moves
  for k in 1..2: x == k leads to x != k

check always_on
  with FAIR = true
  expect violation of Rests

check stuck
  with FAIR = false
  expect violation of Rests, Moves
"""


@pytest.fixture(autouse=True)
def turns(run: Run) -> None:
    Path("turns.gate").write_text(MODEL, encoding="utf-8")


def test_check_shows_lassos_and_writes_them(run: Run) -> None:
    result = run("check", "turns.gate", "--out", "out", "--format", "json")
    assert result.exit_code == 0
    found = {check["check"]: check["properties"] for check in json.loads(result.stdout)["results"]}
    # On by 1, then by 2 and by 1 for ever: no state is off. Nothing at all happens after the first step.
    assert found["always_on"]["Rests"]["verdict"] == "violation"
    assert (found["always_on"]["Rests"]["kind"], found["always_on"]["Rests"]["trace_length"]) == ("liveness", 3)
    assert found["always_on"]["Moves"]["verdict"] == "holds"
    assert found["stuck"]["Moves"]["trace_length"] == found["stuck"]["Rests"]["trace_length"] == 2
    trace = json.loads(Path("out/turns.always_on.Rests.itf.json").read_text())
    assert (len(trace["states"]), trace["loop"]) == (3, 1)
    assert "states 2 to 3 repeat for ever" in Path("out/turns.always_on.Rests.svg").read_text()


def test_trace_shows_a_lasso_that_was_written(run: Run) -> None:
    run("check", "turns.gate", "--out", "out")
    result = run("trace", "out/turns.stuck.Moves.itf.json")
    assert result.exit_code == 0
    assert "stuttering: nothing happens any more after state 2" in result.stdout
    assert "`x == k` is true in state 2, and `x != k` neither there nor ever after" in " ".join(result.stdout.split())
    assert "note:   on(k = 2) is always possible here, but it is not fair" in result.stdout


def test_bounded_model_checking_says_nothing_of_liveness(run: Run) -> None:
    result = run("check", "turns.gate", "--cross-check")
    assert (result.exit_code, result.stderr) == (0, "")


def test_prove_leaves_liveness_unknown(run: Run) -> None:
    result = run("prove", "turns.gate", "--check", "always_on")
    assert result.exit_code == 3
    assert "liveness is not proved, only searched" in result.stdout
    assert run("prove", "turns.gate", "--check", "always_on", "--property", "Small").exit_code == 0


def test_a_check_that_only_asks_for_proofs_cannot_have_it(run: Run) -> None:
    Path("turns.gate").write_text(MODEL.replace("expect violation of Rests\n", "expect proved Small\n"))
    result = run("check", "turns.gate")
    assert result.exit_code == 2
    assert "only asks for proofs, and liveness cannot be proved, only searched" in result.stderr


def test_explain_holds_a_lasso_against_another_check(run: Run) -> None:
    result = run("explain", "turns.gate", "--check", "stuck", "--against", "always_on", "--property", "Moves")
    assert result.exit_code == 0
    # The same step, after which `stuck` stutters: nothing is fair in it.
    assert "always_on takes the same steps to the same states." in result.stdout
    assert "fairness has it take" in " ".join(result.stdout.split())
    result = run("explain", "turns.gate", "--check", "stuck", "--property", "Rests")
    assert result.exit_code == 2
    assert "every other check of the file is expected to violate it as well" in result.stderr


def test_show_prints_it(run: Run) -> None:
    text = run("show", "turns.gate", "--check", "always_on").stdout
    assert "\nfair on(1) or off\nfair on(2) or off\n" in text
    assert "\nliveness Rests: always eventually x == 0\n" in text
    assert "\nliveness Moves: for k = 2: x == 2 leads to x != 2\n  needs somewhere: exists k in 1..2: x == k\n" in text
    text = run("show", "turns.gate", "--check", "always_on", "--stage", "kernel").stdout
    assert "def steps(s, out):" in text and "def facts(s, out):" in text


def test_matrix_counts_the_states_before_it_repeats(run: Run) -> None:
    result = run("matrix", "turns.gate")
    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines() if line.startswith(("Rests", "Moves"))] == [
        ["Rests", "2", "1"],
        ["Moves", "✓", "1"],
    ]
