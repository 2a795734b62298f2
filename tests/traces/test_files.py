from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipgate.traces.files import safe_name


def test_fit_names_stay() -> None:
    assert safe_name("Gate_v3-head") == "Gate_v3-head"


@pytest.mark.parametrize("text", ["", "a/b", "..", "a.b", "con", "Nul", "é", "\ud800", "a b", "x" * 300, "\x00"])
def test_other_names_are_made_fit(text: str) -> None:
    name = safe_name(text)
    assert name != text and name.lower() not in ("con", "nul")
    assert all(char.isascii() and (char.isalnum() or char in "_-") for char in name)
    assert 0 < len(name) < 80


@settings(deadline=None)
@given(st.text(), st.text())
def test_different_texts_have_different_names(a: str, b: str) -> None:
    assert (safe_name(a) == safe_name(b)) == (a == b)


def test_texts_that_are_alike_have_different_names() -> None:
    assert len({safe_name(text) for text in ("a/b", "a.b", "a_b", "a b")}) == 4
