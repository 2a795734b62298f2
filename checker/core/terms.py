"""Expressions of the elaborated model.

A small core language: definitions are unfolded, constants are replaced by their values, and `match`, `where` and update
paths are reduced to the terms below. Quantifiers stay. Every term has its type, with bounds, and the span that it comes
from. `let` is by name: its value is evaluated only where it is used. Terms compare by identity.

The file is long because all kinds of terms are here, with their union `Term` and its traversals, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from operator import is_
from typing import Any, Literal, TypeGuard

from skipgate.checker.core.datatypes import (
    BagType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    Type,
    VariantType,
)
from skipgate.checker.core.values import Value
from skipgate.spec.data import dataclass
from skipgate.spec.source import Span


@dataclass(frozen=True, eq=False, slots=True)
class LocalVar:
    """A name bound by a parameter, a quantifier or a `let`; distinct from every other one of the same name."""

    name: str
    type: Type


@dataclass(frozen=True, eq=False, slots=True)
class TermBase:
    """What every term has. Annotations name the union `Term` instead, so that mypy sees whether a match is complete."""

    type: Type
    span: Span


@dataclass(frozen=True, eq=False, slots=True)
class Binding:
    """`variable` ranges over the elements of `domain`, a term of set type.

    They are `ordered` unless their declared type mentions a sort. The values of a sort have no order: which of them
    comes first must make no difference, not even to whether an evaluation error is met.
    """

    variable: LocalVar
    domain: Term
    ordered: bool


# ------------------------------------------------------------------------------------------------------- leaves


@dataclass(frozen=True, eq=False, slots=True)
class Const(TermBase):
    """A value."""

    value: Value


@dataclass(frozen=True, eq=False, slots=True)
class Var(TermBase):
    """A state variable, in the old state or (primed) in the new one."""

    name: str
    primed: bool


@dataclass(frozen=True, eq=False, slots=True)
class Local(TermBase):
    """The value that a local name stands for."""

    variable: LocalVar


# ------------------------------------------------------------------------------------------- booleans and control


@dataclass(frozen=True, eq=False, slots=True)
class Not(TermBase):
    """Negation."""

    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class Logic(TermBase):
    """The right side is evaluated only if the left does not decide."""

    operator: Literal["and", "or", "implies"]
    left: Term
    right: Term


@dataclass(frozen=True, eq=False, slots=True)
class Equal(TermBase):
    """Are two values of the same kind equal?"""

    left: Term
    right: Term


@dataclass(frozen=True, eq=False, slots=True)
class Less(TermBase):
    """Is the left value before the right one in their order, or (with `or_equal`) not after it?"""

    left: Term
    right: Term
    or_equal: bool


@dataclass(frozen=True, eq=False, slots=True)
class If(TermBase):
    """Only the condition and the side that it chooses are evaluated."""

    condition: Term
    then: Term
    otherwise: Term


@dataclass(frozen=True, eq=False, slots=True)
class Let(TermBase):
    """By name: an error in `value` is an error only where `variable` is evaluated."""

    variable: LocalVar
    value: Term
    body: Term


@dataclass(frozen=True, eq=False, slots=True)
class Quantified(TermBase):
    """`forall` or `exists`: the body is evaluated in the order of the domain's values, until one decides.

    If the domain has no order, the body is evaluated for every element.
    """

    kind: Literal["forall", "exists"]
    binding: Binding
    body: Term


@dataclass(frozen=True, eq=False, slots=True)
class Aggregate(TermBase):
    """`count`, `sum`, `min` or `max` of `body` over all bindings for which `where` holds.

    For `count` the body is the condition. `min` and `max` of nothing are evaluation errors.
    """

    kind: Literal["count", "sum", "min", "max"]
    bindings: tuple[Binding, ...]
    where: Term | None
    body: Term


@dataclass(frozen=True, eq=False, slots=True)
class Ensure(TermBase):
    """The operand; it is an evaluation error if its value is outside `declared`. `what` names it in the message.

    `type` is `declared` with the operand's bounds where it has none of its own.
    """

    operand: Term
    what: str
    declared: Type


# ----------------------------------------------------------------------------------------------------- integers


@dataclass(frozen=True, eq=False, slots=True)
class Arithmetic(TermBase):
    """`div` rounds down and `mod` has the sign of the divisor; a divisor of 0 is an evaluation error."""

    type: IntType
    operator: Literal["+", "-", "*", "div", "mod"]
    left: Term
    right: Term


@dataclass(frozen=True, eq=False, slots=True)
class Negate(TermBase):
    """The number with the other sign."""

    type: IntType
    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class Absolute(TermBase):
    """The number without its sign."""

    type: IntType
    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class U64(TermBase):
    """The operand modulo 2^64, as unsigned 64-bit arithmetic would leave it. Only where it may be outside 0..2^64-1."""

    type: IntType
    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class Extreme(TermBase):
    """The smaller or the larger of two ordered values."""

    kind: Literal["min", "max"]
    left: Term
    right: Term


# --------------------------------------------------------------------------------------------------------- sets


@dataclass(frozen=True, eq=False, slots=True)
class RangeSet(TermBase):
    """The numbers from `low` to `high`, both included; none if `low > high`."""

    type: SetType
    low: Term
    high: Term


@dataclass(frozen=True, eq=False, slots=True)
class Universe(TermBase):
    """Every value of the element type of this term's type."""

    type: SetType


