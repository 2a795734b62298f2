"""Values of a type, chosen at random."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import assert_never

from skipgate.checker.core.datatypes import (
    BagType,
    BoolType,
    EnumType,
    IntType,
    MapType,
    NeverType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    VariantType,
    cardinality,
    values,
)
from skipgate.checker.core.values import (
    NONE,
    EnumValue,
    MapValue,
    RecordValue,
    Some,
    SortValue,
    Value,
    VariantValue,
    bag_of,
)

Choose = Callable[[int], int]  # from a positive number n to one of 0, ..., n - 1


def random_value(type_: Type, choose: Choose) -> Value:
    """A value of a type that has some, any as likely as any other; but a length or a shape is chosen first."""
    pick = partial(random_value, choose=choose)
    match type_:
        case BoolType():
            return bool(choose(2))
        case IntType(low, high):
            assert low is not None and high is not None
            return low + choose(high - low + 1)
        case EnumType(name, members):
            i = choose(len(members))
            return EnumValue(name, i, members[i])
        case SortType(name, size):
            return SortValue(name, choose(size))
        case RecordType(name, fields, _):
            return RecordValue(name, tuple((field, pick(kind)) for field, kind in fields))
        case VariantType(name, shapes):
            possible = [i for i, each in enumerate(shapes) if cardinality(each) != 0]
            i = possible[choose(len(possible))]
            content = pick(shapes[i])
            assert isinstance(content, RecordValue)
            return VariantValue(name, i, content)
        case OptionType(element):
            return Some(pick(element)) if choose((cardinality(element) or 0) + 1) else NONE
        case MapType(key, value):
            return MapValue(tuple((k, pick(value)) for k in values(key)))
        case SetType(element, None):
            return frozenset(e for e in values(element) if choose(2))
        case SetType(element, _):
            return frozenset(pick(element) for _ in range(choose((type_.most or 0) + 1)))
        case BagType(element, capacity):
            most = capacity if cardinality(element) else 0
            return bag_of(pick(element) for _ in range(choose(most + 1)))
        case SeqType(capacity, element):
            longest = capacity if cardinality(element) else 0
            return tuple(pick(element) for _ in range(choose(longest + 1)))
        case NeverType():
            raise AssertionError(f"{type_} has no values")
        case _:
            assert_never(type_)
