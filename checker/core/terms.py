"""Expressions of the elaborated model.

A small core language: definitions are unfolded, constants replaced by their values, `match`, `where` and update paths
reduced to the terms below. Quantifiers stay. Every term has a type with its bounds worked out and the span that it
comes from. `let` is by name: its value is evaluated only where it is used.

Terms compare by identity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

from skipgate.checker.core.datatypes import Type
from skipgate.checker.core.values import Value
from skipgate.spec.source import Span


@dataclass(frozen=True, eq=False, slots=True)
class LocalVar:
    """A name bound by a parameter, a quantifier or a `let`; distinct from every other one of the same name."""

    name: str
    type: Type


@dataclass(frozen=True, eq=False, slots=True)
class Term:
    type: Type
    span: Span


@dataclass(frozen=True, eq=False, slots=True)
class Binding:
    """`variable` ranges over the elements of `domain`, a term of set type.

    They are `ordered` unless they are declared to be made of values of a sort: nothing may depend on which of these
    comes first, not even whether an error is met.
    """

    variable: LocalVar
    domain: Term
    ordered: bool


# ------------------------------------------------------------------------------------------------------- leaves


@dataclass(frozen=True, eq=False, slots=True)
class Const(Term):
    value: Value


@dataclass(frozen=True, eq=False, slots=True)
class Var(Term):
    """A state variable, in the old state or (primed) in the new one."""

    name: str
    primed: bool


@dataclass(frozen=True, eq=False, slots=True)
class Local(Term):
    variable: LocalVar


# ------------------------------------------------------------------------------------------- booleans and control


@dataclass(frozen=True, eq=False, slots=True)
class Not(Term):
    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class Logic(Term):
    """The right side is evaluated only if the left does not decide."""

    operator: Literal["and", "or", "implies"]
    left: Term
    right: Term


@dataclass(frozen=True, eq=False, slots=True)
class Equal(Term):
    left: Term
    right: Term


@dataclass(frozen=True, eq=False, slots=True)
class Less(Term):
    left: Term
    right: Term
    or_equal: bool


@dataclass(frozen=True, eq=False, slots=True)
class If(Term):
    condition: Term
    then: Term
    otherwise: Term


@dataclass(frozen=True, eq=False, slots=True)
class Let(Term):
    """By name: an error in `value` is an error only where `variable` is evaluated."""

    variable: LocalVar
    value: Term
    body: Term


@dataclass(frozen=True, eq=False, slots=True)
class Quantified(Term):
    """`forall` or `exists`, in the order of the domain's values, until the first that decides.

    Of elements without an order none comes first: the body is evaluated for each of them.
    """

    kind: Literal["forall", "exists"]
    binding: Binding
    body: Term


@dataclass(frozen=True, eq=False, slots=True)
class Fold(Term):
    """`count`, `sum`, `min` or `max` of `body` over all bindings for which `where` holds.

    For `count` the body is the condition. `min` and `max` of nothing are evaluation errors.
    """

    kind: Literal["count", "sum", "min", "max"]
    bindings: tuple[Binding, ...]
    where: Term | None
    body: Term


@dataclass(frozen=True, eq=False, slots=True)
class Ensure(Term):
    """The operand, which an evaluation error says is outside `declared` if it is. `what` names it in the message.

    `type` is the declared one with the operand's bounds where it has none of its own.
    """

    operand: Term
    what: str
    declared: Type


# ----------------------------------------------------------------------------------------------------- integers


@dataclass(frozen=True, eq=False, slots=True)
class Arithmetic(Term):
    """`div` rounds down and `mod` has the sign of the divisor; a divisor of 0 is an evaluation error."""

    operator: Literal["+", "-", "*", "div", "mod"]
    left: Term
    right: Term


@dataclass(frozen=True, eq=False, slots=True)
class Negate(Term):
    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class Absolute(Term):
    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class U64(Term):
    """The operand modulo 2^64, as unsigned 64-bit arithmetic would leave it. Only where it may be outside 0..2^64-1."""

    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class Extreme(Term):
    """The smaller or the larger of two ordered values."""

    kind: Literal["min", "max"]
    left: Term
    right: Term


# --------------------------------------------------------------------------------------------------------- sets


@dataclass(frozen=True, eq=False, slots=True)
class RangeSet(Term):
    low: Term
    high: Term


@dataclass(frozen=True, eq=False, slots=True)
class Universe(Term):
    """Every value of the element type of this term's type."""


