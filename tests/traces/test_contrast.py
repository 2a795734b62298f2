"""What is drawn and written of a contrast; what it says is tested at `skipgate explain`."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from skipgate.checker.core.contrast import Contrast, ContrastRow, Ending, Reason, ValueDifference
from skipgate.checker.core.trace import Part
from skipgate.traces.contrast_dot import contrast_to_dot
from skipgate.traces.contrast_text import render_contrast, render_summary
from skipgate.traces.contrast_wording import sentences, told
from skipgate.traces.render import contrast_svg, to_png
from tests.traces.samples import HOSTILE, SAMPLES, hostile
from tests.traces.svg import texts


def sample(text: str | None = None) -> Contrast:
    """A contrast that parts at the second step, with `text` wherever text of a model can stand."""
    trace = SAMPLES["cold_start"]() if text is None else hostile(text)
    said = text or "x < 3"
    first, *rest = trace.steps
    reason = Reason(said, "is false", said, (("n", 1),), (Part(said, 7),))
    rows = [ContrastRow(first, first, "same")]
    rows += [ContrastRow(step, None if i else step, "refused", reason) for i, step in enumerate(rest)]
    constants = (ValueDifference(said, 1, 2), ValueDifference("kinds", frozenset([1, 2]), frozenset([2, 3])))
    return Contrast(trace, "other", (said, None), constants, tuple(rows), Ending("holds"))


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_no_line_is_wider_than_asked(width: int) -> None:
    for render in (render_contrast, render_summary):
        assert max(map(len, render(sample(), width=width).splitlines())) <= width


def test_colour_adds_nothing_but_colour() -> None:
    coloured = render_contrast(sample(), colour=True)
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render_contrast(sample())


@pytest.mark.parametrize("text", [text[:1000] for text in HOSTILE])
def test_hostile_text_cannot_act(text: str) -> None:
    for rendered in (render_contrast(sample(text), width=1_000_000), contrast_to_dot(sample(text))):
        assert all(char.isprintable() for line in rendered.split("\n") for char in line)
    assert "<svg" in contrast_svg(sample(text))


def test_the_picture_has_both_lanes() -> None:
    drawn = " ".join(texts(contrast_svg(sample())))
    assert "here they part" in drawn
    assert "other cannot, since `x < 3` is false" in drawn
    assert "On this schedule" in drawn
    assert to_png(contrast_to_dot(sample())).startswith(b"\x89PNG")


def test_the_same_contrast_gives_the_same_picture() -> None:
    assert contrast_to_dot(sample()) == contrast_to_dot(sample())


def test_elements_of_sets_are_told_by_side() -> None:
    differing = [ValueDifference("s", frozenset([1, 2]), frozenset([2, 3]))]
    assert told(differing, "a", "b") == "s has 1 in a only; s has 3 in b only"
    assert sentences(sample())[-1] == "other has x < 3 = 2 (not 1), kinds with 3 and without 1."


def test_of_many_differences_the_first_are_told() -> None:
    many = [ValueDifference(f"x{i}", 0, i) for i in range(1, 6)]
    assert told(many, "a", "b").endswith("x3 is 0 in a and 3 in b; and 2 more")


def test_a_check_without_an_initial_state_is_said() -> None:
    trace = SAMPLES["cold_start"]()
    rows = tuple(ContrastRow(step, None, "stopped") for step in trace.steps)
    found = replace(sample(), rows=rows, constants=())
    assert sentences(found) == [
        "other has no initial state.",
        f"The constants of {trace.check} and other are the same.",
    ]
    assert "goes no further" not in render_contrast(found).splitlines()[4]
    assert "<svg" in contrast_svg(found)
