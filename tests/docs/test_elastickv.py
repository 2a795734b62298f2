"""The figures in docs/elastickv.md are those that the models are tested against."""

from __future__ import annotations

import re
from pathlib import Path

from tests.models.test_elastickv import TLC

ROWS = re.findall(
    r"^\|(?: [^|]*\|)? (\w+/\w+)[^|]*\|(?:[^|]*\|){0,2}? ([\d,]+) \| ([\d,]+)(?: \(TLC [\d,]+\))? \|(?: (\d+) \|)?",
    (Path(__file__).parents[2] / "docs" / "elastickv.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def test_the_tables_have_the_figures_of_the_tests() -> None:
    figures = {name: tuple(int(n.replace(",", "")) for n in row if n) for name, *row in ROWS}
    assert set(figures) - set(TLC) == {"hlc/deep", "mvcc/as_coded"}
    for name, (distinct, generated, depth, _) in TLC.items():
        assert figures[name] in ((distinct, generated, depth), (distinct, generated))
