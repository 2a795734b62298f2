"""Values of the language as symbolic values, and back: what a value is in a model that Z3 has found."""

from __future__ import annotations

from functools import cache
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
from skipgate.checker.core.values import (
    NONE,
    BagValue,
    EnumValue,
    MapValue,
    RecordValue,
    Some,
    SortValue,
    Value,
    VariantValue,
    bag_of,
)
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.logic import Scalar
from skipgate.checker.smt.encoding.symbolic import (
    Endless,
    Members,
    Option,
    Record,
    Seq,
    Slots,
    Symbolic,
    Table,
    Variant,
    build,
    capacity,
    keys,
    nothing,
    row_sorts,
    scalars,
    significant,
    universe,
    with_scalars,
)


def lift(value: Value, type_: Type) -> Symbolic:
    """A value of the language, which is of the type, as a symbolic one."""
    match type_:
        case BoolType() | IntType():
            assert isinstance(value, int)
            return value
        case EnumType() | SortType():
            assert isinstance(value, EnumValue | SortValue)
            return value.index
        case RecordType(_, fields, _):
            assert isinstance(value, RecordValue)
            return Record(tuple(lift(part, field) for (_, field), (_, part) in zip(fields, value.fields, strict=True)))
        case VariantType(_, shapes):
            assert isinstance(value, VariantValue)
            contents = (lift(value.fields, x) if i == value.index else nothing(x) for i, x in enumerate(shapes))
            return Variant(value.index + 1, tuple(contents))
        case OptionType(element):
            return Option(True, lift(value.value, element)) if isinstance(value, Some) else nothing(type_)
        case MapType(_, element):
            assert isinstance(value, MapValue)
            return Table(tuple(lift(part, element) for _, part in value.items))
        case SeqType(_, element):
            assert isinstance(value, tuple)
            rest = capacity(type_) - len(value)
            return Seq(len(value), (*(lift(part, element) for part in value), *[nothing(element)] * rest))
        case SetType(element, int(room)) | BagType(element, room):
            assert isinstance(value, frozenset | BagValue)
            each = value.each() if isinstance(value, BagValue) else value
            there = sorted((Option(True, lift(part, element)) for part in each), key=_weight, reverse=True)
            return Slots((*there, *[absent_slot(element)] * (room - len(there))))
        case SetType(element):
            assert isinstance(value, frozenset)
            possible = universe(element)
            if possible is not None:
                return Members(tuple(part in value for part in possible))
            array = logic.no_elements(row_sorts(element))
            for part in value:
                array = logic.with_element(array, tuple(scalars(lift(part, element))))
            return array
        case NeverType():
            raise AssertionError(value)
        case _:
            assert_never(type_)


def _weight(value: Symbolic) -> tuple[Scalar, ...]:
    return tuple(significant(value))


def absent_slot(element: Type) -> Option:
    """A slot of a set with a capacity that is empty."""
    empty = nothing(OptionType(element))
    assert isinstance(empty, Option)
    return empty


def lower(value: Symbolic, type_: Type) -> Value:
    """The value of the language that a symbolic one with known scalars stands for.

    Raises:
        Endless: it has a set that no value of the language can be.
    """
    match type_:
        case BoolType():
            return bool(value)
        case IntType():
            assert isinstance(value, int)
            return value
        case EnumType(name, members):
            assert isinstance(value, int)
            return EnumValue(name, value, members[value])
        case SortType(name, _):
            assert isinstance(value, int)
            return SortValue(name, value)
        case RecordType(name, fields, _):
            assert isinstance(value, Record)
            return RecordValue(
                name, tuple((field, lower(part, t)) for (field, t), part in zip(fields, value.parts, strict=True))
            )
        case VariantType(name, shapes):
            assert isinstance(value, Variant) and isinstance(value.shape, int)
            if not 1 <= value.shape <= len(shapes):
                return NONE  # it is absent, so what it is has no meaning
            content = lower(value.contents[value.shape - 1], shapes[value.shape - 1])
            assert isinstance(content, RecordValue)
            return VariantValue(name, value.shape - 1, content)
        case OptionType(element):
            assert isinstance(value, Option)
            return Some(lower(value.value, element)) if value.present else NONE
        case MapType(key, element):
            assert isinstance(value, Table)
            return MapValue(tuple((k, lower(e, element)) for k, e in zip(keys(key), value.entries, strict=True)))
        case SeqType(_, element):
            assert isinstance(value, Seq) and isinstance(value.length, int)
            return tuple(lower(part, element) for part in value.elements[: value.length])
        case SetType(element, int()) | BagType(element, _):
            assert isinstance(value, Slots)
            found = (lower(slot.value, element) for slot in value.slots if slot.present)
            return bag_of(found) if isinstance(type_, BagType) else frozenset(found)
        case SetType(element):
            possible = universe(element)
            if possible is None:
                return _lower_array(value, element)
            assert isinstance(value, Members)
            return frozenset(v for v, bit in zip(possible, value.bits, strict=True) if bit)
        case NeverType():
            raise AssertionError(value)
        case _:
            assert_never(type_)


def _lower_array(array: z3.ExprRef, element: Type) -> frozenset[Value]:
    """A set from the array that a Z3 model gives it: elements stored one by one into the empty set."""
    stored: dict[tuple[Scalar, ...], bool] = {}
    while z3.is_store(array):
        array, *row, present = array.children()
        stored.setdefault(tuple(map(known, row)), z3.is_true(present))
    if z3.is_quantifier(array):
        empty = z3.is_false(z3.simplify(array.body()))
    else:
        empty = z3.is_K(array) and z3.is_false(array.arg(0))
    if not empty:
        raise Endless
    form = build(element, lambda _, __: False)
    return frozenset(lower(with_scalars(form, iter(row)), element) for row, present in stored.items() if present)


def known(value: z3.ExprRef) -> Scalar:
    """The scalar of a Z3 value; an array stays as it is."""
    if z3.is_int_value(value):
        return int(value.as_long())
    return bool(z3.is_true(value)) if z3.is_bool(value) else value


def read_back(value: Symbolic, type_: Type, model: z3.ModelRef) -> Value:
    """What a value is in a Z3 model.

    Raises:
        Endless: it has a set that no value of the language can be.
    """
    row = [known(model.eval(logic.expression(scalar), model_completion=True)) for scalar in scalars(value)]
    return lower(with_scalars(value, iter(row)), type_)


@cache
def _places(type_: Type) -> dict[Value, int]:
    return {value: i for i, value in enumerate(universe(type_) or ())}


def place_of(value: Symbolic, type_: Type) -> int | None:
    """The place of a known value in the order of a small type; None if it is none of the type, having no meaning."""
    return _places(type_).get(lower(value, type_)) if _places(type_) else None
