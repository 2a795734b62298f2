from __future__ import annotations

import pytest

from skipgate.checker.core.datatypes import (
    BOOL,
    NEVER,
    BagType,
    EnumType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    VariantType,
    contains,
    values,
)
from skipgate.checker.core.values import NONE, MapValue, RecordValue, Some, SortValue, Value, VariantValue
from skipgate.checker.kernel.components import TooLarge, flatten, least, ranks, shape, unflatten, universe_size

COLOR = EnumType("Color", ("red", "green", "blue"))
PAIR = RecordType("Pair", (("f", IntType(3, 5)), ("g", OptionType(BOOL))), True)
NODE = SortType("Node", 3)
LONG = RecordType(
    "Long", (("f", IntType(0, 2**40 - 1)), ("g", IntType(0, 2**40 - 1)), ("h", IntType(0, 2**23 - 1))), False
)
# The number in Vote lies over that in Append; so do the two nodes. The set of nodes has a slot of its own.
MESSAGE = VariantType(
    "Message",
    (
        RecordType("Vote", (("term", IntType(3, 5)), ("by", NODE)), False),
        RecordType("Append", (("to", NODE), ("seen", SetType(NODE)), ("index", IntType(-1, 1))), False),
        RecordType("Ping", (), False),
    ),
)


def message(shape: int, **fields: Value) -> VariantValue:
    return VariantValue("Message", shape, RecordValue(MESSAGE.shapes[shape].name, tuple(fields.items())))


def long(f: int, g: int, h: int) -> RecordValue:
    return RecordValue("Long", (("f", f), ("g", g), ("h", h)))


TYPES: list[Type] = [
    MESSAGE,
    OptionType(MESSAGE),
    SetType(VariantType("Few", (RecordType("One", (("x", BOOL),), False), RecordType("Two", (), False)))),
    BOOL,
    IntType(-2, 3),
    COLOR,
    SortType("Node", 3),
    PAIR,
    OptionType(IntType(3, 5)),
    OptionType(OptionType(BOOL)),
    OptionType(NEVER),
    MapType(COLOR, IntType(1, 2)),
    MapType(BOOL, MapType(BOOL, BOOL)),
    SetType(PAIR),
    SetType(SetType(BOOL)),
    SetType(NEVER),
    SetType(PAIR, 2),
    SetType(MESSAGE, 1),
    SetType(SetType(SetType(BOOL), 2), 2),
    SetType(NEVER, 2),
    BagType(PAIR, 2),
    BagType(NEVER, 2),
    SetType(BagType(BOOL, 2), 2),
    OptionType(SetType(IntType(-2, 1), 3)),
    SeqType(2, IntType(5, 6)),
    SeqType(2, SeqType(1, PAIR)),
    SeqType(0, BOOL),
]


def bounds(type_: Type) -> list[tuple[str, int, int]]:
    return [(c.path, c.low, c.high) for c in shape(type_)]


@pytest.mark.parametrize(
    ("type_", "components"),
    [
        (BOOL, [("", 0, 1)]),
        (IntType(-2, 3), [("", -2, 3)]),
        (COLOR, [("", 0, 2)]),
        (PAIR, [(".f", 3, 5), (".g?", 0, 1), (".g!", 0, 1)]),
        # What may be absent may be 0.
        (OptionType(IntType(3, 5)), [("?", 0, 1), ("!", 0, 5)]),
        (SeqType(2, IntType(-4, -3)), [("len", 0, 2), ("[1]", -4, 0), ("[2]", -4, 0)]),
        (MapType(BOOL, IntType(3, 5)), [("[false]", 3, 5), ("[true]", 3, 5)]),
        (SetType(COLOR), [("", 0, 7)]),
        (SetType(IntType(0, 64)), [("{0..}", 0, 2**63 - 1), ("{63..}", 0, 3)]),
        (SetType(NEVER), []),
        # Two bits for the number and one that tells that it is there.
        (SetType(IntType(3, 5), 2), [("{1}", 0, 7), ("{2}", 0, 7)]),
        # The second number has no room beside the first one.
        (SetType(LONG, 1), [("{1}", 0, 2**41 - 1), ("{1}#1", 0, 2**63 - 1)]),
        (
            MESSAGE,
            [("?", 1, 3), (".Vote.term .Append.index", -1, 5), (".Vote.by .Append.to", 0, 2), (".Append.seen", 0, 7)],
        ),
        (OptionType(VariantType("One", (RecordType("Only", (), False),))), [("?", 0, 1), ("!?", 0, 1)]),
    ],
    ids=str,
)
def test_shape(type_: Type, components: list[tuple[str, int, int]]) -> None:
    assert bounds(type_) == components