@dataclass(frozen=True, eq=False, slots=True)
class SetLiteral(Term):
    elements: tuple[Term, ...]


@dataclass(frozen=True, eq=False, slots=True)
class SetOperation(Term):
    operator: Literal["|", "&", "-"]
    left: Term
    right: Term


@dataclass(frozen=True, eq=False, slots=True)
class In(Term):
    element: Term
    container: Term


@dataclass(frozen=True, eq=False, slots=True)
class Subset(Term):
    left: Term
    right: Term


@dataclass(frozen=True, eq=False, slots=True)
class SetComprehension(Term):
    bindings: tuple[Binding, ...]
    where: Term | None
    element: Term


@dataclass(frozen=True, eq=False, slots=True)
class Subsets(Term):
    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class Size(Term):
    """Of a set or a sequence."""

    operand: Term


# ------------------------------------------------------------------------------------------ options and records


@dataclass(frozen=True, eq=False, slots=True)
class SomeOf(Term):
    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class IsSome(Term):
    operand: Term


@dataclass(frozen=True, eq=False, slots=True)
class Get(Term):
    """The value in an option; an evaluation error on `none` unless `known`, that is, tested before."""

    operand: Term
    known: bool


@dataclass(frozen=True, eq=False, slots=True)
class MakeRecord(Term):
    parts: tuple[Term, ...]  # in the order of the record's fields


@dataclass(frozen=True, eq=False, slots=True)
class GetField(Term):
    operand: Term
    field: str


@dataclass(frozen=True, eq=False, slots=True)
class WithField(Term):
    operand: Term
    field: str
    value: Term


# ---------------------------------------------------------------------------------------------- maps and sequences


@dataclass(frozen=True, eq=False, slots=True)
class MakeMap(Term):
    variable: LocalVar
    value: Term


@dataclass(frozen=True, eq=False, slots=True)
class Select(Term):
    """The element of a map at a key, or of a sequence at an index; an evaluation error if there is none."""

    operand: Term
    index: Term


@dataclass(frozen=True, eq=False, slots=True)
class Store(Term):
    """A map or sequence with one element replaced; an evaluation error if there is no such element."""

    operand: Term
    index: Term
    value: Term


@dataclass(frozen=True, eq=False, slots=True)
class SeqLiteral(Term):
    elements: tuple[Term, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Concat(Term):
    left: Term
    right: Term


@dataclass(frozen=True, eq=False, slots=True)
class Slice(Term):
    """Elements `low` to `high`; empty if `low > high`, otherwise an evaluation error if either does not exist."""

    operand: Term
    low: Term
    high: Term


@dataclass(frozen=True, eq=False, slots=True)
class SeqComprehension(Term):
    """`element` for each element of `source` (a sequence or a `RangeSet`) for which `where` holds, in order."""

    variable: LocalVar
    source: Term
    where: Term | None
    element: Term


@dataclass(frozen=True, eq=False, slots=True)
class Elements(Term):
    """The set of a sequence's elements."""

    operand: Term


def subterms(term: Term) -> Iterator[Term]:
    """The terms directly below a term, in the order of evaluation."""
    for field in fields(term):
        value = getattr(term, field.name)
        yield from _terms_in(value)


def _terms_in(value: object) -> Iterator[Term]:
    if isinstance(value, Term):
        yield value
    elif isinstance(value, Binding):
        yield value.domain
    elif isinstance(value, tuple):
        for part in value:
            yield from _terms_in(part)


def walk(term: Term) -> Iterator[Term]:
    """A term and all terms below it."""
    yield term
    for part in subterms(term):
        yield from walk(part)


def variables_read(term: Term) -> frozenset[str]:
    """The names of the state variables that a term mentions, primed or not."""
    return frozenset(part.name for part in walk(term) if isinstance(part, Var))
