from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skipgate.checker.core.datatypes import BagType, IntType
from skipgate.checker.core.trace import Trace
from skipgate.checker.core.values import EnumValue, Some, bag_of
from skipgate.traces.itf import ItfError, dump_itf, load_itf, to_itf
from skipgate.traces.itf_values import (
    type_from_json,
    type_to_json,
    value_from_itf,
    value_from_json,
    value_to_itf,
    value_to_json,
)
from tests.effort import amount
from tests.traces.samples import HOSTILE, SAMPLES, hostile
from tests.traces.strategies import traces, typed_values, types

GOLDEN = Path(__file__).parent / "golden"


# ---------------------------------------------------------------- there and back


def with_types(data: Any) -> Any:
    """What compares equal only to the same with the same types: to Python itself, 1 == True."""
    if dataclasses.is_dataclass(data):
        return type(data), tuple(with_types(getattr(data, field.name)) for field in dataclasses.fields(data))
    if isinstance(data, dict):
        return [(name, with_types(part)) for name, part in data.items()]
    if isinstance(data, tuple):
        return tuple(map(with_types, data))
    if isinstance(data, frozenset):
        return frozenset(map(with_types, data))
    return type(data), data


def test_with_types_tells_numbers_from_truth() -> None:
    assert with_types(Some(frozenset({1}))) != with_types(Some(frozenset({True})))


@settings(max_examples=amount(40, 100), deadline=None)
@given(traces())
def test_round_trip(trace: Trace) -> None:
    loaded = load_itf(dump_itf(trace))
    assert loaded == trace
    assert with_types(loaded) == with_types(trace)


@pytest.mark.parametrize("trace", [*(make() for make in SAMPLES.values()), *map(hostile, HOSTILE[:-2])])
def test_round_trip_of_samples(trace: Trace) -> None:
    text = dump_itf(trace)
    assert load_itf(text) == load_itf(text.encode()) == trace
    assert text.isascii() and text.endswith("}\n")
    assert json.loads(text) == to_itf(trace)


@settings(deadline=None)
@given(typed_values)
def test_round_trip_of_values(pair: tuple[Any, Any]) -> None:
    type_, value = pair
    assert with_types(value_from_itf(value_to_itf(value), type_, "v")) == with_types(value)
    assert with_types(value_from_json(value_to_json(value), "v")) == with_types(value)


@settings(deadline=None)
@given(types)
def test_round_trip_of_types(type_: Any) -> None:
    assert type_from_json(type_to_json(type_), "t") == type_


# ---------------------------------------------------------------- what other tools read


def test_golden() -> None:
    assert dump_itf(SAMPLES["evaluation"]()) == (GOLDEN / "evaluation.itf.json").read_text(encoding="utf-8")


def test_values_are_those_of_the_format() -> None:
    states = to_itf(SAMPLES["cold_start"]())["states"]
    assert states[0]["MaxLog"] == {"#bigint": "4"} and "MaxLog" not in states[1]
    state = states[6]
    assert state["#meta"] == {"index": 6}
    assert state["log"] == ["data", "lease"]
    assert state["committed"] == {"#bigint": "2"}
    assert states[0]["have"] == {"tag": "None", "value": {"#tup": []}}
    assert state["have"] == {"tag": "Some", "value": {"#bigint": "1"}}
    assert state["snap"] == {"index": {"#bigint": "0"}, "ceiling": {"#bigint": "0"}}
    assert state["effects"] == {"#set": [{"#bigint": "1"}, {"#bigint": "2"}]}
    assert state["votes"] == {"#map": [["Node1", False], ["Node2", True]]}
    assert state["up"] is True
    assert states[0]["mbt::actionTaken"] == "init" and state["mbt::actionTaken"] == "apply_lease"
    assert state["mbt::nondetPicks"]["i"] == {"tag": "Some", "value": {"#bigint": "2"}}
    assert state["mbt::nondetPicks"]["kind"] == {"tag": "None", "value": {"#tup": []}}


def test_a_loop_is_that_of_the_format() -> None:
    assert to_itf(SAMPLES["lasso"]())["loop"] == 0
    assert to_itf(SAMPLES["stuttering"]())["loop"] == 1
    assert "loop" not in to_itf(SAMPLES["die_hard"]())


@pytest.mark.parametrize("start", [-1, 3, None, "0"])
def test_a_loop_begins_in_a_state_of_the_trace(start: object) -> None:
    data = to_itf(SAMPLES["lasso"]())
    data["#meta"]["skipgate"]["loop"]["start"] = start
    with pytest.raises(ItfError):
        load_itf(json.dumps(data))


def test_types_are_those_of_apalache() -> None:
    assert to_itf(SAMPLES["cold_start"]())["#meta"]["varTypes"] == {
        "log": "Seq(Str)",
        "committed": "Int",
        "hs": "Int",
        "have": "Some(Int) | None(UNIT)",
        "applied": "Int",
        "snap": "{ index: Int, ceiling: Int }",
        "ceiling": "Int",
        "effects": "Set(Int)",
        "votes": "(Str -> Bool)",
        "up": "Bool",
    }