@pytest.mark.parametrize(
    ("value", "type_", "row"),
    [
        (NONE, OptionType(IntType(3, 5)), [0, 0]),
        (message(0, term=4, by=SortValue("Node", 2)), MESSAGE, [1, 4, 2, 0]),
        (message(1, to=SortValue("Node", 1), seen=frozenset([SortValue("Node", 2)]), index=-1), MESSAGE, [2, -1, 1, 4]),
        (message(2), MESSAGE, [3, 0, 0, 0]),
        (NONE, OptionType(MESSAGE), [0, 0, 0, 0, 0]),
        (Some(4), OptionType(IntType(3, 5)), [1, 4]),
        ((), SeqType(2, IntType(5, 6)), [0, 0, 0]),
        ((6,), SeqType(2, IntType(5, 6)), [1, 6, 0]),
        (RecordValue("Pair", (("f", 3), ("g", Some(True)))), PAIR, [3, 1, 1]),
        (MapValue(((False, 2), (True, 1))), MapType(BOOL, IntType(1, 2)), [2, 1]),
        (frozenset([-1, 1]), SetType(IntType(-1, 1)), [0b101]),
        (frozenset([0, 63, 64]), SetType(IntType(0, 64)), [1, 0b11]),
        (frozenset([3, 5]), SetType(IntType(3, 5), 3), [0b110, 0b100, 0]),
        (frozenset(), SetType(IntType(3, 5), 2), [0, 0]),
        (frozenset([long(1, 6, 2)]), SetType(LONG, 2), [2**40 + 1, 6 * 2**23 + 2, 0, 0]),
    ],
    ids=str,
)
def test_rows(value: Value, type_: Type, row: list[int]) -> None:
    assert flatten(value, type_) == row
    assert unflatten(row, type_) == value


@pytest.mark.parametrize("type_", TYPES, ids=str)
def test_rows_stand_for_values(type_: Type) -> None:
    """Each value has one row within the shape, and no other value has it."""
    rows = set()
    for value in values(type_):
        row = flatten(value, type_)
        assert unflatten(row, type_) == value
        assert len(row) == len(shape(type_))
        assert all(c.low <= part <= c.high for c, part in zip(shape(type_), row, strict=True))
        rows.add(tuple(row))
    assert len(rows) == len(list(values(type_)))


@pytest.mark.parametrize("type_", TYPES, ids=str)
def test_least_is_the_first_value(type_: Type) -> None:
    assert least(type_) == flatten(next(values(type_)), type_)


def test_least_does_not_go_through_the_values() -> None:
    huge = RecordType("Huge", (("f", IntType(7, 10**12)), ("g", IntType(0, 10**12))), False)
    value = unflatten(least(MapType(IntType(0, 60), huge)), MapType(IntType(0, 60), huge))
    assert contains(MapType(IntType(0, 60), huge), value)


def test_least_of_a_type_without_values() -> None:
    assert least(IntType(3, 2)) == [0]
    assert least(OptionType(IntType(3, 2))) == [0, 0]


def test_ranks_follow_the_order() -> None:
    assert ranks(OptionType(BOOL)) == {NONE: 0, Some(False): 1, Some(True): 2}
    assert ranks(IntType(5, 7)) == {5: 0, 6: 1, 7: 2}


@pytest.mark.parametrize(
    ("type_", "message"),
    [
        (IntType(0, None), "nat is unbounded"),
        (SetType(IntType(0, 4096)), "set of 0..4096 has 4097 possible elements"),
        (SetType(IntType(0, None)), "set of nat is unbounded"),
        (SeqType(10**9, BOOL), "made of 1000000001 parts"),
        (MapType(IntType(0, 4000), MapType(IntType(0, 4000), BOOL)), "made of 16008001 parts"),
        (MapType(IntType(0, 5000), BOOL), "5001 keys"),
    ],
    ids=str,
)
def test_too_large(type_: Type, message: str) -> None:
    with pytest.raises(TooLarge, match=message):
        shape(type_)


def test_the_largest_universe() -> None:
    assert universe_size(SetType(IntType(1, 4096))) == 4096
    assert len(shape(SetType(IntType(1, 4096)))) == 66
