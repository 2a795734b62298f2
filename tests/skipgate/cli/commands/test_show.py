from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def lock(run: Run) -> None:
    """The starter model: two checks, `two_steps` and `one_step`."""
    run("new", "lock")


@pytest.mark.parametrize(
    ("stage", "telling"),
    [
        ("tree", "name: Identifier [61:7] text='one_step'"),
        ("model", "const atomic : bool = true"),  # the constant has its value
        ("layout", "locked : bool"),
        ("kernel", "def expand("),
    ],
)
def test_each_stage_is_printed(run: Run, stage: str, telling: str) -> None:
    result = run("show", "lock.gate", "--check", "one_step", "--stage", stage)
    assert (result.exit_code, result.stderr) == (0, "")
    assert telling in result.stdout
    assert result.stdout.endswith("\n") and not result.stdout.endswith("\n\n")


def test_symmetry_is_shown(run: Run) -> None:
    Path("m.gate").write_text(
        "sort Node[3]\nvar x : map[Node] of 0..1 = map n in Node: 0\ncheck c symmetry Node expect holds\n"
    )
    assert "\nsymmetry Node[3]\n" in run("show", "m.gate").stdout
    text = run("show", "m.gate", "--stage", "kernel").stdout
    assert "def signatures(s, out):" in text and "def exchange(s, p):" in text


def test_the_tree_needs_no_check(run: Run) -> None:
    Path("faulty.gate").write_text("model m\ninvariant I unknown_name")
    assert run("show", "faulty.gate", "--stage", "tree").exit_code == 0


def test_of_several_checks_one_must_be_chosen(run: Run) -> None:
    result = run("show", "lock.gate")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--check NAME; there are: two_steps, one_step" in result.stderr
