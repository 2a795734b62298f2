"""The types that a specification writes, with bounds, under the constants of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import assert_never

from skipgate.checker.core.datatypes import (
    BOOL,
    LARGEST_CAPACITY,
    BagType,
    EnumType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    VariantType,
    cardinality,
    walk,
)
from skipgate.checker.core.errors import InternalError
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.specification import Specification
from skipgate.spec.symbols import Symbol, TypeSymbol

_LARGEST_SORT = 63
_LARGEST_TYPE = 2_000  # types within a type, counting one each time that it is mentioned
_PRIMITIVE: dict[str, Type] = {"bool": BOOL, "nat": IntType(0, None), "int": IntType(None, None)}


class DeclaredTypes:
    """The types of a specification.

    `number` gives the value of an expression that mentions no variables: a bound, a size or a capacity.
    """

    def __init__(self, spec: Specification, number: Callable[[s.AnyExpr], int]) -> None:
        self.spec = spec
        self.number = number
        self.known: dict[Symbol, Type] = {}

    def of(self, node: s.AnyType) -> Type:
        """The type that is written like this.

        Raises:
            SpecError: a capacity is too small, the keys of a map are unbounded, or a sort is too large or empty.
        """
        match node:
            case s.PrimitiveType(name=name):
                return _PRIMITIVE[name]
            case s.RangeType(low=low, high=high):
                return IntType(self.number(low), self.number(high))
            case s.OptionType(element=element):
                return OptionType(self.of(element))
            case s.SetType(capacity=None, element=element):
                return SetType(self.of(element))
            case s.SetType(capacity=most, element=element):
                assert most is not None
                return SetType(self.of(element), self._room(most, "set"))
            case s.BagType(capacity=capacity, element=element):
                return BagType(self.of(element), self._room(capacity, "bag"))
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
            case _:
                assert_never(node)

    def _room(self, capacity: s.AnyExpr, kind: str) -> int:
        """How many elements a set or a bag can hold, which is one at least."""
        count = self.number(capacity)
        if count < 1:
            raise error(f"a {kind} cannot be made for {count} elements", capacity.span, "one at least")
        if count > LARGEST_CAPACITY:
            message = f"a {kind} cannot be made for {count} elements; at most {LARGEST_CAPACITY} are possible"
            raise error(message, capacity.span, "each of them is a part of every state")
        return count

    def named(self, symbol: Symbol) -> Type:
        """The type that a name stands for.

        Raises:
            SpecError: it is too large, or made of types that are wrong.
        """
        if not isinstance(symbol, TypeSymbol):
            raise InternalError(f"`{symbol}` is no type")
        if symbol not in self.known:
            type_ = self._named(symbol)
            if sum(1 for _ in islice(walk(type_), _LARGEST_TYPE + 1)) > _LARGEST_TYPE:
                message = f"`{symbol.name.text}` has more than {_LARGEST_TYPE} parts, with the types that it is made of"
                raise error(message, symbol.name.span)
            self.known[symbol] = type_
        return self.known[symbol]

    def _named(self, symbol: TypeSymbol) -> Type:
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
                return self._record(name, fields, ordered)
            case s.VariantDecl(name=name, shapes=shapes):
                return VariantType(name.text, tuple(self._record(x.name, x.fields, False) for x in shapes))
            case _:
                assert_never(symbol)

    def _record(self, name: s.Identifier, fields: Sequence[s.FieldDecl], ordered: bool) -> RecordType:
        return RecordType(name.text, tuple((f.name.text, self.of(f.type)) for f in fields), ordered)

    def variant_of(self, shape: s.ShapeDecl) -> VariantType:
        """The variant that a shape belongs to."""
        for symbol in self._symbols():
            if isinstance(symbol, s.VariantDecl) and shape in symbol.shapes:
                type_ = self.named(symbol)
                assert isinstance(type_, VariantType)
                return type_
        raise InternalError(f"{shape.span.place}: `{shape.name.text}` belongs to no variant")

    def enum_of(self, member: s.Member) -> EnumType:
        """The enum that a member belongs to."""
        for symbol in self._symbols():
            if isinstance(symbol, s.EnumDecl) and member in symbol.members:
                type_ = self.named(symbol)
                assert isinstance(type_, EnumType)
                return type_
        raise InternalError(f"{member.span.place}: `{member.name.text}` belongs to no enum")

    def _symbols(self) -> Iterator[Symbol]:
        """The symbols of the specification, and of those that it refines, whose enums it may mention."""
        for spec in (self.spec, *self.spec.refined.values()):
            yield from spec.names.symbols.values()
