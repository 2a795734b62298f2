"""Values of the language as rows of scalars, some of which are Z3 expressions.

A symbolic value has the form of its type, with scalars at the leaves:

    bool                a truth value
    int, a..b           a number
    enum, sort          the number of the value, from 0
    record              its parts
    variant             the number of the shape, from 1, and the fields of each shape
    option of T         whether there is a value, and the value
    map[K] of V         a value for each key, in the order of the keys
    seq[N] of T         the length, and N elements
    set of T            a truth value for each value of T; if those are too many, an array from T to truth values
    set[N], bag[N] of T N options; those with an element come first, the greatest before the others (see `significant`)

So a formula about a model speaks of truth values and integers only, which solvers treat best, Spacer above all.
(Measured on bounded model checking of two-phase commit, five managers, 11 states: 80 s with Z3's arrays and
enumerations, 1.3 s so, 0.1 s so and in the solver for finite domains. A queue of records, 12 states: 1.1 s with arrays
and datatypes, 0.04 s so.) The form is canonical: what is absent (the value in `none`, the elements beyond a sequence's
length, the fields of other shapes) is 0, false or made of them, so that two values are equal exactly if all their
scalars are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias, assert_never

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
    cardinality,
    values,
)
from skipgate.checker.core.values import Value, show
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.logic import Bit, Number, Scalar

LARGEST = 4096  # keys of a map, capacity of a sequence; sets over larger types are arrays


@dataclass(frozen=True, slots=True)
class Option:
    """An option: is there a value, and which."""

    present: Bit
    value: Symbolic


@dataclass(frozen=True, slots=True)
class Variant:
    """A value of a variant: the number of its shape, counted from 1, and the fields of each shape."""

    shape: Number
    contents: tuple[Symbolic, ...]

    def has(self, place: int) -> Bit:
        """Has it the shape at a place, counted from 0?"""
        return logic.equal(self.shape, place + 1)


@dataclass(frozen=True, slots=True)
class Record:
    """A record by its parts, in the order of its fields."""

    parts: tuple[Symbolic, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A map by its values, in the order of the keys."""

    entries: tuple[Symbolic, ...]


