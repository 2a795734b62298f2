"""Terms evaluated one node at a time, over plain values.

This is the meaning of the language, written down as directly as possible. It computes constants, finds initial states,
fills in descriptions and explains failures. The fast engines are tested against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import TypeVar, assert_never

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import MapType, Type, cardinality, contains, values, walk
from skipgate.checker.core.values import (
    BagValue,
    MapValue,
    RecordValue,
    Some,
    Value,
    VariantValue,
    bag_of,
    show,
    sort_key,
)
from skipgate.checker.core.values import parts as parts_of
from skipgate.checker.semantics.effort import spend
from skipgate.spec.source import Span

State = Mapping[str, Value]

_LARGEST_SET = 2**20  # elements, of a sequence and a map too; engines stop at far fewer
_MOST_BITS = 400  # of a number; what can be written has up to 100 digits, and engines stop at far fewer


class EvaluationError(Exception):
    """A term has no value: an index out of range, a missing key, `get` of none, a division by zero."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


class Inexhaustible(EvaluationError):
    """A term may have a value, but there is too much to go through to find it."""


@dataclass(frozen=True)
class Scope:
    """What a term can mention: the state, the next state (for primes), and local names.

    A local name is a value, or (for a `let`, which is by name) a function that gives its value.
    """

    state: State = field(default_factory=dict)
    next: State = field(default_factory=dict)
    locals: Mapping[t.LocalVar, Value | Callable[[], Value]] = field(default_factory=dict)

    def bind(self, variable: t.LocalVar, value: Value | Callable[[], Value]) -> Scope:
        """The scope in which a name stands for a value as well."""
        return Scope(self.state, self.next, {**self.locals, variable: value})


