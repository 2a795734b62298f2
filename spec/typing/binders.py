"""Expressions that bind names to the elements of a domain, and `let`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.static_types import (
    BOOL,
    INT,
    UNKNOWN,
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
from skipgate.spec.typing.inference import Inference
from skipgate.spec.typing.operators import require_order


def bind(types: Inference, binders: Sequence[s.Binder], where: s.AnyExpr | None = None) -> None:
    """Give the names of binders their types, and check the condition on them."""
    for binder in binders:
        element = _element(types, binder.domain)
        for name in binder.names:
            types.symbols[name] = element
    if where is not None:
        types.expect(where, BOOL)


def bind_parameters(types: Inference, action: s.ActionDecl | s.GroupDecl) -> None:
    """Give the parameters of an action or a group their types, once."""
    if action not in types.bound:
        types.bound.add(action)
        bind(types, action.parameters)


def steps_like(types: Inference, steps: s.StepsLike) -> None:
    """Check the arguments of steps."""
    action = types.find(steps.action)
    if not isinstance(action, s.ActionDecl | s.GroupDecl):
        return
    bind_parameters(types, action)
    names = [name for binder in action.parameters for name in binder.names]
    for name, argument in zip(names, steps.arguments, strict=False):  # their number is checked with the names
        if argument is not None:
            types.expect(argument, types.symbols.get(name, UNKNOWN))


def _element(types: Inference, domain: s.AnyExpr) -> StaticType:
    """The type of the elements of the set that a name ranges over."""
    type_ = types.infer(domain)
    match type_:
        case StaticSet(element) | StaticBag(element):
            return element
        case StaticUnknown():
            return UNKNOWN
        case StaticSeq():
            text = domain.span.flat
            hint = f"its elements are `elems({text})`, its indices `1..len({text})`"
            return types.report("a name ranges over a set, but this is a sequence", domain.span, hint)
        case StaticBool() | StaticInt() | StaticEnum() | StaticSort() | StaticRecord():
            return types.report(f"a name ranges over a set, but this is {type_}", domain.span)
        case StaticVariant() | StaticOption() | StaticMap() | StaticNever():
            return types.report(f"a name ranges over a set, but this is {type_}", domain.span)
    assert_never(type_)


def bind_let(types: Inference, bindings: Sequence[s.LetBinding]) -> None:
    """Give the names of a `let` their types."""
    for binding in bindings:
        types.symbols[binding.name] = types.infer(binding.value)


def quantifier(types: Inference, expr: s.Quantifier) -> StaticType:
    """The rule of `forall` and its like."""
    bind(types, expr.binders, expr.where)
    match expr.kind:
        case "forall" | "exists":
            return types.expect(expr.body, BOOL)
        case "count":
            types.expect(expr.body, BOOL)
            return INT
        case "sum":
            return types.expect(expr.body, INT)
        case "min" | "max":
            type_ = types.infer(expr.body)
            require_order(types, type_, expr.body.span)
            return type_
    assert_never(expr.kind)


def seq_comprehension(types: Inference, expr: s.SeqComprehension) -> StaticType:
    """The rule of `[element for x in S]`."""
    element = _element_in_order(types, expr.binder.domain)
    for name in expr.binder.names:
        types.symbols[name] = element
    if expr.where is not None:
        types.expect(expr.where, BOOL)
    return StaticSeq(types.infer(expr.element))


def bag_comprehension(types: Inference, expr: s.BagComprehension) -> StaticType:
    """The rule of `bag {element for x in S}`."""
    domain = expr.binder.domain
    type_ = types.infer(domain)
    element = type_.element if isinstance(type_, StaticSeq) else _element(types, domain)
    for name in expr.binder.names:
        types.symbols[name] = element
    if expr.where is not None:
        types.expect(expr.where, BOOL)
    return StaticBag(types.infer(expr.element))


def fold(types: Inference, expr: s.Fold) -> StaticType:
    """The rule of `fold x in S from initial as v: body`."""
    type_ = types.infer(expr.domain)
    if isinstance(type_, StaticSet | StaticBag) and not isinstance(expr.domain, s.Range):
        require_order(types, type_.element, expr.domain.span)
        types.symbols[expr.name] = type_.element
    else:
        types.symbols[expr.name] = _element_in_order(types, expr.domain, "a fold goes over")
    if expr.where is not None:
        types.expect(expr.where, BOOL)
    initial = types.infer(expr.initial)
    types.symbols[expr.accumulator] = initial
    return types.expect(expr.body, initial)


def _element_in_order(types: Inference, domain: s.AnyExpr, what: str = "a sequence is built from") -> StaticType:
    """The type of the elements of the sequence or range that something goes over."""
    type_ = types.infer(domain)
    match type_:
        case StaticSeq(element):
            return element
        case StaticSet(element):
            if isinstance(domain, s.Range):
                return element
            hint = "a set of integers in order is a range `a..b`; for a set write `{... for ...}`"
            return types.report(f"{what} a sequence or a range; a set has no order", domain.span, hint)
        case StaticBag():
            hint = "for a bag write `bag {... for ...}`"
            return types.report(f"{what} a sequence or a range; a bag has no order", domain.span, hint)
        case StaticUnknown():
            return UNKNOWN
        case StaticBool() | StaticInt() | StaticEnum() | StaticSort() | StaticRecord():
            return types.report(f"{what} a sequence or a range, but this is {type_}", domain.span)
        case StaticVariant() | StaticOption() | StaticMap() | StaticNever():
            return types.report(f"{what} a sequence or a range, but this is {type_}", domain.span)
    assert_never(type_)


def map_comprehension(types: Inference, expr: s.MapComprehension) -> StaticType:
    """The rule of `map k in K: value`."""
    binder = expr.binders[0]
    if len(expr.binders) > 1 or len(binder.names) > 1:
        hint = "for a map of two keys, nest: `map a in A: map b in B: ...`"
        types.report("a map is built over one name", expr.binders[-1].names[-1].span, hint)
    domain = binder.domain
    is_type = isinstance(domain, s.TypeDomain | s.Range)
    if isinstance(domain, s.Name):
        is_type = isinstance(types.find(domain), TypeSymbol)
    bind(types, [binder])
    if not is_type:
        types.report("a map is total: its keys are all values of a type", domain.span, "name a type here")
    key = types.symbols.get(binder.names[0], UNKNOWN)
    return StaticMap(key, types.infer(expr.value))
