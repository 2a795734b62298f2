"""Some variables of a trace, expressions along it, and runs of steps as one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

from skipgate.checker.core.datatypes import IntType
from skipgate.checker.core.trace import Failure, Loop, Remark, Step, Trace, Variable
from skipgate.traces.asked import Answered, folded, only, with_answers
from skipgate.traces.dot import to_dot
from skipgate.traces.mermaid import to_mermaid
from skipgate.traces.text import render_text
from skipgate.traces.viewer import view
from tests.effort import amount
from tests.traces.samples import SAMPLES
from tests.traces.strategies import traces


def ticking(actions: str, loop: Loop | None = None) -> Trace:
    """A trace of one variable, which counts, with an action for each letter."""
    steps = [Step({"x": 0})]
    steps += [Step({"x": i}, action, (), f"to {i}", ("x",)) for i, action in enumerate(actions, start=1)]
    variables = (Variable("x", IntType(0, 99)),)
    return Trace("m", "c", "P", None, (), variables, tuple(steps), Failure("invariant", "no"), ("x",), loop=loop)


def shape(trace: Trace) -> list[tuple[str | None, int, int]]:
    """Of each step the action, how many it stands for, and the number of the state behind it."""
    return [(step.action, step.times, trace.number(index)) for index, step in enumerate(trace.steps)]


def test_steps_in_a_row_are_one_but_for_the_last() -> None:
    trace = folded(ticking("aaabbab"))
    assert shape(trace) == [(None, 1, 1), ("a", 3, 4), ("b", 2, 6), ("a", 1, 7), ("b", 1, 8)]
    assert len(trace) == 8
    assert trace.steps[1].state == {"x": 3}
    assert shape(folded(ticking("aaa"))) == [(None, 1, 1), ("a", 2, 3), ("a", 1, 4)]


def test_the_beginning_of_a_loop_stays_and_its_number_too() -> None:
    loop = Loop(3, Step({"x": 3}, "back", (), None, ("x",)), remarks=(Remark(3, "here"), Remark(5, "there")))
    trace = folded(ticking("aaaaaaa", loop))
    assert shape(trace) == [(None, 1, 1), ("a", 2, 3), ("a", 1, 4), ("a", 3, 7), ("a", 1, 8)]
    assert trace.loop is not None
    assert trace.number(trace.loop.start) == 4
    assert [trace.number(each.state) for each in trace.loop.remarks] == [4, 7]


def test_every_renderer_tells_how_many_steps_there_are_and_the_right_numbers() -> None:
    trace = folded(ticking("aaaab"))
    text = render_text(trace)
    assert "   5  a x 4\n          x: 0 -> 4" in text and "   6  b: to 5" in text and "in state 6" in text
    assert "a x 4" in to_dot(trace) and "state_5:at:s -> state_6:at:n" in to_dot(trace)
    assert '  s1 -->|"a x 4"| s5' in to_mermaid(trace).splitlines()


def test_a_trace_that_shows_another_models_view_stays_as_it_is() -> None:
    trace = SAMPLES["refinement"]()
    assert folded(trace) is trace


@settings(max_examples=amount(40, 100), deadline=None)
@given(traces())
def test_folding_loses_no_state_that_is_shown_and_no_length(trace: Trace) -> None:
    found = folded(trace)
    assert len(found) == len(trace)
    states = [step.state for step in trace.steps]
    assert all(step.state == states[found.number(index) - 1] for index, step in enumerate(found.steps))
    json.dumps(view(found))


def test_some_variables_alone() -> None:
    trace = only(SAMPLES["die_hard"](), {"small"})
    assert [dict(step.state) for step in trace.steps] == [{"small": n} for n in (0, 0, 3, 0, 2, 2, 3)]
    assert trace.steps[1].changed == () and trace.steps[2].changed == ("small",)
    assert [variable.name for variable in trace.variables] == ["small"]


@pytest.mark.parametrize("name", ["lasso", "stuttering", "cold_start"])
def test_values_of_expressions_are_shown_like_variables(name: str) -> None:
    trace = SAMPLES[name]()
    values = tuple(range(len(trace.steps)))
    found = with_answers(trace, [Answered("n + 1", IntType(0, 99), values)])
    assert [step.state["n + 1"] for step in found.steps] == list(values)
    assert all("n + 1" in step.changed for step in found.steps[1:])
    assert "n + 1: 0 -> 1" in render_text(found)
    assert only(found, {v.name for v in trace.variables}).steps == trace.steps or trace.loop is not None


def test_the_step_back_of_a_loop_has_the_values_of_the_state_it_leads_to() -> None:
    trace = SAMPLES["lasso"]()
    assert trace.loop is not None and trace.loop.back is not None
    values = tuple(range(len(trace.steps)))
    found = with_answers(trace, [Answered("e", IntType(0, 99), values)])
    assert found.loop is not None and found.loop.back is not None
    assert found.loop.back.state == {**trace.loop.back.state, "e": trace.loop.start}
    assert replace(found.loop.back, state={}, changed=()) == replace(trace.loop.back, state={}, changed=())