def evaluate(term: t.Term, scope: Scope) -> Value:  # noqa: C901  (one case for each kind of term)
    """The value of a term.

    Raises:
        EvaluationError: if it has none.
        TooMuchWork: if that takes more than is allowed (see `effort`).
    """
    spend()
    match term:
        case t.Const(value=value):
            return _read(value)
        case t.Var(name=name, primed=primed):
            return (scope.next if primed else scope.state)[name]
        case t.Local(variable=variable):
            bound = scope.locals[variable]
            return _read(bound() if callable(bound) else bound)
        case t.Not(operand=operand):
            return not evaluate(operand, scope)
        case t.Logic(operator="and"):
            return bool(evaluate(term.left, scope)) and bool(evaluate(term.right, scope))
        case t.Logic(operator="or"):
            return bool(evaluate(term.left, scope)) or bool(evaluate(term.right, scope))
        case t.Logic():
            return not evaluate(term.left, scope) or bool(evaluate(term.right, scope))
        case t.Equal(left=left, right=right):
            return evaluate(left, scope) == evaluate(right, scope)
        case t.Less(left=left, right=right, or_equal=or_equal):
            a, b = sort_key(evaluate(left, scope)), sort_key(evaluate(right, scope))
            return a <= b if or_equal else a < b
        case t.If(condition=condition, then=then, otherwise=otherwise):
            return evaluate(then if evaluate(condition, scope) else otherwise, scope)
        case t.Let(variable=variable, value=value_term, body=body):
            return evaluate(body, scope.bind(variable, by_name(value_term, scope)))
        case t.Quantified(kind=kind, binding=binding, body=body):
            wanted = kind == "exists"
            found = (bool(evaluate(body, s)) is wanted for s in bindings(scope, binding))
            return any(found if binding.ordered else list(found)) is wanted
        case t.Ensure(declared=declared, operand=operand, what=what):
            ensured = evaluate(operand, scope)
            if not contains(declared, ensured):
                raise EvaluationError(message_range(what, ensured, declared), operand.span)
            return ensured
        case t.Aggregate():
            return _aggregate(term, scope)
        case t.Arithmetic():
            return _arithmetic(term, scope)
        case t.Negate(operand=operand):
            return -_int(operand, scope)
        case t.Absolute(operand=operand):
            return abs(_int(operand, scope))
        case t.U64(operand=operand):
            return _int(operand, scope) % 2**64
        case t.Extreme(kind=kind, left=left, right=right):
            pair = (evaluate(left, scope), evaluate(right, scope))
            return min(pair, key=sort_key) if kind == "min" else max(pair, key=sort_key)
        case t.RangeSet():
            return frozenset(_counted(_range(term, scope), term.span))
        case t.Universe():
            return frozenset(_counted(_universe(term), term.span))
        case t.SetLiteral(elements=elements):
            return frozenset(evaluate(element, scope) for element in elements)
        case t.SetOperation(operator=operator, left=left, right=right):
            x, y = _set(left, scope), _set(right, scope)
            return _small_enough({"|": x | y, "&": x & y, "-": x - y}[operator], term.span)
        case t.In(element=element, container=container):
            return _is_in(evaluate(element, scope), container, scope)
        case t.Subset(left=left, right=right):
            return _set(left, scope) <= _set(right, scope)
        case t.SetComprehension(bindings=bound, where=where, element=element):
            gathered: set[Value] = set()
            for s in bindings(scope, *bound):
                if _holds(where, s):
                    gathered.add(evaluate(element, s))
                    if len(gathered) > _LARGEST_SET:
                        raise Inexhaustible(message_many(), term.span)
            return frozenset(gathered)
        case t.Subsets(operand=operand):
            whole = _set(operand, scope)
            subsets = chain.from_iterable(combinations(whole, n) for n in range(len(whole) + 1))
            return frozenset(_counted(map(frozenset, subsets), term.span))
        case t.Size(operand=operand):
            sized = evaluate(operand, scope)
            assert isinstance(sized, frozenset | tuple | BagValue)
            return len(sized)
        case t.SomeOf(operand=operand):
            return Some(evaluate(operand, scope))
        case t.IsSome(operand=operand):
            return isinstance(evaluate(operand, scope), Some)
        case t.Get(operand=operand):
            option = evaluate(operand, scope)
            if not isinstance(option, Some):
                raise EvaluationError(message_get(), term.span)
            return option.value
        case t.MakeVariant(type=variant_type, operand=operand):
            content = evaluate(operand, scope)
            assert isinstance(content, RecordValue)
            return VariantValue(variant_type.name, variant_type.index(content.record), content)
        case t.IsShape(operand=operand, shape=shape):
            return _variant(operand, scope).shape == shape
        case t.GetShape(operand=operand, shape=shape):
            variant = _variant(operand, scope)
            if variant.shape != shape:
                raise EvaluationError(f"this is {show(variant)}, which is no {shape}", term.span)
            return variant.fields
        case t.MakeRecord(type=record_type, parts=parts):
            names = [name for name, _ in record_type.fields]
            made = tuple((name, evaluate(part, scope)) for name, part in zip(names, parts, strict=True))
            return RecordValue(record_type.name, made)
        case t.GetField(operand=operand, field=name):
            record = evaluate(operand, scope)
            assert isinstance(record, RecordValue)
            return record[name]
        case t.WithField(operand=operand, field=name, value=value_term):
            record = evaluate(operand, scope)
            assert isinstance(record, RecordValue)
            new = evaluate(value_term, scope)
            return RecordValue(record.record, tuple((n, new if n == name else v) for n, v in record.fields))
        case t.MakeMap(type=map_type, variable=variable, value=value_term):
            keys = _counted(_values(map_type.key, term.span), term.span)
            return MapValue(tuple((k, evaluate(value_term, scope.bind(variable, k))) for k in keys))
        case t.Select():
            container_value, index = evaluate(term.operand, scope), evaluate(term.index, scope)
            return _element(term, container_value, index)
        case t.Store():
            container_value, index = evaluate(term.operand, scope), evaluate(term.index, scope)
            _element(term, container_value, index)
            new = evaluate(term.value, scope)
            if isinstance(container_value, MapValue):
                return MapValue(tuple((k, new if k == index else v) for k, v in container_value.items))
            assert isinstance(container_value, tuple) and isinstance(index, int)
            return (*container_value[: index - 1], new, *container_value[index:])
        case t.SeqLiteral(elements=elements):
            return tuple(evaluate(element, scope) for element in elements)
        case t.Concat(left=left, right=right):
            return _small_enough(_seq(left, scope) + _seq(right, scope), term.span)
        case t.Slice(operand=operand, low=low, high=high):
            sequence, first, last = _seq(operand, scope), _int(low, scope), _int(high, scope)
            if first > last:
                return ()
            if first < 1 or last > len(sequence):
                raise EvaluationError(message_slice(first, last, len(sequence)), term.span)
            return sequence[first - 1 : last]
        case t.SeqComprehension(variable=variable, source=source, where=where, element=element):
            if isinstance(source, t.RangeSet):
                items: tuple[Value, ...] = tuple(_counted(_range(source, scope), source.span))
            else:
                items = _seq(source, scope)
            scopes = (scope.bind(variable, item) for item in items)
            return tuple(evaluate(element, s) for s in scopes if _holds(where, s))
        case t.Elements(operand=operand):
            holding = evaluate(operand, scope)
            assert isinstance(holding, tuple | BagValue)
            return frozenset(parts_of(holding))
        case t.BagOf(operand=operand):
            listed = evaluate(operand, scope)
            assert isinstance(listed, tuple | frozenset)
            return bag_of(listed)
        case t.BagOperation(operator=operator, left=left, right=right):
            copies, others = Counter(_bag(left, scope).each()), _bag(right, scope).each()
            copies.update(others) if operator == "+" else copies.subtract(others)
            return bag_of(copies.elements())
        case t.Multiplicity(operand=operand, element=element):
            return _bag(operand, scope)[evaluate(element, scope)]
        case t.Descending(operand=operand):
            falling = evaluate(operand, scope)
            assert isinstance(falling, frozenset | BagValue)
            each = falling.each() if isinstance(falling, BagValue) else falling
            return tuple(sorted(each, key=sort_key, reverse=True))
        case _:
            assert_never(term)


