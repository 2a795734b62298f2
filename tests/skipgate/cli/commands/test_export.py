"""`skipgate export`: what is written where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

COUNTER = """
var x : 0..2 = 0
action up
  when x < 2
  then x' = x + 1
terminal when x == 2
check one
  expect holds
"""


def test_a_module_and_a_configuration_are_written(run: Run, write: Write, tmp_path: Path) -> None:
    write("counter.gate", COUNTER)
    result = run("export", "tla", "counter.gate", "--out", "made/here")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == "Wrote made/here/counter_one.tla.\nWrote made/here/counter_one.cfg.\n"
    assert " MODULE counter_one " in (tmp_path / "made/here/counter_one.tla").read_text().splitlines()[0]
    assert "SPECIFICATION Spec" in (tmp_path / "made/here/counter_one.cfg").read_text()


def test_by_default_they_are_written_into_the_current_folder(run: Run, write: Write, tmp_path: Path) -> None:
    write("counter.gate", COUNTER)
    assert run("export", "tla", "counter.gate").exit_code == 0
    assert run("export", "tla", "counter.gate").exit_code == 0  # over what it has written itself
    assert (tmp_path / "counter_one.tla").exists()


def test_what_somebody_else_has_written_is_not_overwritten(run: Run, write: Write, tmp_path: Path) -> None:
    write("counter.gate", COUNTER)
    write("counter_one.tla", "---- MODULE counter_one ----\n====\n")
    result = run("export", "tla", "counter.gate")
    assert result.exit_code == 2
    assert "counter_one.tla is there already, and skipgate has not written it" in result.stderr
    assert (tmp_path / "counter_one.tla").read_text() == "---- MODULE counter_one ----\n====\n"


def test_what_cannot_be_expressed_is_an_error_with_its_place(run: Run, write: Write, tmp_path: Path) -> None:
    write("counter.gate", COUNTER + "invariant Wraps u64(x - 1) > 0\n")
    result = run("export", "tla", "counter.gate")
    assert result.exit_code == 2
    assert "counter.gate:9:17: error: TLC cannot express `u64`" in result.stderr
    assert not (tmp_path / "counter_one.tla").exists()


def test_a_check_that_is_not_there(run: Run, write: Write) -> None:
    write("counter.gate", COUNTER)
    result = run("export", "tla", "counter.gate", "--check", "two")
    assert result.exit_code == 2
    assert "there are: one" in result.stderr
