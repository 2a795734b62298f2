"""Calls of definitions, records and built-in functions."""

from __future__ import annotations

from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import did_you_mean
from skipgate.spec.static_types import (
    INT,
    NEVER,
    UNKNOWN,
    StaticBag,
    StaticOption,
    StaticRecord,
    StaticSeq,
    StaticSet,
    StaticType,
    unify,
)
from skipgate.spec.symbols import Builtin, BuiltinProperty, FunctionName, Symbol, kind_of
from skipgate.spec.typing.hints import any_of
from skipgate.spec.typing.inference import Inference
from skipgate.spec.typing.operators import require_order
from skipgate.spec.wording import plural, with_article


def call(types: Inference, expr: s.Call) -> StaticType:
    """The rule of `f(...)`."""
    symbol = types.find(expr.function)
    if symbol is not None and not isinstance(symbol, s.RecordDecl | s.ShapeDecl | s.VariantDecl):
        for argument in expr.arguments:
            if argument.name is not None:
                types.report("only the fields of a record or shape are given by name", argument.name.span)
    match symbol:
        case s.RecordDecl():
            _construct(types, symbol, expr)
            return StaticRecord(symbol)
        case s.ShapeDecl():
            if symbol.fields:
                _construct(types, symbol, expr)
            else:
                _arguments(types, expr)
                name = symbol.name.text
                types.report(f"the shape `{name}` has no fields", expr.span, f"it stands by itself: `{name}`")
            return types.of_symbol(symbol)
        case s.VariantDecl(shapes=shapes):
            _arguments(types, expr)
            names = ", ".join(f"`{shape.name.text}`" for shape in shapes)
            message = f"`{symbol.name.text}` is a variant; a value is made by the name of a shape"
            return types.report(message, expr.function.span, f"its shapes are {names}")
        case s.DefDecl():
            return _definition(types, symbol, expr)
        case Builtin(name=name):
            return _builtin(types, name, expr)
        case None:
            _arguments(types, expr)
            return UNKNOWN
        case s.ConstDecl() | s.Member() | s.VarDecl() | s.Identifier() | s.TypeDecl() | s.EnumDecl() | s.SortDecl():
            return _not_callable(types, symbol, expr)
        case (
            s.ActionDecl() | s.PropertyDecl() | s.LivenessDecl() | s.RefinesDecl() | s.ConstraintDecl() | s.ImportDecl()
        ):
            return _not_callable(types, symbol, expr)
        case s.EffectDecl() | s.GroupDecl() | BuiltinProperty():
            return _not_callable(types, symbol, expr)
    assert_never(symbol)


def _arguments(types: Inference, expr: s.Call, first: int = 0) -> None:
    """Check arguments of which nothing is known."""
    for argument in expr.arguments[first:]:
        types.infer(argument.value)


def _not_callable(types: Inference, symbol: Symbol, expr: s.Call) -> StaticType:
    _arguments(types, expr)
    name = expr.function
    hint = f"elements are read by `{name.text}[...]`" if isinstance(symbol, s.VarDecl) else None
    if isinstance(symbol, s.EffectDecl):
        hint = f"an effect has no value; an action uses it: `do {name.text}(...)`"
    return types.report(f"`{name.text}` is {with_article(kind_of(symbol))} and cannot be called", name.span, hint)


def _definition(types: Inference, definition: s.DefDecl, expr: s.Call) -> StaticType:
    result = types.of_symbol(definition)
    parameters = definition.parameters
    _has_arity(types, expr, len(parameters), len(parameters))
    for parameter, argument in zip(parameters, expr.arguments, strict=False):  # their number was checked
        types.expect(argument.value, types.symbols[parameter.name])
    _arguments(types, expr, first=len(parameters))
    return result


def _has_arity(types: Inference, expr: s.Call, least: int, most: int | None) -> bool:
    """Is the number of arguments right? `most` is None if there may be any number of them."""
    count = len(expr.arguments)
    if least <= count and (most is None or count <= most):
        return True
    if most is None:
        wanted = f"at least {plural(least, 'argument')}"
    elif least == most:
        wanted = plural(least, "argument")
    else:
        wanted = f"{least} or {plural(most, 'argument')}"
    name = expr.function.text
    hint = f"of a set: `{name} x in S: x`" if name in ("min", "max") else None
    types.report(f"`{name}` takes {wanted}, not {count}", expr.span, hint)
    return False