@dataclass(frozen=True, eq=False, slots=True)
class SetLiteral(TermBase):
    """The set of the values of these terms."""

    type: SetType
    elements: tuple[Term, ...]


@dataclass(frozen=True, eq=False, slots=True)
class SetOperation(TermBase):
    """Union, intersection or difference."""

    type: SetType
    operator: Literal["|", "&", "-"]
    left: Term
    right: Term


@dataclass(frozen=True, eq=False, slots=True)
class In(TermBase):
    """Is a value an element of a set?"""

    element: Term
    container: Term


@dataclass(frozen=True, eq=False, slots=True)
class Subset(TermBase):
    """Is every element of the left set one of the right set?"""

    left: Term
    right: Term


@dataclass(frozen=True, eq=False, slots=True)
class SetComprehension(TermBase):
    """The set of the values of `element`, over all bindings for which `where` holds."""

    type: SetType
    bindings: tuple[Binding, ...]
    where: Term | None
    element: Term


@dataclass(frozen=True, eq=False, slots=True)
class Subsets(TermBase):
    """The set of all subsets."""

    type: SetType
    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class Size(TermBase):
    """Of a set, a bag or a sequence."""

    type: IntType
    operand: Term


# --------------------------------------------------------------------------------- options, records and variants


@dataclass(frozen=True, eq=False, slots=True)
class SomeOf(TermBase):
    """The option that has this value."""

    type: OptionType
    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class IsSome(TermBase):
    """Has an option a value?"""

    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class Get(TermBase):
    """The value in an option; on `none`, an evaluation error. `known`: it was tested before that there is one."""

    operand: Term
    known: bool


@dataclass(frozen=True, eq=False, slots=True)
class MakeRecord(TermBase):
    """A record from the values of its fields."""

    type: RecordType
    parts: tuple[Term, ...]  # in the order of the record's fields


@dataclass(frozen=True, eq=False, slots=True)
class GetField(TermBase):
    """The value of a record's field."""

    operand: Term
    field: str


@dataclass(frozen=True, eq=False, slots=True)
class WithField(TermBase):
    """A record with one field replaced."""

    type: RecordType
    operand: Term
    field: str
    value: Term


@dataclass(frozen=True, eq=False, slots=True)
class MakeVariant(TermBase):
    """The value of a variant whose shape has the name of this record, and whose fields are the record's."""

    type: VariantType
    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class IsShape(TermBase):
    """Has a value of a variant this shape?"""

    operand: Term
    shape: str


@dataclass(frozen=True, eq=False, slots=True)
class GetShape(TermBase):
    """The fields of a value of a variant, as a record. It was tested before that the value has this shape."""

    type: RecordType
    operand: Term
    shape: str


# ---------------------------------------------------------------------------------------------- maps and sequences


@dataclass(frozen=True, eq=False, slots=True)
class MakeMap(TermBase):
    """The map that has, for each key, the value of `value` where `variable` stands for the key."""

    type: MapType
    variable: LocalVar
    value: Term


@dataclass(frozen=True, eq=False, slots=True)
class Select(TermBase):
    """The element of a map at a key, or of a sequence at an index; an evaluation error if there is none."""

    operand: Term
    index: Term


@dataclass(frozen=True, eq=False, slots=True)
class Store(TermBase):
    """A map or sequence with one element replaced; an evaluation error if there is no such element."""

    type: MapType | SeqType
    operand: Term
    index: Term
    value: Term


