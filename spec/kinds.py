"""Static types as the type checker sees them: the bounds of ranges are left to elaboration.

Bounds may depend on constants, which each `check` chooses; so here every integer type is just `int`. That a value
stays within its bounds is not a matter of types but proved or tested later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skipgate.spec.diagnostics import Diagnostic
from skipgate.spec.symbols import Symbol
from skipgate.spec.syntax import EnumDecl, Expr, RecordDecl, SortDecl


@dataclass(frozen=True)
class BoolKind:
    def __str__(self) -> str:
        return "a boolean"


@dataclass(frozen=True)
class IntKind:
    def __str__(self) -> str:
        return "an integer"


@dataclass(frozen=True)
class EnumKind:
    declaration: EnumDecl

    def __str__(self) -> str:
        return f"a value of enum {self.declaration.name.text}"


@dataclass(frozen=True)
class SortKind:
    declaration: SortDecl

    def __str__(self) -> str:
        return f"a value of sort {self.declaration.name.text}"


@dataclass(frozen=True)
class RecordKind:
    declaration: RecordDecl

    def __str__(self) -> str:
        return f"a record {self.declaration.name.text}"


@dataclass(frozen=True)
class OptionKind:
    element: Kind

    def __str__(self) -> str:
        if isinstance(self.element, NeverKind):
            return "`none`"
        return f"an option of {_bare(self.element)}"


@dataclass(frozen=True)
class MapKind:
    key: Kind
    value: Kind

    def __str__(self) -> str:
        return f"a map from {_bare(self.key)} to {_bare(self.value)}"


@dataclass(frozen=True)
class SetKind:
    element: Kind

    def __str__(self) -> str:
        if isinstance(self.element, NeverKind):
            return "the empty set"
        return f"a set of {_bare(self.element)}"


@dataclass(frozen=True)
class SeqKind:
    element: Kind

    def __str__(self) -> str:
        if isinstance(self.element, NeverKind):
            return "the empty sequence"
        return f"a sequence of {_bare(self.element)}"


@dataclass(frozen=True)
class NeverKind:
    """The element kind of `{}`, `[]` and `none`; fits where any kind is wanted."""

    def __str__(self) -> str:
        return "nothing"


@dataclass(frozen=True)
class UnknownKind:
    """The kind of an expression in which an error was already reported; fits everywhere, so errors do not cascade."""

    def __str__(self) -> str:
        return "unknown"


Kind = (
    BoolKind
    | IntKind
    | EnumKind
    | SortKind
    | RecordKind
    | OptionKind
    | MapKind
    | SetKind
    | SeqKind
    | NeverKind
    | UnknownKind
)
BOOL = BoolKind()
INT = IntKind()
NEVER = NeverKind()
UNKNOWN = UnknownKind()


def _bare(kind: Kind) -> str:
    match kind:
        case BoolKind():
            return "bool"
        case IntKind():
            return "int"
        case EnumKind() | SortKind() | RecordKind():
            return kind.declaration.name.text
        case OptionKind(element):
            return f"option of {_bare(element)}"
        case SetKind(element):
            return f"set of {_bare(element)}"
        case SeqKind(element):
            return f"seq of {_bare(element)}"
        case MapKind(key, value):
            return f"map[{_bare(key)}] of {_bare(value)}"
        case _:
            return str(kind)


def unify(a: Kind, b: Kind) -> Kind | None:
    """The kind that values of both have, or None if there is none."""
    if a == b or isinstance(b, NeverKind | UnknownKind):
        return a
    match a, b:
        case ((NeverKind() | UnknownKind()), _):
            return b
        case OptionKind(x), OptionKind(y):
            inner = unify(x, y)
            return None if inner is None else OptionKind(inner)
        case SetKind(x), SetKind(y):
            inner = unify(x, y)
            return None if inner is None else SetKind(inner)
        case SeqKind(x), SeqKind(y):
            inner = unify(x, y)
            return None if inner is None else SeqKind(inner)
        case MapKind(k, x), MapKind(m, y):
            key, inner = unify(k, m), unify(x, y)
            return None if key is None or inner is None else MapKind(key, inner)
    return None


def unordered_part(kind: Kind) -> Kind | None:
    """The part of a kind for which there is no `<`, or None if values of the kind are ordered."""
    match kind:
        case IntKind() | EnumKind() | NeverKind() | UnknownKind():
            return None
        case OptionKind(element):
            return unordered_part(element)
        case RecordKind(declaration) if declaration.ordered:
            return None
        case _:
            return kind


def mentions_sort(kind: Kind) -> bool:
    """Does a value of this kind contain identities of a sort? (Records are looked at by the caller.)"""
    match kind:
        case SortKind():
            return True
        case OptionKind(element) | SetKind(element) | SeqKind(element):
            return mentions_sort(element)
        case MapKind(key, value):
            return mentions_sort(key) or mentions_sort(value)
        case _:
            return False


@dataclass(frozen=True, eq=False)
class Kinds:
    """The kind of every expression and of every symbol that has a value, and what is wrong with them."""

    expressions: Mapping[Expr, Kind]
    symbols: Mapping[Symbol, Kind]
    diagnostics: tuple[Diagnostic, ...]

    def __getitem__(self, expr: Expr) -> Kind:
        return self.expressions[expr]
