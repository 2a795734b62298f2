from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from skipgate.app.artifacts import Artifacts
from skipgate.app.reports.table import print_table
from skipgate.checker.core.result import CheckResult

Check = Callable[..., CheckResult]


def printed(
    *results: CheckResult,
    artifacts: Artifacts | None = None,
    width: int = 120,
    terminal: bool = False,
    encoding: str = "utf-8",
) -> str:
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding=encoding)
    console = Console(file=stream, width=width, force_terminal=terminal, color_system=None, markup=False)
    print_table(console, results, artifacts or Artifacts())
    stream.flush()
    return buffer.getvalue().decode(encoding)


class Drawn(Artifacts):
    """Artifacts whose pictures are there already."""

    def picture(self, result: CheckResult, name: str) -> Path | None:
        return Path(f"out/{result.model}.{result.check}.{name}.svg")


def test_a_row_says_what_was_found_and_how_it_compares(check: Check) -> None:
    row = printed(check()).splitlines()[-1]
    assert row.split() == ["m/c", "✓", "holds", "1,234", "5,678", "9", "0.50s"]


def test_symmetry_has_a_column_where_a_check_asks_for_it(check: Check) -> None:
    lines = printed(check(), replace(check(), symmetry={"Node": 3, "Key": 2})).splitlines()
    assert "symmetry" in lines[0]
    assert "Node 3!, Key 2! = 12" in lines[-1]
    assert lines[-2].split() == ["m/c", "✓", "holds", "1,234", "5,678", "9", "0.50s"]
    assert "symmetry" not in printed(check())


def test_violated_properties_have_the_length_of_their_trace(check: Check) -> None:
    lines = printed(check(violated={"A": 3, "B": 7}, expected=("A", "B"))).splitlines()
    assert "✓ violation, expected" in lines[-2]
    assert ("A (3)" in lines[-2], "B (7)" in lines[-1]) == (True, True)


def test_word_and_mark_differ_without_colour(check: Check) -> None:
    results = [check(), check(problems=("no",)), check(verdict="unknown", stopped="time limit")]
    rows = printed(*results).splitlines()[-3:]
    assert [row.split()[1] for row in rows] == ["✓", "✗", "?"]
    assert ["differs" in row for row in rows] == [False, True, False]
    assert "unknown" in rows[2]


def test_a_terminal_without_unicode_gets_marks_it_can_show(check: Check) -> None:
    text = printed(check(), check(problems=("no",)), encoding="ascii")
    assert [line.split()[1] for line in text.splitlines()[-2:]] == ["+", "x"]


def test_the_picture_stands_in_the_row_of_its_property(check: Check) -> None:
    text = printed(check(violated={"A": 3, "B": 7}), artifacts=Drawn(), width=200, terminal=True)
    assert [line.split()[-1] for line in text.splitlines()[-2:]] == ["out/m.c.A.svg", "out/m.c.B.svg"]
    assert "A (3)" in text.splitlines()[-2]


def test_in_a_narrow_window_the_pictures_are_listed_below(check: Check) -> None:
    text = printed(check(violated={"A": 3}), artifacts=Drawn(), width=90, terminal=True)
    assert "picture" not in text
    assert text.splitlines()[-1] == "m/c, A: out/m.c.A.svg"


def test_a_window_of_80_columns_breaks_no_word(check: Check) -> None:
    result = check(model="cold_start", check="gate_on_snapshot", violated={"NoReplay": 12}, problems=("no",))
    text = printed(result, width=80, terminal=True)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert {"cold_start/", "gate_on_snapshot", "NoReplay", "differs:", "violation"} <= set(text.split())


def test_no_number_is_cut_off_however_narrow_the_window(check: Check) -> None:
    result = check(check="gate_on_snapshot", violated={"NoReplay": 12}, distinct=98_765_432, generated=987_654_321)
    text = printed(result, width=80, terminal=True)
    assert "98,765,432" in text and "0.50s" in text
    assert "987" not in text and "generated" not in text  # left out as a whole, so that the check has one line
    assert any("gate_on_snapshot" in line and "NoReplay (12)" in line for line in text.splitlines())


@pytest.mark.parametrize(("width", "numbers"), [(40, []), (60, ["1,234", "0.50s"])])
def test_a_narrow_window_breaks_names_in_few_lines_and_leaves_numbers_out(
    check: Check, width: int, numbers: list[str]
) -> None:
    result = check(model="cold_start", check="gate_on_snapshot", violated={"NoReplay": 12}, problems=("no",))
    text = printed(result, width=width, terminal=True)
    assert all(len(line) <= width for line in text.splitlines())
    assert len(text.splitlines()) <= 6
    assert {"NoReplay", "violation"} <= set(text.split())
    assert [number for number in ("1,234", "5,678", "0.50s") if number in text] == numbers


@pytest.mark.parametrize("width", range(38, 100, 3))
def test_no_number_and_no_heading_is_cut_off(check: Check, width: int) -> None:
    results = [
        check(
            model="m", check="c", distinct=98_765_432, generated=987_654_321, verdict="unknown", stopped="time limit"
        ),
        check(model="cold_start", check="gate_on_snapshot", violated={"NoReplay": 12}, problems=("no",)),
    ]
    for some in (results[:1], results):
        text = printed(*some, width=width, terminal=True)
        assert "…" not in text
        for heading, number in (("states", "98,765,432"), ("generated", "987,654,321"), ("time", "0.50s")):
            assert (number in text.split()) == (heading in text.split())
        assert "unknown" in text


def test_in_a_log_no_row_is_wrapped(check: Check) -> None:
    text = printed(check(check="a" * 150, violated={"A": 3}), artifacts=Drawn(), width=80)
    assert f"m/{'a' * 150}" in text
    assert f"out/m.{'a' * 150}.A.svg" in text


def test_names_that_look_like_markup_are_printed_as_they_are(check: Check) -> None:
    assert "[red]m/c" in printed(check(model="[red]m"))