@dataclass(frozen=True, eq=False, slots=True)
class SeqLiteral(TermBase):
    """The sequence of the values of these terms."""

    type: SeqType
    elements: tuple[Term, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Concat(TermBase):
    """The elements of the left sequence, then those of the right one."""

    type: SeqType
    left: Term
    right: Term


@dataclass(frozen=True, eq=False, slots=True)
class Slice(TermBase):
    """Elements `low` to `high`: none if `low > high`, else an evaluation error if one of the two does not exist."""

    type: SeqType
    operand: Term
    low: Term
    high: Term


@dataclass(frozen=True, eq=False, slots=True)
class SeqComprehension(TermBase):
    """`element` for each element of `source` (a sequence or a `RangeSet`) for which `where` holds, in order."""

    type: SeqType
    variable: LocalVar
    source: Term
    where: Term | None
    element: Term


@dataclass(frozen=True, eq=False, slots=True)
class Elements(TermBase):
    """The set of the elements of a sequence or a bag."""

    type: SetType
    operand: Term


# ------------------------------------------------------------------------------------------------------------ bags


@dataclass(frozen=True, eq=False, slots=True)
class BagOf(TermBase):
    """The bag that has each element of a set once, and each of a sequence as often as it comes."""

    type: BagType
    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class BagOperation(TermBase):
    """All elements of both bags; or those of the left one without so many as there are in the right one."""

    type: BagType
    operator: Literal["+", "-"]
    left: Term
    right: Term


@dataclass(frozen=True, eq=False, slots=True)
class Multiplicity(TermBase):
    """How many of an element there are in a bag."""

    type: IntType
    operand: Term
    element: Term


@dataclass(frozen=True, eq=False, slots=True)
class Descending(TermBase):
    """The elements of a set or a bag as a sequence, the greatest first. Those that have no order come in any."""

    type: SeqType
    operand: Term


# Every kind of term. A dispatch over terms ends in `assert_never`, so that mypy names each place that a new kind needs.
Term = (
    Const
    | Var
    | Local
    | Not
    | Logic
    | Equal
    | Less
    | If
    | Let
    | Quantified
    | Aggregate
    | Ensure
    | Arithmetic
    | Negate
    | Absolute
    | U64
    | Extreme
    | RangeSet
    | Universe
    | SetLiteral
    | SetOperation
    | In
    | Subset
    | SetComprehension
    | Subsets
    | Size
    | SomeOf
    | IsSome
    | Get
    | MakeRecord
    | GetField
    | WithField
    | MakeVariant
    | IsShape
    | GetShape
    | MakeMap
    | Select
    | Store
    | SeqLiteral
    | Concat
    | Slice
    | SeqComprehension
    | Elements
    | BagOf
    | BagOperation
    | Multiplicity
    | Descending
)

_PARTS: dict[type, tuple[str, ...]] = {}


def _parts(term: Term) -> tuple[str, ...]:
    """The names of the fields that may hold terms."""
    kind = type(term)
    if kind not in _PARTS:
        _PARTS[kind] = tuple(field.name for field in fields(kind) if field.name not in ("type", "span"))
    return _PARTS[kind]


def children(term: Term) -> Iterator[Term]:
    """The terms directly below a term, in the order of evaluation."""
    for name in _parts(term):
        yield from _terms_in(getattr(term, name))


def _terms_in(part: object) -> Iterator[Term]:
    if is_term(part):
        yield part
    elif isinstance(part, Binding):
        yield part.domain
    elif isinstance(part, tuple):
        for each in part:
            yield from _terms_in(each)


def walk(term: Term) -> Iterator[Term]:
    """A term and all terms below it, each before what is below it."""
    yield term
    for child in children(term):
        yield from walk(child)


def map_children(term: Term, change: Callable[[Term], Term]) -> Term:
    """The term with `change` applied to each term directly below it; itself if that changes nothing."""
    changed: dict[str, Any] = {}
    for name in _parts(term):
        before = getattr(term, name)
        after = _mapped(before, change)
        if after is not before:
            changed[name] = after
    return replace(term, **changed) if changed else term


def _mapped(part: object, change: Callable[[Term], Term]) -> object:
    if is_term(part):
        return change(part)
    if isinstance(part, Binding):
        domain = change(part.domain)
        return part if domain is part.domain else replace(part, domain=domain)
    if isinstance(part, tuple):
        mapped = tuple(_mapped(each, change) for each in part)
        return part if all(map(is_, mapped, part)) else mapped
    return part


def is_term(part: object) -> TypeGuard[Term]:
    """Is something a term of any kind? (A union cannot stand in a class pattern.)"""
    return isinstance(part, TermBase)


def variables_read(term: Term) -> frozenset[str]:
    """The names of the state variables that a term mentions, primed or not."""
    return frozenset(part.name for part in walk(term) if isinstance(part, Var))
