"""`skipgate check --cross-check`: what users see of the two engines' agreement."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from skipgate.base.exits import Exit
from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.core.result import Comparison
from skipgate.checker.smt.proving import crosscheck
from skipgate.checker.smt.proving.bmc import Bounded
from skipgate.cli.main import cli
from tests.printed import unbroken

COUNTER = """
var x : 0..9 = 0
action up when x < 9 then x' = x + 1
terminal when x == 9
invariant Small x < 4
check c expect violation of Small
"""

TURNS = """
var x : 0..9 = 0
fair action up when x < 8 then x' = x + 1
action back then x' = 0
invariant Small x < 9
cover Far x == 3
liveness Returns x == 5 leads to x == 0
check c expect violation of Returns
"""
BMC: Final = "bounded model checking"


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    path = tmp_path / "counter.gate"
    path.write_text(COUNTER, encoding="utf-8")
    return path


def test_it_goes_one_step_beyond_the_last_level(counter: Path) -> None:
    (result,) = check_file(counter, RunOptions(cross_check=True)).checks
    # There is nothing beyond: the solver sees that too.
    assert result.comparisons == (Comparison(BMC, ("Small", "deadlock", "evaluation")),)
    (result,) = check_file(counter).checks
    assert result.comparisons == ()


def test_the_report_says_how_far_they_agree(counter: Path) -> None:
    result = CliRunner().invoke(cli, ["check", str(counter), "--cross-check"])
    assert result.exit_code == Exit.OK
    agree = "bounded model checking finds the same in 1 check of 1: Small, deadlock, evaluation; all behaviours"
    assert agree in unbroken(result.stdout).splitlines()


def test_what_was_left_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(crosscheck.cross_check.__kwdefaults__, "most_states", 4)
    path = tmp_path / "turns.gate"
    path.write_text(TURNS, encoding="utf-8")
    result = CliRunner().invoke(cli, ["check", str(path), "--cross-check"])
    assert result.exit_code == Exit.OK
    assert result.stdout.splitlines()[-5:-1] == [
        "bounded model checking finds the same in 1 check of 1: Small, deadlock,",
        "  evaluation, Far; behaviours of up to 4 states",
        "  not compared: `Returns`: it is about behaviours that never end",
        "  not compared: behaviours of more than 4 states: they are too long for a solver",
    ]
    report = json.loads(CliRunner().invoke(cli, ["check", str(path), "--cross-check", "--format", "json"]).stdout)
    (comparison,) = report["results"][0]["comparisons"]
    assert (comparison["depth"], comparison["nothing"], len(comparison["left_out"])) == (4, None, 2)


def test_where_the_search_stops_at_an_error_covers_are_not_compared(tmp_path: Path) -> None:
    path = tmp_path / "fails.gate"
    path.write_text(
        "var x : 0..9 = 0  action up when x < 5 and 6 div (3 - x) > 0 then x' = x + 1\n"
        "cover Far x == 3  check c expect violation of evaluation\n"
    )
    (result,) = check_file(path, RunOptions(cross_check=True)).checks
    (comparison,) = result.comparisons
    assert comparison.compared == ("deadlock", "evaluation")
    assert ("`Far`", "the search has not seen everything") in comparison.left_out


def test_an_initial_value_that_cannot_be_evaluated_is_all_that_is_compared(tmp_path: Path) -> None:
    path = tmp_path / "none.gate"
    path.write_text(
        "var y : 0..1 in {0, 1}  var x : 0..9 = 6 div y  action stay  check c expect violation of evaluation\n"
    )
    (result,) = check_file(path, RunOptions(cross_check=True)).checks
    assert [each.compared for each in result.comparisons] == [("evaluation",)]


@pytest.mark.parametrize("stopped", ["the time limit of 1 s was reached"])
def test_no_step_looked_at_is_no_agreement(counter: Path, monkeypatch: pytest.MonkeyPatch, stopped: str) -> None:
    monkeypatch.setattr(crosscheck, "check_bounded", lambda *_, **__: Bounded(depth=1, stopped=stopped))
    result = CliRunner().invoke(cli, ["check", str(counter), "--cross-check"])
    assert result.exit_code == Exit.UNKNOWN
    said = f"nothing was compared with bounded model checking: not a single step was looked at: {stopped}"
    assert f"unknown: {said}" in unbroken(result.stdout)
    assert said in CliRunner().invoke(cli, ["check", str(counter), "--cross-check", "--format", "github"]).output
    report = json.loads(CliRunner().invoke(cli, ["check", str(counter), "--cross-check", "--format", "json"]).stdout)
    assert report["results"][0]["comparisons"][0]["nothing"] == f"not a single step was looked at: {stopped}"


def test_a_disagreement_is_a_bug_of_the_tool(counter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crosscheck, "compare", lambda *_: ["the search finds one, bounded model checking none"])
    result = CliRunner().invoke(cli, ["check", str(counter), "--cross-check"])
    assert result.exit_code == Exit.INTERNAL
    assert "the engines disagree on check `c`: the search finds one, bounded model checking none" in result.stderr


def test_what_cannot_be_translated_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "large.gate"
    path.write_text(
        "var x : 0..9 = 0  action up when x < 9 then x' = x + 1  terminal when x == 9\n"
        "invariant I (count a in 0..9, b in 0..9, c in 0..9, d in 0..9, e in 0..9: a + b + c + d + e < x) < 10000000\n"
        "check c expect holds\n"
    )
    result = CliRunner().invoke(cli, ["check", str(path), "--cross-check"])
    assert result.exit_code == Exit.USAGE
    assert "large.gate:2:" in result.stderr
    assert "this cannot be translated for Z3: `count` over too many values" in result.stderr