def bindings(scope: Scope, *bound: t.Binding) -> Iterator[Scope]:
    """The scopes in which each name has a value of its domain, in the order of the values."""
    if not bound:
        yield scope
        return
    for item in ordered(bound[0].domain, scope):
        yield from bindings(scope.bind(bound[0].variable, item), *bound[1:])


def ordered(domain: t.Term, scope: Scope) -> Iterable[Value]:
    """The elements of a domain in the order of their type. Ranges and whole types are not built as sets for it."""
    match domain:
        case t.RangeSet():
            return _range(domain, scope)
        case t.Universe():
            return _universe(domain)
        case _:  # any other set is built
            return sorted(_set(domain, scope), key=sort_key)


def holds(term: t.Term, scope: Scope) -> bool:
    """The value of a boolean term."""
    value = evaluate(term, scope)
    assert isinstance(value, bool)
    return value


# Messages of evaluation errors. Errors that kernels find are reported in the same words.


def message_get() -> str:
    """`get` of an option without a value."""
    return "`get` of none"


def message_index(index: Value, length: int) -> str:
    """An index outside a sequence."""
    if length == 0:
        return f"index {show(index)} in an empty sequence"
    return f"index {show(index)} is outside 1..{length}"


def message_key(key: Value, type_: MapType) -> str:
    """A key outside the key type of a map."""
    return f"key {show(key)} is not in {type_.key}"


def message_slice(first: int, last: int, length: int) -> str:
    """A slice that is not within its sequence."""
    return f"slice {first}..{last} reaches outside 1..{length}"


def message_empty(kind: str) -> str:
    """The least or largest of no elements."""
    return f"`{kind}` of nothing"


def message_division() -> str:
    """A divisor of 0."""
    return "division by zero"


def message_range(name: str, value: Value, type_: object) -> str:
    """A value outside its declared type."""
    return f"{name} would be {show(value)}, which is not in {type_}"


def message_many() -> str:
    """A set with too many elements to be built."""
    return f"more than {_LARGEST_SET} elements cannot be listed"


def message_number() -> str:
    """A number with too many digits to go on with."""
    return f"a number of more than {_MOST_BITS} bits cannot be worked with"


def message_unbounded(type_: Type) -> str:
    """A type without bounds, whose values would have to be gone through."""
    return f"the values of {type_} cannot be gone through: there is no end to them"


def by_name(term: t.Term, scope: Scope) -> Callable[[], Value]:
    """The value of a `let`, evaluated when it is first asked for."""
    result: list[Value] = []

    def value() -> Value:
        if not result:
            result.append(evaluate(term, scope))
        return result[0]

    return value


def _holds(where: t.Term | None, scope: Scope) -> bool:
    return where is None or holds(where, scope)


def _int(term: t.Term, scope: Scope) -> int:
    value = evaluate(term, scope)
    assert isinstance(value, int)
    return value


