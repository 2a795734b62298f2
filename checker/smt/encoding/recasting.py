"""Symbolic values under another type of the same kind."""

from __future__ import annotations

from collections.abc import Iterator
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
    contains,
    includes,
)
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.lifting import absent_slot, lift
from skipgate.checker.smt.encoding.logic import Bit, implies
from skipgate.checker.smt.encoding.relations import choose, has, inserted
from skipgate.checker.smt.encoding.symbolic import (
    ABSENT,
    Members,
    Option,
    Record,
    Seq,
    Slots,
    Symbolic,
    Table,
    TooManyParts,
    Variant,
    capacity,
    nothing,
    row_sorts,
    scalars,
    significant,
    universe,
    unknown,
)

MOST_INTO_SLOTS = 1024  # possible elements of a set that becomes one with a capacity


def recast(value: Symbolic, old: Type, new: Type) -> Symbolic:
    """A value under another type of the same kind; of no meaning if it is not one of that type (see `within`)."""
    if old == new:
        return value
    if isinstance(old, NeverType):
        return nothing(new)
    match new:
        case NeverType():
            return ABSENT
        case BoolType() | IntType() | EnumType() | SortType():
            return value
        case OptionType(element):
            assert isinstance(old, OptionType) and isinstance(value, Option)
            return Option(value.present, recast(value.value, old.element, element))
        case VariantType(_, shapes):
            assert isinstance(old, VariantType) and isinstance(value, Variant)
            contents = zip(value.contents, old.shapes, shapes, strict=True)
            return Variant(value.shape, tuple(recast(content, a, b) for content, a, b in contents))
        case RecordType(_, fields, _):
            assert isinstance(old, RecordType) and isinstance(value, Record)
            parts = zip(value.parts, old.fields, fields, strict=True)
            return Record(tuple(recast(part, a, b) for part, (_, a), (_, b) in parts))
        case MapType(_, element):
            assert isinstance(old, MapType) and isinstance(value, Table)
            return Table(tuple(recast(part, old.value, element) for part in value.entries))
        case SeqType(_, element):
            assert isinstance(old, SeqType) and isinstance(value, Seq)
            size = capacity(new)
            elements = tuple(recast(part, old.element, element) for part in value.elements[:size])
            return Seq(value.length, elements + (nothing(element),) * (size - len(elements)))
        case BagType():
            assert isinstance(old, BagType) and isinstance(value, Slots)
            return _recast_slots(value, old, new)
        case SetType(element, room):
            assert isinstance(old, SetType)
            if isinstance(value, Slots):
                return _recast_slots(value, old, new)
            if room is not None:
                return _into_slots(value, old.element, new)
            return _recast_set(value, old.element, element)
        case _:
            assert_never(new)


def _recast_set(value: Symbolic, old: Type, new: Type) -> Symbolic:
    olds, news = universe(old), universe(new)
    if news is not None:
        return Members(tuple(has(value, old, lift(v, old)) if contains(old, v) else False for v in news))
    if olds is None:
        if row_sorts(old) != row_sorts(new):
            raise TooManyParts(f"a set of {old} cannot become a set of {new}: both have too many possible elements")
        return value
    assert isinstance(value, Members)
    array = nothing(SetType(new))
    for v, bit in zip(olds, value.bits, strict=True):
        if bit is not False:
            array = logic.with_element(array, tuple(scalars(lift(v, new))), bit)
    return array


def _recast_slots(value: Slots, old: SetType | BagType, new: SetType | BagType) -> Symbolic:
    """From slots into others, or into a set without a capacity."""
    if new.capacity is None:
        result = nothing(new)
        for slot in value.slots:
            result = inserted(result, new.element, recast(slot.value, old.element, new.element), slot.present)
        return result
    slots = [Option(slot.present, recast(slot.value, old.element, new.element)) for slot in value.slots]
    missing = new.capacity - len(slots)
    return Slots((*slots[: new.capacity], *[absent_slot(new.element)] * missing))


def _into_slots(value: Symbolic, old: Type, new: SetType) -> Symbolic:
    """From a truth value for each possible element into slots, beginning with the least element."""
    if not isinstance(value, Members) or len(value.bits) > MOST_INTO_SLOTS:
        raise TooManyParts(f"a set of {old} cannot become a {new}: it has too many possible elements")
    pairs = zip(universe(old) or (), value.bits, strict=True)
    lifted = [(lift(v, new.element), bit) for v, bit in pairs if contains(new.element, v)]
    slots = [absent_slot(new.element)] * (new.capacity or 0)
    for element, bit in sorted(lifted, key=lambda pair: tuple(significant(pair[0]))):
        moved = (choose(bit, x, y) for x, y in zip([Option(True, element), *slots], slots, strict=False))
        slots = [each for each in moved if isinstance(each, Option)]
    return Slots(tuple(slots))


def within(value: Symbolic, old: Type, new: Type) -> Bit:
    """Is a value of the old type also one of the new type, which is of the same kind?"""
    return logic.all_of(_within(value, old, new, True))


def _within(  # noqa: C901  (one case for each kind of type)
    value: Symbolic, old: Type, new: Type, present: Bit
) -> Iterator[Bit]:
    if includes(new, old):
        return
    match new:
        case NeverType():
            yield logic.not_(present)
        case IntType(low, high):
            yield implies(present, logic.between(low, value, high))
        case BoolType() | EnumType() | SortType():
            raise AssertionError(f"a value of {old} is none of {new}: they are of different kinds")
        case OptionType(element):
            assert isinstance(old, OptionType) and isinstance(value, Option)
            yield from _within(value.value, old.element, element, value.present)
        case VariantType(_, shapes):
            assert isinstance(old, VariantType) and isinstance(value, Variant)
            for i, (content, x, y) in enumerate(zip(value.contents, old.shapes, shapes, strict=True)):
                yield from _within(content, x, y, value.has(i))
        case RecordType(_, fields, _):
            assert isinstance(old, RecordType) and isinstance(value, Record)
            for part, (_, a), (_, b) in zip(value.parts, old.fields, fields, strict=True):
                yield from _within(part, a, b, present)
        case MapType(_, element):
            assert isinstance(old, MapType) and isinstance(value, Table)
            for part in value.entries:
                yield from _within(part, old.value, element, present)
        case SeqType(size, element):
            assert isinstance(old, SeqType) and isinstance(value, Seq)
            yield logic.at_most(value.length, size)
            for i, part in enumerate(value.elements[:size]):
                yield from _within(part, old.element, element, logic.less(i, value.length))
        case SetType(element, room) | BagType(element, room):
            assert isinstance(old, SetType | BagType)
            if isinstance(value, Slots):
                for slot in value.slots:
                    yield from _within(slot.value, old.element, element, slot.present)
                yield from (logic.not_(slot.present) for slot in value.slots[room:] if room is not None)
                return
            if room is not None:
                if not isinstance(value, Members):
                    raise TooManyParts(f"the elements of a {old} cannot be counted: there are too many possible ones")
                yield logic.at_most(logic.count(value.bits), room)
            if isinstance(value, Members):
                possible = zip(universe(old.element) or (), value.bits, strict=True)
                yield from (logic.not_(bit) for v, bit in possible if not contains(element, v))
                return
            part = unknown(old.element, "element")
            row = tuple(scalars(part))
            yield logic.for_all(row, implies(logic.has_element(value, row), within(part, old.element, element)))
        case _:
            assert_never(new)
