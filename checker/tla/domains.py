"""Types as sets of TLA+."""

from __future__ import annotations

from collections.abc import Iterator

from skipgate.spec import syntax as s
from skipgate.spec.kinds import (
    BOOL,
    INT,
    BoolKind,
    EnumKind,
    IntKind,
    Kind,
    MapKind,
    NeverKind,
    OptionKind,
    RecordKind,
    SeqKind,
    SetKind,
    SortKind,
)
from skipgate.spec.specification import Specification


def kind_of(spec: Specification, node: s.TypeExpr) -> Kind:
    """The kind of a type, as the type checker sees it."""
    match node:
        case s.PrimitiveType(name="bool"):
            return BOOL
        case s.PrimitiveType() | s.RangeType():
            return INT
        case s.OptionType(element=element):
            return OptionKind(kind_of(spec, element))
        case s.SetType(element=element):
            return SetKind(kind_of(spec, element))
        case s.SeqType(element=element):
            return SeqKind(kind_of(spec, element))
        case s.MapType(key=key, value=value):
            return MapKind(kind_of(spec, key), kind_of(spec, value))
        case s.NamedType():
            match spec.names[node]:
                case s.TypeDecl(type=aliased):
                    return kind_of(spec, aliased)
                case s.EnumDecl() as enum:
                    return EnumKind(enum)
                case s.SortDecl() as sort:
                    return SortKind(sort)
                case s.RecordDecl() as record:
                    return RecordKind(record)
    raise AssertionError(node)


def has_bounds(spec: Specification, node: s.TypeExpr) -> bool:
    """Can a value of the right kind be outside the type?"""
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
    return False


def parts_of(spec: Specification, symbol: s.TypeDecl | s.EnumDecl | s.SortDecl | s.RecordDecl) -> Iterator[Kind]:
    """The kinds that the values of a declared type are made of."""
    match symbol:
        case s.TypeDecl(type=aliased):
            yield from _parts(spec, kind_of(spec, aliased))
        case s.RecordDecl(fields=fields):
            for field in fields:
                yield from _parts(spec, kind_of(spec, field.type))


def mentions_sort(spec: Specification, kind: Kind) -> bool:
    """Are values of a sort among what the values of this kind are made of?"""
    return any(isinstance(part, SortKind) for part in _parts(spec, kind))


def _parts(spec: Specification, kind: Kind) -> Iterator[Kind]:
    yield kind
    match kind:
        case OptionKind(element) | SetKind(element) | SeqKind(element):
            yield from _parts(spec, element)
        case MapKind(key, value):
            yield from _parts(spec, key)
            yield from _parts(spec, value)
        case RecordKind(declaration):
            yield from parts_of(spec, declaration)


def mentions_numbers(kind: Kind) -> bool:
    """Are there keys of this kind that a map may not have?"""
    match kind:
        case IntKind() | SeqKind() | RecordKind() | NeverKind():
            return True
        case OptionKind(element) | SetKind(element):
            return mentions_numbers(element)
        case MapKind(_, value):
            return mentions_numbers(value)
        case BoolKind() | EnumKind() | SortKind():
            return False
    return True
