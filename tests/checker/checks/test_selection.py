"""Which checks of a file are run."""

from __future__ import annotations

import pytest

from skipgate.checker.checks.selection import select
from skipgate.spec import syntax as s
from skipgate.spec.parsing.parser import parse
from skipgate.spec.source import Source

TEXT = """
check a expect holds
check ab expect holds
check deep_a tag deep expect holds
check deep_b tag deep, nightly expect holds
"""


def checks() -> list[s.CheckDecl]:
    return [each for each in parse(Source("m.gate", TEXT)).declarations if isinstance(each, s.CheckDecl)]


@pytest.mark.parametrize(
    ("only", "tags", "chosen", "left_out"),
    [
        (None, (), "a ab", "deep_a deep_b"),
        ("a", (), "a", ""),
        ("a*", (), "a ab", ""),
        ("a, *_b", (), "a", "deep_b"),
        ("deep_a", (), "deep_a", ""),
        ("*,deep_a", (), "a ab deep_a", "deep_b"),
        ("A", (), "", ""),
        (None, ("deep",), "deep_a deep_b", ""),
        (None, ("nightly",), "deep_b", ""),
        ("*_a", ("deep",), "deep_a", ""),
        ("a", ("deep",), "", ""),
        (None, ("other",), "", ""),
    ],
)
def test_select(only: str | None, tags: tuple[str, ...], chosen: str, left_out: str) -> None:
    selection = select(checks(), only, tags)
    assert [check.name.text for check in selection.chosen] == chosen.split()
    assert list(selection.left_out) == left_out.split()
