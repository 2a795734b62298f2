"""`skipgate check --cross-check`: what users see of the two engines' agreement."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from skipgate.base.exits import Exit
from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.smt.proving import crosscheck
from skipgate.cli.main import cli

COUNTER = """
var x : 0..9 = 0
action up when x < 9 then x' = x + 1
terminal when x == 9
invariant Small x < 4
check c expect violation of Small
"""


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    path = tmp_path / "counter.gate"
    path.write_text(COUNTER, encoding="utf-8")
    return path


def test_it_goes_one_step_beyond_the_last_level(counter: Path) -> None:
    (result,) = check_file(counter, RunOptions(cross_check=True)).checks
    assert (result.depth, result.cross_checked) == (10, 10)  # there is nothing beyond: the solver sees that too
    (result,) = check_file(counter).checks
    assert result.cross_checked is None


def test_the_report_says_how_far_they_agree(counter: Path) -> None:
    result = CliRunner().invoke(cli, ["check", str(counter), "--cross-check"])
    assert result.exit_code == Exit.OK
    assert "cross-check: bounded model checking agrees on all behaviours of up to 10 states" in result.stdout


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
