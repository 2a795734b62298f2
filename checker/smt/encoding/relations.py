"""Relations between symbolic values: equality, order, membership of a type or a set; and choices between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

import z3

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
)
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.lifting import lift, place_of
from skipgate.checker.smt.encoding.logic import Bit, Number, Scalar, and_, implies, or_
from skipgate.checker.smt.encoding.symbolic import (
    Members,
    Option,
    Record,
    Seq,
    Slots,
    Symbolic,
    Table,
    Variant,
    capacity,
    is_known,
    nothing,
    scalars,
    significant,
    universe,
    unknown,
    with_scalars,
)


def equal(a: Symbolic, b: Symbolic) -> Bit:
    """Are two values of one form equal?"""
    return logic.all_of(_equalities(a, b))


def _equalities(a: Symbolic, b: Symbolic) -> Iterator[Bit]:
    match a, b:
        case Option(), Option():
            yield logic.equal(a.present, b.present)
            if a.present is not False and b.present is not False:  # nothing, in canonical form, is of one form only
                yield from _equalities(a.value, b.value)
        case Seq(), Seq():
            yield logic.equal(a.length, b.length)
            known_length = a.length if isinstance(a.length, int) else b.length
            count = known_length if isinstance(known_length, int) else len(a.elements)
            for x, y in zip(a.elements[:count], b.elements[:count], strict=True):
                yield from _equalities(x, y)
        case (Record(left), Record(right)) | (Table(left), Table(right)):
            for x, y in zip(left, right, strict=True):
                yield from _equalities(x, y)
        case _:
            yield from (logic.equal(x, y) for x, y in zip(scalars(a), scalars(b), strict=True))


def less(a: Symbolic, b: Symbolic, or_equal: bool) -> Bit:
    """The order of the language on its ordered types: scalar by scalar, the first that differs decides.

    (`none` comes before every `some`, and records are compared field by field; the form is in that order.)
    """
    return _less(list(zip(scalars(a), scalars(b), strict=True)), or_equal)


def before(a: Symbolic, b: Symbolic) -> Bit:
    """Does a value come before another in the order of the slots of sets?"""
    return _less(list(zip(significant(a), significant(b), strict=True)), False)


def not_after(a: Symbolic, b: Symbolic) -> Bit:
    """The same, or are the two equal?"""
    return _less(list(zip(significant(a), significant(b), strict=True)), True)


def _less(pairs: list[tuple[Scalar, Scalar]], or_equal: bool) -> Bit:
    if not pairs:
        return or_equal
    x, y = pairs.pop()
    if is_bit(x):
        result = implies(x, y) if or_equal else and_(logic.not_(x), y)
    else:
        result = logic.at_most(x, y) if or_equal else logic.less(x, y)
    for x, y in reversed(pairs):
        smaller = and_(logic.not_(x), y) if is_bit(x) else logic.less(x, y)
        result = or_(smaller, and_(logic.equal(x, y), result))
    return result


def is_bit(scalar: Scalar) -> bool:
    """Is a scalar a truth value?"""
    return isinstance(scalar, bool | z3.BoolRef)


def choose(condition: Bit, then: Symbolic, otherwise: Symbolic) -> Symbolic:
    """One of two values of one form."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    row = (logic.choose(condition, x, y) for x, y in zip(scalars(then), scalars(otherwise), strict=True))
    return with_scalars(then, row)


def pick(options: Sequence[Symbolic], number: Number, otherwise: Symbolic) -> Symbolic:
    """The option of a number, counted from 0; the last if there is none of that number."""
    if not options:
        return otherwise
    if isinstance(number, int):
        return options[number] if 0 <= number < len(options) else options[-1]
    result = options[-1]
    for i in range(len(options) - 2, -1, -1):
        result = choose(logic.equal(number, i), options[i], result)
    return result


def in_type(value: Symbolic, type_: Type) -> Bit:
    """Is a value of the type's form, whatever its scalars, a value of the type, in canonical form?"""
    return logic.all_of(_in_type(value, type_, True))


def _in_type(  # noqa: C901  (one case for each kind of type)
    value: Symbolic, type_: Type, present: Bit
) -> Iterator[Bit]:
    match type_:
        case BoolType():
            yield or_(present, logic.not_(value))
        case IntType() | EnumType() | SortType():
            low, high = interval(type_)
            if present is True:
                yield logic.between(low, value, high)
                return
            # The bounds that hold in any case stand alone, where solvers look for them.
            yield logic.between(None if low is None else min(low, 0), value, None if high is None else max(high, 0))
            if low is None or low > 0 or high is None or high < 0:
                yield implies(present, logic.between(low, value, high))
            yield or_(present, logic.equal(value, 0))
        case RecordType(_, fields, _):
            assert isinstance(value, Record)
            for (_, field), part in zip(fields, value.parts, strict=True):
                yield from _in_type(part, field, present)
        case VariantType(_, shapes):
            assert isinstance(value, Variant)
            yield from _in_type(value.shape, IntType(1, len(shapes)), present)
            for i, (each, content) in enumerate(zip(shapes, value.contents, strict=True)):
                yield from _in_type(content, each, value.has(i))
        case OptionType(element):
            assert isinstance(value, Option)
            yield or_(present, logic.not_(value.present))
            yield from _in_type(value.value, element, value.present)
        case MapType(_, element):
            assert isinstance(value, Table)
            for part in value.entries:
                yield from _in_type(part, element, present)
        case SeqType(_, element):
            assert isinstance(value, Seq)
            yield logic.between(0, value.length, capacity(type_))
            yield or_(present, logic.equal(value.length, 0))
            for i, part in enumerate(value.elements):
                yield from _in_type(part, element, logic.less(i, value.length))
        case SetType(element, int()) | BagType(element, _):
            assert isinstance(value, Slots)
            order = before if isinstance(type_, SetType) else not_after
            for i, slot in enumerate(value.slots):
                # Those that are there come first, the greatest before the others.
                above = value.slots[i - 1] if i else None
                yield from _in_type(slot, OptionType(element), present)
                if above is not None:
                    yield implies(slot.present, order(slot, above))
        case SetType(element):
            if isinstance(value, Members):
                yield from (or_(present, logic.not_(bit)) for bit in value.bits)
                return
            yield or_(present, logic.equal(value, nothing(type_)))
            part = unknown(element, "element")
            row = tuple(scalars(part))
            yield logic.for_all(row, implies(logic.has_element(value, row), in_type(part, element)))
        case NeverType():
            yield logic.not_(present)
        case _:
            assert_never(type_)


