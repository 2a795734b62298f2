"""Constructors of terms: they work out the type with its bounds, and fold what is constant.

Folding never hides an evaluation error: a part is dropped only where the language would not evaluate it either.
"""

from __future__ import annotations

from typing import Literal

from checker import bounds
from checker import terms as t
from checker.datatypes import (
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
)
from checker.evaluate import EvaluationError, Scope, evaluate
from checker.values import Value
from spec.source import Span

_EMPTY_SCOPE = Scope()


def fold(term: t.Term) -> t.Term:
    """The value of a term if all its parts are constants; else the term."""
    parts = list(t.subterms(term))
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


def not_(operand: t.Term, span: Span) -> t.Term:
    return fold(t.Not(BOOL, span, operand))


def logic(operator: Literal["and", "or", "implies"], left: t.Term, right: t.Term, span: Span) -> t.Term:
    if isinstance(left, t.Const):
        decided = {"and": (False, False), "or": (True, True), "implies": (False, True)}[operator]
        return boolean(decided[1], span) if left.value is decided[0] else right
    if operator == "and" and is_true(right):
        return left
    if operator == "or" and is_false(right):
        return left
    return t.Logic(BOOL, span, operator, left, right)


def equal(left: t.Term, right: t.Term, span: Span) -> t.Term:
    return fold(t.Equal(BOOL, span, left, right))


def less(left: t.Term, right: t.Term, or_equal: bool, span: Span) -> t.Term:
    return fold(t.Less(BOOL, span, left, right, or_equal))


def if_(condition: t.Term, then: t.Term, otherwise: t.Term, span: Span) -> t.Term:
    if isinstance(condition, t.Const):
        return then if condition.value else otherwise
    return t.If(join(then.type, otherwise.type), span, condition, then, otherwise)


def let(variable: t.LocalVar, value: t.Term, body: t.Term, span: Span) -> t.Term:
    if isinstance(body, t.Const):
        return body
    return t.Let(body.type, span, variable, value, body)


def ensure(operand: t.Term, type_: Type, what: str) -> t.Term:
    """The operand, held to a declared type unless its own type shows that it cannot leave it."""
    if includes(type_, operand.type):
        return operand
    return t.Ensure(type_, operand.span, operand, what)


def quantified(kind: Literal["forall", "exists"], binding: t.Binding, body: t.Term, span: Span) -> t.Term:
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


def arithmetic(operator: Literal["+", "-", "*", "div", "mod"], left: t.Term, right: t.Term, span: Span) -> t.Term:
    type_ = bounds.arithmetic(operator, integer(left.type), integer(right.type))
    return fold(t.Arithmetic(type_, span, operator, left, right))


def negate(operand: t.Term, span: Span) -> t.Term:
    return fold(t.Negate(bounds.negate(integer(operand.type)), span, operand))


def absolute(operand: t.Term, span: Span) -> t.Term:
    return fold(t.Absolute(bounds.absolute(integer(operand.type)), span, operand))


def u64(operand: t.Term, span: Span) -> t.Term:
    """The operand modulo 2^64; the operand itself where its bounds show that nothing wraps."""
    bounded = integer(operand.type)
    type_ = bounds.u64(bounded)
    return operand if type_ is bounded else fold(t.U64(type_, span, operand))


def extreme(kind: Literal["min", "max"], left: t.Term, right: t.Term, span: Span) -> t.Term:
    if isinstance(left.type, IntType) and isinstance(right.type, IntType):
        choose = bounds.smaller if kind == "min" else bounds.larger
        type_: Type = choose(left.type, right.type)
    else:
        type_ = join(left.type, right.type)
    return fold(t.Extreme(type_, span, kind, left, right))


def range_set(low: t.Term, high: t.Term, span: Span) -> t.Term:
    element = IntType(integer(low.type).low, integer(high.type).high)
    # Kept as a range even if constant: engines iterate it without building a set.
    return t.RangeSet(SetType(element), span, low, high)


def universe(element: Type, span: Span) -> t.Term:
    return t.Universe(SetType(element), span)


def set_literal(elements: tuple[t.Term, ...], span: Span) -> t.Term:
    type_: Type = NEVER
    for element in elements:
        type_ = join(type_, element.type)
    return fold(t.SetLiteral(SetType(type_), span, elements))


def set_operation(operator: Literal["|", "&", "-"], left: t.Term, right: t.Term, span: Span) -> t.Term:
    type_ = join(left.type, right.type) if operator == "|" else left.type
    return fold(t.SetOperation(type_, span, operator, left, right))


