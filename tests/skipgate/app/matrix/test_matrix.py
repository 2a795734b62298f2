"""The matrix with prepared results: what is put together, and how each format shows it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from skipgate.app.matrix.cells import CellPlace, Matrix, gather, group_of
from skipgate.app.matrix.data import SCHEMA_FILE, matrix_object
from skipgate.app.matrix.grid import lay_out, legend, sign
from skipgate.app.matrix.markdown import BEGIN, END, embed, markdown
from skipgate.app.matrix.svg import svg
from skipgate.app.matrix.terminal import print_matrix
from skipgate.checker.core.result import CheckResult, PropertyResult
from skipgate.errors import InputError
from tests.traces.svg import parsed, texts

Check = Callable[..., CheckResult]


def nowhere(_: CellPlace) -> None:
    return None


def with_property(result: CheckResult, name: str, verdict: Any) -> CheckResult:
    added = PropertyResult(name, "invariant", verdict, f"what {name} says")
    return replace(result, properties={**result.properties, name: added})


@pytest.fixture
def history(check: Check) -> list[CheckResult]:
    """A design in two revisions and two environments; `Calm` is declared in the second only."""
    return [
        check(check="v0", file="a.gate", violated={"Safe": 8}, expected=("Safe",)),
        check(check="v1", file="a.gate", violated={"Safe": 9}, expected=("Safe",)),
        with_property(check(check="v0", file="b.gate", violated={"Safe": 4}, expected=("Safe",)), "Calm", "holds"),
        replace(
            with_property(with_property(check(check="v1_long", file="b.gate"), "Safe", "holds"), "Calm", "holds"),
            vacuous=frozenset(["Calm"]),
        ),
    ]


def shown(matrix: Matrix, rows: Any = None) -> list[tuple[str, ...]]:
    grid = lay_out(matrix, rows)
    return [
        (line.label, *("" if each is None else sign(each[1]) for each in line.cells))
        for block in grid.blocks
        for line in block.lines
    ]


@pytest.mark.parametrize(
    ("check", "group"),
    [("v9", "v9"), ("v9_leases", "v9"), ("v9_leases_two", "v9"), ("v90", "v90"), ("w_x", "w_x"), ("w_x_y", "w_x")],
)
def test_a_check_belongs_to_that_whose_name_it_goes_on_from(check: str, group: str) -> None:
    assert group_of(check, {"v9", "v9_leases", "w_x"}) == group


def test_the_shortest_trace_of_a_group_counts(history: list[CheckResult]) -> None:
    # In states, the traces are 8 and 4 long for v0, and 9 for v1.
    matrix = gather(history)
    assert shown(matrix, "properties") == [("Small", "✓", "✓"), ("Safe", "3", "8"), ("Calm", "✓", "·")]
    assert matrix.cells[CellPlace(None, "v0", "Safe")].check.file == "b.gate"


def test_what_nobody_has_looked_at_is_blank(history: list[CheckResult]) -> None:
    assert shown(gather(history[:2] + history[3:]), "properties")[2] == ("Calm", "", "·")


def test_files_can_be_kept_apart(history: list[CheckResult]) -> None:
    matrix = gather(history, by_file=True)
    assert matrix.sections == ("a.gate", "b.gate")
    assert shown(matrix, "properties") == [
        ("Safe", "7", "8"),
        ("Safe", "3", "✓"),
        ("Calm", "✓", "·"),
    ]
    assert ("left out", "what holds in all checks of a file") in legend(lay_out(matrix, "properties"))
    assert [line[0] for line in shown(matrix, "checks")] == ["v0", "v1", "v0", "v1"]


def test_checks_may_be_the_rows(history: list[CheckResult]) -> None:
    assert shown(gather(history), "checks") == [("v0", "✓", "3", "✓"), ("v1", "✓", "8", "·")]


def test_the_narrower_table_is_the_default(check: Check) -> None:
    results = [check(check="v0"), check(check="v1"), check(check="v2", violated={"AnotherProperty": 1, "OneMore": 1})]
    narrow = gather(results)
    wide = gather([*results, check(check="without_this_repair"), check(check="without_that_repair")])
    assert lay_out(narrow).rows == "properties"
    assert lay_out(wide).rows == "checks"


def test_a_violation_outweighs_all_and_an_unknown_outweighs_holds(check: Check) -> None:
    base = check(check="v0")
    unknown = replace(base, check="v0_b", properties={"Small": replace(base.properties["Small"], verdict="unknown")})
    violated = check(check="v0_c", violated={"Small": 1}, expected=("Small",))
    for order in ([base, unknown], [unknown, base]):
        assert shown(gather(order)) == [("Small", "?")]
    for order in ([base, unknown, violated], [violated, unknown, base]):
        assert shown(gather(order)) == [("Small", "0")]


def test_what_is_not_as_expected_is_marked_even_if_a_graver_verdict_is(check: Check) -> None:
    expected = check(check="v0", violated={"Small": 3}, expected=("Small",))
    surprise = check(check="v0_b", expected=("Small",))
    assert shown(gather([expected, surprise])) == [("Small", "2!")]
    assert shown(gather([check(check="v0", violated={"Small": 3})])) == [("Small", "2!")]
    assert shown(gather([surprise])) == [("Small", "✓!")]


def test_deadlock_and_evaluation_appear_where_they_do_not_hold(check: Check) -> None:
    fine = with_property(with_property(check(check="a"), "deadlock", "holds"), "evaluation", "holds")
    stuck = with_property(check(check="b", violated={"deadlock": 2}), "evaluation", "holds")
    assert [line[0] for line in shown(gather([fine]), "properties")] == ["Small"]
    assert ("deadlock", "✓", "1!") in shown(gather([fine, stuck]), "properties")


def test_the_legend_has_the_signs_that_occur(history: list[CheckResult]) -> None:
    marks = [mark for mark, _ in legend(lay_out(gather(history)))]
    assert marks == ["a number", "✓", "·"]
    assert [mark for mark, _ in legend(lay_out(gather(history), None), ascii_only=True)] == ["a number", "+", "."]


def test_on_a_terminal(history: list[CheckResult]) -> None:
    out = io.StringIO()
    print_matrix(Console(file=out, width=40), lay_out(gather(history), "properties"), {})
    assert [line.split() for line in out.getvalue().splitlines()[2:5]] == [
        ["Small", "✓", "✓"],
        ["Safe", "3", "8"],
        ["Calm", "✓", "·"],
    ]


def test_in_markdown(history: list[CheckResult]) -> None:
    matrix = gather(history)

    def link(place: CellPlace) -> str | None:
        return f"img/{place.group}.svg" if place.property == "Safe" else None

    assert markdown(lay_out(matrix, "properties"), link).splitlines() == [
        "| Property | v0 | v1 |",
        "|---|:-:|:-:|",
        "| **Small**<br>x stays small | ✓ | ✓ |",
        "| **Safe**<br>what Safe says | [**3**](img/v0.svg) | [**8**](img/v1.svg) |",
        "| **Calm**<br>what Calm says | ✓ | · |",
        "",
        "A number: violated; so many steps has the shortest trace; ✓: holds; ·: holds, but says nothing.",
    ]


def test_descriptions_cannot_act_in_markdown(check: Check) -> None:
    evil = check(check="c", violated={"Safe": 2})
    evil = replace(evil, properties={"P": PropertyResult("P", "invariant", "holds", "a | b <script> [x](y)\n\n# z")})
    table = markdown(lay_out(gather([evil]), "properties"), nowhere)
    assert table.splitlines()[2] == r"| **P**<br>a \| b &lt;script&gt; \[x\]\(y\) \#" + "\u2060 z | ✓ |"


def test_as_a_picture(history: list[CheckResult]) -> None:
    drawn = svg(lay_out(gather(history), "properties"), lambda place: f"a&b/{place.group}.svg", "A <title>")
    root = parsed(drawn)
    assert texts(drawn)[:2] == ["v0", "v1"]
    assert "3" in texts(drawn)
    links = [element.attrib["href"] for element in root.iter() if element.tag.endswith("}a")]
    assert len(links) == 6
    assert links[0] == "a&b/v0.svg"


def test_long_headings_are_turned_and_stay_inside(check: Check) -> None:
    drawn = svg(lay_out(gather([check(check="a_rather_long_name")]), "properties"), nowhere, "t")
    assert "rotate(" in drawn


def test_as_json(history: list[CheckResult]) -> None:
    document = json.loads(json.dumps(matrix_object(gather(history), {CellPlace(None, "v0", "Safe"): Path("x.svg")})))
    schema = json.loads(SCHEMA_FILE.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["cells"][1] == {
        "section": None,
        "group": "v0",
        "property": "Safe",
        "verdict": "violation",
        "steps": 3,
        "as_expected": True,
        "file": "b.gate",
        "check": "v0",
        "picture": "x.svg",
    }


def test_a_table_is_put_between_its_markers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# A\n\n{BEGIN}\nold\n{END}\n\nafter\n")
    once = embed(page, "| new |\n")
    assert once == f"# A\n\n{BEGIN}\n\n| new |\n\n{END}\n\nafter\n"
    page.write_text(once)
    assert embed(page, "| new |\n") == once


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}\n{BEGIN}", f"{BEGIN}\n{END}\n{BEGIN}\n{END}"])
def test_a_page_without_one_place_is_refused(text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(InputError, match="needs two lines"):
        embed(page, "x")


def test_a_page_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        embed(tmp_path / "none.md", "x")
    (tmp_path / "latin.md").write_bytes(b"\xff")
    with pytest.raises(InputError, match="cannot be read"):
        embed(tmp_path / "latin.md", "x")
