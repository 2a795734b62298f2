"""The pages about single models of elastickv say what the models expect. The lengths that they give are compared in
tests/models, where the models are run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skipgate.app.matrix.markdown import BEGIN, END
from skipgate.spec import syntax as s
from skipgate.spec.loader import load
from tests.models.cold_start_page import Claim
from tests.models.elastickv_pages import PAGES, page_claims

MODELS = Path(__file__).parents[2] / "models"


def expected(path: Path) -> dict[str, set[str]]:
    """By check: the properties of which a violation is expected."""
    return {
        check.name.text: {name.text for e in check.expectations for name in e.names if e.kind == "violation"}
        for check in load(path).main.declarations
        if isinstance(check, s.CheckDecl)
    }


@pytest.mark.parametrize("model", PAGES)
def test_the_matrix_is_that_of_the_model(model: str) -> None:
    table = PAGES[model].read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    heading, _, *lines = (
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in table.split("\n") if "|" in line
    )
    checks = expected(MODELS / "elastickv" / f"{model}.gate")
    assert len(lines) > 5
    for label, *cells in lines:
        violated = {name for name, cell in zip(heading[1:], cells, strict=True) if "**" in cell}
        assert violated == checks[label.strip("*").replace("\\", "")], label


@pytest.mark.parametrize("model", PAGES)
def test_every_picture_is_there_and_none_is_left_over(model: str) -> None:
    page = PAGES[model]
    linked = set(re.findall(r"\]\((images/[^)]*)\)", page.read_text(encoding="utf-8")))
    assert linked == {f"images/{model}/{path.name}" for path in (page.parent / "images" / model).iterdir()}


@pytest.mark.parametrize("model", PAGES)
def test_the_checks_that_are_named_exist(model: str) -> None:
    text = PAGES[model].read_text(encoding="utf-8").split(END)[1]
    named = {
        name
        for line in text.splitlines()
        if line.startswith("| ") and line.count("|") > 3
        for name in line.rsplit("|", 2)[1].strip().split(", ")
        if re.fullmatch(r"\w*_\w+", name)
    } | set(re.findall(r"\(`(\w+)`", text))
    known = expected(MODELS / "elastickv" / f"{model}.gate")
    assert named
    assert named <= set(known)


@pytest.mark.parametrize("claim", page_claims(), ids=str)
def test_every_picture_is_of_an_expected_violation(claim: Claim) -> None:
    assert claim.property in expected(claim.file)[claim.check] | {"deadlock"}
