"""models/classic: each is on its page, is checked with counts, and has a defect that is found.

That verdicts and counts are right is a matter of test_shipped_models.py, and of TLC in tests/checker/tla.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skipgate.spec import syntax as s
from skipgate.spec.passes import read

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "classics.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| \[\w+\]\(\.\./(\S+)\) `(\w+)` \| ([^|]+) \| ([\d_]+) \| ([\d_–]+) \|", PAGE, re.MULTILINE)
CLASSICS = sorted({file for file, *_ in ROWS})
NO_DEFECT = {"consensus"}  # what a protocol is for


def test_there_are_rows() -> None:
    assert len(ROWS) > 15


@pytest.mark.parametrize("file", CLASSICS)
def test_a_classic_is_pinned_and_its_page_is_true(file: str) -> None:
    spec = read(ROOT / file)
    assert any(isinstance(each, s.ModelDecl) and each.description for each in spec.program.main.declarations)
    assert f"](../{file}) |" in PAGE, "what is it?"
    verdicts = {expected.kind for check in spec.checks for expected in check.expectations}
    assert "violation" in verdicts or Path(file).stem in NO_DEFECT
    pinned = {
        (file, check.name.text, f"{pin.value:_}")
        for check in spec.checks
        if not check.tags
        for expected in check.expectations
        for pin in expected.pins
        if pin.kind == "states"
    }
    assert {(each[0], each[1], each[3]) for each in ROWS if each[0] == file} == pinned
    assert all(states == theirs or (theirs == "–" and "violation" in told) for _, _, told, states, theirs in ROWS)
