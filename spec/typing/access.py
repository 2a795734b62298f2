"""Elements and fields of values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import did_you_mean
from skipgate.spec.static_types import (
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
from skipgate.spec.typing.inference import Inference

_OPTION = "the value in an option is `get(...)`, or use `match`"


def shape_pattern(shape: s.ShapeDecl) -> str:
    """The pattern that fits a shape and names all its fields."""
    names = ", ".join(field.name.text for field in shape.fields)
    return f"{shape.name.text}({names})" if names else shape.name.text


def index(types: Inference, expr: s.Index) -> StaticType:
    """The rule of `base[index]`."""
    base = types.infer(expr.base)
    if isinstance(base, StaticSeq) and isinstance(expr.index, s.Range):
        types.infer(expr.index)
        return base
    element = _element(types, base, expr.index)
    if element is not None:
        return element
    hint = "membership is `x in S`" if isinstance(base, StaticSet) else None
    if isinstance(expr.base, s.Name) and isinstance(types.find(expr.base), s.SortDecl):
        hint = "the values of a sort have neither names nor indices; those of an `enum` have names"
    if isinstance(base, StaticOption):
        hint = _OPTION
    return types.report(f"this is {base}; only sequences and maps have elements `[...]`", expr.base.span, hint)


def _element(types: Inference, base: StaticType, index: s.AnyExpr) -> StaticType | None:
    """The type of the element at an index, which is checked; None if a value of the type has no elements."""
    match base:
        case StaticSeq(element):
            types.expect(index, INT)
            if isinstance(index, s.Number) and index.value < 1:
                hint = "the first element is `s[1]`, or `first(s)`; the last one `last(s)`"
                types.report(f"a sequence begins at 1 and has no element {index.value}", index.span, hint)
            return element
        case StaticMap(key, value):
            types.expect(index, key)
            return value
        case StaticBag(element):
            types.expect(index, element)
            return INT
        case StaticUnknown():
            types.infer(index)
            return UNKNOWN
        case StaticBool() | StaticInt() | StaticEnum() | StaticSort() | StaticNever():
            types.infer(index)
            return None
        case StaticRecord() | StaticVariant() | StaticOption() | StaticSet():
            types.infer(index)
            return None
    assert_never(base)


def field(types: Inference, base: StaticType, name: s.Identifier) -> StaticType:
    """The rule of `base.name`."""
    match base:
        case StaticRecord(declaration):
            for declared in declaration.fields:
                if declared.name.text == name.text:
                    return types.of_type(declared.type)
            hint = did_you_mean(name.text, [f.name.text for f in declaration.fields])
            return types.report(f"record {declaration.name.text} has no field `{name.text}`", name.span, hint)
        case StaticVariant(declaration):
            having = [x for x in declaration.shapes if any(f.name.text == name.text for f in x.fields)]
            hint = did_you_mean(name.text, [f.name.text for x in declaration.shapes for f in x.fields])
            if having:
                hint = f"read it in a case: `match ... case {shape_pattern(having[0])}: {name.text} ...`"
            return types.report(f"this is {base}, whose fields depend on its shape", name.span, hint)
        case StaticUnknown():
            return UNKNOWN
        case StaticOption():
            return types.report(f"this is {base}, which has no fields", name.span, _OPTION)
        case StaticBool() | StaticInt() | StaticEnum() | StaticSort() | StaticNever():
            return types.report(f"this is {base}, which has no fields", name.span)
        case StaticMap() | StaticSet() | StaticBag() | StaticSeq():
            return types.report(f"this is {base}, which has no fields", name.span)
    assert_never(base)


def path(types: Inference, base: StaticType, steps: Sequence[s.PathStep]) -> StaticType:
    """The type of the part of a value that the path of an update leads to."""
    for step in steps:
        match step:
            case s.FieldStep():
                base = field(types, base, step.field)
            case s.IndexStep() if isinstance(base, StaticUnknown):
                types.infer(step.index)
                return UNKNOWN
            case s.IndexStep() if isinstance(base, StaticBag):
                hint = "one more is `... + {m}`, one less `... - {m}`"
                types.infer(step.index)
                return types.report("how many there are in a bag is counted, not set", step.span, hint)
            case s.IndexStep():
                element = _element(types, base, step.index)
                if element is None:
                    return types.report(f"this is {base}; only sequences and maps have elements `[...]`", step.span)
                base = element
            case _:
                assert_never(step)
    return base
