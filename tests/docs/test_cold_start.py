"""docs/cold-start.md says what the models expect. The lengths that it gives are compared in tests/models, where the
models are run."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from skipgate.app.matrix.cells import group_of
from skipgate.app.matrix.markdown import BEGIN, END
from skipgate.spec import syntax as s
from skipgate.spec.loader import load
from tests.models.cold_start_page import PAGE, Claim, claims

MODELS = Path(__file__).parents[2] / "models" / "cold_start"


@cache
def expected() -> dict[str, dict[str, bool]]:
    """By group of checks and property: is a violation expected of any?"""
    found: dict[str, dict[str, bool]] = {}
    programs = [load(path) for path in sorted(MODELS.glob("*.gate"))]
    checks = [(p, d) for p in programs for d in p.main.declarations if isinstance(d, s.CheckDecl)]
    names = {check.name.text for _, check in checks}
    for program, check in checks:
        violated = {name.text for e in check.expectations if e.kind == "violation" for name in e.names}
        for file in program.files:
            for each in file.declarations:
                if isinstance(each, s.PropertyDecl) and each.kind != "cover":
                    verdicts = found.setdefault(group_of(check.name.text, names), {})
                    verdicts[each.name.text] = verdicts.get(each.name.text, False) or each.name.text in violated
    return found


def rows() -> list[list[str]]:
    table = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines() if "|" in line]


def test_the_matrix_is_that_of_the_models() -> None:
    heading, _, *lines = rows()
    groups = heading[1:]
    assert groups == [*(f"v{i}" for i in range(10)), "repaired"]
    told = {}
    for label, *cells in lines:
        name = re.match(r"\*\*(\w+)\*\*", label)
        assert name is not None
        told[name[1]] = {group: "**" in cell for group, cell in zip(groups, cells, strict=True)}
    properties = {name for group in groups for name in expected()[group]}
    assert told == {name: {group: expected()[group][name] for group in groups} for name in properties}


def test_every_picture_is_there_and_none_is_left_over() -> None:
    linked = set(re.findall(r"\]\((images/cold_start/[^)]*)\)", PAGE.read_text(encoding="utf-8")))
    assert linked == {f"images/cold_start/{path.name}" for path in (PAGE.parent / "images/cold_start").iterdir()}


@pytest.mark.parametrize("claim", claims(), ids=str)
def test_every_check_that_is_named_expects_it(claim: Claim) -> None:
    checks = {d.name.text: d for d in load(claim.file).main.declarations if isinstance(d, s.CheckDecl)}
    violated = {name.text for e in checks[claim.check].expectations if e.kind == "violation" for name in e.names}
    assert claim.property in violated
