"""Static types as the type checker sees them: the bounds of ranges are left to elaboration.

Bounds may depend on constants, which each `check` chooses, so every integer type is just `int` here. Whether a value
stays within its bounds is not a question of types: it is proved or tested later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import assert_never

from skipgate.spec.data import dataclass
from skipgate.spec.diagnostics import Diagnostic
from skipgate.spec.symbols import Symbol
from skipgate.spec.syntax import AnyExpr, AnyType, EnumDecl, RecordDecl, SortDecl, VariantDecl


@dataclass(frozen=True)
class StaticBool:
    """`bool`."""

    def __str__(self) -> str:
        return "a boolean"


@dataclass(frozen=True)
class StaticInt:
    """`int`, `nat` and ranges."""

    def __str__(self) -> str:
        return "an integer"


@dataclass(frozen=True)
class StaticEnum:
    """A declared enum."""

    declaration: EnumDecl

    def __str__(self) -> str:
        return f"a value of enum {self.declaration.name.text}"


@dataclass(frozen=True)
class StaticSort:
    """A declared sort."""

    declaration: SortDecl

    def __str__(self) -> str:
        return f"a value of sort {self.declaration.name.text}"


@dataclass(frozen=True)
class StaticRecord:
    """A declared record."""

    declaration: RecordDecl

    def __str__(self) -> str:
        return f"a record {self.declaration.name.text}"


@dataclass(frozen=True)
class StaticVariant:
    """A declared variant."""

    declaration: VariantDecl

    def __str__(self) -> str:
        return f"a variant {self.declaration.name.text}"


@dataclass(frozen=True)
class StaticOption:
    """`option of`."""

    element: StaticType

    def __str__(self) -> str:
        if isinstance(self.element, StaticNever):
            return "`none`"
        return f"an option of {_bare(self.element)}"


@dataclass(frozen=True)
class StaticMap:
    """`map`."""

    key: StaticType
    value: StaticType

    def __str__(self) -> str:
        return f"a map from {_bare(self.key)} to {_bare(self.value)}"


@dataclass(frozen=True)
class StaticSet:
    """`set of`."""

    element: StaticType

    def __str__(self) -> str:
        if isinstance(self.element, StaticNever):
            return "the empty set"
        return f"a set of {_bare(self.element)}"


@dataclass(frozen=True)
class StaticBag:
    """`bag`, of any capacity."""

    element: StaticType

    def __str__(self) -> str:
        if isinstance(self.element, StaticNever):
            return "the empty bag"
        return f"a bag of {_bare(self.element)}"


@dataclass(frozen=True)
class StaticSeq:
    """`seq`, of any capacity."""

    element: StaticType

    def __str__(self) -> str:
        if isinstance(self.element, StaticNever):
            return "the empty sequence"
        return f"a sequence of {_bare(self.element)}"


@dataclass(frozen=True)
class StaticNever:
    """The type of the elements of `{}`, `[]` and `none`, which fits everywhere."""

    def __str__(self) -> str:
        return "nothing"


@dataclass(frozen=True)
class StaticUnknown:
    """The type of an expression with an error that was reported. It fits everywhere, so errors do not cascade."""

    def __str__(self) -> str:
        return "unknown"


StaticType = (
    StaticBool
    | StaticInt
    | StaticEnum
    | StaticSort
    | StaticRecord
    | StaticVariant
    | StaticOption
    | StaticMap
    | StaticSet
    | StaticBag
    | StaticSeq
    | StaticNever
    | StaticUnknown
)
BOOL = StaticBool()
INT = StaticInt()
NEVER = StaticNever()
UNKNOWN = StaticUnknown()


def _bare(type_: StaticType) -> str:
    """A type as a part of another one in a message."""
    match type_:
        case StaticBool():
            return "bool"
        case StaticInt():
            return "int"
        case StaticEnum() | StaticSort() | StaticRecord() | StaticVariant():
            return type_.declaration.name.text
        case StaticOption(element):
            return f"option of {_bare(element)}"
        case StaticSet(element):
            return f"set of {_bare(element)}"
        case StaticBag(element):
            return f"bag of {_bare(element)}"
        case StaticSeq(element):
            return f"seq of {_bare(element)}"
        case StaticMap(key, value):
            return f"map[{_bare(key)}] of {_bare(value)}"
        case StaticNever() | StaticUnknown():
            return str(type_)
    assert_never(type_)


def unify(a: StaticType, b: StaticType) -> StaticType | None:
    """The type that values of both have, or None if there is none."""
    if a == b or isinstance(b, StaticNever | StaticUnknown):
        return a
    match a:
        case StaticNever() | StaticUnknown():
            return b
        case StaticOption(element):
            inner = unify(element, b.element) if isinstance(b, StaticOption) else None
            return None if inner is None else StaticOption(inner)
        case StaticSet(element):
            inner = unify(element, b.element) if isinstance(b, StaticSet) else None
            return None if inner is None else StaticSet(inner)
        case StaticBag(element):
            inner = unify(element, b.element) if isinstance(b, StaticBag) else None
            return None if inner is None else StaticBag(inner)
        case StaticSeq(element):
            inner = unify(element, b.element) if isinstance(b, StaticSeq) else None
            return None if inner is None else StaticSeq(inner)
        case StaticMap(key, value):
            if not isinstance(b, StaticMap):
                return None
            common_key, common_value = unify(key, b.key), unify(value, b.value)
            return None if common_key is None or common_value is None else StaticMap(common_key, common_value)
        case StaticBool() | StaticInt() | StaticEnum() | StaticSort() | StaticRecord() | StaticVariant():
            return None
    assert_never(a)


def unordered_part(type_: StaticType) -> StaticType | None:
    """The part of a type for which there is no `<`, or None if values of the type are ordered."""
    match type_:
        case StaticInt() | StaticEnum() | StaticNever() | StaticUnknown():
            return None
        case StaticOption(element):
            return unordered_part(element)
        case StaticRecord(declaration):
            return None if declaration.ordered else type_
        case StaticBool() | StaticSort() | StaticMap() | StaticSet() | StaticBag() | StaticSeq() | StaticVariant():
            return type_
    assert_never(type_)


def parts_of(type_: StaticType, field: Callable[[AnyType], StaticType]) -> Iterator[StaticType]:
    """A type and all types that its values are made of. `field` gives the type of a declared field."""
    yield type_
    match type_:
        case StaticOption(element) | StaticSet(element) | StaticBag(element) | StaticSeq(element):
            yield from parts_of(element, field)
        case StaticMap(key, value):
            yield from parts_of(key, field)
            yield from parts_of(value, field)
        case StaticRecord(declaration):
            for declared in declaration.fields:
                yield from parts_of(field(declared.type), field)
        case StaticVariant(declaration):
            for shape in declaration.shapes:
                for declared in shape.fields:
                    yield from parts_of(field(declared.type), field)
        case StaticBool() | StaticInt() | StaticEnum() | StaticSort() | StaticNever() | StaticUnknown():
            pass
        case _:
            assert_never(type_)


@dataclass(frozen=True, eq=False)
class StaticTypes:
    """The type of every expression, of every symbol that has a value, and of every type as written; and all errors."""

    expressions: Mapping[AnyExpr, StaticType]
    symbols: Mapping[Symbol, StaticType]
    types: Mapping[AnyType, StaticType]
    diagnostics: tuple[Diagnostic, ...]

    def __getitem__(self, node: AnyExpr) -> StaticType:
        return self.expressions[node]

    def parts_of(self, type_: StaticType) -> Iterator[StaticType]:
        """A type and all types that its values are made of."""
        return parts_of(type_, self.types.__getitem__)

    def mentions_sort(self, type_: StaticType) -> bool:
        """Can a value of a type contain a value of a sort?"""
        parts = [*self.parts_of(type_)]
        assert UNKNOWN not in parts, "types are asked for although there were errors"
        return any(isinstance(part, StaticSort) for part in parts)
