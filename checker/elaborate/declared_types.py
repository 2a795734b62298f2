"""The types that a specification writes, with bounds, under the constants of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from skipgate.checker.core.datatypes import (
    BOOL,
    EnumType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    cardinality,
    mentions_sort,
)
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.specification import Specification
from skipgate.spec.static_types import (
    StaticMap,
    StaticOption,
    StaticRecord,
    StaticSeq,
    StaticSet,
    StaticSort,
    StaticType,
)
from skipgate.spec.symbols import Symbol

_LARGEST_SORT = 63


class DeclaredTypes:
    """The types of a specification.

    `number` gives the value of an expression that mentions no variables: a bound, a size or a capacity.
    """

    def __init__(self, spec: Specification, number: Callable[[s.AnyExpr], int]) -> None:
        self.spec = spec
        self.number = number
        self.known: dict[Symbol, Type] = {}

    def of(self, node: s.AnyType) -> Type:
        match node:
            case s.PrimitiveType(name="bool"):
                return BOOL
            case s.PrimitiveType(name="nat"):
                return IntType(0, None)
            case s.PrimitiveType():
                return IntType(None, None)
            case s.RangeType(low=low, high=high):
                return IntType(self.number(low), self.number(high))
            case s.OptionType(element=element):
                return OptionType(self.of(element))
            case s.SetType(element=element):
                return SetType(self.of(element))
            case s.SeqType(capacity=capacity, element=element):
                count = self.number(capacity)
                if count < 0:
                    raise error(f"a sequence cannot hold {count} elements", capacity.span)
                return SeqType(count, self.of(element))
            case s.MapType(key=key, value=value):
                key_type = self.of(key)
                if cardinality(key_type) is None:
                    raise error(
                        f"the keys of a map must be bounded, and {key_type} is not", key.span, "use a range `a..b`"
                    )
                return MapType(key_type, self.of(value))
            case s.NamedType():
                return self.named(self.spec.names[node])
        raise AssertionError(node)

    def named(self, symbol: Symbol) -> Type:
        if symbol not in self.known:
            self.known[symbol] = self._named(symbol)
        return self.known[symbol]

    def _named(self, symbol: Symbol) -> Type:
        match symbol:
            case s.TypeDecl(type=aliased):
                return self.of(aliased)
            case s.EnumDecl(name=name, members=members):
                return EnumType(name.text, tuple(member.name.text for member in members))
            case s.SortDecl(name=name, size=size):
                count = self.number(size)
                if not 1 <= count <= _LARGEST_SORT:
                    raise error(f"a sort has 1 to {_LARGEST_SORT} values, not {count}", size.span)
                return SortType(name.text, count)
            case s.RecordDecl(name=name, ordered=ordered, fields=fields):
                return RecordType(name.text, tuple((f.name.text, self.of(f.type)) for f in fields), ordered)
        raise AssertionError(symbol)

    def enum_of(self, member: s.Member) -> EnumType:
        for symbol in self._symbols():
            if isinstance(symbol, s.EnumDecl) and member in symbol.members:
                type_ = self.named(symbol)
                assert isinstance(type_, EnumType)
                return type_
        raise AssertionError(member)

    def _symbols(self) -> Iterator[Symbol]:
        """The symbols of the specification, and of those that it refines, whose enums it may mention."""
        for spec in (self.spec, *self.spec.refined.values()):
            yield from spec.names.symbols.values()

    def mentions_sort(self, type_: StaticType) -> bool:
        """Can a value of this type be made of values of a sort, as it is declared?"""
        match type_:
            case StaticRecord(declaration):
                return mentions_sort(self.named(declaration))
            case StaticSet(element) | StaticOption(element) | StaticSeq(element):
                return self.mentions_sort(element)
            case StaticMap(key, value):
                return self.mentions_sort(key) or self.mentions_sort(value)
        return isinstance(type_, StaticSort)