@dataclass(frozen=True, slots=True)
class Seq:
    """A sequence: its length, and as many elements as it has room for."""

    length: Number
    elements: tuple[Symbolic, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """A set over a type whose values are few: is each of them in it?"""

    bits: tuple[Bit, ...]


@dataclass(frozen=True, slots=True)
class Slots:
    """A set with a capacity, or a bag: its elements from the greatest to the least, then nothing."""

    slots: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """The one "value" of the type that has none, where a form wants something."""


Symbolic: TypeAlias = Scalar | Option | Variant | Record | Table | Seq | Members | Slots | Absent
ABSENT = Absent()


class TooManyParts(Exception):
    """A type has too many parts to be written out; the message says which."""


class Endless(Exception):
    """A Z3 model gives a set without an end."""


# ------------------------------------------------------------------------------------------------------------ types


@cache
def keys(type_: Type) -> tuple[Value, ...]:
    """The keys of a map, in order.

    Raises:
        TooManyParts: there are too many.
    """
    count = cardinality(type_)
    if count is None or count > LARGEST:
        many = "unboundedly many" if count is None else count
        raise TooManyParts(f"{type_} has {many} values; at most {LARGEST} keys are possible")
    return tuple(values(type_))


@cache
def universe(type_: Type) -> tuple[Value, ...] | None:
    """The possible elements of a set over this type, in order; None if they are too many to be written out."""
    count = cardinality(type_)
    return None if count is None or count > LARGEST else tuple(values(type_))


def capacity(type_: SeqType) -> int:
    """How many elements a sequence has room for.

    Raises:
        TooManyParts: there are too many to be written out.
    """
    if type_.capacity > LARGEST:
        raise TooManyParts(f"{type_} has room for {type_.capacity} elements; at most {LARGEST} are possible")
    return type_.capacity


def build(type_: Type, leaf: Callable[[str, z3.SortRef], Scalar], name: str = "") -> Symbolic:
    """A value of a type's form. `leaf` makes each scalar, from its name in the language's syntax and its sort.

    Raises:
        TooManyParts: the type cannot be written out.
    """
    context = logic.context()
    match type_:
        case BoolType():
            return leaf(name, z3.BoolSort(context))
        case IntType() | EnumType() | SortType():
            return leaf(name, z3.IntSort(context))
        case RecordType(_, fields, _):
            return Record(tuple(build(field, leaf, f"{name}.{field_name}") for field_name, field in fields))
        case VariantType(_, shapes):
            shape = leaf(f"shape({name})", z3.IntSort(context))
            return Variant(shape, tuple(build(each, leaf, f"{name} as {each.name}") for each in shapes))
        case OptionType(element):
            return Option(leaf(f"{name} != none", z3.BoolSort(context)), build(element, leaf, f"get({name})"))
        case MapType(key, value):
            return Table(tuple(build(value, leaf, f"{name}[{show(k)}]") for k in keys(key)))
        case SeqType(_, element):
            length = leaf(f"len({name})", z3.IntSort(context))  # before the elements, as in `scalars`
            return Seq(length, tuple(build(element, leaf, f"{name}[{i}]") for i in range(1, capacity(type_) + 1)))
        case SetType(element, int(room)) | BagType(element, room):
            if any(isinstance(sort, z3.ArraySortRef) for sort in row_sorts(element)):
                raise TooManyParts(f"the elements of {type_} have sets with too many possible elements")
            slots = (build(OptionType(element), leaf, f"{name}{{{i}}}") for i in range(1, room + 1))
            return Slots(tuple(slot for slot in slots if isinstance(slot, Option)))
        case SetType(element):
            possible = universe(element)
            if possible is None:
                return leaf(name, z3.ArraySort(*row_sorts(element), z3.BoolSort(context)))
            return Members(tuple(leaf(f"{show(value)} in {name}", z3.BoolSort(context)) for value in possible))
        case NeverType():
            return ABSENT
        case _:
            assert_never(type_)


@logic.kept
def row_sorts(type_: Type) -> tuple[z3.SortRef, ...]:
    """The sorts of the scalars of a type's values."""
    sorts: list[z3.SortRef] = []

    def leaf(_: str, sort: z3.SortRef) -> Scalar:
        sorts.append(sort)
        return False

    build(type_, leaf)
    return tuple(sorts)


def constants(type_: Type, name: str, suffix: str = "") -> Symbolic:
    """A value of unknown scalars: Z3 constants named in the language's syntax, as in `get(have)` + suffix."""
    return build(type_, lambda path, sort: z3.Const(path + suffix, sort), name)


def unknown(type_: Type, name: str) -> Symbolic:
    """A value of scalars that nothing else knows."""
    return build(type_, lambda path, sort: z3.FreshConst(sort, path), name)


def any_like(value: Symbolic) -> Symbolic:
    """A value of the same form of scalars that nothing else knows."""
    return with_scalars(value, (z3.FreshConst(logic.expression(scalar).sort(), "any") for scalar in scalars(value)))


@logic.kept
def nothing(type_: Type) -> Symbolic:
    """What stands where a value of this type is absent."""

    def leaf(_: str, sort: z3.SortRef) -> Scalar:
        if isinstance(sort, z3.ArraySortRef):
            return logic.no_elements(logic.row_sorts_of(sort))
        return False if isinstance(sort, z3.BoolSortRef) else 0

    return build(type_, leaf)


# ----------------------------------------------------------------------------------------------------------- scalars


def scalars(value: Symbolic) -> Iterator[Scalar]:
    """All scalars of a value, in the order of its form."""
    match value:
        case Option(present, inner):
            yield present
            yield from scalars(inner)
        case Variant(shape, contents):
            yield shape
            for content in contents:
                yield from scalars(content)
        case Seq(length, elements):
            yield length
            for element in elements:
                yield from scalars(element)
        case Record(parts) | Table(parts) | Members(parts) | Slots(parts):
            for part in parts:
                yield from scalars(part)
        case Absent():
            return
        case _:
            yield value


def significant(value: Symbolic) -> Iterator[Scalar]:
    """All scalars of a value, in an order such that the first one that differs decides which of two values is greater.

    It is the order of the type, as quantifiers take values: of sets, the greatest elements weigh most.
    """
    match value:
        case Members(bits):
            yield from reversed(bits)
        case Option(present, inner):
            yield present
            yield from significant(inner)
        case Variant(shape, contents):
            yield shape
            for content in contents:
                yield from significant(content)
        case Seq(length, elements):
            yield length
            for element in elements:
                yield from significant(element)
        case Record(parts) | Table(parts) | Slots(parts):
            for part in parts:
                yield from significant(part)
        case Absent():
            return
        case _:
            yield value


def with_scalars(value: Symbolic, row: Iterator[Scalar]) -> Symbolic:
    """The same form with other scalars."""
    match value:
        case Option(_, inner):
            present = next(row)
            return Option(present, with_scalars(inner, row))
        case Variant(_, contents):
            shape = next(row)
            return Variant(shape, tuple(with_scalars(content, row) for content in contents))
        case Seq(_, elements):
            length = next(row)
            return Seq(length, tuple(with_scalars(element, row) for element in elements))
        case Record(parts):
            return Record(tuple(with_scalars(part, row) for part in parts))
        case Table(parts):
            return Table(tuple(with_scalars(part, row) for part in parts))
        case Members(bits):
            return Members(tuple(next(row) for _ in bits))
        case Slots(slots):
            filled = (with_scalars(slot, row) for slot in slots)
            return Slots(tuple(slot for slot in filled if isinstance(slot, Option)))
        case Absent():
            return ABSENT
        case _:
            return next(row)


def is_known(value: Symbolic) -> bool:
    """Are all scalars of a value known?"""
    return all(isinstance(scalar, bool | int) for scalar in scalars(value))
