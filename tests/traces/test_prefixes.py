"""What is shown once of traces that begin alike."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from skipgate.checker.core.trace import AbstractView, Loop, Step, Trace
from skipgate.traces.prefixes import Above, arranged
from skipgate.traces.text import render_text
from tests.traces.samples import SAMPLES

DIE_HARD = SAMPLES["die_hard"]()


def trace(name: str, xs: str) -> Trace:
    """A trace whose states are letters."""
    steps = [Step({"x": ord(x)}, "go" if i else None, (), None, ("x",) if i else ()) for i, x in enumerate(xs)]
    return replace(DIE_HARD, property=name, steps=tuple(steps), reads=("x",))


def order(*traces: Trace) -> list[tuple[str, str | None, int]]:
    found = arranged(traces)
    return [(each.property, above and above.property, above.states if above else 0) for each, above in found]


def test_what_is_the_beginning_of_another_comes_after_it() -> None:
    assert order(trace("A", "ab"), trace("B", "abc"), trace("C", "abcd")) == [
        ("C", None, 0),
        ("A", "C", 2),
        ("B", "C", 3),
    ]


def test_the_order_stays_otherwise() -> None:
    assert order(trace("A", "ab"), trace("B", "axy"), trace("C", "axz"), trace("D", "q"), trace("E", "")) == [
        ("A", None, 0),
        ("B", None, 0),  # the first state alone is not worth a reference
        ("C", "B", 2),
        ("D", None, 0),
        ("E", None, 0),
    ]


def test_equal_ones_refer_to_the_first() -> None:
    assert order(trace("A", "abc"), trace("B", "abc"), trace("C", "abc")) == [
        ("A", None, 0),
        ("B", "A", 3),
        ("C", "A", 3),
    ]


def test_a_trace_with_two_views_is_shown_whole() -> None:
    seen = trace("B", "abc")
    two = replace(seen, abstract=AbstractView("m", (), seen.steps))
    assert order(trace("A", "abc"), two) == [("A", None, 0), ("B", None, 0)]


@settings(deadline=None)
@given(st.lists(st.text("ab", max_size=5), max_size=6))
def test_every_state_is_shown_once_or_referred_to(words: list[str]) -> None:
    traces = [trace(f"P{i}", word) for i, word in enumerate(words)]
    shown: dict[str, str] = {}
    for each, above in arranged(traces):
        word = words[int(each.property[1:])]
        if above is not None:
            assert shown[above.property][: above.states] == word[: above.states]
        shown[each.property] = word
    assert len(shown) == len(words)


def test_text_leaves_out_what_was_shown() -> None:
    text = render_text(trace("P", "abc"), above=Above("Q", 2))
    assert "states 1 to 2 are those of Q, above" in text
    assert "initial state" not in text
    assert "   3  go\n          x: 98 -> 99\n" in text


def test_a_loop_is_said_though_it_begins_above() -> None:
    looped = trace("P", "abc")
    looped = replace(looped, loop=Loop(0, replace(looped.steps[0], action="back")))
    assert "states 1 to 3 repeat for ever" in render_text(looped, above=Above("Q", 3))
