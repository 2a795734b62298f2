from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipgate.checker.core.values import NONE, MapValue, RecordValue, Some
from skipgate.traces.plain import brief, clipped, glued, one_line, unglued, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("é ∨ 中文 😀", "é ∨ 中文 😀"),
        ("a\tb\r\nc\u00a0d\u2028e", "a b  c d e"),
        ("\x1b[31mred\x07\x00\x7f\x9b", r"\x1b[31mred\x07\x00\x7f\x9b"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@settings(deadline=None)
@given(st.text(st.characters(codec=None)))
def test_visible_text_cannot_act(text: str) -> None:
    shown = visible(text)
    assert all(char.isprintable() or char in "\u200c\u200d" for char in shown)
    assert visible(shown) == shown
    shown.encode()


def test_one_line_reduces_blanks() -> None:
    assert one_line("  a \n\t b  ") == "a b"


@pytest.mark.parametrize(("limit", "shown"), [(6, "abcdef"), (5, "abcd…"), (1, "…")])
def test_clipped(limit: int, shown: str) -> None:
    assert clipped("abcdef", limit) == shown


def test_brief_leaves_out_the_names_of_fields() -> None:
    stamp = RecordValue("Stamp", (("wall", 1), ("logical", NONE)))
    map_ = MapValue(((True, stamp), (False, frozenset({2, 1}))))
    value = RecordValue("Entry", (("kind", Some(map_)), ("tail", (stamp,))))
    assert brief(value) == "Entry(some([true -> Stamp(1, none), false -> {1, 2}]), [Stamp(1, none)])"


def test_glued_holds_bindings_together() -> None:
    text = "a = 1, b -> 2"
    assert len(glued(text)) == len(text)
    assert glued(text).split(" ") == ["a\u00a0=\u00a01,", "b\u00a0->\u00a02"]
    assert unglued(glued(text)) == text
