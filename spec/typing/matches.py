"""`match`: which patterns fit a value, and whether there is a case for each value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.source import Span
from skipgate.spec.static_types import (
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
    unify,
)
from skipgate.spec.symbols import Symbol
from skipgate.spec.typing.access import shape_pattern
from skipgate.spec.typing.inference import Inference
from skipgate.spec.wording import plural


def match(types: Inference, expr: s.Match) -> StaticType:
    """The rule of `match`."""
    if not check_cases(types, expr.subject, [case.patterns for case in expr.cases], expr.span):
        return UNKNOWN
    return types.common([case.body for case in expr.cases])


def check_cases(types: Inference, subject: s.AnyExpr, cases: Iterable[Sequence[s.Pattern]], span: Span) -> bool:
    """Check the patterns of the cases of a `match`, and whether there is a case for each value."""
    type_ = types.infer(subject)
    wanted = _wanted(type_)
    if wanted is None:
        message = f"`match` works on enums, options and variants, but this is {type_}"
        types.report(message, subject.span, "to compare values, use `if`")
        return False
    seen: set[str] = set()
    for patterns in cases:
        for pattern in patterns:
            seen.add(_pattern(types, pattern, type_, seen, complete=seen.issuperset(wanted or ["_"])))
    missing = [name for name in wanted if name not in seen]
    if not seen & {"_", "?"} and missing:
        names = ", ".join(f"`{name}`" for name in missing)
        first = missing[0] if missing[0] != "some" else "some(x)"
        if isinstance(type_, StaticVariant):
            first = next(shape_pattern(x) for x in type_.declaration.shapes if x.name.text == first)
        hint = f"add `case {first}: ...`"
        if len(missing) > 1:
            hint += ", or `case _: ...` for all others"
        types.report(f"this `match` has no case for {names}", span, hint)
    return True


def _wanted(type_: StaticType) -> Sequence[str] | None:
    """What there must be cases for; None if there is no `match` on values of the type."""
    match type_:
        case StaticEnum(declaration):
            return [member.name.text for member in declaration.members]
        case StaticVariant(declaration):
            return [shape.name.text for shape in declaration.shapes]
        case StaticOption():
            return ["none", "some"]
        case StaticUnknown():
            return []
        case StaticBool() | StaticInt() | StaticSort() | StaticRecord() | StaticMap() | StaticSet() | StaticSeq():
            return None
        case StaticBag() | StaticNever():
            return None
    assert_never(type_)


def _pattern(types: Inference, pattern: s.Pattern, type_: StaticType, seen: set[str], complete: bool) -> str:
    """Check a pattern against those before it, and tell what it matches: `_` is everything, `?` is not known."""
    match pattern.kind:
        case "any":
            label, fits = "_", True
        case "none" | "some":
            label, fits = pattern.kind, isinstance(type_, StaticOption | StaticUnknown)
            if pattern.kind == "some" and pattern.name is not None and pattern.name.text != "_":
                types.symbols[pattern.name] = type_.element if isinstance(type_, StaticOption) else UNKNOWN
        case "member" | "shape":
            assert pattern.name is not None
            member = types.find(pattern.name)
            label = "?" if member is None else pattern.name.text
            fits = unify(types.of_symbol(member), type_) is not None
            if pattern.kind == "shape":
                _fields(types, pattern, member)
        case _:
            assert_never(pattern.kind)
    if not fits:
        what = f"pattern for {type_}"
        if isinstance(type_, StaticEnum):
            what = f"member of enum {type_.declaration.name.text}"
        elif isinstance(type_, StaticVariant):
            what = f"shape of variant {type_.declaration.name.text}"
        types.report(f"`{pattern.span.flat}` is not a {what}", pattern.span)
        return "?"
    if label in seen and label not in "_?":
        types.report(f"`{label}` has a case already", pattern.span)
    elif complete or "_" in seen:
        types.report("this case is never reached", pattern.span)
    return label


def _fields(types: Inference, pattern: s.Pattern, shape: Symbol | None) -> None:
    """Give the names in the pattern of a shape the types of its fields, in order."""
    known = [types.of_type(field.type) for field in shape.fields] if isinstance(shape, s.ShapeDecl) else []
    if isinstance(shape, s.ShapeDecl) and len(known) != len(pattern.fields):
        hint = f"name them all, `_` for one that is not needed: `{shape_pattern(shape)}`"
        message = f"the shape `{shape.name.text}` has {plural(len(known), 'field')}, not {len(pattern.fields)}"
        if not known:
            message, hint = f"the shape `{shape.name.text}` has no fields", f"it stands by itself: `{shape.name.text}`"
        types.report(message, pattern.span, hint)
    for place, name in enumerate(pattern.fields):
        if name.text != "_":
            types.symbols[name] = known[place] if place < len(known) else UNKNOWN
