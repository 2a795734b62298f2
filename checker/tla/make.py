"""Constructors of expressions that are written often."""

from __future__ import annotations

from collections.abc import Sequence

from skipgate.checker.tla.layout import bindings, unlike_binder
from skipgate.checker.tla.syntax import Brackets, Junction, Mapped, Negative, Text, TlaExpr


def conjunction(*items: TlaExpr) -> TlaExpr:
    """All of these; one alone stands for itself."""
    return items[0] if len(items) == 1 else Junction("/\\", items)


def disjunction(*items: TlaExpr) -> TlaExpr:
    """One of these; one alone stands for itself."""
    return items[0] if len(items) == 1 else Junction("\\/", items)


def call(name: str, *arguments: TlaExpr) -> TlaExpr:
    """An operator with its arguments, if it has any."""
    return Brackets(f"{name}(", tuple(("", argument) for argument in arguments), ")") if arguments else Text(name)


def number(value: int) -> TlaExpr:
    """A number."""
    return Text(str(value)) if value >= 0 else Negative(Text(str(-value)))


def set_of(*elements: TlaExpr) -> TlaExpr:
    """`{a, b}`."""
    return Brackets("{", tuple(("", unlike_binder(element)) for element in elements), "}")


def tuple_of(*elements: TlaExpr) -> TlaExpr:
    """`<<a, b>>`."""
    return Brackets("<<", tuple(("", element) for element in elements), ">>")


def record(parts: Sequence[tuple[str, TlaExpr]], separator: str = " |-> ") -> TlaExpr:
    """`[field |-> value]`, or with another separator the set of such records."""
    return Brackets("[", tuple((field + separator, value) for field, value in parts), "]")


def function(binders: Sequence[tuple[str, TlaExpr]], body: TlaExpr) -> TlaExpr:
    """`[x \\in S |-> body]`."""
    return Mapped("[", bindings(binders), " |-> ", body, "]")


def image(element: TlaExpr, binders: Sequence[tuple[str, TlaExpr]]) -> TlaExpr:
    """`{element : x \\in S}`."""
    return Mapped("{", unlike_binder(element), " : ", bindings(binders), "}")


def filtered(binder: tuple[str, TlaExpr], condition: TlaExpr) -> TlaExpr:
    """`{x \\in S : condition}`."""
    return Mapped("{", bindings([binder]), " : ", unlike_binder(condition), "}")


def string(text: str) -> TlaExpr:
    """`"text"`."""
    return Text('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
