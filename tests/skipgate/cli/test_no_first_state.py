"""A violation before the first state: every command that shows or draws one shows this one, too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from skipgate.base.exits import Exit

Run = Callable[..., Result]

MODEL = """\
model m
const LOW : int
var x : LOW..2 = 0
action a then x' = x
check c with LOW = 1 expect holds
check d with LOW = 0 expect holds
"""


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check", "m.gate", "--out", "out"], Exit.DIFFERS),
        (["check", "m.gate", "--out", "out", "--format", "github"], Exit.DIFFERS),
        (["check", "m.gate", "--out", "out", "--format", "json"], Exit.DIFFERS),
        (["simulate", "m.gate", "--check", "c", "--seed", "1", "--out", "out"], Exit.DIFFERS),
        (["prove", "m.gate", "--check", "c", "--out", "out"], Exit.DIFFERS),
        (["matrix", "m.gate", "--out", "out"], Exit.DIFFERS),
        (["matrix", "m.gate", "--out", "out", "--format", "svg"], Exit.DIFFERS),
        (["explain", "m.gate", "--check", "c"], Exit.USAGE),
        (["explain", "m.gate", "--check", "c", "--against", "d"], Exit.USAGE),
        (["graph", "m.gate", "--check", "c"], Exit.USAGE),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_it_is_shown(run: Run, write: Callable[[str, str], Path], arguments: list[str], status: Exit) -> None:
    write("m.gate", MODEL)
    result = run(*arguments)
    assert result.exit_code == status, result.output
    assert "internal error" not in result.output
    assert "not in 1..2" in result.output or "evaluation" in result.output


def test_it_is_drawn_and_read_again(run: Run, write: Callable[[str, str], Path]) -> None:
    write("m.gate", MODEL)
    run("check", "m.gate", "--out", "out")
    assert {path.name for path in Path("out").iterdir()} == {
        "index.html",
        "skipgate.manifest.json",
        "m.c.evaluation.dot",
        "m.c.evaluation.itf.json",
        "m.c.evaluation.svg",
    }
    result = run("trace", "out/m.c.evaluation.itf.json")
    assert result.exit_code == 0
    assert "before the first state" in result.output
