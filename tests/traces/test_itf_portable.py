"""The portable dialect of ITF is read by a reader that others wrote."""

from __future__ import annotations

import json

import itf_py
import pytest
from hypothesis import given, settings

from skipgate.checker.core.datatypes import BOOL, IntType, OptionType, RecordType
from skipgate.checker.core.trace import Trace
from skipgate.checker.core.values import (
    NONE,
    EnumValue,
    MapValue,
    RecordValue,
    Some,
    SortValue,
    Value,
    VariantValue,
)
from skipgate.traces.itf_portable import dump_portable_itf, fit, fitted, portable, portable_type
from tests.effort import amount
from tests.traces.samples import HOSTILE, SAMPLES, hostile
from tests.traces.strategies import traces


def read(text: str) -> itf_py.Trace:
    return itf_py.trace_from_json(json.loads(text))


@pytest.mark.parametrize("trace", [*(make() for make in SAMPLES.values()), *map(hostile, HOSTILE)])
def test_it_is_read(trace: Trace) -> None:
    found = read(dump_portable_itf(trace))
    assert len(found.states) == len(trace.steps)
    assert found.loop == (None if trace.loop is None else trace.loop.start)


@settings(max_examples=amount(40, 100), deadline=None)
@given(traces())
def test_any_trace_is_read(trace: Trace) -> None:
    found = read(dump_portable_itf(trace))
    for state, step in zip(found.states, trace.steps, strict=True):
        names = fitted([*step.state, *(constant.name for constant, _ in trace.constants)])
        for name, value in step.state.items():
            assert names[name] in state.values
            if type(value) in (bool, int):
                assert state.values[names[name]] == value


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (3, "3"),
        (Some(3), "Some(value=3)"),
        (NONE, "Nothing(value='U_OF_UNIT')"),
        (Some(frozenset({1})), "Some(value=frozenset({1}))"),
        (VariantValue("M", 0, RecordValue("Vote", (("from", 1),))), "Vote(from_=1)"),
        (VariantValue("M", 1, RecordValue("Stop", ())), "Stop(value='U_OF_UNIT')"),
        (RecordValue("R", (("in", True), ("tag", EnumValue("E", 0, "a")))), "Rec(in_=True, tag='a')"),
        (MapValue(((SortValue("N", 0), (1, 2)),)), "{'N1': [1, 2]}"),
    ],
)
def test_values_as_the_reader_shows_them(value: Value, seen: str) -> None:
    assert str(itf_py.value_from_json(portable(value))) == seen


@pytest.mark.parametrize("name", ["x", "from", "None", "_x", "a-b", "1", "", "é", "\x1b"])
def test_names_fit(name: str) -> None:
    assert fit(name).isidentifier() and not fit(name).startswith("_")
    assert (fit(name) == name) == (name in ("x", "é"))


def test_no_two_names_become_one() -> None:
    assert fitted(["from_", "from", "a-b", "a_b", "a-b"]) == {
        "from_": "from_",
        "from": "from__",
        "a-b": "a_b",
        "a_b": "a_b_",
    }


def test_fields_are_called_in_a_type_what_they_are_called_in_a_value() -> None:
    type_ = RecordType("R", (("from_", BOOL), ("from", OptionType(IntType(0, 1)))), False)
    assert portable_type(type_) == "{ from_: Bool, from__: Some({ value: Int }) | Nothing(UNIT) }"
    value = RecordValue("R", (("from_", True), ("from", NONE)))
    assert list(portable(value)) == ["from_", "from__"]
