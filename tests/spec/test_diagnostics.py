"""How a message is shown."""

from __future__ import annotations

import pytest

from skipgate.spec.diagnostics import Diagnostic, SpecError, did_you_mean, error
from skipgate.spec.source import Source, Span


def shown(text: str, start: int, length: int, hint: str | None = None) -> list[str]:
    return Diagnostic("no", Span(Source("a.gate", text), start, start + length), hint).render().splitlines()


def test_a_message_shows_the_line_and_what_is_wrong_in_it() -> None:
    assert shown("var x : 0..3 = y\n", 15, 1, "did you mean `x`?") == [
        "a.gate:1:16: error: no",
        "  1 | var x : 0..3 = y",
        "    |                ^",
        "    = hint: did you mean `x`?",
    ]


def test_a_message_without_a_place() -> None:
    assert Diagnostic("`a.gate` does not exist").render() == "error: `a.gate` does not exist"
    assert Diagnostic("no", hint="yes").render() == "error: no\n  hint: yes"


def test_of_several_lines_the_first_is_marked() -> None:
    assert shown("invariant Low\n  x < 2 and\n  x > 3\n", 16, 17)[1:] == ["  2 |   x < 2 and", "    |   ^^^^^^^^^"]


def test_the_gutter_is_as_wide_as_the_number_of_the_line() -> None:
    assert shown("\n" * 99 + "x = 1", 101, 1)[1:] == ["  100 | x = 1", "      |   ^"]


def test_a_tab_stays_a_tab_before_the_caret() -> None:
    assert shown("\twhen\tx = 1", 8, 1)[1:] == ["  1 | \twhen\tx = 1", "    | \t    \t  ^"]


def test_wide_characters_take_two_columns_and_marks_on_letters_none() -> None:
    # Two ideographs are four columns wide; `e` with a combining accent is one.
    assert shown("日本 x", 3, 1)[2] == "    |      ^"
    assert shown("日本 x", 0, 2)[2] == "    | ^^^^"
    assert shown("e\u0301 x", 3, 1)[2] == "    |   ^"


def test_the_end_of_the_text_is_marked_by_one_caret() -> None:
    assert shown("", 0, 0)[1:] == ["  1 | ", "    | ^"]
    assert shown("var x", 5, 3)[1:] == ["  1 | var x", "    |      ^"]


@pytest.mark.parametrize("start", [0, 1, 40, 41, 119, 120, 121, 500, 880, 881, 998, 999])
@pytest.mark.parametrize("length", [1, 30, 1000])
def test_of_a_long_line_only_what_is_around_the_mark_is_shown(start: int, length: int) -> None:
    text = "".join(chr(ord("a") + i % 26) for i in range(1000))
    _, line, marks = shown(text, start, length)
    excerpt, marks = line.removeprefix("  1 | "), marks.removeprefix("    | ")
    assert len(excerpt) <= 122
    assert marks.strip() == "^" * len(marks.strip())
    marked = excerpt[len(marks) - len(marks.lstrip()) : len(marks)]
    assert marked == text[start : start + len(marked)]
    if length == 1:
        assert marked == text[start]
    assert excerpt.strip("…") in text


def test_diagnostics_come_in_order_of_place_and_once() -> None:
    source = Source("a.gate", "x y\nz\n")
    wrong = [Diagnostic(str(i), Span(source, i, i + 1)) for i in (4, 0, 2, 0)]
    nowhere = Diagnostic("nowhere")
    found = SpecError([*wrong, nowhere]).diagnostics
    assert [diagnostic.message for diagnostic in found] == ["nowhere", "0", "2", "4"]


def test_the_text_of_an_error_is_all_its_messages() -> None:
    assert str(error("no such file", None, "look elsewhere")) == "error: no such file\n  hint: look elsewhere"


@pytest.mark.parametrize(
    ("word", "candidates", "hint"),
    [
        ("aplied", ["applied", "apply"], "did you mean `applied`?"),
        ("Int", ["nat", "bool", "int"], "did you mean `int`?"),
        ("N", ["n", "m"], "did you mean `n`?"),
        ("foo", ["applied", "log"], None),
        ("foo", [], None),
    ],
)
def test_the_name_spelt_most_like_a_word(word: str, candidates: list[str], hint: str | None) -> None:
    assert did_you_mean(word, candidates) == hint
