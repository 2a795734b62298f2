"""`skipgate prove`: exit codes, and what is said."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from tests.skipgate.conftest import Run

Write = Callable[[str, str], Path]

# Nobody takes a step of 1, so x stays even, and below 9 only if it is at most 6.
COUNTER = """
model counter
var x : int = 0
action up when x <= {most} then x' = x + 2
terminal when x > {most}
invariant Even "x stays even" exists k in 0..5: x == 2 * k
invariant Small x < 9
check c expect {expected}
"""


@pytest.fixture
def model(write: Write) -> Callable[..., Path]:
    return lambda expected="proved", most=6: write("m.gate", COUNTER.format(expected=expected, most=most))


def rows(text: str) -> dict[str, str]:
    """The verdict of each property, with what it rests on."""
    found = re.findall(r"(Even|Small|deadlock|evaluation) +([✓✗?].*?) *$", text, re.MULTILINE)
    return {name: " ".join(rest.split()) for name, rest in found}


def test_everything_is_proved(run: Run, model: Callable[..., Path]) -> None:
    model()
    result = run("prove", "m.gate", "--time-limit", 600)
    assert result.exit_code == 0
    assert {name: how.split()[:2] for name, how in rows(result.output).items()} == {
        name: ["✓", "proved"] for name in ("Even", "Small", "deadlock", "evaluation")
    }
    assert "1 check, 4 properties: 4 proved" in result.output


def test_a_violation_has_its_trace_and_its_picture(run: Run, model: Callable[..., Path]) -> None:
    # 0, 2, 4, 6, 8, 10: the sixth state is too large, and no double of 0..5 is beyond.
    model(most=8)
    result = run("prove", "m.gate", "--time-limit", 600, "--out", "out")
    assert result.exit_code == 1
    assert rows(result.output)["Small"] == "✗ violated trace of 6 states"
    assert "m.gate, check c: `Small` is violated, which is not expected" in result.output
    assert Path("out/counter.c.Small.svg").exists()


def test_a_violation_that_is_expected_is_none_to_report(run: Run, model: Callable[..., Path]) -> None:
    model("violation of Small", most=8)
    result = run("prove", "m.gate", "--time-limit", 600)
    assert result.exit_code == 0
    assert rows(result.output)["Small"] == "✓ violated, expected trace of 6 states"


def test_what_is_unknown_is_neither_success_nor_failure(
    run: Run, model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    model()
    result = run("prove", "m.gate", "--method", "bmc", "--depth", 3)
    assert result.exit_code == 3
    assert rows(result.output)["Small"].endswith("no violation in behaviours of up to 3 states")
    assert "m.gate, check c: unknown: `Even` is neither proved nor refuted" in result.output


def test_an_invariant_can_be_used_as_a_lemma(run: Run, write: Write) -> None:
    text = "model m var x : int = 0 action a then x' = x + 2 {} invariant I x != 7 check c expect proved\n"
    write("m.gate", text.format(""))
    result = run("prove", "m.gate", "--method", "spacer", "--show-invariant", "--time-limit", 600)
    assert result.exit_code == 0
    lemma = result.output.split("\n\n")[1]
    assert lemma.startswith("lemma I_invariant")
    write("m.gate", text.format(lemma))
    assert run("prove", "m.gate", "--method", "induction", "--time-limit", 600).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--property", "Smal"], "m.gate has no property 'Smal'; did you mean `Small`?"),
        (["--check", "d"], "m.gate has no check 'd'"),
        (["--depth", "0"], "Invalid value for '--depth'"),
        (["--time-limit", "nan"], "Invalid value for '--time-limit'"),
    ],
)
def test_a_wrong_call(run: Run, model: Callable[..., Path], arguments: list[str], message: str) -> None:
    model()
    result = run("prove", "m.gate", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_in_a_narrow_window_no_verdict_is_cut_off(
    run: Run, model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    console = lambda: Console(width=40, force_terminal=True, color_system=None, highlight=False)  # noqa: E731
    monkeypatch.setattr("skipgate.app.reports.proofs.output_console", console)
    model()
    lines = run("prove", "m.gate", "--time-limit", 600).stdout.splitlines()
    end = lines.index("")
    assert all(len(line) <= 40 for line in lines[:end])
    assert sum("✓ proved" in line for line in lines[:end]) == 4
    assert [line.partition(":")[0] for line in lines[end + 1 : end + 5]] == [
        f"counter/c, {name}" for name in ("Even", "Small", "deadlock", "evaluation")
    ]
