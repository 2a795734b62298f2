"""Long traces as tables: everything is in them, they fit two screens, and what is folded is not lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import given

from skipgate.checker.core.trace import Loop, Remark, Step, Trace
from skipgate.checker.core.values import Value
from skipgate.traces.asked import folded
from skipgate.traces.dot import to_dot
from skipgate.traces.lanes import lane_types, main_lanes
from skipgate.traces.picture import picture_dot
from skipgate.traces.plain import visible
from skipgate.traces.render import to_svg
from skipgate.traces.table_dot import trace_table_to_dot
from tests.traces.long_walks import LONG, long_walk
from tests.traces.samples import HOSTILE, SAMPLES, hostile, steps, twelve_steps
from tests.traces.strategies import traces
from tests.traces.svg import parsed, texts


def said(dot: str) -> str:
    return " ".join(" ".join(texts(to_svg(dot))).split())


def ticking(*amounts: int, alarm: bool = False) -> Trace:
    """A clock that goes on by so much in each step, after one step of another kind."""
    now, taken = 0, [("set", (), None, {"on": True})]
    for amount in amounts:
        now += amount
        taken.append(("tick", (), f"it is {now}", {"now": now}))
    if alarm:
        taken.append(("ring", (), None, {"on": False}))
    return replace(SAMPLES["die_hard"](), steps=steps({"now": 0, "on": False}, *taken), reads=("now",))


def states(trace: Trace) -> Iterator[Mapping[str, Value]]:
    """All states of a folded trace: of a run, those between are told from the first and the last."""
    before: Step | None = None
    for step in trace.steps:
        for times in range(1, step.times + 1):
            if before is None or step.times == 1:
                yield step.state
            else:
                yield {
                    name: value
                    if value == before.state[name]
                    else before.state[name] + (value - before.state[name]) * times // step.times  # type: ignore[operator]
                    for name, value in step.state.items()
                }
        before = step


def test_a_clock_that_ticks_is_folded_and_nothing_is_lost() -> None:
    trace = ticking(1, 1, 1, 1, 1, alarm=True)
    short = folded(trace, lossless=True)
    assert [(step.action, step.times) for step in short.steps] == [(None, 1), ("set", 1), ("tick", 5), ("ring", 1)]
    assert [*states(short)] == [step.state for step in trace.steps]
    assert "tick x 5" in picture_dot(trace) and "tick x" not in picture_dot(trace, full=True)


@pytest.mark.parametrize("amounts", [(1, 1), (1, 2, 1, 2), (1, 2, 3, 4)])
def test_what_is_short_or_irregular_is_not(amounts: tuple[int, ...]) -> None:
    trace = ticking(*amounts, alarm=True)
    assert folded(trace, lossless=True).steps == trace.steps
    assert len(folded(trace).steps) == 4


@given(traces())
def test_a_lossless_fold_loses_no_state(trace: Trace) -> None:
    short = folded(trace, lossless=True)
    assert len(short) == len(trace)
    if trace.steps:
        assert [*states(short)] == [step.state for step in trace.steps]


@pytest.mark.parametrize("type", [*LONG, None])
def test_fifty_states_with_three_nodes_fit_two_screens(type: str | None) -> None:
    trace = long_walk(*LONG[type or "Node"])
    assert type is None or main_lanes(trace) == type
    svg = to_svg(picture_dot(trace) if type else trace_table_to_dot(trace))
    found = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    assert found is not None
    width, height = (float(each) * 96 / 72 for each in found.groups())
    assert width <= 1280 and height <= 2 * 800


@pytest.mark.parametrize("type", LONG)
def test_each_step_is_there_with_its_number_and_its_changes(type: str) -> None:
    trace = long_walk(*LONG[type])
    seen = texts(to_svg(picture_dot(trace, lanes=type, full=True)))
    assert {str(number) for number in range(1, 51)} <= set(seen)
    for step in trace.steps[1:]:
        assert any(line.startswith(step.action or "") for line in seen)
    assert {visible(str(value)) for value in lane_types(trace)[type]} <= set(seen)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_table_tells_of_each_kind_of_trace_why_it_ends(name: str) -> None:
    trace = SAMPLES[name]()
    text = said(trace_table_to_dot(trace))
    assert " ".join(trace.failure.message.split())[:40] in text
    for part in trace.failure.parts:
        assert part.text in text


def test_what_repeats_for_ever_crashes_and_restarts_are_in_words() -> None:
    loop = SAMPLES["lasso"]()
    text = said(trace_table_to_dot(replace(loop, loop=Loop(0, loop.loop.back, (), (Remark(1, "look here"),)))))  # type: ignore[union-attr]
    assert "states 1 to 3 repeat for ever" in text and "↺ 1" in text and "leave" in text and "look here" in text
    crashes = said(trace_table_to_dot(twelve_steps()))
    assert crashes.count("CRASH") == 2 and crashes.count("RESTART") == 2


def test_short_traces_and_those_of_two_models_have_boxes() -> None:
    for name in ("die_hard", "refinement"):
        assert picture_dot(SAMPLES[name]()) == to_dot(SAMPLES[name]())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text: str) -> None:
    parsed(to_svg(trace_table_to_dot(hostile(text))))


@given(traces())
def test_any_trace_can_be_drawn(trace: Trace) -> None:
    for type in (None, *lane_types(trace)):
        dot = trace_table_to_dot(trace, type)
        assert dot == trace_table_to_dot(trace, type)
    parsed(to_svg(dot))
