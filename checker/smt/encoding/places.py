"""The scalars of a state as terms of the language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

import z3

from skipgate.checker.core import terms as t
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
from skipgate.checker.elaborate import build
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding import symbolic as sym
from skipgate.checker.smt.encoding.phrasing import NOWHERE, integer


@dataclass(frozen=True)
class ScalarPlace:
    """A scalar of the state as a term, which has a value only where all `guards` hold."""

    term: t.Term
    guards: tuple[z3.BoolRef, ...]  # those of outer values before those of inner ones


def places_of(  # noqa: C901  (one case for each kind of type)
    value: sym.Symbolic, type_: Type, term: t.Term, guards: tuple[z3.BoolRef, ...]
) -> Iterator[tuple[z3.ExprRef, ScalarPlace]]:
    """The scalars of a value with the terms that they are the values of. Sets that are arrays have none."""
    match type_:
        case BoolType() | IntType() | EnumType() | SortType():
            assert isinstance(value, z3.ExprRef)
            yield value, ScalarPlace(term, guards)
        case RecordType(_, fields, _):
            assert isinstance(value, sym.Record)
            for (name, field), part in zip(fields, value.parts, strict=True):
                yield from places_of(part, field, build.get_field(term, name, NOWHERE), guards)
        case VariantType(_, shapes):
            assert isinstance(value, sym.Variant)
            number: t.Term = integer(len(shapes))
            for i, each in reversed(list(enumerate(shapes[:-1], start=1))):
                number = build.if_(build.is_shape(term, each.name, NOWHERE), integer(i), number, NOWHERE)
            yield logic.expression(value.shape), ScalarPlace(number, guards)
            for i, (each, content) in enumerate(zip(shapes, value.contents, strict=True)):
                has_shape = logic.expression(value.has(i))
                assert isinstance(has_shape, z3.BoolRef)
                held = build.get_shape(term, each.name, NOWHERE)
                yield from places_of(content, each, held, (*guards, has_shape))
        case OptionType(element):
            assert isinstance(value, sym.Option)
            assert isinstance(value.present, z3.BoolRef)
            yield value.present, ScalarPlace(build.is_some(term, NOWHERE), guards)
            inner = build.get(term, True, NOWHERE)
            yield from places_of(value.value, element, inner, (*guards, value.present))
        case MapType(key, element):
            assert isinstance(value, sym.Table)
            for k, part in zip(sym.keys(key), value.entries, strict=True):
                yield from places_of(part, element, build.select(term, t.Const(key, NOWHERE, k), NOWHERE), guards)
        case SeqType(_, element):
            assert isinstance(value, sym.Seq)
            yield logic.expression(value.length), ScalarPlace(build.size(term, NOWHERE), guards)
            for i, part in enumerate(value.elements, start=1):
                exists = logic.expression(logic.at_most(i, value.length))
                assert isinstance(exists, z3.BoolRef)
                yield from places_of(part, element, build.select(term, integer(i), NOWHERE), (*guards, exists))
        case SetType(element):
            if isinstance(value, sym.Members):
                for member, bit in zip(sym.universe(element) or (), value.bits, strict=True):
                    inside = build.in_(t.Const(element, NOWHERE, member), term, NOWHERE)
                    yield logic.expression(bit), ScalarPlace(inside, guards)
        case BagType() | NeverType():
            pass
        case _:
            assert_never(type_)
