from __future__ import annotations

from collections.abc import Callable

import pytest

from skipgate.checker.core.datatypes import (
    BOOL,
    MANY,
    NEVER,
    EnumType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    cardinality,
    contains,
    includes,
    join,
    mentions_sort,
    of_kind,
    parts,
    values,
    with_bounds_of,
)
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.values import NONE, MapValue, RecordValue, Some, Value, show

COLOR = EnumType("Color", ("red", "green", "blue"))
NODE = SortType("Node", 2)
PAIR = RecordType("Pair", (("f", IntType(0, 1)), ("g", BOOL)), False)


@pytest.mark.parametrize(
    ("type_", "count"),
    [
        (NEVER, 0),
        (BOOL, 2),
        (IntType(-2, 3), 6),
        (IntType(3, 2), 0),
        (COLOR, 3),
        (NODE, 2),
        (PAIR, 4),
        (OptionType(BOOL), 3),
        (OptionType(NEVER), 1),
        (MapType(COLOR, BOOL), 8),
        (MapType(IntType(1, 0), BOOL), 1),
        (SetType(COLOR), 8),
        (SetType(NEVER), 1),
        (SeqType(3, BOOL), 15),
        (SeqType(3, IntType(0, 0)), 4),
        (SeqType(2, NEVER), 1),
    ],
    ids=str,
)
def test_how_many_values(type_: Type, count: int) -> None:
    assert cardinality(type_) == count
    assert len(list(values(type_))) == count
    assert all(contains(type_, value) for value in values(type_))


@pytest.mark.parametrize(
    "type_", [IntType(0, None), OptionType(IntType(None, 3)), SetType(IntType(None, None))], ids=str
)
def test_unbounded(type_: Type) -> None:
    assert cardinality(type_) is None


@pytest.mark.parametrize(
    "type_",
    [SetType(IntType(1, 1000)), SeqType(100, BOOL), MapType(IntType(1, 100), BOOL), MapType(IntType(0, 2**40), BOOL)],
    ids=str,
)
def test_counting_ends_somewhere(type_: Type) -> None:
    assert cardinality(type_) == MANY


@pytest.mark.parametrize(
    ("type_", "outside"),
    [
        (IntType(0, 2), 3),
        (IntType(0, 2), -1),
        (OptionType(IntType(0, 2)), Some(3)),
        (SetType(IntType(0, 2)), frozenset([1, 5])),
        (SeqType(2, BOOL), (True, True, True)),
        (SeqType(2, IntType(0, 2)), (0, 4)),
        (MapType(BOOL, IntType(0, 2)), MapValue(((False, 0), (True, 7)))),
        (PAIR, RecordValue("Pair", (("f", 2), ("g", True)))),
    ],
    ids=lambda x: show(x) if isinstance(x, tuple | frozenset | Some | MapValue | RecordValue) else str(x),
)
def test_values_outside(type_: Type, outside: Value) -> None:
    assert not contains(type_, outside)


def pair(low: int, high: int) -> RecordType:
    return RecordType("Pair", (("f", IntType(low, high)), ("g", BOOL)), False)


@pytest.mark.parametrize(
    ("a", "b", "joined"),
    [
        (IntType(0, 2), IntType(5, 7), IntType(0, 7)),
        (IntType(0, None), IntType(-1, 3), IntType(-1, None)),
        (OptionType(NEVER), OptionType(BOOL), OptionType(BOOL)),
        (SetType(IntType(0, 1)), SetType(NEVER), SetType(IntType(0, 1))),
        (SeqType(2, IntType(0, 0)), SeqType(1, IntType(1, 1)), SeqType(2, IntType(0, 1))),
        (MapType(BOOL, IntType(0, 1)), MapType(BOOL, IntType(1, 2)), MapType(BOOL, IntType(0, 2))),
        (pair(0, 1), pair(1, 2), pair(0, 2)),
        (NEVER, COLOR, COLOR),
    ],
    ids=str,
)
def test_joined_types_include_both(a: Type, b: Type, joined: Type) -> None:
    assert join(a, b) == join(b, a) == joined
    assert includes(joined, a)
    assert includes(joined, b)


