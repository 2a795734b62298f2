from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipgate.checker.core.values import NONE, MapValue, RecordValue, Some, Value, show
from skipgate.traces.dot_language import wrapped
from skipgate.traces.plain import brief, clipped, glued, one_line, shortened, shown, unglued, visible, whole


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
    assert len(glued(text, 80)) == len(text)
    assert glued(text, 80).split(" ") == ["a\u00a0=\u00a01,", "b\u00a0->\u00a02"]
    assert unglued(glued(text, 80)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (MapValue(tuple((i, 0) for i in range(64))), "[all 64 keys -> 0]"),
        (MapValue(tuple((i, int(i == 3)) for i in range(64))), "[3 -> 1, 63 others -> 0]"),
        (MapValue(tuple((i, i // 5) for i in range(9))), "[5 -> 1, 6 -> 1, 7 -> 1, 8 -> 1, 5 others -> 0]"),
        (MapValue(tuple((i, 0) for i in range(8))), f"[{', '.join(f'{i} -> 0' for i in range(8))}]"),
        (MapValue(tuple((i, i % 2) for i in range(10))), f"[{', '.join(f'{i} -> {i % 2}' for i in range(10))}]"),
        (frozenset(range(1, 31)), "{1..30}"),
        (frozenset([1, 2, 3, *range(10, 20)]), "{1, 2, 3, 10..19}"),
        ((0,) * 20 + (1, 1), "[20 times 0, 1, 1]"),
        (
            Some(RecordValue("R", (("m", MapValue(tuple((i, True) for i in range(9)))),))),
            "some(R(m = [all 9 keys -> true]))",
        ),
    ],
)
def test_what_is_the_same_again_and_again_is_said_once(value: Value, text: str) -> None:
    assert shown(value) == text
    assert whole(value) == show(value)
    assert text == show(value) or len(text) < len(show(value))


VALUES = "m = [K(a = 0, b = 1) -> some(R(x = 1, y = 2)), K(a = 1, b = 1) -> none], s = {1, 2}, why (it is so)"


def test_lines_break_between_the_parts_of_values() -> None:
    assert wrapped(VALUES, 50, 9) == [
        "m = [K(a = 0, b = 1) -> some(R(x = 1, y = 2)),",
        "K(a = 1, b = 1) -> none], s = {1, 2}, why (it is",
        "so)",
    ]
    assert wrapped(VALUES, 24, 9) == [
        "m = [K(a = 0, b = 1)",
        "-> some(R(x = 1,",
        "y = 2)), K(a = 1, b = 1)",
        "-> none], s = {1, 2},",
        "why (it is so)",
    ]


@settings(deadline=None)
@given(st.text("ab =->()[]{},_", max_size=80), st.integers(5, 40))
def test_only_blanks_are_glued(text: str, columns: int) -> None:
    assert unglued(glued(text, columns)) == text
    assert len(glued(text, columns)) == len(text)


def test_long_values_are_cut_between_their_parts() -> None:
    text = "log = [Entry(lease, Stamp(2, 0)), Entry(data, Stamp(2, 1)), Entry(data, Stamp(2, 2))]"
    assert shortened(text, 100) == text
    assert shortened(text, 70) == "log = [Entry(lease, Stamp(2, 0)), Entry(data, Stamp(2, 1)), …]"
    assert shortened(text, 50) == "log = [Entry(lease, Stamp(2, 0)), …]"
    assert shortened("a text without any parts", 10) == "a text wi…"
    assert shortened("m = {1, 2, 3, 4, 5, 6, 7, 8}", 20) == "m = {1, 2, 3, 4, …}"


@settings(deadline=None)
@given(st.text("ab =->()[]{},_", max_size=80), st.integers(5, 40))
def test_nothing_is_longer_than_it_may_be(text: str, limit: int) -> None:
    assert len(shortened(text, limit)) <= limit
