"""Static types as the type checker sees them: the bounds of ranges are left to elaboration.

Bounds may depend on constants, which each `check` chooses; so here every integer type is just `int`. That a value
stays within its bounds is not a matter of types but proved or tested later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skipgate.spec.diagnostics import Diagnostic
from skipgate.spec.symbols import Symbol
from skipgate.spec.syntax import AnyExpr, EnumDecl, RecordDecl, SortDecl


@dataclass(frozen=True)
class StaticBool:
    def __str__(self) -> str:
        return "a boolean"


@dataclass(frozen=True)
class StaticInt:
    def __str__(self) -> str:
        return "an integer"


@dataclass(frozen=True)
class StaticEnum:
    declaration: EnumDecl

    def __str__(self) -> str:
        return f"a value of enum {self.declaration.name.text}"


@dataclass(frozen=True)
class StaticSort:
    declaration: SortDecl

    def __str__(self) -> str:
        return f"a value of sort {self.declaration.name.text}"


@dataclass(frozen=True)
class StaticRecord:
    declaration: RecordDecl

    def __str__(self) -> str:
        return f"a record {self.declaration.name.text}"


@dataclass(frozen=True)
class StaticOption:
    element: StaticType

    def __str__(self) -> str:
        if isinstance(self.element, StaticNever):
            return "`none`"
        return f"an option of {_bare(self.element)}"


@dataclass(frozen=True)
class StaticMap:
    key: StaticType
    value: StaticType

    def __str__(self) -> str:
        return f"a map from {_bare(self.key)} to {_bare(self.value)}"


@dataclass(frozen=True)
class StaticSet:
    element: StaticType

    def __str__(self) -> str:
        if isinstance(self.element, StaticNever):
            return "the empty set"
        return f"a set of {_bare(self.element)}"


@dataclass(frozen=True)
class StaticSeq:
    element: StaticType

    def __str__(self) -> str:
        if isinstance(self.element, StaticNever):
            return "the empty sequence"
        return f"a sequence of {_bare(self.element)}"


@dataclass(frozen=True)
class StaticNever:
    """The element kind of `{}`, `[]` and `none`; fits where any kind is wanted."""

    def __str__(self) -> str:
        return "nothing"


@dataclass(frozen=True)
class StaticUnknown:
    """The kind of an expression in which an error was already reported; fits everywhere, so errors do not cascade."""

    def __str__(self) -> str:
        return "unknown"


StaticType = (
    StaticBool
    | StaticInt
    | StaticEnum
    | StaticSort
    | StaticRecord
    | StaticOption
    | StaticMap
    | StaticSet
    | StaticSeq
    | StaticNever
    | StaticUnknown
)
BOOL = StaticBool()
INT = StaticInt()
NEVER = StaticNever()
UNKNOWN = StaticUnknown()


def _bare(kind: StaticType) -> str:
    match kind:
        case StaticBool():
            return "bool"
        case StaticInt():
            return "int"
        case StaticEnum() | StaticSort() | StaticRecord():
            return kind.declaration.name.text
        case StaticOption(element):
            return f"option of {_bare(element)}"
        case StaticSet(element):
            return f"set of {_bare(element)}"
        case StaticSeq(element):
            return f"seq of {_bare(element)}"
        case StaticMap(key, value):
            return f"map[{_bare(key)}] of {_bare(value)}"
        case _:
            return str(kind)


def unify(a: StaticType, b: StaticType) -> StaticType | None:
    """The kind that values of both have, or None if there is none."""
    if a == b or isinstance(b, StaticNever | StaticUnknown):
        return a
    match a, b:
        case ((StaticNever() | StaticUnknown()), _):
            return b
        case StaticOption(x), StaticOption(y):
            inner = unify(x, y)
            return None if inner is None else StaticOption(inner)
        case StaticSet(x), StaticSet(y):
            inner = unify(x, y)
            return None if inner is None else StaticSet(inner)
        case StaticSeq(x), StaticSeq(y):
            inner = unify(x, y)
            return None if inner is None else StaticSeq(inner)
        case StaticMap(k, x), StaticMap(m, y):
            key, inner = unify(k, m), unify(x, y)
            return None if key is None or inner is None else StaticMap(key, inner)
    return None


def unordered_part(kind: StaticType) -> StaticType | None:
    """The part of a kind for which there is no `<`, or None if values of the kind are ordered."""
    match kind:
        case StaticInt() | StaticEnum() | StaticNever() | StaticUnknown():
            return None
        case StaticOption(element):
            return unordered_part(element)
        case StaticRecord(declaration) if declaration.ordered:
            return None
        case _:
            return kind


def mentions_sort(kind: StaticType) -> bool:
    """Does a value of this kind contain identities of a sort? (Records are looked at by the caller.)"""
    match kind:
        case StaticSort():
            return True
        case StaticOption(element) | StaticSet(element) | StaticSeq(element):
            return mentions_sort(element)
        case StaticMap(key, value):
            return mentions_sort(key) or mentions_sort(value)
        case _:
            return False


@dataclass(frozen=True, eq=False)
class StaticTypes:
    """The kind of every expression and of every symbol that has a value, and what is wrong with them."""

    expressions: Mapping[AnyExpr, StaticType]
    symbols: Mapping[Symbol, StaticType]
    diagnostics: tuple[Diagnostic, ...]

    def __getitem__(self, expr: AnyExpr) -> StaticType:
        return self.expressions[expr]
