"""Binary operators."""

from __future__ import annotations

from typing import Literal, assert_never

from skipgate.spec import syntax as s
from skipgate.spec.source import Span
from skipgate.spec.static_types import (
    BOOL,
    INT,
    NEVER,
    StaticBag,
    StaticBool,
    StaticOption,
    StaticRecord,
    StaticSeq,
    StaticSet,
    StaticSort,
    StaticType,
    unify,
    unordered_part,
)
from skipgate.spec.typing.hints import conversion, the_values
from skipgate.spec.typing.inference import Inference


def binary(types: Inference, expr: s.Binary) -> StaticType:
    """The rule of a binary operator."""
    left, right = expr.left, expr.right
    match expr.operator:
        case "and" | "or" | "=>" | "<=>":
            types.expect(left, BOOL)
            types.expect(right, BOOL)
            return BOOL
        case "==" | "!=":
            a, b = types.infer(left), types.infer(right)
            if unify(a, b) is None:
                hint = conversion(b, a) or conversion(a, b)
                types.report(f"{a} and {b} are never equal", expr.span, hint)
            return BOOL
        case "<" | "<=" | ">" | ">=":
            a, b = types.infer(left), types.infer(right)
            joined = unify(a, b)
            if joined is None:
                hint = conversion(b, a) or conversion(a, b)
                types.report(f"{a} and {b} cannot be compared", expr.span, hint)
            else:
                require_order(types, joined, expr.span)
            return BOOL
        case "in":
            element, whole = types.infer(left), types.infer(right)
            if isinstance(whole, StaticSeq):
                hint = f"the elements of a sequence as a set: `elems({right.span.flat})`"
                return types.report("`in` asks for membership in a set, but this is a sequence", right.span, hint)
            different = isinstance(whole, StaticSet) and unify(element, whole.element) is None
            if isinstance(element, StaticOption) and isinstance(whole, StaticSet) and different:
                hint = conversion(element, whole.element)
                return types.report(f"{element} is never an element of {whole}", left.span, hint)
            types.expect(right, StaticBag(element) if isinstance(whole, StaticBag) else StaticSet(element))
            return BOOL
        case "subset":
            a, b = types.infer(left), types.infer(right)
            if isinstance(a, StaticBag) or isinstance(b, StaticBag):
                _bags(types, "subset", left, right)
                return BOOL
            if not isinstance(unify(a, StaticSet(NEVER)), StaticSet):
                types.report(f"this is {a}, but `subset` compares sets", left.span)
            else:
                types.expect(right, a)
            return BOOL
        case "+" | "-" | "|" | "&" as operator:
            return _arithmetic(types, operator, left, right)
        case "*" | "div" | "mod":
            types.expect(left, INT)
            types.expect(right, INT)
            return INT
    assert_never(expr.operator)


def _arithmetic(
    types: Inference, operator: Literal["+", "-", "|", "&"], left: s.AnyExpr, right: s.AnyExpr
) -> StaticType:
    """`+` on integers and sequences, `-` on integers and sets, `|` and `&` on sets."""
    type_ = types.infer(left)
    if isinstance(type_, StaticBag) or (isinstance(type_, StaticSet) and isinstance(types.infer(right), StaticBag)):
        return _bags(types, operator, left, right)
    wanted: dict[str, tuple[StaticType, ...]] = {
        "+": (INT, StaticSeq(NEVER)),
        "-": (INT, StaticSet(NEVER)),
        "|": (StaticSet(NEVER),),
        "&": (StaticSet(NEVER),),
    }
    if not any(unify(type_, w) for w in wanted[operator]):
        what = {"+": "integers or sequences", "-": "integers or sets"}.get(operator, "sets")
        hint = None
        if operator == "+" and isinstance(type_, StaticSet):
            hint = "the union of sets is `|`"
        if isinstance(type_, StaticBool):
            hint = {"|": "disjunction is `or`", "&": "conjunction is `and`"}.get(operator)
        return types.report(f"this is {type_}, but `{operator}` works on {what}", left.span, hint)
    if isinstance(type_, StaticSeq) and unify(types.infer(right), type_) is None:
        hint = f"to append one element: `+ [{right.span.flat}]`"
        return types.report(f"this is {types.infer(right)}, but {type_} is needed", right.span, hint)
    return types.expect(right, type_)


def _bags(types: Inference, operator: str, left: s.AnyExpr, right: s.AnyExpr) -> StaticType:
    """An operator on two bags, one of which may be given as a set: a bag with one of each of its elements."""
    found: list[StaticType] = []
    for operand in (left, right):
        type_ = types.infer(operand)
        found.append(StaticBag(type_.element) if isinstance(type_, StaticSet) else type_)
    both = unify(*found)
    if both is None:
        wrong = right if isinstance(found[0], StaticBag) else left
        message = f"this is {types.infer(wrong)}, but `{operator}` works on bags here"
        element = found[0].element if isinstance(found[0], StaticBag) else NEVER
        hint = f"one element: `{{{wrong.span.flat}}}`" if unify(found[1], element) is not None else None
        return types.report(message, wrong.span, hint)
    return both


def require_order(types: Inference, type_: StaticType, span: Span) -> None:
    """Report values that are compared though they have no order."""
    part = unordered_part(type_)
    if part is None:
        return
    hint = None
    if isinstance(part, StaticSort):
        hint = "the values of a sort are interchangeable: an order would break that symmetry"
    elif isinstance(part, StaticRecord):
        hint = f"declare it as `ordered record {part.declaration.name.text}`"
    elif isinstance(part, StaticSet | StaticBag):
        hint = f"inclusion of {the_values(part)} is `subset`"
    elif isinstance(part, StaticBool):
        hint = "implication is `=>`"
    types.report(f"{the_values(part)} have no order", span, hint)
