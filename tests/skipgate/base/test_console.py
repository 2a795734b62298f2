"""How wide output is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from skipgate.base.console import columns, output_console, text_columns

MODEL = """
model {name}
var a_counter_with_a_name : 0..9 = 0
action count_up_by_one "the counter is increased by exactly one, as it should be"
  when a_counter_with_a_name < 9
  then a_counter_with_a_name' = a_counter_with_a_name + 1
invariant NeverLargerThanThree a_counter_with_a_name <= 3
invariant NeverLargerThanFour a_counter_with_a_name <= 4
terminal when a_counter_with_a_name == 9
check with_a_rather_long_name expect holds
"""


@pytest.mark.parametrize(("said", "wide"), [(None, 80), ("100", 100), ("200", 200), ("nonsense", 80)])
def test_output_that_is_no_terminal(said: str | None, wide: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if said is not None:
        monkeypatch.setenv("COLUMNS", said)
    assert columns() == output_console().width == wide
    assert text_columns() == min(wide, 120)


@pytest.mark.parametrize("command", [["check"], ["check", "--out", "out"], ["simulate", "--seed", "1"], ["matrix"]])
def test_tables_and_traces_fit_80_columns(
    run: Callable[..., Result], write: Callable[[str, str], Path], command: list[str]
) -> None:
    write("m.gate", MODEL.format(name="a_model_with_a_name_of_its_own"))
    lines = run(command[0], "m.gate", *command[1:]).stdout.splitlines()
    # Messages stand on one line each, so that they can be searched for.
    messages = (
        "m.gate, check",
        "a_model_with_a_name_of_its_own/",
        "NeverLarger",
        "2 properties",
        "  skipgate simulate",
    )
    long = [line for line in lines if len(line) > 80 and not line.startswith(messages)]
    assert long == []
    assert any("with_a_rather_long_name" in line for line in lines)
