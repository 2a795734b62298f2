"""`skipgate simulate`: exit codes, what is said, and that it can be seen again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.checker.native.walks import FINISHED
from skipgate.checker.simulate.simulate import _Simulator
from tests.skipgate.conftest import Run

Write = Callable[[str, str], Path]

COUNTER = """
model counter
var x : 0..9 = 0
action up when x < 9 then x' = x + 1
action never when x > 9 then x' = 0
invariant Small "x stays small" x < 5
cover Three x == 3
cover Ten x == 10
terminal when x == 9
check c expect {}
"""


@pytest.fixture
def model(write: Write) -> Callable[[str], Path]:
    return lambda expected: write("m.gate", COUNTER.format(expected))


def test_a_violation_that_is_not_expected(run: Run, model: Callable[[str], Path]) -> None:
    model("holds")
    result = run("simulate", "m.gate", "--seed", 5, "--walks", 20, "--engine", "python")
    assert result.exit_code == 1
    assert "counter/c: seed 5, walks of at most 100 states\n" in result.output
    assert re.search(r"^up +180 +180 *$", result.output, re.MULTILINE)
    assert re.search(r"^never +0 +0 +never possible$", result.output, re.MULTILINE)
    assert "covers reached: Three\ncovers not reached: Ten\n" in result.output
    assert "violated in state 6\n  x stays small\n" in result.output  # the trace
    assert "Small: violated, in walk 1 (cut down to 6 states; no step can be left out)\n" in result.output
    said = " ".join(result.output.split())
    assert "1 property violated in 20 walks of at most 100 states (180 steps, longest walk 10 states" in said


def test_a_violation_can_be_seen_again_by_the_command_that_is_printed(run: Run, model: Callable[[str], Path]) -> None:
    model("holds")
    first = run("simulate", "m.gate", "--depth", 30, "--engine", "python", "--walks", 3)
    command = next(line for line in first.output.splitlines() if line.startswith("  skipgate simulate"))
    words = shlex.split(command)
    assert words[-2:] == ["--walk", "1"]
    again = run(*words[1:])
    assert again.exit_code == 1
    trace = first.output[first.output.index("   1  initial state") : first.output.index("Small: violated")]
    assert trace in again.output


def test_without_a_seed_one_is_drawn(run: Run, model: Callable[[str], Path]) -> None:
    model("holds")
    heads = {run("simulate", "m.gate", "--walks", 1).output.splitlines()[0] for _ in range(3)}
    assert len(heads) == 3


def test_an_expected_violation(run: Run, model: Callable[[str], Path]) -> None:
    model("violation of Small")
    result = run("simulate", "m.gate", "--walks", 3)
    assert result.exit_code == 0
    assert "Small: violated, as expected, in walk 1" in result.output
    assert "initial state" not in result.output


def test_an_expected_violation_that_is_not_found(run: Run, model: Callable[[str], Path]) -> None:
    model("violation of Small")
    result = run("simulate", "m.gate", "--walks", 3, "--depth", 4)
    assert result.exit_code == 3
    assert "Small: its violation is expected, and was not found\n" in result.output


def test_liveness_is_not_looked_at(run: Run, write: Write) -> None:
    write("m.gate", "var x : 0..1 = 0 action stay liveness Moves eventually x == 1 check c expect violation of Moves")
    result = run("simulate", "m.gate", "--walks", 3)
    assert result.exit_code == 3
    assert "Moves: not looked at; walks that end tell nothing of liveness\n" in result.output


def test_that_nothing_was_found_is_no_verdict(run: Run, model: Callable[[str], Path]) -> None:
    model("holds")
    result = run("simulate", "m.gate", "--walks", 3, "--depth", 4)
    assert result.exit_code == 0
    assert "no violation in 3 walks of at most 4 states (9 steps" in result.output
    assert "holds" not in result.output and "✓" not in result.output


def test_time_limits(run: Run, model: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """With a number of walks, fewer are too few; without, they are as many as there is time for."""
    model("holds")
    tick = _Simulator.tick

    def an_hour_after_the_first_walk(self: _Simulator) -> bool:
        if any(self.walkers.get(FINISHED)):
            self.started -= 3600
        return tick(self)

    monkeypatch.setattr(_Simulator, "tick", an_hour_after_the_first_walk)
    options = ("simulate", "m.gate", "--depth", 4, "--engine", "python", "--time-limit", 1800)
    limited = run(*options, "--walks", 10**9)
    assert limited.exit_code == 3
    assert limited.output.rstrip().endswith("; the time limit of 1800 s was reached")
    assert run(*options).exit_code == 0


def test_nothing_was_finished(run: Run, write: Write) -> None:
    write("m.gate", "var x : 0..1 = 0 action stay check c expect holds")
    result = run("simulate", "m.gate", "--depth", 10**6, "--engine", "python", "--time-limit", 0.1)
    assert result.exit_code == 3
    assert "no violation in 0 walks" in result.output


def test_pictures(run: Run, model: Callable[[str], Path]) -> None:
    model("violation of Small")
    result = run("simulate", "m.gate", "--walks", 3, "--out", "out")
    assert result.exit_code == 0
    assert str(Path("out", "counter.c.Small.svg")) in result.output
    assert {path.suffix for path in Path("out").iterdir()} == {".svg", ".dot", ".json", ".html"}


def test_walks_are_kept(run: Run, model: Callable[[str], Path]) -> None:
    """Those of a number are the same by any engine, and what `--walk` makes; `trace` and the report show them."""
    model("holds")
    options = ("simulate", "m.gate", "--seed", 5, "--walks", 9, "--depth", 8)
    by_python = run(*options, "--engine", "python", "--keep", 2)
    assert "counter, check c\na walk of 8 states\n" in by_python.output
    assert "why: walk 2 with seed 5 ends here\n" in by_python.output
    assert "walk 3" not in by_python.output
    natively = run(*options, "--engine", "native", "--keep", 2)
    kept = [each.output.split("Small: violated")[0].split("\n\n", 3)[3] for each in (by_python, natively)]
    assert kept[0] == kept[1]
    result = run(*options[:4], "--walk", 4, "--keep", 9)
    assert "why: walk 4 with seed 5 ends here\n" in result.output
    written = run(*options, "--keep", 2, "--out", "out")
    assert f"walk 1, of 8 states: {Path('out', 'counter.c.walk_1.svg')}\n" in written.output
    assert f"report: {Path('out', 'index.html')}\n" in written.output
    shown = run("trace", Path("out", "counter.c.walk_2.itf.json"), "--eval", "x * x", "--model", "m.gate")
    assert shown.exit_code == 0 and "x * x: 36 -> 49" in shown.output
    page = Path("out", "index.html").read_text("utf-8")
    assert 'href="#/m.gate/c/walk_2"' in page and "differs: violation" in page


def test_walks_of_another_run_are_removed(run: Run, model: Callable[[str], Path]) -> None:
    model("violation of Small")
    run("simulate", "m.gate", "--walks", 3, "--out", "out", "--keep", 2)
    assert Path("out", "counter.c.walk_2.itf.json").exists()
    run("simulate", "m.gate", "--walks", 3, "--out", "out", "--keep", 1)
    assert Path("out", "counter.c.walk_1.itf.json").exists()
    assert not Path("out", "counter.c.walk_2.itf.json").exists()


def test_wrong_calls(run: Run, model: Callable[[str], Path], write: Write) -> None:
    model("holds")
    both = run("simulate", "m.gate", "--walk", 3, "--walks", 3)
    assert both.exit_code == 2 and "give one of them" in both.output
    for option, value in (("--seed", -1), ("--depth", 0), ("--walks", 0), ("--walk", 0), ("--time-limit", "nan")):
        assert run("simulate", "m.gate", option, value).exit_code == 2
    assert run("simulate", "m.gate", "--check", "d").exit_code == 2
    assert run("simulate", "none.gate").exit_code == 2
    write("two.gate", COUNTER.format("holds") + "check d expect holds")
    assert "say which check" in run("simulate", "two.gate").output
    write("wrong.gate", "var x : nat = 0 action up then x' = x + 1 check c expect holds")
    wrong = run("simulate", "wrong.gate")
    assert wrong.exit_code == 2 and "wrong.gate:1:1: error:" in wrong.output