def interval(type_: IntType | EnumType | SortType) -> tuple[int | None, int | None]:
    """The bounds of the number that a value of the type is."""
    match type_:
        case IntType(low, high):
            return low, high
        case EnumType(_, members):
            return 0, len(members) - 1
        case SortType(_, size):
            return 0, size - 1
        case _:
            assert_never(type_)


def has(container: Symbolic, type_: Type, element: Symbolic) -> Bit:
    """Is `element`, a value of the type, in a set over it?"""
    if isinstance(container, Slots):
        return logic.any_of(and_(slot.present, equal(slot.value, element)) for slot in container.slots)
    if not isinstance(container, Members):
        return logic.has_element(container, tuple(scalars(element)))
    if is_known(element):
        known_place = place_of(element, type_)
        return False if known_place is None else container.bits[known_place]
    possible = zip(container.bits, universe(type_) or (), strict=True)
    return logic.any_of(and_(bit, equal(element, lift(v, type_))) for bit, v in possible if bit is not False)


def inserted(container: Symbolic, type_: Type, element: Symbolic, present: Bit) -> Symbolic:
    """A set over the type with an element of it added if `present`. If it has a capacity, there is room."""
    if present is False:
        return container
    if isinstance(container, Slots):
        return put(container, Option(present, choose(present, element, nothing(type_))))
    if not isinstance(container, Members):
        return logic.choose(present, logic.with_element(container, tuple(scalars(element))), container)
    bits = list(container.bits)
    if is_known(element):
        place = place_of(element, type_)
        if place is not None:
            bits[place] = or_(bits[place], present)
    else:
        for place, value in enumerate(universe(type_) or ()):
            bits[place] = or_(bits[place], and_(present, equal(element, lift(value, type_))))
    return Members(tuple(bits))


def put(container: Slots, moving: Symbolic, *, again: bool = False) -> Slots:
    """A set with what is in a slot added. There is room for it, or it is there already; with `again`, it is added then.

    So it is put into a bag.
    """
    slots: list[Symbolic] = []
    for slot in container.slots:
        if slot.present is False:
            slots.append(moving)
            moving = slot
            continue
        greater, same = before(slot, moving), False if again else equal(slot, moving)
        slots.append(choose(greater, moving, slot))
        empty = with_scalars(slot, (_zero(scalar) for scalar in scalars(slot)))
        moving = choose(greater, slot, choose(same, empty, moving))
    return Slots(tuple(slot for slot in slots if isinstance(slot, Option)))


def _zero(scalar: Scalar) -> Scalar:
    return False if is_bit(scalar) else 0


def without(container: Slots, old: Option) -> Slots:
    """A bag without one of the element in a slot, if it has one."""
    found: Bit = False
    slots: list[Symbolic] = []
    for i, slot in enumerate(container.slots):
        found = or_(found, and_(old.present, equal(slot, old)))
        following = container.slots[i + 1] if i + 1 < len(container.slots) else None
        empty = with_scalars(slot, (_zero(scalar) for scalar in scalars(slot)))
        slots.append(choose(found, empty if following is None else following, slot))
    return Slots(tuple(slot for slot in slots if isinstance(slot, Option)))


def kept(container: Slots, conditions: Sequence[Bit]) -> Slots:
    """The elements of a set for which a condition holds. Those after the others move up."""
    slots = list(container.slots)
    for i in reversed(range(len(slots))):
        slot = slots[i]
        empty = with_scalars(slot, (_zero(scalar) for scalar in scalars(slot)))
        following = [*slots[i + 1 :], empty]
        moved = (choose(conditions[i], x, y) for x, y in zip(slots[i:], following, strict=True))
        slots[i:] = [each for each in moved if isinstance(each, Option)]
    return Slots(tuple(slots))


def is_subset(a: Symbolic, b: Symbolic, type_: Type) -> Bit:
    """Is every element of one set in the other, a set over the same type?"""
    if isinstance(a, Members) and isinstance(b, Members):
        return logic.all_of(implies(x, y) for x, y in zip(a.bits, b.bits, strict=True))
    if isinstance(a, Slots):
        return logic.all_of(implies(slot.present, has(b, type_, slot.value)) for slot in a.slots)
    return logic.equal(logic.combined("|", a, b), b)