def _bag(term: t.Term, scope: Scope) -> BagValue:
    value = evaluate(term, scope)
    assert isinstance(value, BagValue)
    return value


def _range(term: t.RangeSet, scope: Scope) -> range:
    return range(_int(term.low, scope), _int(term.high, scope) + 1)


def _universe(term: t.Universe) -> Iterable[Value]:
    if cardinality(term.type.element) is None:
        raise Inexhaustible(message_unbounded(term.type.element), term.span)
    return _values(term.type.element, term.span)


def _values(type_: Type, span: Span) -> Iterable[Value]:
    """The values of a type, one by one. Those of the types within it are listed first."""
    if any(part is not type_ and (cardinality(part) or 0) > _LARGEST_SET for part in walk(type_)):
        raise Inexhaustible(message_many(), span)
    return values(type_)


def _read(value: Value) -> Value:
    """A value that was there already. What is done with it next may go through all of it."""
    if isinstance(value, frozenset | tuple | BagValue):
        spend(len(value))
    elif isinstance(value, MapValue):
        spend(len(value.items))
    return value


_Collection = TypeVar("_Collection", frozenset[Value], tuple[Value, ...])


def _small_enough(collection: _Collection, span: Span) -> _Collection:
    if len(collection) > _LARGEST_SET:
        raise Inexhaustible(message_many(), span)
    return collection


def _counted(items: Iterable[Value], span: Span) -> Iterator[Value]:
    """The items, as long as they are not too many to be kept."""
    for number, item in enumerate(items):
        if number == _LARGEST_SET:
            raise Inexhaustible(message_many(), span)
        yield item


def _is_in(item: Value, container: t.Term, scope: Scope) -> bool:
    """Membership. Some sets need not be built for it."""
    match container:
        case t.RangeSet(low=low, high=high):
            assert isinstance(item, int)
            first, last = _int(low, scope), _int(high, scope)
            return first <= item <= last
        case t.Universe():
            return contains(container.type.element, item)
        case t.Subsets(operand=operand):
            assert isinstance(item, frozenset)
            return item <= _set(operand, scope)
        case _:  # any other set is built
            return item in _set(container, scope)


def _set(term: t.Term, scope: Scope) -> frozenset[Value]:
    value = evaluate(term, scope)
    assert isinstance(value, frozenset)
    return value


def _seq(term: t.Term, scope: Scope) -> tuple[Value, ...]:
    value = evaluate(term, scope)
    assert isinstance(value, tuple)
    return value


def _element(term: t.Select | t.Store, container: Value, index: Value) -> Value:
    if isinstance(container, MapValue):
        for key, value in container.items:
            if key == index:
                return value
        assert isinstance(term.operand.type, MapType)
        raise EvaluationError(message_key(index, term.operand.type), term.span)
    assert isinstance(container, tuple) and isinstance(index, int)
    if not 1 <= index <= len(container):
        raise EvaluationError(message_index(index, len(container)), term.span)
    return container[index - 1]


def _arithmetic(term: t.Arithmetic, scope: Scope) -> int:
    result = _result(term, _int(term.left, scope), _int(term.right, scope))
    if result.bit_length() > _MOST_BITS:
        raise Inexhaustible(message_number(), term.span)
    return result


def _result(term: t.Arithmetic, a: int, b: int) -> int:
    match term.operator:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "div" | "mod":
            if b == 0:
                raise EvaluationError(message_division(), term.span)
            return a // b if term.operator == "div" else a % b
        case _:
            assert_never(term.operator)


def _aggregate(term: t.Aggregate, scope: Scope) -> Value:
    scopes = (s for s in bindings(scope, *term.bindings) if _holds(term.where, s))
    match term.kind:
        case "count":
            return sum(holds(term.body, s) for s in scopes)
        case "sum":
            return sum(_int(term.body, s) for s in scopes)
    parts = [evaluate(term.body, s) for s in scopes]
    if not parts:
        raise EvaluationError(message_empty(term.kind), term.span)
    return min(parts, key=sort_key) if term.kind == "min" else max(parts, key=sort_key)


def _variant(term: t.Term, scope: Scope) -> VariantValue:
    value = evaluate(term, scope)
    assert isinstance(value, VariantValue)
    return value
