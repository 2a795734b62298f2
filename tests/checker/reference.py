"""The meaning of the language on its syntax trees, without elaboration: a second opinion on the evaluator itself.

Nothing is folded, typed or unfolded here. It shares the syntax, the table of names and the classes of values with the
checker, and tells only whether something has a value, not why it has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cmp_to_key, partial
from itertools import permutations, product
from typing import Any

from skipgate.checker.core.values import NONE, BagValue, EnumValue, MapValue, RecordValue, Some, SortValue, VariantValue
from skipgate.spec import syntax as s
from skipgate.spec.specification import Specification
from skipgate.spec.static_types import StaticMap, StaticRecord, StaticSort, StaticType, StaticVariant
from skipgate.spec.symbols import Builtin

Value = Any  # of the classes in `checker.core.values`; that it is of the right one, `spec.typing` has seen to


class NoValue(Exception):
    """What is evaluated has no value."""


@dataclass(frozen=True)
class Place:
    """Where something is evaluated: a state, perhaps a next one, and the local names, which are by name."""

    state: Mapping[str, Value]
    next: Mapping[str, Value] = field(default_factory=dict)
    names: Mapping[s.Identifier, Callable[[], Value]] = field(default_factory=dict)

    def bind(self, name: s.Identifier, value: Callable[[], Value]) -> Place:
        return replace(self, names={**self.names, name: value})


Updates = tuple[tuple[s.Update, Place, Callable[[], Value]], ...]
"""What is updated on a way through an action, and to what, where it stands."""
Way = tuple[Place, Updates]


class Reference:
    """A specification under the constants of one of its checks."""

    def __init__(self, spec: Specification, check: s.CheckDecl) -> None:
        self.spec = spec
        self.settings = {setting.name.text: setting.value for setting in check.settings}
        self.anywhere = Place({})

    # --------------------------------------------------------------------------------------------------- behaviour

    def initial_states(self) -> Iterator[dict[str, Value]]:
        def extend(state: dict[str, Value], rest: Sequence[s.VarDecl]) -> Iterator[dict[str, Value]]:
            if not rest:
                yield state
                return
            declared, place = rest[0], Place(state)
            initial = self.value(declared.initial, place)
            for value in self.in_order(initial) if declared.choice else [initial]:
                # A wrong element spoils the whole set, also if it comes later.
                if not all(self.fits(v, declared.type) for v in (initial if declared.choice else [initial])):
                    raise NoValue
                yield from extend({**state, declared.name.text: value}, rest[1:])

        yield from extend({}, self.spec.all(s.VarDecl))

    def steps(self, state: Mapping[str, Value]) -> Iterator[tuple[str, dict[str, Value] | None]]:
        """Every enabled action and the state that it leads to; None for one that cannot be evaluated."""
        for action in self.spec.all(s.ActionDecl):
            names = [(name, binder.domain) for binder in action.parameters for name in binder.names]
            yield from ((action.name.text, new) for new in self.instances(action, names, Place(state)))

    def instances(
        self, action: s.ActionDecl, names: Sequence[tuple[s.Identifier, s.AnyExpr]], place: Place
    ) -> Iterator[dict[str, Value] | None]:
        if not names:
            yield from self.take(action, place)
            return
        (name, domain), *rest = names
        try:
            choices = self.in_order(self.value(domain, place))
        except NoValue:
            yield None
            return
        for choice in choices:
            yield from self.instances(action, rest, place.bind(name, _just(choice)))

    def take(self, action: s.ActionDecl, place: Place) -> Iterator[dict[str, Value] | None]:
        types = {declared.name.text: declared.type for declared in self.spec.all(s.VarDecl)}
        for way in self.ways(action.clauses, place, ()):
            new = dict(place.state)
            try:
                taken = () if way is None else way[1]
                for i, (update, where, value) in enumerate(taken):
                    name = update.target.text
                    if any(self.overlap(update, where, *before[:2]) for before in taken[:i]):
                        raise NoValue
                    new[name] = self.put(new[name], update.path, value, where)
                fits = way is not None and all(self.fits(new[name], types[name]) for name in new)
            except NoValue:
                fits = False
            yield new if fits else None

    def ways(self, clauses: Sequence[s.ActionClause], place: Place, updates: Updates) -> Iterator[Way | None]:
        """The ways through clauses: the names behind each, and what it updates. None: something has no value."""
        if not clauses:
            yield place, updates
            return
        try:
            found = list(self.clause(clauses[0], place, updates))
        except NoValue:
            found = [None]
        for way in found:
            if way is None:
                yield None
            else:
                yield from self.ways(clauses[1:], *way)

    def clause(self, clause: s.ActionClause, place: Place, updates: Updates) -> Iterator[Way | None]:
        match clause:
            case s.WhenClause(condition=condition):
                if self.value(condition, place):
                    yield place, updates
            case s.LetClause(bindings=bindings):
                yield self.let(bindings, place), updates
            case s.ChoiceClause(binders=binders, where=where):
                names = [(name, binder.domain) for binder in binders for name in binder.names]
                yield from self.chosen(names, where, place, updates)
            case s.Update(value=value, choice=True):
                for each in self.in_order(self.value(value, place)):
                    yield place, (*updates, (clause, place, _just(each)))
            case s.Update(value=value):
                yield place, (*updates, (clause, place, partial(self.value, value, place)))
            case s.IfClause(branches=branches, otherwise=otherwise):
                taken = next((b.clauses for b in branches if self.value(b.condition, place)), otherwise)
                yield from self.block(taken, place, place, updates)
            case s.MatchClause(subject=subject, cases=cases):
                case, inside = self.fitting(self.value(subject, place), cases, place)
                yield from self.block(case.clauses, inside, place, updates)
            case s.DoClause(effect=effect, arguments=arguments):
                declared = self.spec.names[effect]
                assert isinstance(declared, s.EffectDecl)
                inside = Place(place.state, place.next)
                for parameter, argument in zip(declared.parameters, arguments, strict=True):
                    inside = inside.bind(parameter.name, partial(self.held, argument, parameter.type, place))
                yield from self.block(declared.clauses, inside, place, updates)

    def block(
        self, clauses: Sequence[s.ActionClause], inside: Place, outside: Place, updates: Updates
    ) -> Iterator[Way | None]:
        for way in self.ways(clauses, inside, updates):
            yield None if way is None else (outside, way[1])

    def chosen(
        self, names: Sequence[tuple[s.Identifier, s.AnyExpr]], where: s.AnyExpr | None, place: Place, updates: Updates
    ) -> Iterator[Way | None]:
        try:
            if not names:
                if where is None or self.value(where, place):
                    yield place, updates
                return
            choices = self.in_order(self.value(names[0][1], place))
        except NoValue:
            yield None
            return
        for each in choices:
            yield from self.chosen(names[1:], where, place.bind(names[0][0], _just(each)), updates)

    # ------------------------------------------------------------------------------------------------- expressions

    def value(self, node: s.AnyExpr, place: Place) -> Value:
        match node:
            case s.Number(value=number):
                return number
            case s.Boolean(value=truth):
                return truth
            case s.NoneValue():
                return NONE
            case s.SomeOf(value=inner):
                return Some(self.value(inner, place))
            case s.Name():
                return self.name(node, place)
            case s.Call():
                return self.call(node, place)
            case s.Index(base=base, index=s.Range(low=low, high=high)) if not self.holds_map(base):
                return self.part(self.value(base, place), self.value(low, place), self.value(high, place))
            case s.Index(base=base, index=index):
                whole = self.value(base, place)
                if isinstance(whole, BagValue):
                    return _copies(whole).count(self.value(index, place))
                return _element(self.value(base, place), self.value(index, place))
            case s.FieldAccess(base=base, field=field_name):
                return self.value(base, place)[field_name.text]
            case s.Unary(operator="not", operand=operand):
                return not self.value(operand, place)
            case s.Unary(operand=operand):
                return -self.value(operand, place)
            case s.Binary():
                return self.binary(node, place)
            case s.Range(low=low, high=high):
                return frozenset(range(self.value(low, place), self.value(high, place) + 1))
            case s.TypeDomain(type=type_):
                return frozenset(self.all_of(type_))
            case s.SeqLiteral(elements=elements):
                return tuple(self.value(element, place) for element in elements)
            case s.SetLiteral(elements=elements):
                return frozenset(self.value(element, place) for element in elements)
            case s.BagLiteral(elements=elements):
                return _bag([self.value(element, place) for element in elements])
            case s.BagComprehension(element=element, binder=binder, where=where):
                source = self.value(binder.domain, place)
                items = _copies(source) if isinstance(source, BagValue) else list(source)
                places = [place.bind(binder.names[0], _just(item)) for item in items]
                return _bag([self.value(element, p) for p in places if where is None or self.value(where, p)])
            case s.SetComprehension(element=element, binders=binders, where=where):
                return frozenset([self.value(element, p) for p in self.places(binders, where, place)])
            case s.SeqComprehension(element=element, binder=binder, where=where):
                source = self.value(binder.domain, place)
                items = source if isinstance(source, tuple) else self.in_order(source)
                places = [place.bind(binder.names[0], _just(item)) for item in items]
                return tuple([self.value(element, p) for p in places if where is None or self.value(where, p)])
            case s.MapComprehension(binders=(binder,), value=body):
                keys = self.in_order(self.value(binder.domain, place))
                return MapValue(tuple([(k, self.value(body, place.bind(binder.names[0], _just(k)))) for k in keys]))
            case s.Quantifier():
                return self.quantifier(node, place)
            case s.If(branches=branches, otherwise=otherwise):
                for condition, then in branches:
                    if self.value(condition, place):
                        return self.value(then, place)
                return self.value(otherwise, place)
            case s.Let(bindings=bindings, body=body):
                return self.value(body, self.let(bindings, place))
            case s.Match(subject=subject, cases=cases):
                return self.match(self.value(subject, place), cases, place)
            case s.Updated(base=base, changes=changes):
                result = self.value(base, place)
                for change in changes:
                    result = self.put(result, change.path, partial(self.value, change.value, place), place)
                return result
        raise AssertionError(node)

    def name(self, node: s.Name, place: Place) -> Value:
        symbol = self.spec.names[node]
        match symbol:
            case s.Identifier():
                return place.names[symbol]()
            case s.ConstDecl(name=name, default=default):
                setting = self.settings.get(name.text, default)
                assert setting is not None
                return self.value(setting, self.anywhere)
            case s.VarDecl(name=name):
                return (place.next if node.primed else place.state)[name.text]
            case s.Member():
                return self.member(symbol)
            case s.ShapeDecl():
                return self.shaped(symbol, RecordValue(symbol.name.text, ()))
            case s.DefDecl():
                return self.call_definition(symbol, (), node.primed, place)
            case s.TypeDecl(type=type_):
                return frozenset(self.all_of(type_))
        return frozenset(self.all_named(symbol))

    def member(self, member: s.Member) -> EnumValue:
        enum = next(e for e in self.spec.all(s.EnumDecl) if member in e.members)
        return EnumValue(enum.name.text, enum.members.index(member), member.name.text)

    def shaped(self, shape: s.ShapeDecl, fields: RecordValue) -> VariantValue:
        variant = next(v for v in self.spec.all(s.VariantDecl) if shape in v.shapes)
        return VariantValue(variant.name.text, variant.shapes.index(shape), fields)

    def call_definition(self, declared: s.DefDecl, arguments: Sequence[s.AnyExpr], primed: bool, place: Place) -> Value:
        # A primed definition reads the next state; its arguments are still those of this place.
        inner = Place(place.next if primed else place.state, place.next)
        for parameter, argument in zip(declared.parameters, arguments, strict=True):
            inner = inner.bind(parameter.name, partial(self.held, argument, parameter.type, place))
        return self.held(declared.body, declared.result, inner)

    def held(self, node: s.AnyExpr, type_: s.AnyType | None, place: Place) -> Value:
        """A value that must be of a type."""
        value = self.value(node, place)
        if type_ is not None and not self.fits(value, type_):
            raise NoValue
        return value

    def call(self, node: s.Call, place: Place) -> Value:
        symbol = self.spec.names[node.function]
        arguments = [argument.value for argument in node.arguments]
        match symbol:
            case s.DefDecl():
                return self.call_definition(symbol, arguments, node.primed, place)
            case s.RecordDecl(name=name, fields=fields) | s.ShapeDecl(name=name, fields=fields):
                given = {
                    argument.name.text if argument.name is not None else fields[i].name.text: argument.value
                    for i, argument in enumerate(node.arguments)
                }
                parts = [(f.name.text, self.held(given[f.name.text], f.type, place)) for f in fields]
                made = RecordValue(name.text, tuple(parts))
                return self.shaped(symbol, made) if isinstance(symbol, s.ShapeDecl) else made
            case Builtin(name="get"):
                option = self.value(arguments[0], place)
                if isinstance(option, Some):
                    return option.value
                if len(arguments) == 1:
                    raise NoValue
                return self.value(arguments[1], place)
            case Builtin(name=name):
                return self.builtin(name, [self.value(argument, place) for argument in arguments])
        raise AssertionError(symbol)

    def builtin(self, name: str, values: list[Value]) -> Value:
        first = values[0]
        match name:
            case "len":
                return len(first)
            case "abs":
                return abs(first)
            case "u64":
                return first % 2**64
            case "min":
                return min(values, key=_ORDER)
            case "max":
                return max(values, key=_ORDER)
            case "first":
                return _element(first, 1)
            case "last":
                return _element(first, len(first))
            case "front":
                return first[:-1]
            case "tail":
                return first[1:]
            case "elems":
                return frozenset(_copies(first) if isinstance(first, BagValue) else first)
            case "subsets":
                return frozenset(_subsets(list(first)))
            case "permutations":
                return frozenset(permutations(first))
        raise AssertionError(name)

    def binary(self, node: s.Binary, place: Place) -> Value:
        left = self.value(node.left, place)
        match node.operator:
            case "and":
                return left and self.value(node.right, place)
            case "or":
                return left or self.value(node.right, place)
            case "=>":
                return not left or self.value(node.right, place)
        right = self.value(node.right, place)
        if node.operator in ("div", "mod") and right == 0:
            raise NoValue
        if node.operator != "in" and (isinstance(left, BagValue) or isinstance(right, BagValue)):
            return _of_bags(node.operator, left, right)
        if isinstance(right, BagValue):
            return left in _copies(right)
        return _OPERATORS[node.operator](left, right)

    def quantifier(self, node: s.Quantifier, place: Place) -> Value:
        if node.kind in ("forall", "exists"):
            wanted = node.kind == "exists"
            names = [(name, binder.domain) for binder in node.binders for name in binder.names]
            return self.is_decided(wanted, names, node, place) is wanted
        places = self.places(node.binders, node.where, place)
        match node.kind:
            case "count":
                return sum(bool(self.value(node.body, p)) for p in places)
            case "sum":
                return sum(self.value(node.body, p) for p in places)
        values = [self.value(node.body, p) for p in places]
        if not values:
            raise NoValue
        return min(values, key=_ORDER) if node.kind == "min" else max(values, key=_ORDER)

    def is_decided(
        self, wanted: bool, names: Sequence[tuple[s.Identifier, s.AnyExpr]], node: s.Quantifier, place: Place
    ) -> bool:
        """Is there a choice for which the body of a quantifier is as `wanted`, which decides it?

        None is looked at after that, unless the elements have no order: then all are.
        """
        if not names:
            return (node.where is None or self.value(node.where, place)) and self.value(node.body, place) is wanted
        (name, domain), *rest = names
        places = [place.bind(name, _just(item)) for item in self.in_order(self.value(domain, place))]
        decisions = (self.is_decided(wanted, rest, node, p) for p in places)
        return any(list(decisions) if self.mentions_sort(self.spec.static_types[domain]) else decisions)

    def places(self, binders: Sequence[s.Binder], where: s.AnyExpr | None, place: Place) -> Iterator[Place]:
        names = [(name, binder.domain) for binder in binders for name in binder.names]

        def extend(rest: Sequence[tuple[s.Identifier, s.AnyExpr]], here: Place) -> Iterator[Place]:
            if not rest:
                if where is None or self.value(where, here):
                    yield here
                return
            name, domain = rest[0]
            for item in self.in_order(self.value(domain, here)):
                yield from extend(rest[1:], here.bind(name, _just(item)))

        yield from extend(names, place)

    def let(self, bindings: Sequence[s.LetBinding], place: Place) -> Place:
        for binding in bindings:
            place = place.bind(binding.name, partial(self.value, binding.value, place))
        return place

    def match(self, subject: Value, cases: Sequence[s.Case], place: Place) -> Value:
        case, named = self.fitting(subject, cases, place)
        return self.value(case.body, named)

    def fitting(self, subject: Value, cases: Sequence[Any], place: Place) -> tuple[Any, Place]:
        """The case that fits a value, and its names."""
        for case in cases:
            for pattern in case.patterns:
                match pattern.kind, subject:
                    case "any", _:
                        return case, place
                    case "none", value if value is NONE:
                        return case, place
                    case "some", Some(inner):
                        return case, place if pattern.name is None else place.bind(pattern.name, _just(inner))
                    case "member" | "shape", VariantValue(fields=fields):
                        if pattern.name is not None and pattern.name.text == fields.record:
                            named = place
                            for name, (_, part) in zip(pattern.fields, fields.fields, strict=False):
                                named = named.bind(name, _just(part))
                            return case, named
                    case "member", EnumValue(name=name) if pattern.name is not None and pattern.name.text == name:
                        return case, place
        raise AssertionError("no case")

    def overlap(self, a: s.Update, place_a: Place, b: s.Update, place_b: Place) -> bool:
        """Do two updates change the same part?"""

        def steps(update: s.Update, place: Place) -> list[Value | str]:
            return [
                step.field.text if isinstance(step, s.FieldStep) else self.value(step.index, place)
                for step in update.path
            ]

        pairs = zip(steps(a, place_a), steps(b, place_b), strict=False)
        return a.target.text == b.target.text and all(x == y for x, y in pairs)

    def put(self, old: Value, path: Sequence[s.PathStep], value: Callable[[], Value], place: Place) -> Value:
        """`old` with the part that a path leads to replaced."""
        if not path:
            return value()
        match path[0]:
            case s.FieldStep(field=field_name):
                assert isinstance(old, RecordValue)
                new = self.put(old[field_name.text], path[1:], value, place)
                return RecordValue(old.record, tuple((n, new if n == field_name.text else v) for n, v in old.fields))
            case s.IndexStep(index=index_node):
                index = self.value(index_node, place)
                new = self.put(_element(old, index), path[1:], value, place)
                if isinstance(old, MapValue):
                    return MapValue(tuple((k, new if k == index else v) for k, v in old.items))
                return tuple(new if i == index else v for i, v in enumerate(old, 1))
        raise AssertionError(path)

    def part(self, whole: Value, low: Value, high: Value) -> Value:
        assert isinstance(whole, tuple) and isinstance(low, int) and isinstance(high, int)
        return tuple(_element(whole, i) for i in range(low, high + 1))

    def holds_map(self, base: s.AnyExpr) -> bool:
        """Is this a map of ranges (so that `m[a..b]` reads an element)?"""
        return isinstance(self.spec.static_types[base], StaticMap)

    def in_order(self, whole: Value) -> list[Value]:
        if isinstance(whole, BagValue):
            return sorted(set(_copies(whole)), key=_ORDER)
        assert isinstance(whole, frozenset)
        return sorted(whole, key=_ORDER)

    # ------------------------------------------------------------------------------------------------------- types

    def number(self, node: s.AnyExpr) -> int:
        value = self.value(node, self.anywhere)
        assert isinstance(value, int)
        return value

    def all_of(self, type_: s.AnyType) -> list[Value]:
        """Every value of a type."""
        match type_:
            case s.PrimitiveType(name="bool"):
                return [False, True]
            case s.RangeType(low=low, high=high):
                return list(range(self.number(low), self.number(high) + 1))
            case s.OptionType(element=element):
                return [NONE, *map(Some, self.all_of(element))]
            case s.SetType(capacity=room, element=element):
                most = None if room is None else self.number(room)
                return [each for each in _subsets(self.all_of(element)) if most is None or len(each) <= most]
            case s.BagType(capacity=capacity, element=element):
                items = self.all_of(element)
                counts = product(range(self.number(capacity) + 1), repeat=len(items))
                fitting = (row for row in counts if sum(row) <= self.number(capacity))
                return [_bag([x for x, n in zip(items, row, strict=True) for _ in range(n)]) for row in fitting]
            case s.SeqType(capacity=capacity, element=element):
                items = self.all_of(element)
                return [row for n in range(self.number(capacity) + 1) for row in product(items, repeat=n)]
            case s.MapType(key=key, value=value):
                keys = sorted(self.all_of(key), key=_ORDER)
                rows = product(self.all_of(value), repeat=len(keys))
                return [MapValue(tuple(zip(keys, row, strict=True))) for row in rows]
            case s.NamedType():
                return self.all_named(self.spec.names[type_])
        raise AssertionError(type_)

    def all_named(self, symbol: object) -> list[Value]:
        match symbol:
            case s.TypeDecl(type=type_):
                return self.all_of(type_)
            case s.EnumDecl(members=members):
                return [self.member(member) for member in members]
            case s.SortDecl(name=name, size=size):
                return [SortValue(name.text, i) for i in range(self.number(size))]
            case s.RecordDecl(name=name, fields=fields):
                rows = product(*(self.all_of(f.type) for f in fields))
                names = [f.name.text for f in fields]
                return [RecordValue(name.text, tuple(zip(names, row, strict=True))) for row in rows]
            case s.VariantDecl(shapes=shapes):
                return [self.shaped(shape, fields) for shape in shapes for fields in self.all_fields(shape)]
        raise AssertionError(symbol)

    def all_fields(self, shape: s.ShapeDecl) -> list[RecordValue]:
        rows = product(*(self.all_of(f.type) for f in shape.fields))
        names = [f.name.text for f in shape.fields]
        return [RecordValue(shape.name.text, tuple(zip(names, row, strict=True))) for row in rows]

    def mentions_sort(self, kind: StaticType) -> bool:
        """Is a value of this kind made of values of a sort?"""
        match kind:
            case StaticSort():
                return True
            case StaticRecord(declaration):
                return any(self.type_mentions_sort(f.type) for f in declaration.fields)
            case StaticVariant(declaration):
                return any(self.type_mentions_sort(f.type) for shape in declaration.shapes for f in shape.fields)
            case StaticMap(key, value):
                return self.mentions_sort(key) or self.mentions_sort(value)
        return hasattr(kind, "element") and self.mentions_sort(kind.element)

    def type_mentions_sort(self, type_: s.AnyType) -> bool:
        match type_:
            case s.NamedType():
                match self.spec.names[type_]:
                    case s.TypeDecl(type=aliased):
                        return self.type_mentions_sort(aliased)
                    case s.RecordDecl(fields=fields):
                        return any(self.type_mentions_sort(f.type) for f in fields)
                    case s.VariantDecl(shapes=shapes):
                        return any(self.type_mentions_sort(f.type) for shape in shapes for f in shape.fields)
                    case symbol:
                        return isinstance(symbol, s.SortDecl)
            case s.MapType(key=key, value=value):
                return self.type_mentions_sort(key) or self.type_mentions_sort(value)
        return hasattr(type_, "element") and self.type_mentions_sort(type_.element)

    def fits(self, value: Value, type_: s.AnyType) -> bool:
        """Is a value, which is of the right kind, of a type?"""
        match type_:
            case s.RangeType(low=low, high=high):
                return bool(self.number(low) <= value <= self.number(high))
            case s.PrimitiveType(name="nat"):
                return bool(value >= 0)
            case s.OptionType(element=element):
                return value is NONE or (isinstance(value, Some) and self.fits(value.value, element))
            case s.SetType(capacity=room, element=element):
                small = room is None or len(value) <= self.number(room)
                return small and all(self.fits(part, element) for part in value)
            case s.BagType(capacity=capacity, element=element):
                copies = _copies(value)
                return len(copies) <= self.number(capacity) and all(self.fits(part, element) for part in copies)
            case s.SeqType(capacity=capacity, element=element):
                assert isinstance(value, tuple)
                return len(value) <= self.number(capacity) and all(self.fits(part, element) for part in value)
            case s.MapType(value=inner):
                assert isinstance(value, MapValue)
                return all(self.fits(part, inner) for _, part in value.items)
            case s.NamedType():
                match self.spec.names[type_]:
                    case s.TypeDecl(type=aliased):
                        return self.fits(value, aliased)
                    case s.RecordDecl(fields=fields):
                        assert isinstance(value, RecordValue)
                        return all(self.fits(value[f.name.text], f.type) for f in fields)
                    case s.VariantDecl(shapes=shapes):
                        assert isinstance(value, VariantValue)
                        fields = shapes[value.index].fields
                        return all(self.fits(value.fields[f.name.text], f.type) for f in fields)
        return True


def _just(value: Value) -> Callable[[], Value]:
    return lambda: value


def _subsets(items: list[Value]) -> Iterator[frozenset[Value]]:
    for mask in range(2 ** len(items)):
        yield frozenset(item for i, item in enumerate(items) if mask >> i & 1)


def _element(whole: Value, index: Value) -> Value:
    if isinstance(whole, MapValue):
        for key, value in whole.items:
            if key == index:
                return value
        raise NoValue
    assert isinstance(whole, tuple) and isinstance(index, int)
    if 1 <= index <= len(whole):
        return whole[index - 1]
    raise NoValue


def compare(a: Value, b: Value) -> int:
    """-1, 0 or 1: values of one type in their order."""
    match a, b:
        case (EnumValue(), EnumValue()) | (SortValue(), SortValue()):
            return compare(a.index, b.index)
        case Some(x), Some(y):
            return compare(x, y)
        case Some(), _:
            return 1
        case _, Some():
            return -1
        case VariantValue(), VariantValue():
            return compare(a.index, b.index) or compare(a.fields, b.fields)
        case RecordValue(), RecordValue():
            return _first_difference([v for _, v in a.fields], [v for _, v in b.fields])
        case MapValue(), MapValue():
            return _first_difference([v for _, v in a.items], [v for _, v in b.items])
        case BagValue(), BagValue():
            # The largest element of which there are not equally many decides.
            counts = (
                (dict(a.items).get(x, 0), dict(b.items).get(x, 0))
                for x in sorted({*dict(a.items), *dict(b.items)}, key=_ORDER)
            )
            differing = [compare(x, y) for x, y in counts if x != y]
            return differing[-1] if differing else 0
        case tuple(), tuple():
            return compare(len(a), len(b)) or _first_difference(a, b)
        case frozenset(), frozenset():
            # As numbers whose bits are the elements: the largest element in only one of the two decides.
            if a == b:
                return 0
            return 1 if max(a ^ b, key=_ORDER) in a else -1
    return 0 if a == b else -1 if a < b else 1


def _first_difference(a: Sequence[Value], b: Sequence[Value]) -> int:
    return next((c for x, y in zip(a, b, strict=True) if (c := compare(x, y))), 0)


_ORDER = cmp_to_key(compare)


def _copies(bag: BagValue) -> list[Value]:
    """All that is in a bag, each as often as it is there."""
    return [element for element, count in bag.items for _ in range(count)]


def _bag(elements: Sequence[Value]) -> BagValue:
    """A bag, by counting how often each element comes."""
    distinct = sorted(set(elements), key=_ORDER)
    return BagValue(tuple((each, sum(other == each for other in elements)) for each in distinct))


def _of_bags(operator: str, left: Value, right: Value) -> Value:
    """An operator on bags, or a bag and a set: for each element, one on numbers."""
    if operator in ("==", "!="):
        return (left == right) is (operator == "==")
    a, b = (_copies(each) if isinstance(each, BagValue) else list(each) for each in (left, right))
    numbers = {each: (sum(x == each for x in a), sum(x == each for x in b)) for each in {*a, *b}}
    if operator == "subset":
        return all(x <= y for x, y in numbers.values())
    combine = {"+": lambda x, y: x + y, "-": lambda x, y: max(0, x - y), "|": max, "&": min}[operator]
    return _bag([each for each, pair in numbers.items() for _ in range(combine(*pair))])


_OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "<=>": lambda a, b: a == b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: compare(a, b) < 0,
    "<=": lambda a, b: compare(a, b) <= 0,
    ">": lambda a, b: compare(a, b) > 0,
    ">=": lambda a, b: compare(a, b) >= 0,
    "in": lambda a, b: a in b,
    "subset": lambda a, b: a <= b,
    "|": lambda a, b: a | b,
    "&": lambda a, b: a & b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "div": lambda a, b: a // b,
    "mod": lambda a, b: a % b,
}
