from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipgate.checker.core.values import NONE, EnumValue, Some
from skipgate.checker.kernel.layout import WORD, Layout, lay_out
from skipgate.spec.diagnostics import SpecError
from tests.checker.random_models import models, random_value
from tests.checker.specs import model_of, refusal


def layout_of(declarations: str) -> Layout:
    return lay_out(model_of(declarations))


def places(layout: Layout, variable: str) -> list[tuple[int, int, int]]:
    return [(slot.word, slot.offset, slot.width) for slot in layout.slots[variable]]


def test_fields_are_as_wide_as_their_ranges() -> None:
    layout = layout_of(
        """
        enum Color { red, green, blue }
        var a : bool = false
        var b : 0..4 = 0
        var c : -1..2 = 0
        var d : Color = red
        var e : 7..7 = 7
        var f : option of 5..6 = none
        """
    )
    widths = {name: [width for _, _, width in places(layout, name)] for name in "abcdef"}
    assert widths == {"a": [1], "b": [3], "c": [2], "d": [2], "e": [0], "f": [1, 3]}
    assert layout.bits == 12
    assert layout.words == 1


def test_a_state_as_words() -> None:
    layout = layout_of("var small : 3..6 = 3\nvar big : 0..255 = 0")
    # The widest variable is placed first.
    assert places(layout, "big") == [(0, 0, 8)]
    assert places(layout, "small") == [(0, 8, 2)]
    assert layout.pack({"small": 5, "big": 9}) == (9 + (5 - 3) * 256,)
    assert layout.unpack((9 + 2 * 256,)) == {"small": 5, "big": 9}


def test_what_is_absent_is_zero() -> None:
    layout = layout_of("enum E { a, b }\nvar x : option of E = none\nvar s : seq[2] of 3..5 = []")
    empty = layout.pack({"x": NONE, "s": ()})
    assert empty == (0,)
    full = layout.pack({"x": Some(EnumValue("E", 1, "b")), "s": (3, 5)})
    assert layout.unpack(full) == {"x": Some(EnumValue("E", 1, "b")), "s": (3, 5)}


def test_variables_of_a_word_do_not_straddle_words() -> None:
    layout = layout_of("\n".join(f"var x{i} : 0..1048575 = 0" for i in range(7)))  # 20 bits each, 3 to a word
    assert layout.words == 3
    assert all(slot.offset + slot.width <= WORD for slots in layout.slots.values() for slot in slots)


def test_a_wide_variable_has_whole_components_in_each_word() -> None:
    layout = layout_of("var m : map[0..9] of 0..1048575 = map k in 0..9: k\nvar x : 0..7 = 0")
    assert [slot.word for slot in layout.slots["m"]] == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3]
    assert layout.words == 4
    assert layout.unpack(layout.pack({"m": (m := layout.unpack((0,) * 4)["m"]), "x": 5})) == {"m": m, "x": 5}


def test_a_model_without_variables_has_a_word() -> None:
    assert layout_of("action go").words == 1


def test_the_widest_range() -> None:
    layout = layout_of("var x : -4611686018427387904..4611686018427387903 = 0")
    lowest, highest = {"x": -(2**62)}, {"x": 2**62 - 1}
    assert layout.pack(lowest) == (0,)
    assert layout.pack(highest) == (2**63 - 1,)
    assert layout.unpack(layout.pack(highest)) == highest


@pytest.mark.parametrize(
    ("declaration", "message"),
    [
        ("var x : int = 0", "variable `x` cannot be explored: int is unbounded"),
        ("var x : -4611686018427387904..4611686018427387904 = 0", "takes more than 63 bits"),
        ("var x : set of 0..9999 = {}", "10000 possible elements"),
        ("var x : seq[1000] of 0..31 = []", "a state takes 5010 bits; at most 4032 are possible"),
    ],
)
def test_what_is_too_large(declaration: str, message: str) -> None:
    assert message in refusal(declaration)


def test_description_for_people() -> None:
    assert layout_of("var x : 0..4 = 0\nvar o : option of bool = none").describe() == (
        "5 bits in 1 word of 63\n"
        "x : 0..4\n"
        "    .                        0..4            word 0 bits 0..2\n"
        "o : option of bool\n"
        "    ?                        0..1            word 0 bits 3..3\n"
        "    !                        0..1            word 0 bits 4..4\n"
    )


@given(models(), st.randoms(use_true_random=False))
def test_fields_do_not_overlap_and_states_come_back(text: str, rng: object) -> None:
    try:
        model = model_of(text)
        layout = lay_out(model)
    except SpecError:
        return
    slots = sorted(
        ((slot.word, slot.offset, slot.offset + slot.width) for row in layout.slots.values() for slot in row),
    )
    assert all(a[0] < b[0] or a[2] <= b[1] for a, b in pairwise(slots))
    for _ in range(3):
        state = {v.name: random_value(rng, v.type) for v in model.variables}  # type: ignore[arg-type]
        words = layout.pack(state)
        assert len(words) == layout.words
        assert all(0 <= word < 2**WORD for word in words)
        assert layout.unpack(words) == state
