"""Constructors of terms: they work out the type with its bounds, and simplify what is constant.

Simplifying never hides an evaluation error: a part is dropped only where the language would not evaluate it either.

The file is long because every kind of term has its constructor here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Literal, ParamSpec, assert_never

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import (
    BOOL,
    LARGEST_CAPACITY,
    LARGEST_UNIVERSE,
    NEVER,
    BagType,
    BoolType,
    EnumType,
    IntType,
    MapType,
    NeverType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    VariantType,
    cardinality,
    includes,
    join,
    of_kind,
    with_bounds_of,
)
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.values import Value
from skipgate.checker.elaborate import intervals
from skipgate.checker.elaborate.known import work_out
from skipgate.checker.semantics.evaluate import EvaluationError
from skipgate.spec.diagnostics import error
from skipgate.spec.source import Span

_P = ParamSpec("_P")

_FEW = 63  # elements: of so many possible ones, any set takes a single word


def _strict(build: Callable[_P, t.Term]) -> Callable[_P, t.Term]:
    """A constructor that returns an operand which never has a value (`NeverType`) instead of building the term.

    The whole term has no value either, for the same reason. So constructors need not handle such operands.
    """

    @wraps(build)
    def built(*args: _P.args, **kwargs: _P.kwargs) -> t.Term:
        for arg in args:
            for operand in arg if isinstance(arg, tuple) else (arg,):
                if t.is_term(operand) and isinstance(operand.type, NeverType):
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
        raise error(str(problem), span, "maps that are compared or chosen from have the same keys") from None


def _always_has_a_value(term: t.Term) -> bool:
    """Can the term be left out without hiding an evaluation error? Of most terms that is not known.

    (A local name may be a `let` whose value cannot be evaluated.)
    """
    if isinstance(term, t.RangeSet):
        return _always_has_a_value(term.low) and _always_has_a_value(term.high)
    return isinstance(term, t.Const | t.Var | t.Universe)


def simplify(term: t.Term) -> t.Term:
    """The value of a term if all its parts are constants; else the term."""
    if isinstance(term, t.Var | t.Local | t.Universe) or not all(isinstance(x, t.Const) for x in t.children(term)):
        return term
    try:
        value = work_out(term)
    except EvaluationError:
        return term  # reported if and when it is evaluated
    return constant(value, term.type, term.span)


def constant(value: Value, type_: Type, span: Span) -> t.Const:
    """A value as a term. The bounds of an integer are the number itself."""
    if isinstance(type_, IntType):
        assert isinstance(value, int)
        type_ = IntType(value, value)
    return t.Const(type_, span, value)


def boolean(value: bool, span: Span) -> t.Const:
    """A truth value as a term."""
    return t.Const(BOOL, span, value)


def is_true(term: t.Term) -> bool:
    """Is a term the constant `true`?"""
    return isinstance(term, t.Const) and term.value is True


def is_false(term: t.Term) -> bool:
    """Is a term the constant `false`?"""
    return isinstance(term, t.Const) and term.value is False


def integer(type_: Type) -> IntType:
    """The type of a number, given that of a term that must be one. (A term without values counts as 0.)"""
    return IntType(0, 0) if isinstance(type_, NeverType) else of_kind(type_, IntType)


def element_of(type_: Type) -> Type:
    """The type of the elements of a set, sequence or option."""
    match type_:
        case SetType(element, _) | BagType(element, _) | SeqType(_, element) | OptionType(element):
            return element
        case NeverType():
            return NEVER
        case BoolType() | IntType() | EnumType() | SortType() | RecordType() | VariantType() | MapType():
            raise InternalError(f"a value of type `{type_}` has no elements")
        case _:
            assert_never(type_)


def most_of(domain: t.Term) -> int | None:
    """How many elements a set can have at most; None if there is no bound."""
    return 0 if isinstance(domain.type, NeverType) else of_kind(domain.type, SetType).most


def is_known(domain: t.Term) -> bool:
    """Is a set the same in every state, as far as its outermost term shows?"""
    if isinstance(domain, t.RangeSet):
        return isinstance(domain.low, t.Const) and isinstance(domain.high, t.Const)
    return isinstance(domain, t.Const | t.Universe)


def has_capacity(type_: Type) -> bool:
    """Is it a type of sets with a capacity?"""
    return isinstance(type_, SetType) and type_.capacity is not None


@_strict
def not_(operand: t.Term, span: Span) -> t.Term:
    """Negation."""
    return simplify(t.Not(BOOL, span, operand))


def logic(operator: Literal["and", "or", "implies"], left: t.Term, right: t.Term, span: Span) -> t.Term:
    """`and`, `or`, `=>`. A constant left side decides now."""
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
    """Equality of two values of the same kind."""
    _joined(left.type, right.type, span)
    return simplify(t.Equal(BOOL, span, left, right))


@_strict
def less(left: t.Term, right: t.Term, or_equal: bool, span: Span) -> t.Term:
    """`<` or `<=`."""
    return simplify(t.Less(BOOL, span, left, right, or_equal))


def if_(condition: t.Term, then: t.Term, otherwise: t.Term, span: Span) -> t.Term:
    """A choice between two terms."""
    if isinstance(condition, t.Const):
        return then if condition.value else otherwise
    if isinstance(condition.type, NeverType):
        return condition
    return t.If(_joined(then.type, otherwise.type, span), span, condition, then, otherwise)


def let(variable: t.LocalVar, value: t.Term, body: t.Term, span: Span) -> t.Term:
    """A name for a value, by name; nothing is left of it where the body is constant."""
    if isinstance(body, t.Const):
        return body
    return t.Let(body.type, span, variable, value, body)


def after(first: t.Term, body: t.Term) -> t.Term:
    """A term that evaluates `first`, ignores its value, and then is `body`."""
    if isinstance(first, t.Const | t.Var):
        return body
    before, behind = t.LocalVar("first", first.type), t.LocalVar("body", body.type)
    value, mention = (t.Local(each.type, body.span, each) for each in (before, behind))
    chosen = if_(equal(value, value, first.span), mention, mention, body.span)
    return let(behind, body, let(before, first, chosen, body.span), body.span)


def ensure(operand: t.Term, type_: Type, what: str) -> t.Term:
    """The operand, held to a declared type unless its own type shows that it cannot leave it."""
    _joined(type_, operand.type, operand.span)
    if includes(type_, operand.type):
        return operand
    return t.Ensure(with_bounds_of(type_, operand.type), operand.span, operand, what, type_)


def quantified(kind: Literal["forall", "exists"], binding: t.Binding, body: t.Term, span: Span) -> t.Term:
    """`forall` or `exists` over one name."""
    if _always_has_a_value(binding.domain):
        if cardinality(binding.variable.type) == 0:
            return boolean(kind == "forall", span)
        if isinstance(body, t.Const) and (body.value is True) == (kind == "forall"):
            return body
    return t.Quantified(BOOL, span, kind, binding, body)


def aggregate(
    kind: Literal["count", "sum", "min", "max"],
    bindings: tuple[t.Binding, ...],
    where: t.Term | None,
    body: t.Term,
    span: Span,
) -> t.Term:
    """`count`, `sum`, `min` or `max`."""
    many: int | None = 1
    for binding in bindings:
        count = most_of(binding.domain)
        many = None if many is None or count is None else many * count
    type_: Type = body.type
    if kind == "count":
        type_ = intervals.sum_of(IntType(0, 1), many)
    elif kind == "sum":
        type_ = intervals.sum_of(integer(body.type), many)
    return t.Aggregate(type_, span, kind, bindings, where, body)


@_strict
def arithmetic(operator: Literal["+", "-", "*", "div", "mod"], left: t.Term, right: t.Term, span: Span) -> t.Term:
    """`+`, `-`, `*`, `div` or `mod`."""
    type_ = intervals.arithmetic(operator, integer(left.type), integer(right.type))
    return simplify(t.Arithmetic(type_, span, operator, left, right))


@_strict
def negate(operand: t.Term, span: Span) -> t.Term:
    """A number with the other sign."""
    return simplify(t.Negate(intervals.negate(integer(operand.type)), span, operand))


@_strict
def absolute(operand: t.Term, span: Span) -> t.Term:
    """A number without its sign."""
    return simplify(t.Absolute(intervals.absolute(integer(operand.type)), span, operand))


def u64(operand: t.Term, span: Span) -> t.Term:
    """The operand modulo 2^64; the operand itself where its bounds show that nothing wraps."""
    bounded = integer(operand.type)
    type_ = intervals.u64(bounded)
    return operand if type_ is bounded else simplify(t.U64(type_, span, operand))


@_strict
def extreme(kind: Literal["min", "max"], left: t.Term, right: t.Term, span: Span) -> t.Term:
    """The smaller or the larger of two values."""
    if isinstance(left.type, IntType) and isinstance(right.type, IntType):
        choose = intervals.smaller if kind == "min" else intervals.larger
        type_: Type = choose(left.type, right.type)
    else:
        type_ = _joined(left.type, right.type, span)
    return simplify(t.Extreme(type_, span, kind, left, right))


@_strict
def range_set(low: t.Term, high: t.Term, span: Span) -> t.Term:
    """The numbers from one bound to another."""
    element = IntType(integer(low.type).low, integer(high.type).high)
    # Kept as a range even if constant: engines iterate it without building a set.
    return t.RangeSet(SetType(element), span, low, high)


def universe(element: Type, span: Span) -> t.Term:
    """All values of a type."""
    return t.Universe(SetType(element), span)


@_strict
def set_literal(elements: tuple[t.Term, ...], span: Span) -> t.Term:
    """A set of these elements."""
    type_: Type = NEVER
    for element in elements:
        type_ = _joined(type_, element.type, span)
    return simplify(t.SetLiteral(SetType(type_, room(type_, len(elements))), span, elements))


@_strict
def set_operation(operator: Literal["|", "&", "-"], left: t.Term, right: t.Term, span: Span) -> t.Term:
    """Union, intersection or difference. With a set that has a capacity, a literal is one that has it too."""
    if has_capacity(left.type) or has_capacity(right.type):
        left, right = _with_capacity(left), _with_capacity(right)
    a, b = of_kind(left.type, SetType), of_kind(right.type, SetType)
    element = _joined(a.element, b.element, span)
    match operator:
        case "|":
            both = None if a.capacity is None or b.capacity is None else a.capacity + b.capacity
            type_ = SetType(element, both)
        case "&" if a.capacity is None:
            type_ = SetType(a.element, b.capacity)
        case "&" | "-":
            type_ = a
    return simplify(t.SetOperation(type_, span, operator, left, right))


def room(element: Type, count: int | None) -> int | None:
    """The capacity of a set that is computed and has at most so many elements: none if any set can be laid out."""
    possible = cardinality(element)
    small = possible is None or possible <= LARGEST_UNIVERSE
    return None if small or count is None or count > LARGEST_CAPACITY else count


def _with_capacity(term: t.Term) -> t.Term:
    """A set whose elements are written one by one, as one that has no room for more."""
    type_ = of_kind(term.type, SetType)
    if type_.capacity is None and isinstance(term, t.SetLiteral):
        return replace(term, type=SetType(type_.element, len(term.elements)))
    if type_.capacity is None and isinstance(term, t.Const) and isinstance(term.value, frozenset):
        return replace(term, type=SetType(type_.element, len(term.value)))
    return term


@_strict
def in_(element: t.Term, container: t.Term, span: Span) -> t.Term:
    """Membership in a set."""
    _joined(element.type, element_of(container.type), span)
    if cardinality(element_of(container.type)) == 0 and all(map(_always_has_a_value, (element, container))):
        return boolean(False, span)
    return simplify(t.In(BOOL, span, element, container))


@_strict
def subset(left: t.Term, right: t.Term, span: Span) -> t.Term:
    """Inclusion of a set in another."""
    _joined(left.type, right.type, span)
    return simplify(t.Subset(BOOL, span, left, right))


@_strict
def subsets(operand: t.Term, span: Span) -> t.Term:
    """The set of all subsets."""
    return t.Subsets(SetType(SetType(element_of(operand.type))), span, operand)


def set_comprehension(bindings: tuple[t.Binding, ...], where: t.Term | None, element: t.Term, span: Span) -> t.Term:
    """A set of the values of a term, over bindings. Over sets with a capacity, a large one has a capacity too."""
    many: int | None = 1
    for binding in bindings:
        count = most_of(binding.domain)
        many = None if many is None or count is None else many * count
    capacity = room(element.type, many)
    bounded = any(has_capacity(binding.domain.type) for binding in bindings)
    if bounded and many is not None and many <= _FEW < (cardinality(element.type) or 0):
        capacity = many
    return t.SetComprehension(SetType(element.type, capacity), span, bindings, where, element)


@_strict
def size(operand: t.Term, span: Span) -> t.Term:
    """The number of elements of a set or a sequence."""
    type_ = operand.type
    high = type_.capacity if isinstance(type_, SeqType | BagType) else of_kind(type_, SetType).most
    return simplify(t.Size(IntType(0, high), span, operand))


@_strict
def some_of(operand: t.Term, span: Span) -> t.Term:
    """An option with a value."""
    return simplify(t.SomeOf(OptionType(operand.type), span, operand))


@_strict
def is_some(operand: t.Term, span: Span) -> t.Term:
    """Has an option a value?"""
    return simplify(t.IsSome(BOOL, span, operand))


@_strict
def get(operand: t.Term, known: bool, span: Span) -> t.Term:
    """The value in an option. `known`: it was tested before that there is one."""
    return simplify(t.Get(element_of(operand.type), span, operand, known))


@_strict
def make_variant(type_: VariantType, content: t.Term, span: Span) -> t.Term:
    """A value of the shape that has the name of a record, with the fields of the record."""
    return simplify(t.MakeVariant(type_.only(of_kind(content.type, RecordType)), span, content))


@_strict
def is_shape(operand: t.Term, shape: str, span: Span) -> t.Term:
    """Has a value this shape?"""
    return simplify(t.IsShape(BOOL, span, operand, shape))


@_strict
def get_shape(operand: t.Term, shape: str, span: Span) -> t.Term:
    """The fields of a value that has this shape."""
    return simplify(t.GetShape(of_kind(operand.type, VariantType).fields(shape), span, operand, shape))


@_strict
def make_record(type_: RecordType, parts: tuple[t.Term, ...], span: Span) -> t.Term:
    """A record from its fields."""
    fields = tuple((name, part.type) for (name, _), part in zip(type_.fields, parts, strict=True))
    return simplify(t.MakeRecord(RecordType(type_.name, fields, type_.ordered), span, parts))


@_strict
def get_field(operand: t.Term, field: str, span: Span) -> t.Term:
    """A field of a record."""
    type_ = of_kind(operand.type, RecordType)
    if isinstance(operand, t.MakeRecord) and all(map(_always_has_a_value, operand.parts)):
        return operand.parts[[name for name, _ in type_.fields].index(field)]
    return simplify(t.GetField(type_.field(field), span, operand, field))


@_strict
def with_field(operand: t.Term, field: str, value: t.Term, span: Span) -> t.Term:
    """A record with a field replaced."""
    type_ = of_kind(operand.type, RecordType)
    fields = tuple((name, value.type if name == field else old) for name, old in type_.fields)
    return simplify(t.WithField(RecordType(type_.name, fields, type_.ordered), span, operand, field, value))


def make_map(variable: t.LocalVar, value: t.Term, span: Span) -> t.Term:
    """A map, from the value for each key."""
    term = t.MakeMap(MapType(variable.type, value.type), span, variable, value)
    count = cardinality(variable.type)
    return simplify(term) if count is not None and count <= 4096 else term


@_strict
def select(operand: t.Term, index: t.Term, span: Span) -> t.Term:
    """The element of a map at a key, or of a sequence at an index."""
    type_ = operand.type.value if isinstance(operand.type, MapType) else element_of(operand.type)
    return simplify(t.Select(type_, span, operand, index))


@_strict
def store(operand: t.Term, index: t.Term, value: t.Term, span: Span) -> t.Term:
    """A map or sequence with an element replaced."""
    old = operand.type
    type_: MapType | SeqType
    if isinstance(old, SeqType):
        type_ = SeqType(old.capacity, _joined(old.element, value.type, span))
    else:
        old = of_kind(old, MapType)
        type_ = MapType(old.key, _joined(old.value, value.type, span))
    return simplify(t.Store(type_, span, operand, index, value))


@_strict
def seq_literal(elements: tuple[t.Term, ...], span: Span) -> t.Term:
    """A sequence of these elements."""
    type_: Type = NEVER
    for element in elements:
        type_ = _joined(type_, element.type, span)
    return simplify(t.SeqLiteral(SeqType(len(elements), type_), span, elements))


@_strict
def concat(left: t.Term, right: t.Term, span: Span) -> t.Term:
    """A sequence followed by another."""
    a, b = of_kind(left.type, SeqType), of_kind(right.type, SeqType)
    return simplify(t.Concat(SeqType(a.capacity + b.capacity, _joined(a.element, b.element, span)), span, left, right))


@_strict
def slice_(operand: t.Term, low: t.Term, high: t.Term, span: Span) -> t.Term:
    """A part of a sequence."""
    return simplify(t.Slice(of_kind(operand.type, SeqType), span, operand, low, high))


def seq_comprehension(
    variable: t.LocalVar, source: t.Term, where: t.Term | None, element: t.Term, span: Span
) -> t.Term:
    """A sequence made from the elements of a sequence or a range."""
    type_ = source.type
    # Of a range that is not a sequence, every number is an element at most once.
    capacity = type_.capacity if isinstance(type_, SeqType) else cardinality(element_of(type_)) or 0
    return t.SeqComprehension(SeqType(capacity, element.type), span, variable, source, where, element)


@_strict
def elements(operand: t.Term, span: Span) -> t.Term:
    """The set of the elements of a sequence or a bag. That of a bag has its capacity."""
    element = element_of(operand.type)
    if isinstance(operand.type, BagType):
        return simplify(t.Elements(SetType(element, operand.type.capacity), span, operand))
    return simplify(t.Elements(SetType(element, room(element, of_kind(operand.type, SeqType).capacity)), span, operand))


@_strict
def bag_of(operand: t.Term, span: Span) -> t.Term:
    """The bag of the elements of a sequence, a range or a set; a bag itself.

    Raises:
        SpecError: there can be too many.
    """
    if isinstance(operand.type, BagType):
        return operand
    if isinstance(operand.type, SetType):
        operand = _with_capacity(operand)
    type_ = operand.type
    most = type_.capacity if isinstance(type_, SeqType) else of_kind(type_, SetType).most
    if most is None or most > LARGEST_CAPACITY:
        message = (
            f"this can have {'any number of' if most is None else most} elements; a bag, {LARGEST_CAPACITY} at most"
        )
        raise error(message, span, "a bag has a capacity: `bag[4] of ...`")
    return simplify(t.BagOf(BagType(element_of(type_), most), span, operand))


@_strict
def bag_operation(operator: Literal["+", "-", "|", "&"], left: t.Term, right: t.Term, span: Span) -> t.Term:
    """`+` and `-`; the largest and the smallest number of each element, `|` and `&`, by means of these."""
    if operator in ("|", "&"):
        names = (t.LocalVar("left", left.type), t.LocalVar("right", right.type))
        a, b = (t.Local(name.type, span, name) for name in names)
        result = bag_operation("-", b if operator == "|" else a, a if operator == "|" else b, span)
        result = bag_operation("+" if operator == "|" else "-", a, result, span)
        return let(names[0], left, let(names[1], right, result, span), span)
    assert operator == "+" or operator == "-"
    a_type, b_type = of_kind(left.type, BagType), of_kind(right.type, BagType)
    element = _joined(a_type.element, b_type.element, span)
    type_ = BagType(element, a_type.capacity + b_type.capacity) if operator == "+" else a_type
    return simplify(t.BagOperation(type_, span, operator, left, right))


@_strict
def multiplicity(operand: t.Term, element: t.Term, span: Span) -> t.Term:
    """How many of an element there are in a bag."""
    type_ = of_kind(operand.type, BagType)
    _joined(type_.element, element.type, span)
    return simplify(t.Multiplicity(IntType(0, type_.capacity), span, operand, element))


def descending(operand: t.Term, span: Span) -> t.Term:
    """The elements of a set or a bag, the greatest first.

    Raises:
        SpecError: there can be too many.
    """
    type_ = bag_of(operand, span).type
    return simplify(t.Descending(SeqType(of_kind(type_, BagType).capacity, element_of(type_)), span, operand))
