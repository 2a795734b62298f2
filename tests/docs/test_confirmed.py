"""docs/confirmed.md has a row for each open defect and repair of docs/cold-start.md, and names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLAIMS = (ROOT / "docs/cold-start.md").read_text(encoding="utf-8")
CONFIRMED = (ROOT / "docs/confirmed.md").read_text(encoding="utf-8")
TESTS = sorted((ROOT / "examples/elastickv").rglob("*.go"))


def table(page: str, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    section = re.split(rf"^## {heading}.*$", page, flags=re.MULTILINE)[1]
    lines = re.findall(r"^\|.*\|$", re.split(r"^## ", section, flags=re.MULTILINE)[0], re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_open_defect_has_a_row() -> None:
    claimed = {
        (check, name) for *_, names, _, check in table(CLAIMS, "What is still wrong") for name in names.split(", ")
    }
    shown = {(row[1], name) for row in table(CONFIRMED, "What is wrong") for name in re.findall(r"\b[A-Z]\w+", row[2])}
    assert claimed - shown == set()


def test_what_was_wrong_has_a_row() -> None:
    claimed = {(check, row[-3]) for row in table(CLAIMS, "What was wrong") if (check := row[-1]) and row[-3] != "–"}
    rows = table(CONFIRMED, "The earlier revisions")
    shown = {(check, row[0].partition(",")[0]) for row in rows for check in row[1].split(", ")}
    assert len(claimed) > 20
    assert claimed - shown == set()


def test_every_repair_has_a_row() -> None:
    claimed = {check.partition("without_")[2] for *_, check in table(CLAIMS, "Repairs")}
    assert claimed == {name for name, *_ in table(CONFIRMED, "The repairs")}


def test_the_page_names_the_tests_that_are_there() -> None:
    there = {
        name
        for path in TESTS
        for name in re.findall(r"^func (Test\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert set(re.findall(r"\bTest[A-Z]\w+", CONFIRMED)) == there


def test_go_passes_over_the_tests_and_they_say_what_they_are() -> None:
    for path in TESTS:
        tag, _, comment, *_ = path.read_text(encoding="utf-8").split("\n")
        assert tag == "//go:build elastickv", path
        assert comment.startswith("// "), path
        assert "Run at d9a031d0" in path.read_text(encoding="utf-8"), path