def assert_expression(data: Any) -> None:
    """The grammar of expressions in the format's definition, written down a second time."""
    match data:
        case bool() | str():
            pass
        case list():
            for part in data:
                assert_expression(part)
        case {"#bigint": digits}:
            assert len(data) == 1 and re.fullmatch("-?[0-9]+", digits)
        case {"#set": list(parts)} | {"#tup": list(parts)}:
            assert len(data) == 1
            assert_expression(parts)
        case {"#map": list(pairs)}:
            assert len(data) == 1 and all(isinstance(pair, list) and len(pair) == 2 for pair in pairs)
            assert_expression(pairs)
        case dict():
            for name, part in data.items():
                assert not name.startswith("#")
                assert_expression(part)
        case _:
            raise AssertionError(data)


@settings(max_examples=amount(40, 100), deadline=None)
@given(traces())
def test_traces_are_in_the_format(trace: Trace) -> None:
    data = to_itf(trace)
    assert set(data) - {"loop"} == {"#meta", "params", "vars", "states"}
    assert "loop" not in data or 0 <= data["loop"] < len(data["states"])
    for index, state in enumerate(data["states"]):
        assert state["#meta"]["index"] == index
        params = data["params"] if index == 0 else []
        assert set(state) == {"#meta", *params, *data["vars"]}
        for name, value in state.items():
            if name != "#meta":
                assert_expression(value)


# ---------------------------------------------------------------- bad input


def edited(**changes: Any) -> str:
    """The ITF of a good trace with some of our own keys replaced."""
    data = to_itf(SAMPLES["cold_start"]())
    data["#meta"]["skipgate"] |= changes
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "This is no stored trace, which is JSON: Expecting value at line 1, column 1."),
        ("{", "This is no stored trace, which is JSON"),
        (b"\xff\xfe\xfa", "This is no stored trace, which is JSON"),
        ("9" * 5000, "This is no stored trace, which is JSON."),
        ("[" * 100_000, "The JSON is nested too deeply."),
        ("[]", "the trace: expected an object, found an array."),
        ("{}", "the trace: the key '#meta' is missing."),
        ('{"#meta": {"format": "ITF"}, "states": []}', "This ITF trace was not written by skipgate"),
        (edited(version=2), "The trace is of version '2' of its format; this skipgate reads version 1."),
        (edited(version=None), "#meta.skipgate.version: expected a number"),
        (edited(model=1), "#meta.skipgate.model: expected a string, found a number."),
        (edited(steps=[]), "#meta.skipgate.steps: there are 0 steps for 10 states."),
        (edited(failure={}), "#meta.skipgate.failure: the key 'kind' is missing."),
        (edited(reads={}), "#meta.skipgate.reads: expected an array, found an object."),
        (edited(variables=[{"name": "x"}]), "#meta.skipgate.variables[0]: the key 'type' is missing."),
        (
            edited(variables=[{"name": "log", "type": {"kind": "tree"}, "description": None}]),
            "#meta.skipgate.variables[0].type: 'tree' is no kind of type.",
        ),
        (
            edited(variables=[{"name": "log", "type": {"kind": "bool"}, "description": None}]),
            "states[0].log: expected true or false, found an array.",
        ),
        (
            edited(
                variables=[{"name": "up", "type": {"kind": "enum", "name": "E", "members": []}, "description": None}]
            ),
            "states[0].up: expected a string, found true or false.",
        ),
    ],
)
def test_bad_input_is_refused_in_plain_words(text: str | bytes, message: str) -> None:
    with pytest.raises(ItfError, match="^" + re.escape(message)):
        load_itf(text)


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        ({"kind": "enum", "name": "E", "members": ["a"]}, "b"),
        ({"kind": "sort", "name": "Node", "size": 2}, "Node0"),
        ({"kind": "sort", "name": "Node", "size": 2}, "Node01"),
        ({"kind": "sort", "name": "Node", "size": 2}, "Edge1"),
        ({"kind": "int", "low": None, "high": None}, {"#bigint": "1.5"}),
        ({"kind": "int", "low": None, "high": None}, {"#bigint": "٣"}),
        ({"kind": "int", "low": None, "high": None}, {"#bigint": "9" * 5000}),
        ({"kind": "int", "low": None, "high": None}, True),
        ({"kind": "option", "element": {"kind": "bool"}}, {"tag": "Maybe", "value": True}),
        ({"kind": "map", "key": {"kind": "bool"}, "value": {"kind": "bool"}}, {"#map": [[True]]}),
        ({"kind": "record", "name": "R", "fields": [["f", {"kind": "bool"}]], "ordered": False}, {}),
        ({"kind": "never"}, True),
        ({"kind": "bag", "capacity": 2, "element": {"kind": "bool"}}, {"#map": [[True, {"#bigint": "3"}]]}),
        ({"kind": "bag", "capacity": 2, "element": {"kind": "bool"}}, {"#map": [[True, {"#bigint": "-1"}]]}),
    ],
)
def test_values_that_are_not_of_their_type(type_: Any, data: Any) -> None:
    with pytest.raises(ItfError, match=r"^v"):
        value_from_itf(data, type_from_json(type_, "t"), "v")


