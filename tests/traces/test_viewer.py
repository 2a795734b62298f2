"""What the viewer in a browser gets to show: the same behaviour, as texts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from skipgate.checker.core.trace import Trace
from skipgate.checker.core.values import NONE, RecordValue, Some
from skipgate.traces.plain import shown, visible
from skipgate.traces.viewer import TraceView, view
from skipgate.traces.wording import old_and_new
from tests.effort import amount
from tests.traces.samples import HOSTILE, SAMPLES, hostile
from tests.traces.strategies import traces


def test_the_jugs() -> None:
    found = view(SAMPLES["die_hard"]())
    assert found["finding"] == "invariant NotSolved is violated in state 7"
    assert found["variables"] == [{"name": "small"}, {"name": "big", "read": True}]
    assert found["steps"][0]["call"] == "initial state"
    assert found["steps"][2] == {
        "action": "big_to_small",
        "call": "big_to_small",
        "said": "pour 3 from big to small",
        "changes": [
            {"variable": 0, "place": "small", "old": "0", "new": "3"},
            {"variable": 1, "place": "big", "old": "5", "new": "2"},
        ],
        "state": {0: 2, 1: 3},
    }
    assert [each["text"] for each in found["values"]] == ["0", "5", "3", "2", "4"]


def states(found: TraceView) -> list[dict[str, str]]:
    """The states as the page puts them together: what changed, over what was there."""
    state: dict[int, int] = {}
    told = []
    for step in found["steps"]:
        state |= step["state"]
        told.append({found["variables"][name]["name"]: found["values"][value]["text"] for name, value in state.items()})
    return told


def expected(trace: Trace) -> list[dict[str, str]]:
    return [{visible(name): shown(value) for name, value in step.state.items()} for step in trace.steps]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_changes_make_up_the_states(name: str) -> None:
    trace = SAMPLES[name]()
    assert states(view(trace)) == expected(trace)


@settings(max_examples=amount(40, 100), deadline=None)
@given(traces())
def test_the_changes_make_up_the_states_of_any_trace(trace: Trace) -> None:
    found = view(trace)
    assert json.loads(json.dumps(found))["finding"] == found["finding"]
    if len({visible(each.name) for each in trace.variables}) == len(trace.variables):
        assert states(found) == expected(trace)


@pytest.mark.parametrize("text", HOSTILE[:-2])
def test_nothing_in_a_name_or_a_value_can_act(text: str) -> None:
    written = json.dumps(view(hostile(text)), ensure_ascii=False)
    assert written.isprintable() or not any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in written)


def test_keys_of_maps_make_lanes() -> None:
    found = view(SAMPLES["lasso"]())
    assert found["lanes"] == {"Node": ["Node1", "Node2"]}
    changes = [
        (step.get("lanes"), each["place"], each.get("lane")) for step in found["steps"] for each in step["changes"]
    ]
    assert changes == [
        ({"Node": ("Node1", "ask")}, "place[Node1]", "Node1"),
        ({"Node": ("Node1", "enter")}, "place[Node1]", "Node1"),
    ]


def test_a_value_that_is_gone_is_short_and_records_are_by_position_if_they_are_long() -> None:
    def stamp(wall: int) -> RecordValue:
        return RecordValue("LongNameOfARecord", (("wall", wall), ("logical", 1000 + wall)))

    # Both fields differ, and so does which of them there is.
    was, now = Some(stamp(1)), NONE
    assert old_and_new(was, now, 100) == ("some(LongNameOfARecord(wall = 1, logical = 1001))", "none")
    assert old_and_new(was, now, 42) == ("some(LongNameOfARecord(1, 1001))", "none")
    assert old_and_new(was, now, 20) == ("some(LongNameOfARecord(…", "none")
    # What is there now is never cut.
    assert old_and_new(now, was, 20) == ("none", "some(LongNameOfARecord(1, 1001))")
