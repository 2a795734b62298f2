"""The traversals of values."""

from __future__ import annotations

import pickle

from skipgate.checker.core.values import (
    NONE,
    EnumValue,
    MapValue,
    RecordValue,
    Some,
    SortValue,
    Value,
    map_parts,
    parts,
    walk,
)

A, B = SortValue("Node", 0), SortValue("Node", 1)
RED = EnumValue("Color", 0, "red")


def test_parts() -> None:
    for leaf in (True, 3, RED, A, NONE):
        assert [*parts(leaf)] == []
    assert [*parts(Some(A))] == [A]
    assert [*parts(RecordValue("R", (("f", 1), ("g", B))))] == [1, B]
    assert [*parts(MapValue(((A, 1), (B, 2))))] == [A, 1, B, 2]
    assert {*parts(frozenset({A, B}))} == {A, B}
    assert [*parts((1, 1))] == [1, 1]


def test_walking_reaches_everything() -> None:
    value = MapValue(((A, (Some(3),)),))
    assert [*walk(value)] == [value, A, (Some(3),), Some(3), 3]


def test_a_map_stays_in_the_order_of_its_keys() -> None:
    def exchanged(value: Value) -> Value:
        return {A: B, B: A}[value] if isinstance(value, SortValue) else value

    assert map_parts(MapValue(((A, 1), (B, 2))), exchanged) == MapValue(((A, 2), (B, 1)))
    assert map_parts(frozenset({A}), exchanged) == frozenset({B})
    assert map_parts(RecordValue("R", (("f", A), ("g", 1))), exchanged) == RecordValue("R", (("f", B), ("g", 1)))
    assert map_parts(RED, exchanged) is RED


def test_there_is_one_none() -> None:
    assert pickle.loads(pickle.dumps(NONE)) is NONE