@pytest.mark.parametrize("capacity", [-1, True, 1.0, "1", None])
def test_capacities_that_are_none(capacity: Any) -> None:
    with pytest.raises(ItfError, match=r"^t: expected a number of at least 0"):
        type_from_json({"kind": "seq", "capacity": capacity, "element": {"kind": "bool"}}, "t")


def test_sets_are_written_in_order() -> None:
    # Otherwise their order would differ from one process to the next, as the hashes of strings do.
    members = [EnumValue("Letter", index, letter) for index, letter in enumerate("hgfedcba")]
    assert value_to_itf(frozenset(members)) == {"#set": list("hgfedcba")}
    assert value_to_json(frozenset(members)) == {
        "set": [{"member": ["Letter", index, letter]} for index, letter in enumerate("hgfedcba")]
    }


def test_plain_json_integers_are_read_too() -> None:
    assert value_from_itf(5, type_from_json({"kind": "int", "low": None, "high": None}, "t"), "v") == 5


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside: list[tuple[Any, Any]] = []
    if isinstance(data, dict):
        inside = list(data.items())
    elif isinstance(data, list):
        inside = list(enumerate(data))
    return [path, *(place for key, part in inside for place in places(part, (*path, key)))]


def loads_or_is_refused(text: str | bytes) -> None:
    try:
        load_itf(text)
    except ItfError as error:
        assert str(error).endswith(".") and str(error).isprintable() and len(str(error)) < 300


BASE = [json.dumps(to_itf(SAMPLES[name]())) for name in ("evaluation", "deadlock", "transition")]


@settings(max_examples=amount(150, 500), deadline=None)
@given(st.data())
def test_no_damage_to_a_trace_is_a_traceback(data: st.DataObject) -> None:
    tree = json.loads(data.draw(st.sampled_from(BASE)))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places(tree)))
        if not place:
            tree = data.draw(JSON)
            continue
        parent = tree
        for key in place[:-1]:
            parent = parent[key]
        if data.draw(st.booleans()):
            del parent[place[-1]]
        else:
            # Another part of the trace is more often taken for good than what is random.
            source: Any = tree
            for key in data.draw(st.sampled_from(places(tree))):
                source = source[key]
            parent[place[-1]] = data.draw(st.one_of(JSON, st.just(json.loads(json.dumps(source)))))
    loads_or_is_refused(json.dumps(tree))


@settings(deadline=None)
@given(st.one_of(st.text(), st.binary(), JSON.map(json.dumps)))
def test_no_text_is_a_traceback(text: str | bytes) -> None:
    loads_or_is_refused(text)


@settings(deadline=None)
@given(st.sampled_from(BASE), st.data())
def test_no_cut_is_a_traceback(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    loads_or_is_refused(text[:start] + text[end:])


def test_deep_types_and_values_are_refused() -> None:
    type_: Any = {"kind": "bool"}
    value: Any = True
    for _ in range(400):
        type_, value = {"kind": "set", "element": type_}, {"#set": [value]}
    data = to_itf(SAMPLES["cover"]())
    data["#meta"]["skipgate"]["variables"][0]["type"] = type_
    data["states"][0]["ready"] = value
    loads_or_is_refused(json.dumps(data))


def test_bags_are_maps_to_how_many_there_are() -> None:
    bag = bag_of([7, 7, 8])
    written = value_to_itf(bag)
    assert written == {"#map": [[{"#bigint": "7"}, {"#bigint": "2"}], [{"#bigint": "8"}, {"#bigint": "1"}]]}
    assert value_from_itf(written, BagType(IntType(0, 9), 3), "v") == bag


def _parts(data: Any) -> Iterator[Any]:
    yield data
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _parts(part)


@pytest.mark.parametrize("make", SAMPLES.values(), ids=SAMPLES)
def test_the_rules_of_readers_that_others_wrote(make: Callable[[], Trace]) -> None:
    """What Quint's reader and the ITF viewer for VS Code ask of a file, by their sources."""
    data = json.loads(dump_itf(make()))
    for state in data["states"]:
        # The viewer has a column for each variable, and a cell for each value: they are in line if none is missing.
        assert {*data["vars"]} <= {*state}
        for part in _parts({name: state[name] for name in data["vars"]}):
            assert part is not None  # which the viewer takes for an object
            if isinstance(part, dict):
                special = [key for key in part if key.startswith("#")]
                assert (special in ([], ["#bigint"], ["#tup"], ["#set"], ["#map"]) and len(part) == 1) or not special
                assert all(len(pair) == 2 for pair in part.get("#map", ()))
