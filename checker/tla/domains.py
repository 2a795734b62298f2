"""Types as sets of TLA+."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.specification import Specification
from skipgate.spec.static_types import (
    StaticBag,
    StaticBool,
    StaticEnum,
    StaticInt,
    StaticMap,
    StaticNever,
    StaticOption,
    StaticRecord,
    StaticSeq,
    StaticSet,
    StaticSort,
    StaticType,
    StaticUnknown,
    StaticVariant,
)
from skipgate.spec.symbols import TypeSymbol


def has_bounds(spec: Specification, node: s.AnyType) -> bool:
    """Can a value of the right static type be outside the type?"""
    match node:
        case s.PrimitiveType(name=name):
            return name == "nat"
        case s.RangeType() | s.SeqType() | s.BagType():
            return True
        case s.SetType(capacity=room, element=element):
            return room is not None or has_bounds(spec, element)
        case s.OptionType(element=element):
            return has_bounds(spec, element)
        case s.MapType(value=value):
            return has_bounds(spec, value)
        case s.NamedType():
            match spec.names[node]:
                case s.TypeDecl(type=aliased):
                    return has_bounds(spec, aliased)
                case s.RecordDecl(fields=fields):
                    return any(has_bounds(spec, field.type) for field in fields)
                case s.VariantDecl(shapes=shapes):
                    return any(has_bounds(spec, field.type) for shape in shapes for field in shape.fields)
                case s.EnumDecl() | s.SortDecl():
                    return False
                case symbol:
                    raise AssertionError(f"{symbol} is not a type")
        case _:
            assert_never(node)


def parts_of(spec: Specification, symbol: TypeSymbol) -> Iterator[StaticType]:
    """The types of the values of a declared type and of their parts."""
    match symbol:
        case s.TypeDecl(type=aliased):
            yield from spec.static_types.parts_of(spec.static_types.types[aliased])
        case s.RecordDecl():
            yield from spec.static_types.parts_of(StaticRecord(symbol))
        case s.VariantDecl():
            yield from spec.static_types.parts_of(StaticVariant(symbol))
        case s.EnumDecl():
            yield StaticEnum(symbol)
        case s.SortDecl():
            yield StaticSort(symbol)
        case _:
            assert_never(symbol)


def mentions_numbers(type_: StaticType) -> bool:
    """Are there keys of this type that a map may not have?"""
    match type_:
        case StaticInt() | StaticSeq() | StaticRecord() | StaticVariant() | StaticNever() | StaticUnknown():
            return True
        case StaticBag():
            return True
        case StaticOption(element) | StaticSet(element):
            return mentions_numbers(element)
        case StaticMap(_, value):
            return mentions_numbers(value)
        case StaticBool() | StaticEnum() | StaticSort():
            return False
        case _:
            assert_never(type_)