def in_(element: t.Term, container: t.Term, span: Span) -> t.Term:
    if cardinality(element_of(container.type)) == 0:
        return (
            boolean(False, span)
            if isinstance(element, t.Const | t.Var | t.Local)
            else t.In(BOOL, span, element, container)
        )
    return fold(t.In(BOOL, span, element, container))


def subset(left: t.Term, right: t.Term, span: Span) -> t.Term:
    return fold(t.Subset(BOOL, span, left, right))


def subsets(operand: t.Term, span: Span) -> t.Term:
    return t.Subsets(SetType(operand.type), span, operand)


def set_comprehension(bindings: tuple[t.Binding, ...], where: t.Term | None, element: t.Term, span: Span) -> t.Term:
    return t.SetComprehension(SetType(element.type), span, bindings, where, element)


def size(operand: t.Term, span: Span) -> t.Term:
    match operand.type:
        case SeqType(capacity, _):
            high: int | None = capacity
        case SetType(element):
            high = cardinality(element)
        case _:
            high = 0
    return fold(t.Size(IntType(0, high), span, operand))


def some_of(operand: t.Term, span: Span) -> t.Term:
    return fold(t.SomeOf(OptionType(operand.type), span, operand))


def is_some(operand: t.Term, span: Span) -> t.Term:
    return fold(t.IsSome(BOOL, span, operand))


def get(operand: t.Term, known: bool, span: Span) -> t.Term:
    return fold(t.Get(element_of(operand.type), span, operand, known))


def make_record(type_: RecordType, parts: tuple[t.Term, ...], span: Span) -> t.Term:
    fields = tuple((name, part.type) for (name, _), part in zip(type_.fields, parts, strict=True))
    return fold(t.MakeRecord(RecordType(type_.name, fields, type_.ordered), span, parts))


def get_field(operand: t.Term, field: str, span: Span) -> t.Term:
    type_ = operand.type
    assert isinstance(type_, RecordType)
    if isinstance(operand, t.MakeRecord) and all(isinstance(p, t.Const | t.Var | t.Local) for p in operand.parts):
        return operand.parts[[name for name, _ in type_.fields].index(field)]
    return fold(t.GetField(type_.field(field), span, operand, field))


def with_field(operand: t.Term, field: str, value: t.Term, span: Span) -> t.Term:
    type_ = operand.type
    assert isinstance(type_, RecordType)
    fields = tuple((name, value.type if name == field else old) for name, old in type_.fields)
    return fold(t.WithField(RecordType(type_.name, fields, type_.ordered), span, operand, field, value))


def make_map(variable: t.LocalVar, value: t.Term, span: Span) -> t.Term:
    term = t.MakeMap(MapType(variable.type, value.type), span, variable, value)
    count = cardinality(variable.type)
    return fold(term) if count is not None and count <= 4096 else term


def select(operand: t.Term, index: t.Term, span: Span) -> t.Term:
    type_ = operand.type.value if isinstance(operand.type, MapType) else element_of(operand.type)
    return fold(t.Select(type_, span, operand, index))


def store(operand: t.Term, index: t.Term, value: t.Term, span: Span) -> t.Term:
    match operand.type:
        case MapType(key, old):
            type_: Type = MapType(key, join(old, value.type))
        case SeqType(capacity, old):
            type_ = SeqType(capacity, join(old, value.type))
        case _:
            raise AssertionError(operand.type)
    return fold(t.Store(type_, span, operand, index, value))


def seq_literal(elements: tuple[t.Term, ...], span: Span) -> t.Term:
    type_: Type = NEVER
    for element in elements:
        type_ = join(type_, element.type)
    return fold(t.SeqLiteral(SeqType(len(elements), type_), span, elements))


def concat(left: t.Term, right: t.Term, span: Span) -> t.Term:
    a, b = left.type, right.type
    assert isinstance(a, SeqType) and isinstance(b, SeqType)
    return fold(t.Concat(SeqType(a.capacity + b.capacity, join(a.element, b.element)), span, left, right))


def slice_(operand: t.Term, low: t.Term, high: t.Term, span: Span) -> t.Term:
    return fold(t.Slice(operand.type, span, operand, low, high))


def seq_comprehension(
    variable: t.LocalVar, source: t.Term, where: t.Term | None, element: t.Term, span: Span
) -> t.Term:
    count = cardinality(element_of(source.type)) or 0
    capacity = source.type.capacity if isinstance(source.type, SeqType) else count
    return t.SeqComprehension(SeqType(capacity, element.type), span, variable, source, where, element)


def elements(operand: t.Term, span: Span) -> t.Term:
    return fold(t.Elements(SetType(element_of(operand.type)), span, operand))
