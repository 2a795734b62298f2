"""Constructors of terms: they work out the type with its bounds, and fold what is constant.

Folding never hides an evaluation error: a part is dropped only where the language would not evaluate it either.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Literal, ParamSpec

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import (
    BOOL,
    NEVER,
    IntType,
    MapType,
    NeverType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    Type,
    cardinality,
    includes,
    join,
    with_bounds_of,
)
from skipgate.checker.core.values import Value
from skipgate.checker.elaborate import intervals as bounds
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate
from skipgate.spec.diagnostics import error
from skipgate.spec.source import Span

_EMPTY_SCOPE = Scope()
_P = ParamSpec("_P")


def _strict(build: Callable[_P, t.Term]) -> Callable[_P, t.Term]:
    """If an operand never has a value, neither has the whole, for the same reason: the operand stands for it.

    So constructors need not care for operands of no type.
    """

    @wraps(build)
    def built(*args: _P.args, **kwargs: _P.kwargs) -> t.Term:
        for arg in args:
            for operand in arg if isinstance(arg, tuple) else (arg,):
                if isinstance(operand, t.Term) and isinstance(operand.type, NeverType):
                    return operand
        return build(*args, **kwargs)

    return built


def _joined(a: Type, b: Type, span: Span) -> Type:
    """The smallest type that holds the values of both.

    Raises:
        SpecError: there is none, as maps in the two have different keys.
    """
    try:
        return join(a, b)
    except TypeError as problem:
        raise error(str(problem), span, "maps that meet need the same keys") from None


def _always_has_a_value(term: t.Term) -> bool:
    """Can the term be left out without hiding an evaluation error? (A local name may be a `let` that has none.)"""
    if isinstance(term, t.RangeSet):
        return _always_has_a_value(term.low) and _always_has_a_value(term.high)
    return isinstance(term, t.Const | t.Var | t.Universe)


def fold(term: t.Term) -> t.Term:
    """The value of a term if all its parts are constants; else the term."""
    parts = list(t.children(term))
    if not all(isinstance(part, t.Const) for part in parts) or isinstance(term, t.Var | t.Local | t.Universe):
        return term
    try:
        value = evaluate(term, _EMPTY_SCOPE)
    except EvaluationError:
        return term  # reported if and when it is evaluated
    return constant(value, term.type, term.span)


def constant(value: Value, type_: Type, span: Span) -> t.Const:
    if isinstance(type_, IntType):
        assert isinstance(value, int)
        type_ = IntType(value, value)
    return t.Const(type_, span, value)


def boolean(value: bool, span: Span) -> t.Const:
    return t.Const(BOOL, span, value)


def is_true(term: t.Term) -> bool:
    return isinstance(term, t.Const) and term.value is True


def is_false(term: t.Term) -> bool:
    return isinstance(term, t.Const) and term.value is False


def integer(type_: Type) -> IntType:
    if isinstance(type_, NeverType):
        return IntType(0, 0)
    assert isinstance(type_, IntType)
    return type_


def element_of(type_: Type) -> Type:
    """The type of the elements of a set, sequence or option."""
    if isinstance(type_, NeverType):
        return NEVER
    assert isinstance(type_, SetType | SeqType | OptionType)
    return type_.element


@_strict
def not_(operand: t.Term, span: Span) -> t.Term:
    return fold(t.Not(BOOL, span, operand))


def logic(operator: Literal["and", "or", "implies"], left: t.Term, right: t.Term, span: Span) -> t.Term:
    if isinstance(left, t.Const):
        decided = {"and": (False, False), "or": (True, True), "implies": (False, True)}[operator]
        return boolean(decided[1], span) if left.value is decided[0] else right
    if isinstance(left.type, NeverType) or (operator == "and" and is_true(right)):
        return left
    if operator == "or" and is_false(right):
        return left
    return t.Logic(BOOL, span, operator, left, right)


@_strict
def equal(left: t.Term, right: t.Term, span: Span) -> t.Term:
    _joined(left.type, right.type, span)
    return fold(t.Equal(BOOL, span, left, right))


@_strict
def less(left: t.Term, right: t.Term, or_equal: bool, span: Span) -> t.Term:
    return fold(t.Less(BOOL, span, left, right, or_equal))


def if_(condition: t.Term, then: t.Term, otherwise: t.Term, span: Span) -> t.Term:
    if isinstance(condition, t.Const):
        return then if condition.value else otherwise
    if isinstance(condition.type, NeverType):
        return condition
    return t.If(_joined(then.type, otherwise.type, span), span, condition, then, otherwise)


def let(variable: t.LocalVar, value: t.Term, body: t.Term, span: Span) -> t.Term:
    if isinstance(body, t.Const):
        return body
    return t.Let(body.type, span, variable, value, body)


def ensure(operand: t.Term, type_: Type, what: str) -> t.Term:
    """The operand, held to a declared type unless its own type shows that it cannot leave it."""
    _joined(type_, operand.type, operand.span)
    if includes(type_, operand.type):
        return operand
    return t.Ensure(with_bounds_of(type_, operand.type), operand.span, operand, what, type_)


def quantified(kind: Literal["forall", "exists"], binding: t.Binding, body: t.Term, span: Span) -> t.Term:
    if _always_has_a_value(binding.domain):
        if cardinality(binding.variable.type) == 0:
            return boolean(kind == "forall", span)
        if isinstance(body, t.Const) and (body.value is True) == (kind == "forall"):
            return body
    return t.Quantified(BOOL, span, kind, binding, body)


def fold_over(
    kind: Literal["count", "sum", "min", "max"],
    bindings: tuple[t.Binding, ...],
    where: t.Term | None,
    body: t.Term,
    span: Span,
) -> t.Term:
    many: int | None = 1
    for binding in bindings:
        count = cardinality(binding.variable.type)
        many = None if many is None or count is None else many * count
    type_: Type = body.type
    if kind == "count":
        type_ = bounds.sum_of(IntType(0, 1), many)
    elif kind == "sum":
        type_ = bounds.sum_of(integer(body.type), many)
    return t.Fold(type_, span, kind, bindings, where, body)


@_strict
def arithmetic(operator: Literal["+", "-", "*", "div", "mod"], left: t.Term, right: t.Term, span: Span) -> t.Term:
    type_ = bounds.arithmetic(operator, integer(left.type), integer(right.type))
    return fold(t.Arithmetic(type_, span, operator, left, right))


@_strict
def negate(operand: t.Term, span: Span) -> t.Term:
    return fold(t.Negate(bounds.negate(integer(operand.type)), span, operand))


@_strict
def absolute(operand: t.Term, span: Span) -> t.Term:
    return fold(t.Absolute(bounds.absolute(integer(operand.type)), span, operand))


def u64(operand: t.Term, span: Span) -> t.Term:
    """The operand modulo 2^64; the operand itself where its bounds show that nothing wraps."""
    bounded = integer(operand.type)
    type_ = bounds.u64(bounded)
    return operand if type_ is bounded else fold(t.U64(type_, span, operand))


@_strict
def extreme(kind: Literal["min", "max"], left: t.Term, right: t.Term, span: Span) -> t.Term:
    if isinstance(left.type, IntType) and isinstance(right.type, IntType):
        choose = bounds.smaller if kind == "min" else bounds.larger
        type_: Type = choose(left.type, right.type)
    else:
        type_ = _joined(left.type, right.type, span)
    return fold(t.Extreme(type_, span, kind, left, right))


@_strict
def range_set(low: t.Term, high: t.Term, span: Span) -> t.Term:
    element = IntType(integer(low.type).low, integer(high.type).high)
    # Kept as a range even if constant: engines iterate it without building a set.
    return t.RangeSet(SetType(element), span, low, high)


def universe(element: Type, span: Span) -> t.Term:
    return t.Universe(SetType(element), span)


@_strict
def set_literal(elements: tuple[t.Term, ...], span: Span) -> t.Term:
    type_: Type = NEVER
    for element in elements:
        type_ = _joined(type_, element.type, span)
    return fold(t.SetLiteral(SetType(type_), span, elements))


@_strict
def set_operation(operator: Literal["|", "&", "-"], left: t.Term, right: t.Term, span: Span) -> t.Term:
    whole = _joined(left.type, right.type, span)
    type_ = whole if operator == "|" else left.type
    return fold(t.SetOperation(type_, span, operator, left, right))


@_strict
def in_(element: t.Term, container: t.Term, span: Span) -> t.Term:
    _joined(element.type, element_of(container.type), span)
    if cardinality(element_of(container.type)) == 0 and all(map(_always_has_a_value, (element, container))):
        return boolean(False, span)
    return fold(t.In(BOOL, span, element, container))


@_strict
def subset(left: t.Term, right: t.Term, span: Span) -> t.Term:
    _joined(left.type, right.type, span)
    return fold(t.Subset(BOOL, span, left, right))


@_strict
def subsets(operand: t.Term, span: Span) -> t.Term:
    return t.Subsets(SetType(operand.type), span, operand)


def set_comprehension(bindings: tuple[t.Binding, ...], where: t.Term | None, element: t.Term, span: Span) -> t.Term:
    return t.SetComprehension(SetType(element.type), span, bindings, where, element)


@_strict
def size(operand: t.Term, span: Span) -> t.Term:
    match operand.type:
        case SeqType(capacity, _):
            high: int | None = capacity
        case SetType(element):
            high = cardinality(element)
        case _:
            high = 0
    return fold(t.Size(IntType(0, high), span, operand))


@_strict
def some_of(operand: t.Term, span: Span) -> t.Term:
    return fold(t.SomeOf(OptionType(operand.type), span, operand))


@_strict
def is_some(operand: t.Term, span: Span) -> t.Term:
    return fold(t.IsSome(BOOL, span, operand))


@_strict
def get(operand: t.Term, known: bool, span: Span) -> t.Term:
    return fold(t.Get(element_of(operand.type), span, operand, known))


@_strict
def make_record(type_: RecordType, parts: tuple[t.Term, ...], span: Span) -> t.Term:
    fields = tuple((name, part.type) for (name, _), part in zip(type_.fields, parts, strict=True))
    return fold(t.MakeRecord(RecordType(type_.name, fields, type_.ordered), span, parts))


@_strict
def get_field(operand: t.Term, field: str, span: Span) -> t.Term:
    type_ = operand.type
    assert isinstance(type_, RecordType)
    if isinstance(operand, t.MakeRecord) and all(map(_always_has_a_value, operand.parts)):
        return operand.parts[[name for name, _ in type_.fields].index(field)]
    return fold(t.GetField(type_.field(field), span, operand, field))


@_strict
def with_field(operand: t.Term, field: str, value: t.Term, span: Span) -> t.Term:
    type_ = operand.type
    assert isinstance(type_, RecordType)
    fields = tuple((name, value.type if name == field else old) for name, old in type_.fields)
    return fold(t.WithField(RecordType(type_.name, fields, type_.ordered), span, operand, field, value))


def make_map(variable: t.LocalVar, value: t.Term, span: Span) -> t.Term:
    term = t.MakeMap(MapType(variable.type, value.type), span, variable, value)
    count = cardinality(variable.type)
    return fold(term) if count is not None and count <= 4096 else term


@_strict
def select(operand: t.Term, index: t.Term, span: Span) -> t.Term:
    type_ = operand.type.value if isinstance(operand.type, MapType) else element_of(operand.type)
    return fold(t.Select(type_, span, operand, index))


@_strict
def store(operand: t.Term, index: t.Term, value: t.Term, span: Span) -> t.Term:
    match operand.type:
        case MapType(key, old):
            type_: Type = MapType(key, _joined(old, value.type, span))
        case SeqType(capacity, old):
            type_ = SeqType(capacity, _joined(old, value.type, span))
        case _:
            raise AssertionError(operand.type)
    return fold(t.Store(type_, span, operand, index, value))


@_strict
def seq_literal(elements: tuple[t.Term, ...], span: Span) -> t.Term:
    type_: Type = NEVER
    for element in elements:
        type_ = _joined(type_, element.type, span)
    return fold(t.SeqLiteral(SeqType(len(elements), type_), span, elements))


@_strict
def concat(left: t.Term, right: t.Term, span: Span) -> t.Term:
    a, b = left.type, right.type
    assert isinstance(a, SeqType) and isinstance(b, SeqType)
    return fold(t.Concat(SeqType(a.capacity + b.capacity, _joined(a.element, b.element, span)), span, left, right))


@_strict
def slice_(operand: t.Term, low: t.Term, high: t.Term, span: Span) -> t.Term:
    return fold(t.Slice(operand.type, span, operand, low, high))


def seq_comprehension(
    variable: t.LocalVar, source: t.Term, where: t.Term | None, element: t.Term, span: Span
) -> t.Term:
    count = cardinality(element_of(source.type)) or 0
    capacity = source.type.capacity if isinstance(source.type, SeqType) else count
    return t.SeqComprehension(SeqType(capacity, element.type), span, variable, source, where, element)


@_strict
def elements(operand: t.Term, span: Span) -> t.Term:
    return fold(t.Elements(SetType(element_of(operand.type)), span, operand))
