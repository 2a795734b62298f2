from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def lock(run: Run) -> None:
    """The starter model, whose check `one_step` has three states."""
    run("new", "lock")


def test_every_state_and_step_is_drawn(run: Run) -> None:
    result = run("graph", "lock.gate", "--check", "one_step")
    assert (result.exit_code, result.stderr) == (0, "")
    # Either worker goes in from where nobody is inside, and out again.
    arrows = re.findall(r"state_(\d) -> state_(\d)", result.stdout)
    assert sorted(arrows) == [("1", "2"), ("1", "3"), ("2", "1"), ("3", "1")]
    assert "enter(Worker1)" in result.stdout


def test_a_violated_invariant_is_marked(run: Run) -> None:
    assert "OneInside" in run("graph", "lock.gate", "--check", "two_steps").stdout
    assert "OneInside" not in run("graph", "lock.gate", "--check", "one_step").stdout


def test_a_picture_goes_to_a_file(run: Run) -> None:
    result = run("graph", "lock.gate", "--check", "one_step", "--out", "lock.svg")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Wrote lock.svg.\n")
    assert "<svg" in Path("lock.svg").read_text()


def test_what_cannot_be_drawn_is_not_written_as_something_else(run: Run) -> None:
    result = run("graph", "lock.gate", "--check", "one_step", "--out", "lock.pdf")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: no picture is drawn as .pdf; there are: dot, svg, png, json, graphml\n",
    )
    assert not Path("lock.pdf").exists()


def test_beyond_the_limit_nothing_is_drawn(run: Run) -> None:
    assert run("graph", "lock.gate", "--check", "one_step", "--max-states", "3").exit_code == 0
    result = run("graph", "lock.gate", "--check", "one_step", "--max-states", "2")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "more than 2 states" in result.stderr
    assert "--max-states" in result.stderr and "--by VAR" in result.stderr


def test_states_are_grouped_by_variables(run: Run) -> None:
    result = run("graph", "lock.gate", "--check", "two_steps", "--by", "lock*", "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert found["grouped"] and [list(each["values"]) for each in found["nodes"]] == [["locked"], ["locked"]]
    full = json.loads(run("graph", "lock.gate", "--check", "two_steps", "--format", "json").stdout)
    assert sum(each["states"] for each in found["nodes"]) == len(full["nodes"])
    assert sum(each["steps"] for each in found["edges"]) == len(full["edges"])


def test_an_unknown_variable(run: Run) -> None:
    result = run("graph", "lock.gate", "--check", "two_steps", "--by", "lokced")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: no variable of lock is called 'lokced'; did you mean `locked`?\n"


def test_too_many_groups(run: Run) -> None:
    result = run("graph", "lock.gate", "--check", "two_steps", "--by", "locked", "--max-states", "1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "more than 1 group of states by `locked`" in result.stderr and "fewer variables" in result.stderr


def test_graphml_by_the_name_of_the_file(run: Run) -> None:
    assert run("graph", "lock.gate", "--check", "one_step", "--out", "lock.graphml").exit_code == 0
    assert "graphml.graphdrawing.org" in Path("lock.graphml").read_text()
