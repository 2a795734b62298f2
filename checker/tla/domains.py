"""Types as sets of TLA+."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.specification import Specification
from skipgate.spec.static_types import (
    BOOL,
    INT,
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
)


def static_type_of(spec: Specification, node: s.AnyType) -> StaticType:
    """A type as the type checker sees it."""
    match node:
        case s.PrimitiveType(name="bool"):
            return BOOL
        case s.PrimitiveType() | s.RangeType():
            return INT
        case s.OptionType(element=element):
            return StaticOption(static_type_of(spec, element))
        case s.SetType(element=element):
            return StaticSet(static_type_of(spec, element))
        case s.SeqType(element=element):
            return StaticSeq(static_type_of(spec, element))
        case s.MapType(key=key, value=value):
            return StaticMap(static_type_of(spec, key), static_type_of(spec, value))
        case s.NamedType():
            match spec.names[node]:
                case s.TypeDecl(type=aliased):
                    return static_type_of(spec, aliased)
                case s.EnumDecl() as enum:
                    return StaticEnum(enum)
                case s.SortDecl() as sort:
                    return StaticSort(sort)
                case s.RecordDecl() as record:
                    return StaticRecord(record)
                case symbol:
                    raise AssertionError(f"{symbol} is not a type")
        case _:
            assert_never(node)


def has_bounds(spec: Specification, node: s.AnyType) -> bool:
    """Can a value of the right static type be outside the type?"""
    match node:
        case s.PrimitiveType(name=name):
            return name == "nat"
        case s.RangeType() | s.SeqType():
            return True
        case s.OptionType(element=element) | s.SetType(element=element):
            return has_bounds(spec, element)
        case s.MapType(value=value):
            return has_bounds(spec, value)
        case s.NamedType():
            match spec.names[node]:
                case s.TypeDecl(type=aliased):
                    return has_bounds(spec, aliased)
                case s.RecordDecl(fields=fields):
                    return any(has_bounds(spec, field.type) for field in fields)
                case s.EnumDecl() | s.SortDecl():
                    return False
                case symbol:
                    raise AssertionError(f"{symbol} is not a type")
        case _:
            assert_never(node)


def parts_of(spec: Specification, symbol: s.TypeDecl | s.EnumDecl | s.SortDecl | s.RecordDecl) -> Iterator[StaticType]:
    """The types of the parts of the values of a declared type."""
    match symbol:
        case s.TypeDecl(type=aliased):
            yield from _parts(spec, static_type_of(spec, aliased))
        case s.RecordDecl(fields=fields):
            for field in fields:
                yield from _parts(spec, static_type_of(spec, field.type))
        case s.EnumDecl() | s.SortDecl():
            return
        case _:
            assert_never(symbol)


def mentions_sort(spec: Specification, type_: StaticType) -> bool:
    """Are values of a sort among what the values of this type are made of?"""
    return any(isinstance(part, StaticSort) for part in _parts(spec, type_))


def _parts(spec: Specification, type_: StaticType) -> Iterator[StaticType]:
    yield type_
    match type_:
        case StaticOption(element) | StaticSet(element) | StaticSeq(element):
            yield from _parts(spec, element)
        case StaticMap(key, value):
            yield from _parts(spec, key)
            yield from _parts(spec, value)
        case StaticRecord(declaration):
            yield from parts_of(spec, declaration)
        case StaticBool() | StaticInt() | StaticEnum() | StaticSort() | StaticNever() | StaticUnknown():
            return
        case _:
            assert_never(type_)


def mentions_numbers(type_: StaticType) -> bool:
    """Are there keys of this type that a map may not have?"""
    match type_:
        case StaticInt() | StaticSeq() | StaticRecord() | StaticNever() | StaticUnknown():
            return True
        case StaticOption(element) | StaticSet(element):
            return mentions_numbers(element)
        case StaticMap(_, value):
            return mentions_numbers(value)
        case StaticBool() | StaticEnum() | StaticSort():
            return False
        case _:
            assert_never(type_)