def test_maps_of_different_keys_have_no_join() -> None:
    with pytest.raises(TypeError, match="no common type"):
        join(MapType(IntType(0, 1), BOOL), MapType(IntType(0, 2), BOOL))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (IntType(0, 2), IntType(0, 3)),
        (IntType(0, 2), IntType(None, 2)),
        (SeqType(1, BOOL), SeqType(2, BOOL)),
        (OptionType(IntType(0, 1)), OptionType(IntType(0, 2))),
        (MapType(IntType(0, 1), BOOL), MapType(IntType(0, 2), BOOL)),
        (pair(0, 1), pair(0, 2)),
    ],
    ids=str,
)
def test_what_is_not_included(a: Type, b: Type) -> None:
    assert not includes(a, b)


def test_an_empty_type_is_included_everywhere() -> None:
    assert includes(IntType(0, 1), IntType(7, 6))
    assert includes(SeqType(0, BOOL), SeqType(0, IntType(0, 9)))


@pytest.mark.parametrize(
    ("declared", "actual", "held"),
    [
        (IntType(0, None), IntType(-1, 3), IntType(0, 3)),
        (IntType(None, None), IntType(-1, 3), IntType(-1, 3)),
        (IntType(0, 2), IntType(-1, 3), IntType(0, 2)),
        (OptionType(IntType(0, None)), OptionType(IntType(1, 2)), OptionType(IntType(0, 2))),
        (SeqType(3, IntType(0, None)), SeqType(1, IntType(1, 2)), SeqType(3, IntType(0, 2))),
    ],
    ids=str,
)
def test_bounds_that_are_missing_are_taken_over(declared: Type, actual: Type, held: Type) -> None:
    assert with_bounds_of(declared, actual) == held


def test_values_as_the_language_writes_them() -> None:
    value = RecordValue("Box", (("a", Some(True)), ("b", NONE), ("c", (1, 2)), ("d", frozenset([3, -1]))))
    assert show(value) == "Box(a = some(true), b = none, c = [1, 2], d = {-1, 3})"
    assert show(MapValue(((False, 0), (True, 1)))) == "[false -> 0, true -> 1]"
    assert [show(node) for node in values(NODE)] == ["Node1", "Node2"]


def test_parts_of_types() -> None:
    for leaf in (NEVER, BOOL, IntType(0, 1), COLOR, NODE):
        assert parts(leaf) == ()
    assert parts(PAIR) == (IntType(0, 1), BOOL)
    assert parts(MapType(COLOR, NODE)) == (COLOR, NODE)
    for type_ in (OptionType(NODE), SetType(NODE), SeqType(2, NODE)):
        assert parts(type_) == (NODE,)


def test_where_a_sort_is_mentioned() -> None:
    assert mentions_sort(MapType(NODE, BOOL)) and mentions_sort(SeqType(1, OptionType(SetType(NODE))))
    assert not mentions_sort(MapType(COLOR, PAIR))


@pytest.mark.parametrize("relation", [includes, with_bounds_of])
@pytest.mark.parametrize("a", [IntType(0, 1), OptionType(BOOL), SetType(BOOL), SeqType(1, BOOL), MapType(BOOL, BOOL)])
def test_types_of_different_kinds_are_never_compared_silently(relation: Callable[[Type, Type], Type], a: Type) -> None:
    with pytest.raises(InternalError, match="where a"):
        relation(a, COLOR)


def test_of_kind() -> None:
    assert of_kind(PAIR, RecordType) is PAIR
    with pytest.raises(InternalError, match="the type `Color` is a EnumType, where a SetType must be"):
        of_kind(COLOR, SetType)
