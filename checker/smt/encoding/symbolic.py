"""Values of the language as rows of scalars, some of which are Z3 expressions.

A symbolic value has the form of its type, with scalars at the leaves:

    bool                a truth value
    int, a..b           a number
    enum, sort          the number of the value, from 0
    record              its parts
    option of T         whether there is a value, and the value
    map[K] of V         a value for each key, in the order of the keys
    seq[N] of T         the length, and N elements
    set of T            a truth value for each value of T; if those are too many, an array from T to truth values

So a formula about a model speaks of truth values and integers only, which solvers treat best, Spacer above all.
(Measured on bounded model checking of two-phase commit, five managers, 11 states: 80 s with Z3's arrays and
enumerations, 1.3 s so, 0.1 s so and in the solver for finite domains. A queue of records, 12 states: 1.1 s with arrays
and datatypes, 0.04 s so.) The form is canonical: what is absent (the
value in `none`, the elements beyond a sequence's length) is 0, false or made of them, so that two values are equal
exactly if all their scalars are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import z3

from skipgate.checker.core.datatypes import (
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
    cardinality,
    contains,
    includes,
    join,
    values,
)
from skipgate.checker.core.values import NONE, EnumValue, MapValue, RecordValue, Some, SortValue, Value, show
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.logic import Bit, Number, Scalar, and_, implies, or_

LARGEST = 4096  # keys of a map, capacity of a sequence; sets over larger types are arrays


@dataclass(frozen=True, slots=True)
class Option:
    present: Bit
    value: Symbolic


@dataclass(frozen=True, slots=True)
class Record:
    parts: tuple[Symbolic, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A map."""

    entries: tuple[Symbolic, ...]


