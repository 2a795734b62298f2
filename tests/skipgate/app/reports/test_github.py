from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from skipgate.app.faults import Fault
from skipgate.app.reports.github import workflow_commands

Write = Callable[[str, str], Path]


def command(fault: Fault) -> str:
    (line,) = workflow_commands([fault])
    return line


def test_an_input_error_points_at_its_line() -> None:
    fault = Fault("input", "m.gate", "no such name", line=3, column=7, hint="did you mean `x`?")
    head = "::error file=m.gate,line=3,col=7,title=skipgate%3A faulty specification"
    assert command(fault) == f"{head}::no such name%0Ahint: did you mean `x`?"


def test_a_difference_points_at_the_declaration_of_its_check(write: Write) -> None:
    path = write("m.gate", "model m\n\ncheck first expect holds\ncheck second expect holds\n")
    line = command(Fault("difference", str(path), "A is violated", "m", "second"))
    assert f"file={path},line=4,title=skipgate%3A m/second::A is violated" in line


def test_what_was_left_open_is_a_warning(write: Write) -> None:
    path = write("m.gate", "model m check c expect holds")
    assert command(Fault("unknown", str(path), "time limit", "m", "c")).startswith("::warning ")


def test_nothing_in_a_message_or_a_name_can_end_the_command_or_begin_another() -> None:
    line = command(Fault("input", "a,b:c%.gate", "100%\r\n::error::gotcha"))
    assert line == (
        "::error file=a%2Cb%3Ac%25.gate,title=skipgate%3A faulty specification::100%25%0D%0A::error::gotcha"
    )


def test_a_file_that_has_vanished_only_costs_the_line(tmp_path: Path) -> None:
    line = command(Fault("difference", str(tmp_path / "gone.gate"), "A is violated", "m", "c"))
    assert "line=" not in line