def _construct(types: Inference, record: s.RecordDecl | s.ShapeDecl, expr: s.Call) -> None:
    """Check the values of the fields of a record or a shape."""
    given: set[str] = set()
    for place, argument in enumerate(expr.arguments):
        field = _field(types, record, expr, place)
        if field is None:
            types.infer(argument.value)
            continue
        if field.name.text in given:
            types.report(f"field `{field.name.text}` is given twice", argument.span)
        given.add(field.name.text)
        types.expect(argument.value, types.of_type(field.type))
    missing = [field.name.text for field in record.fields if field.name.text not in given]
    unknown = len(given) < len(expr.arguments)  # which was reported; one of them may be meant as a missing one
    if missing and not unknown:
        names = ", ".join(f"`{name}`" for name in missing)
        hint = f"add {', '.join(f'`{name} = ...`' for name in missing)}"
        types.report(f"this {record.name.text} has no value for {names}", expr.span, hint)


def _field(types: Inference, record: s.RecordDecl | s.ShapeDecl, expr: s.Call, place: int) -> s.FieldDecl | None:
    """The field that an argument at a place is for."""
    argument = expr.arguments[place]
    if argument.name is not None:
        fields = {field.name.text: field for field in record.fields}
        field = fields.get(argument.name.text)
        if field is None:
            hint = did_you_mean(argument.name.text, fields)
            message = f"{kind_of(record)} {record.name.text} has no field `{argument.name.text}`"
            types.report(message, argument.name.span, hint)
        return field
    if any(before.name is not None for before in expr.arguments[:place]):
        types.report("fields without a name come before those with one", argument.span)
        return None
    if place < len(record.fields):
        return record.fields[place]
    types.report(f"{kind_of(record)} {record.name.text} has only {plural(len(record.fields), 'field')}", argument.span)
    return None


def _builtin(types: Inference, name: FunctionName, expr: s.Call) -> StaticType:
    arguments = [argument.value for argument in expr.arguments]
    found = [types.infer(argument) for argument in arguments]
    limits: dict[str, tuple[int, int | None]] = {"min": (2, None), "max": (2, None), "get": (1, 2)}
    if not _has_arity(types, expr, *limits.get(name, (1, 1))):
        return UNKNOWN
    first = found[0]

    def wants(*wanted: StaticSeq | StaticSet | StaticBag | StaticOption) -> bool:
        if any(unify(first, each) for each in wanted):
            return True
        *others, last = (any_of(each) for each in wanted)
        choices = f"{', '.join(others)} or {last}" if others else last
        types.report(f"this is {first}, but `{name}` takes {choices}", arguments[0].span)
        return False

    match name:
        case "len":
            wants(StaticSeq(NEVER), StaticSet(NEVER), StaticBag(NEVER))
            return INT
        case "abs" | "u64":
            types.expect(arguments[0], INT)
            return INT
        case "min" | "max":
            type_ = types.common(arguments)
            require_order(types, type_, expr.span)
            return type_
        case "first" | "last":
            return first.element if wants(StaticSeq(NEVER)) and isinstance(first, StaticSeq) else UNKNOWN
        case "front" | "tail":
            return first if wants(StaticSeq(NEVER)) else UNKNOWN
        case "elems":
            fits = wants(StaticSeq(NEVER), StaticBag(NEVER))
            return StaticSet(first.element) if fits and isinstance(first, StaticSeq | StaticBag) else UNKNOWN
        case "subsets":
            return StaticSet(first) if wants(StaticSet(NEVER)) else UNKNOWN
        case "permutations":
            fits = wants(StaticSet(NEVER))
            return StaticSet(StaticSeq(first.element)) if fits and isinstance(first, StaticSet) else UNKNOWN
        case "get":
            if not wants(StaticOption(NEVER)) or not isinstance(first, StaticOption):
                return UNKNOWN
            if len(arguments) == 1:
                return first.element
            joined = unify(first.element, found[1])
            return types.expect(arguments[1], first.element) if joined is None else joined
    assert_never(name)