@dataclass(frozen=True, slots=True)
class Seq:
    length: Number
    elements: tuple[Symbolic, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """A set over a type whose values are few: is each of them in it?"""

    bits: tuple[Bit, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """The one "value" of the type that has none, where a form wants something."""


Symbolic: TypeAlias = Scalar | Option | Record | Table | Seq | Members | Absent
ABSENT = Absent()


class TooLarge(Exception):
    """A type has too many parts to be written out; the message says which."""


class Endless(Exception):
    """A Z3 model gives a set without an end."""


# ------------------------------------------------------------------------------------------------------------ types


@cache
def keys(type_: Type) -> tuple[Value, ...]:
    """The keys of a map, in order.

    Raises:
        TooLarge: there are too many.
    """
    count = cardinality(type_)
    if count is None or count > LARGEST:
        raise TooLarge(f"{type_} has {'unboundedly many' if count is None else count} values; at most {LARGEST} keys "
                       "are possible")  # fmt: skip
    return tuple(values(type_))


@cache
def universe(type_: Type) -> tuple[Value, ...] | None:
    """The possible elements of a set over this type, in order; None if they are too many to be written out."""
    count = cardinality(type_)
    return None if count is None or count > LARGEST else tuple(values(type_))


@cache
def _places(type_: Type) -> dict[Value, int]:
    return {value: i for i, value in enumerate(universe(type_) or ())}


def place(value: Symbolic, type_: Type) -> int | None:
    """The place of a known value in the order of a small type; none if, being of no meaning, it is not one of it."""
    return _places(type_).get(lower(value, type_)) if _places(type_) else None


def capacity(type_: SeqType) -> int:
    if type_.capacity > LARGEST:
        raise TooLarge(f"{type_} has room for {type_.capacity} elements; at most {LARGEST} are possible")
    return type_.capacity


def build(type_: Type, leaf: Callable[[str, z3.SortRef], Scalar], name: str = "") -> Symbolic:
    """A value of a type's form. `leaf` makes each scalar, from its name in the language's syntax and its sort.

    Raises:
        TooLarge: the type cannot be written out.
    """
    match type_:
        case BoolType():
            return leaf(name, z3.BoolSort())
        case IntType() | EnumType() | SortType():
            return leaf(name, z3.IntSort())
        case RecordType(_, fields, _):
            return Record(tuple(build(field, leaf, f"{name}.{field_name}") for field_name, field in fields))
        case OptionType(element):
            return Option(leaf(f"{name} != none", z3.BoolSort()), build(element, leaf, f"get({name})"))
        case MapType(key, value):
            return Table(tuple(build(value, leaf, f"{name}[{show(k)}]") for k in keys(key)))
        case SeqType(_, element):
            length = leaf(f"len({name})", z3.IntSort())  # before the elements, as in `scalars`
            return Seq(length, tuple(build(element, leaf, f"{name}[{i}]") for i in range(1, capacity(type_) + 1)))
        case SetType(element):
            possible = universe(element)
            if possible is None:
                return leaf(name, z3.ArraySort(*row_sorts(element), z3.BoolSort()))
            return Members(tuple(leaf(f"{show(value)} in {name}", z3.BoolSort()) for value in possible))
        case NeverType():
            return ABSENT


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
            return logic.no_elements([sort.domain_n(i) for i in range(z3.Z3_get_array_arity(sort.ctx_ref(), sort.ast))])
        return False if isinstance(sort, z3.BoolSortRef) else 0

    return build(type_, leaf)


# ----------------------------------------------------------------------------------------------------------- scalars


def scalars(value: Symbolic) -> Iterator[Scalar]:
    """All scalars of a value, in the order of its form."""
    match value:
        case Option(present, inner):
            yield present
            yield from scalars(inner)
        case Seq(length, elements):
            yield length
            for element in elements:
                yield from scalars(element)
        case Record(parts) | Table(parts) | Members(parts):
            for part in parts:
                yield from scalars(part)
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
        case Seq(_, elements):
            length = next(row)
            return Seq(length, tuple(with_scalars(element, row) for element in elements))
        case Record(parts):
            return Record(tuple(with_scalars(part, row) for part in parts))
        case Table(parts):
            return Table(tuple(with_scalars(part, row) for part in parts))
        case Members(bits):
            return Members(tuple(next(row) for _ in bits))
        case Absent():
            return ABSENT
        case _:
            return next(row)


def is_known(value: Symbolic) -> bool:
    return all(isinstance(scalar, bool | int) for scalar in scalars(value))


# --------------------------------------------------------------------------------------------- between form and value


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
        case OptionType(element):
            return Option(True, lift(value.value, element)) if isinstance(value, Some) else nothing(type_)
        case MapType(_, element):
            assert isinstance(value, MapValue)
            return Table(tuple(lift(part, element) for _, part in value.items))
        case SeqType(_, element):
            assert isinstance(value, tuple)
            rest = capacity(type_) - len(value)
            return Seq(len(value), (*(lift(part, element) for part in value), *[nothing(element)] * rest))
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
        case OptionType(element):
            assert isinstance(value, Option)
            return Some(lower(value.value, element)) if value.present else NONE
        case MapType(key, element):
            assert isinstance(value, Table)
            return MapValue(tuple((k, lower(e, element)) for k, e in zip(keys(key), value.entries, strict=True)))
        case SeqType(_, element):
            assert isinstance(value, Seq) and isinstance(value.length, int)
            return tuple(lower(part, element) for part in value.elements[: value.length])
        case SetType(element):
            possible = universe(element)
            if possible is None:
                return _lower_array(value, element)
            assert isinstance(value, Members)
            return frozenset(v for v, bit in zip(possible, value.bits, strict=True) if bit)
        case NeverType():
            raise AssertionError(value)


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


# -------------------------------------------------------------------------------------------------------- predicates


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
    pairs = list(zip(scalars(a), scalars(b), strict=True))
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
    return isinstance(scalar, bool | z3.BoolRef)


def choose(condition: Bit, then: Symbolic, otherwise: Symbolic) -> Symbolic:
    """One of two values of one form."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    row = (logic.choose(condition, x, y) for x, y in zip(scalars(then), scalars(otherwise), strict=True))
    return with_scalars(then, row)


def in_type(value: Symbolic, type_: Type) -> Bit:
    """Is a value of the type's form, whatever its scalars, a value of the type, in canonical form?"""
    return logic.all_of(_in_type(value, type_, True))


def _in_type(value: Symbolic, type_: Type, present: Bit) -> Iterator[Bit]:
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


def interval(type_: Type) -> tuple[int | None, int | None]:
    """The bounds of the number that a value of the type is."""
    match type_:
        case IntType(low, high):
            return low, high
        case EnumType(_, members):
            return 0, len(members) - 1
        case SortType(_, size):
            return 0, size - 1
    raise AssertionError(type_)


# ----------------------------------------------------------------------------------------------------- changes of form


def recast(value: Symbolic, old: Type, new: Type) -> Symbolic:
    """A value under another type of the same kind; of no meaning if it is not one of that type (see `within`)."""
    if old == new:
        return value
    match old, new:
        case NeverType(), _:
            return nothing(new)
        case _, NeverType():
            return ABSENT
        case OptionType(a), OptionType(b):
            assert isinstance(value, Option)
            return Option(value.present, recast(value.value, a, b))
        case RecordType(_, olds, _), RecordType(_, news, _):
            assert isinstance(value, Record)
            fields = zip(value.parts, olds, news, strict=True)
            return Record(tuple(recast(part, a, b) for part, (_, a), (_, b) in fields))
        case MapType(_, a), MapType(_, b):
            assert isinstance(value, Table)
            return Table(tuple(recast(part, a, b) for part in value.entries))
        case SeqType(_, a), SeqType(_, b):
            assert isinstance(value, Seq)
            size = capacity(new)
            parts = tuple(recast(part, a, b) for part in value.elements[:size])
            return Seq(value.length, parts + (nothing(b),) * (size - len(parts)))
        case SetType(a), SetType(b):
            return _recast_set(value, a, b)
    return value


def _recast_set(value: Symbolic, old: Type, new: Type) -> Symbolic:
    olds, news = universe(old), universe(new)
    if news is not None:
        return Members(tuple(has(value, old, lift(v, old)) if contains(old, v) else False for v in news))
    if olds is None:
        if row_sorts(old) != row_sorts(new):
            raise TooLarge(f"a set of {old} cannot become a set of {new}: both have too many possible elements")
        return value
    assert isinstance(value, Members)
    array = nothing(SetType(new))
    for v, bit in zip(olds, value.bits, strict=True):
        if bit is not False:
            array = logic.with_element(array, tuple(scalars(lift(v, new))), bit)
    return array


def within(value: Symbolic, old: Type, new: Type) -> Bit:
    """Is a value of the old type also one of the new type, which is of the same kind?"""
    return logic.all_of(_within(value, old, new, True))


def _within(value: Symbolic, old: Type, new: Type, present: Bit) -> Iterator[Bit]:
    if includes(new, old):
        return
    match old, new:
        case IntType(), IntType():
            yield implies(present, logic.between(new.low, value, new.high))
        case _, NeverType():
            yield logic.not_(present)
        case OptionType(a), OptionType(b):
            assert isinstance(value, Option)
            yield from _within(value.value, a, b, value.present)
        case RecordType(_, olds, _), RecordType(_, news, _):
            assert isinstance(value, Record)
            for part, (_, a), (_, b) in zip(value.parts, olds, news, strict=True):
                yield from _within(part, a, b, present)
        case MapType(_, a), MapType(_, b):
            assert isinstance(value, Table)
            for part in value.entries:
                yield from _within(part, a, b, present)
        case SeqType(_, a), SeqType(_, b):
            assert isinstance(value, Seq)
            yield logic.at_most(value.length, new.capacity)
            for i, part in enumerate(value.elements[: new.capacity]):
                yield from _within(part, a, b, logic.less(i, value.length))
        case SetType(a), SetType(b):
            if isinstance(value, Members):
                possible = universe(a) or ()
                yield from (logic.not_(bit) for v, bit in zip(possible, value.bits, strict=True) if not contains(b, v))
                return
            part = unknown(a, "element")
            row = tuple(scalars(part))
            yield logic.for_all(row, implies(logic.has_element(value, row), within(part, a, b)))


def has(container: Symbolic, type_: Type, element: Symbolic) -> Bit:
    """Is `element`, a value of the type, in a set over it?"""
    if not isinstance(container, Members):
        return logic.has_element(container, tuple(scalars(element)))
    if is_known(element):
        known_place = place(element, type_)
        return False if known_place is None else container.bits[known_place]
    possible = zip(container.bits, universe(type_) or (), strict=True)
    return logic.any_of(and_(bit, equal(element, lift(v, type_))) for bit, v in possible if bit is not False)


def same(a: Symbolic, a_type: Type, b: Symbolic, b_type: Type) -> Bit:
    """Are two values of possibly different types of one kind equal?"""
    wanted = join(a_type, b_type)
    return equal(recast(a, a_type, wanted), recast(b, b_type, wanted))


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
