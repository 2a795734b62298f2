from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from skipgate.checker.core.trace import Trace
from skipgate.traces.text import render_text
from tests.effort import amount
from tests.traces.samples import HOSTILE, SAMPLES, hostile, steps
from tests.traces.strategies import traces

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", SAMPLES)
def test_golden(name: str) -> None:
    assert render_text(SAMPLES[name]()) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [40, 60, 100, 200])
@pytest.mark.parametrize("trace", [*(make() for make in SAMPLES.values()), *map(hostile, HOSTILE[:8])])
def test_no_line_is_wider_than_asked(trace: Trace, width: int) -> None:
    assert max(map(len, render_text(trace, width=width).splitlines())) <= width


@settings(max_examples=amount(15, 100), deadline=None)
@given(traces())
def test_narrow_text_says_the_same(trace: Trace) -> None:
    narrow, wide = (re.sub(r"-{4,}|\s", "", render_text(trace, width=width)) for width in (40, 1_000_000))
    assert narrow == wide


@pytest.mark.parametrize("text", [text[:1000] for text in HOSTILE])
def test_hostile_text_cannot_act(text: str) -> None:
    rendered = render_text(hostile(text), width=1_000_000)
    assert all(char.isprintable() for line in rendered.split("\n") for char in line)
    if len(text) < 100 and text.isprintable() and text.split():
        assert rendered.count(" ".join(text.split())) > 10


@pytest.mark.parametrize("trace", [*(make() for make in SAMPLES.values()), *(hostile(text[:500]) for text in HOSTILE)])
def test_colour_adds_nothing_but_colour(trace: Trace) -> None:
    coloured = render_text(trace, colour=True)
    assert "\x1b[1;" in coloured or "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render_text(trace)


def test_there_is_a_narrowest_width() -> None:
    trace = SAMPLES["cold_start"]()
    assert render_text(trace, width=0) == render_text(trace, width=1) == render_text(trace, width=40)


def test_a_step_may_change_nothing() -> None:
    idle = replace(SAMPLES["cover"](), steps=steps({"ready": True}, ("wait", (), None, {})))
    assert "   2  wait\n          nothing changes\n" in render_text(idle)


def test_colour_marks_crashes() -> None:
    coloured = render_text(SAMPLES["cold_start"](), colour=True)
    (crash,) = [line for line in coloured.splitlines() if "---- crash" in line]
    (restart,) = [line for line in coloured.splitlines() if "---- restart" in line]
    assert crash.startswith("\x1b[1;31m") and restart.startswith("\x1b[1;32m")
