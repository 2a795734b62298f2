"""Places in source text."""

from __future__ import annotations

import pytest

from skipgate.spec.source import Source, Span

TEXT = "var x : 0..3 = 0\n\n  # a comment\ninvariant Low\r\n  x <\n    3 # not 4\n"
SOURCE = Source("low.gate", TEXT)


def span(text: str) -> Span:
    start = TEXT.index(text)
    return Span(SOURCE, start, start + len(text))


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("var", 1, 1), ("x :", 1, 5), ("# a", 3, 3), ("invariant", 4, 1), ("3 #", 6, 5)],
)
def test_lines_and_columns_are_counted_from_one(text: str, line: int, column: int) -> None:
    assert (span(text).line, span(text).column) == (line, column)
    assert span(text).place == f"low.gate:{line}:{column}"


def test_the_end_of_the_text_is_a_place() -> None:
    assert SOURCE.position(len(TEXT)) == (7, 1)
    assert SOURCE.line(7) == ""
    assert Source("empty.gate", "").position(0) == (1, 1)


def test_a_line_comes_without_its_end() -> None:
    assert SOURCE.line(2) == ""
    assert SOURCE.line(4) == "invariant Low"


def test_a_span_on_one_line_without_comments() -> None:
    assert span("x <\n    3 # not 4").flat == "x < 3"
    assert Span(SOURCE, 0, 16).flat == "var x : 0..3 = 0"


def test_a_hash_in_a_description_is_no_comment() -> None:
    source = Source("a.gate", 'action a "number #3"\n  when true')
    assert Span(source, 0, len(source.text)).flat == 'action a "number #3" when true'


def test_from_one_span_to_another() -> None:
    assert span("var").to(span("= 0")).text == "var x : 0..3 = 0"
