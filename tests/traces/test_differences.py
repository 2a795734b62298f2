from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings

from skipgate.checker.core.values import (
    NONE,
    BagValue,
    EnumValue,
    MapValue,
    RecordValue,
    Some,
    SortValue,
    Value,
    bag_of,
    show,
)
from skipgate.traces.differences import Change, Edited, Replaced, Spliced, differences, state_changes
from tests.traces.strategies import pairs_of_values

A, B, C = (EnumValue("Letter", i, name) for i, name in enumerate("abc"))
N1, N2 = SortValue("Node", 0), SortValue("Node", 1)


def point(x: Value, y: Value) -> RecordValue:
    return RecordValue("Point", (("x", x), ("y", y)))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (1, 1, []),
        (1, 2, [Replaced("v", 1, 2)]),
        (NONE, Some(1), [Replaced("v", NONE, Some(1))]),
        (Some(1), Some(2), [Replaced("v", Some(1), Some(2))]),
        (Some(point(1, 2)), Some(point(1, 3)), [Replaced("get(v).y", 2, 3)]),
        # sets: what joined and what left; an emptied one shows what it held
        (frozenset({1, 3}), frozenset({2, 1}), [Edited("v", (3,), (2,))]),
        (frozenset(), frozenset({N2, N1}), [Edited("v", (), (N1, N2))]),
        (frozenset({1}), frozenset(), [Replaced("v", frozenset({1}), frozenset())]),
        # sequences, counted from 1
        ((A, B), (A, B, C), [Spliced("v[3]", (), (C,))]),
        ((A,), (A, B, C), [Spliced("v[2..3]", (), (B, C))]),
        ((A, B, C), (A,), [Spliced("v[2..3]", (B, C), ())]),
        ((A, B, C), (B, C), [Spliced("v[1]", (A,), ())]),
        ((A, C), (A, B, C), [Spliced("v[2]", (), (B,))]),
        ((A, A), (A, A, A), [Spliced("v[3]", (), (A,))]),
        ((A, B), (A, C), [Replaced("v[2]", B, C)]),
        ((A,), (B,), [Replaced("v[1]", A, B)]),
        ((A, B), (B, A), [Replaced("v", (A, B), (B, A))]),
        ((A, B, C), (C, B), [Replaced("v", (A, B, C), (C, B))]),
        ((A,), (), [Replaced("v", (A,), ())]),
        ((), (A,), [Spliced("v[1]", (), (A,))]),
        # of a long one, a stretch or the ends
        ((A,) * 5 + (B, C) + (A,) * 5, (A,) * 5 + (C,) + (A,) * 5, [Spliced("v[6]", (B,), ())]),
        ((A,) * 5 + (B,) + (A,) * 5, (A,) * 5 + (C, C) + (A,) * 5, [Spliced("v[6]", (B,), (C, C))]),
        (tuple(range(9)), tuple(range(1, 10)), [Spliced("v[1]", (0,), ()), Spliced("v[9]", (), (9,))]),
        # maps and records, however deep
        (
            MapValue(((N1, point(1, 1)), (N2, point(1, 1)))),
            MapValue(((N1, point(1, 1)), (N2, point(2, 3)))),
            [Replaced("v[Node2].x", 1, 2), Replaced("v[Node2].y", 1, 3)],
        ),
        (
            MapValue(((N1, ()), (N2, frozenset()))),
            MapValue(((N1, (A,)), (N2, frozenset({A})))),
            [Spliced("v[Node1][1]", (), (A,)), Edited("v[Node2]", (), (A,))],
        ),
        (
            point(1, 2),
            RecordValue("Other", (("z", 1),)),
            [Replaced("v", point(1, 2), RecordValue("Other", (("z", 1),)))],
        ),
        # many keys at once: shorter as a whole
        (
            MapValue(tuple((i, 1) for i in range(20))),
            MapValue(tuple((i, 0) for i in range(20))),
            [Replaced("v", MapValue(tuple((i, 1) for i in range(20))), MapValue(tuple((i, 0) for i in range(20))))],
        ),
        (MapValue(((1, A),)), MapValue(((2, A),)), [Replaced("v", MapValue(((1, A),)), MapValue(((2, A),)))]),
    ],
)
def test_differences(old: Value, new: Value, expected: list[Change]) -> None:
    assert differences("v", old, new) == expected


def test_state_changes_come_in_the_order_of_the_variables() -> None:
    before: dict[str, Value] = {"b": 1, "a": 1, "c": 1}
    after: dict[str, Value] = {"b": 2, "a": 1, "c": 3}
    assert state_changes(before, after) == [Replaced("b", 1, 2), Replaced("c", 1, 3)]


def rebuilt(place: str, old: Value, changes: list[Change]) -> Value:
    """What `old`, standing at `place`, becomes by these changes: the reverse of `differences`."""
    mine = [change for change in changes if change.place.startswith(place) or change.place.startswith(f"get({place}")]
    for change in mine:
        if change.place == place and isinstance(change, Replaced):
            assert change.old == old
            return change.new
    match old:
        case RecordValue(name, fields):
            return RecordValue(name, tuple((f, rebuilt(f"{place}.{f}", part, mine)) for f, part in fields))
        case MapValue(items):
            return MapValue(tuple((k, rebuilt(f"{place}[{show(k)}]", part, mine)) for k, part in items))
        case Some(inner):
            return Some(rebuilt(f"get({place})", inner, mine))
        case frozenset():
            for change in mine:
                assert isinstance(change, Edited) and change.place == place
                assert old.issuperset(change.removed) and old.isdisjoint(change.added)
                old = old - frozenset(change.removed) | frozenset(change.added)
            return old
        case BagValue():
            for change in mine:
                assert isinstance(change, Edited) and change.place == place
                left = Counter(old.each())
                assert left >= Counter(change.removed)
                old = bag_of([*(left - Counter(change.removed)).elements(), *change.added])
            return old
        case tuple():
            spliced = False
            for change in mine:
                found = re.fullmatch(re.escape(place) + r"\[(\d+)(?:\.\.(\d+))?\]", change.place)
                if isinstance(change, Spliced) and found:
                    start, end = int(found[1]), int(found[2] or found[1])
                    assert end - start + 1 == len(change.removed or change.added)
                    assert change.removed in ((), old[start - 1 : end])
                    old = old[: start - 1] + change.added + old[start - 1 + len(change.removed) :]
                    spliced = True
            if spliced:
                return old
            return tuple(rebuilt(f"{place}[{i}]", part, mine) for i, part in enumerate(old, start=1))
    return old


@settings(deadline=None)
@given(pairs_of_values)
def test_changes_are_all_there_is_to_the_difference(pair: tuple[Value, Value]) -> None:
    old, new = pair
    changes = differences("v", old, new)
    assert rebuilt("v", old, changes) == new
    assert bool(changes) == (old != new)
