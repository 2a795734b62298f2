"""Small random specifications, as text, over the whole language.

They are well typed by construction. A few are refused all the same (a set with too many possible elements, a number
that does not fit a machine word); most of those that are not refused contain expressions that have no value in some
states, which is what the engines must agree on as well.

Everything is drawn from a `random.Random`: a seeded one for bulk runs, or one of Hypothesis, which can shrink.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from skipgate.checker.core.datatypes import (
    BOOL,
    BagType,
    BoolType,
    EnumType,
    IntType,
    MapType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    VariantType,
    cardinality,
    includes,
    mentions_sort,
    values,
)
from skipgate.checker.core.values import NONE, MapValue, RecordValue, Some, Value, VariantValue, bag_of

_T = TypeVar("_T")
_FIELDS = {
    "Pair": ("type", "g", "in"),
    "Stamp": ("ff", "to", "IF"),
}  # words that are reserved here or in TLA+ among them
_SHAPE_FIELDS = ("kind", "term", "with", "IN")


def _not_below_one(index: str) -> str:
    """An index as text; a sequence refuses numbers below 1, unless they are computed."""
    return f"{index} + 0" if index.lstrip("-").isdecimal() and int(index) < 1 else index


@dataclass(frozen=True)
class Scope:
    """What an expression may mention, and whether it may look at the next state."""

    names: tuple[tuple[str, Type], ...] = ()

    def with_names(self, *names: tuple[str, Type]) -> Scope:
        return replace(self, names=(*self.names, *names))


@dataclass(frozen=True)
class Function:
    """A definition with parameters."""

    name: str
    parameters: tuple[Type, ...]
    result: Type


@dataclass
class World:
    """The declarations made so far."""

    enum: EnumType
    sorts: list[SortType]
    records: list[RecordType]
    variants: list[VariantType]
    types: list[Type]  # to choose from
    variables: list[tuple[str, Type]] = field(default_factory=list)
    constants: list[tuple[str, Type]] = field(default_factory=list)
    definitions: list[tuple[str, Type]] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def type_text(type_: Type) -> str:
    match type_:
        case SortType(name, _) | EnumType(name, _) | RecordType(name, _, _) | VariantType(name, _):
            return name
        case OptionType(element):
            return f"option of {type_text(element)}"
        case BagType(element, capacity):
            return f"bag[{capacity}] of {type_text(element)}"
        case SetType(element, room):
            return f"set{'' if room is None else f'[{room}]'} of {type_text(element)}"
        case SeqType(capacity, element):
            return f"seq[{capacity}] of {type_text(element)}"
        case MapType(key, value):
            return f"map[{type_text(key)}] of {type_text(value)}"
    return str(type_)


def same_kind(a: Type, b: Type) -> bool:
    """Do two types differ in the bounds of their numbers and sequences only?"""
    match a, b:
        case IntType(), IntType():
            return True
        case OptionType(), OptionType():
            return same_kind(a.element, b.element)
        case (SetType(), SetType()) | (BagType(), BagType()):
            return same_kind(a.element, b.element)
        case SeqType(), SeqType():
            return same_kind(a.element, b.element)
        case MapType(), MapType():
            return a.key == b.key and same_kind(a.value, b.value)
    return a == b


def is_ordered(type_: Type) -> bool:
    match type_:
        case IntType() | EnumType():
            return True
        case OptionType(element):
            return is_ordered(element)
        case RecordType():
            return type_.ordered
    return False


def random_value(rng: Random, type_: Type) -> Value:
    """Any value of a type, however many there are."""
    match type_:
        case IntType(low, high):
            assert low is not None and high is not None
            return rng.choice([low, high, rng.randint(low, high)])
        case RecordType(name, fields, _):
            return RecordValue(name, tuple((f, random_value(rng, part)) for f, part in fields))
        case VariantType(name, shapes):
            i = rng.randrange(len(shapes))
            content = random_value(rng, shapes[i])
            assert isinstance(content, RecordValue)
            return VariantValue(name, i, content)
        case OptionType(element):
            return NONE if rng.random() < 0.4 else Some(random_value(rng, element))
        case MapType(key, value):
            return MapValue(tuple((k, random_value(rng, value)) for k in values(key)))
        case BagType(element, capacity):
            return bag_of(random_value(rng, element) for _ in range(rng.randint(0, capacity)))
        case SetType(element, room):
            share = rng.choice([0.0, 0.3, 0.7, 1.0])
            chosen = [v for v in values(element) if rng.random() < share]
            return frozenset(chosen[:room])
        case SeqType(capacity, element):
            return tuple(random_value(rng, element) for _ in range(rng.randint(0, capacity)))
    return rng.choice(list(values(type_)))


class Generator:
    """Writes declarations and expressions. The alternatives are listed with the simplest first."""

    def __init__(self, rng: Random, *, large: bool = False, sorts: Sequence[SortType] | None = None) -> None:
        self.rng = rng
        self.large = large  # types too large to enumerate all states
        self.sorts = sorts  # None: perhaps one
        self.branching = False  # are there branches, choices and effects in actions?
        self.count = 0
        self.exact = False  # should the values be in the very type that is asked for?
        self.whole = False  # must the kind of what is written be known, so that no bare `{}`, `[]` or `none` will do?
        self.world = self.declare_types()

    # ---------------------------------------------------------------------------------------------------- drawing

    def number(self, low: int, high: int) -> int:
        return self.rng.randint(low, high)

    def pick(self, options: Sequence[_T]) -> _T:
        return options[self.rng.randint(0, len(options) - 1)]

    def pick_type(self, *options: Type) -> Type:
        return self.pick(options)

    def chance(self, percent: int) -> bool:
        return self.rng.randint(0, 99) >= 100 - percent

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    # ------------------------------------------------------------------------------------------------------ types

    def declare_types(self) -> World:
        members = [f"c{i}" for i in range(1, self.number(2, 3) + 1)]
        enum = EnumType("Color", tuple(members))
        lines = ["model random", f"enum Color {{ {', '.join(members)} }}"]
        sorts = list(self.sorts or [])
        if self.sorts is None and self.chance(50):
            sorts.append(SortType("Node", self.number(2, 3)))
        lines += [f"sort {sort.name}[{sort.size}]" for sort in sorts]
        bound = self.number(1, 3)
        lines.append(f"const TOP : nat = {bound}")
        lines.append("type Small = 0..TOP")
        small = IntType(0, bound)
        world = World(enum, sorts, [], [], [BOOL, small, IntType(0, 2), enum], lines=lines)
        self.world = world
        world.constants.append(("TOP", IntType(bound, bound)))
        if self.chance(50):
            flag = self.pick(["true", "false"])
            lines.append(f"const FLAG : bool = {flag}")
            world.constants.append(("FLAG", BOOL))
        world.types.append(IntType(1, self.number(1, 4)))
        world.types.append(IntType(-self.number(1, 3), self.number(0, 2)))
        if self.large:
            world.types += [IntType(-3, self.number(60, 70)), IntType(10, 12), IntType(-9, -7)]
        world.types += sorts
        if self.sorts is not None:  # what relates their values to each other
            world.types += [MapType(sort, OptionType(other)) for sort in sorts for other in sorts]
            world.types += [MapType(sort, SetType(sort)) for sort in sorts]
        for name in ("Pair", "Stamp")[: self.number(0, 2)]:
            ordered = self.chance(60)
            fields = []
            for part in _FIELDS[name][: self.number(1, 3 if self.large else 2)]:
                options = [t for t in world.types if not ordered or is_ordered(t)]
                type_ = self.pick(options)
                if self.chance(25):
                    type_ = OptionType(type_)
                elif self.chance(15) and not ordered:
                    type_ = self.pick_type(SetType(BOOL), SetType(IntType(0, 2)), SeqType(2, BOOL), MapType(BOOL, enum))
                fields.append((part, type_))
            record = RecordType(name, tuple(fields), ordered)
            body = ", ".join(f"{f} : {type_text(t)}" for f, t in fields)
            lines.append(f"{'ordered ' if ordered else ''}record {name} {{ {body} }}")
            world.records.append(record)
            world.types.append(record)
        if self.chance(40):
            self.declare_variant()
        return world

    def declare_variant(self) -> None:
        """Shapes whose fields lie over each other, some of them without fields."""
        world = self.world
        kinds = {}
        for name in _SHAPE_FIELDS:
            kinds[name] = self.pick(world.types)
            if self.chance(25):
                kinds[name] = self.pick_type(SetType(BOOL), SeqType(2, IntType(1, 2)), OptionType(kinds[name]))
        shapes = []
        for shape in ("Vote", "Ack", "CASE")[: self.number(1, 3)]:
            names = list(_SHAPE_FIELDS)
            self.rng.shuffle(names)
            fields = tuple((name, kinds[name]) for name in names[: self.number(0, 3 if self.large else 1)])
            shapes.append(RecordType(shape, fields, False))
        variant = VariantType("Msg", tuple(shapes))
        texts = []
        for each in shapes:
            body = ", ".join(f"{f} : {type_text(t)}" for f, t in each.fields)
            texts.append(f"{each.name}({body})" if body else each.name)
        world.lines.append(f"variant Msg {{ {', '.join(texts)} }}")
        world.variants.append(variant)
        world.types += [variant, variant]

    def small_type(self) -> Type:
        """One that can be the key of a map or the element of a set."""
        types = [t for t in self.world.types if (cardinality(t) or 99) <= (70 if self.large else 4)]
        type_ = self.pick(types)
        return OptionType(type_) if self.chance(15) else type_

    def any_type(self, depth: int = 2) -> Type:
        """One for a variable, or for something to be compared."""
        plain = self.pick(self.world.types)
        if depth == 0 or self.chance(60):
            return plain
        match self.number(0, 4):
            case 0:
                return OptionType(self.any_type(depth - 1))
            case 1:
                return self.set_type()
            case 2:
                element = self.pick(self.without_zero()) if self.chance(30) else self.any_type(depth - 1)
                return SeqType(self.number(1, 4 if self.large else 2), element)
            case 3:
                return MapType(self.small_type(), self.any_type(depth - 1))
        color = self.world.enum
        return SetType(self.pick_type(OptionType(BOOL), SetType(BOOL), color, SeqType(2, BOOL), MapType(BOOL, BOOL)))

    def set_type(self) -> Type:
        """Sets, with a capacity or without, or bags."""
        element, capacity = self.small_type(), self.capacity()
        return BagType(element, -capacity) if capacity is not None and capacity < 0 else SetType(element, capacity)

    def capacity(self) -> int | None:
        """That of a set, if it has one; that of a bag is below 0.

        It is drawn elsewhere, so that what is drawn besides it is what it was before there were capacities.
        """
        return Random("\n".join([*self.world.lines, str(self.count)])).choice([None, None, 1, 2, 3, -2, -3])

    def without_zero(self) -> list[Type]:
        """The types of numbers that leave 0 out, which in a variable stands where there is nothing."""
        return [t for t in self.world.types if isinstance(t, IntType) and not (t.low or 0) <= 0 <= (t.high or 0)]

    # ------------------------------------------------------------------------------------------------ expressions

    def scope(self) -> Scope:
        world = self.world
        return Scope((*world.constants, *world.variables, *world.definitions))

    def step_scope(self) -> Scope:
        """The names that a transition may mention, some of them twice to make primes likelier."""
        primed = [(f"{name}'", type_) for name, type_ in (*self.world.variables, *self.world.definitions)]
        return self.scope().with_names(*primed)

    def expression(self, type_: Type, scope: Scope, depth: int) -> str:
        """The text of an expression of the kind of `type_`, usually with values of the type."""
        with self.of_whole_kind(self.whole and not isinstance(type_, BoolType | IntType | EnumType | SortType)):
            return self._expression(type_, scope, depth)

    def whole_expression(self, type_: Type, scope: Scope, depth: int) -> str:
        """One from which an element can be taken."""
        with self.of_whole_kind(True):
            return self._expression(type_, scope, depth)

    @contextmanager
    def exactly(self, wanted: bool) -> Iterator[None]:
        before, self.exact = self.exact, wanted
        yield
        self.exact = before

    @contextmanager
    def of_whole_kind(self, wanted: bool) -> Iterator[None]:
        before, self.whole = self.whole, wanted
        yield
        self.whole = before

    def _expression(self, type_: Type, scope: Scope, depth: int) -> str:
        if depth <= 0:
            return self.leaf(type_, scope)
        options: list[Callable[[Type, Scope, int], str]] = [self.leaf, *self.special(type_), *self.special(type_)]
        options += [self.conditional, self.let, self.match_enum, self.match_option, self.get, self.element]
        options += [self.field_of, self.key]
        if self.world.variants:
            options.append(self.match_variant)
        if self.world.functions:
            options.append(self.call)
        if is_ordered(type_):
            options += [self.extreme, self.extreme_over]
        return self.pick(options)(type_, scope, depth - 1)

    def special(self, type_: Type) -> list[Callable[[Type, Scope, int], str]]:
        """What makes values of this very kind of type."""
        match type_:
            case BoolType():
                simple = [self.logic, self.equality, self.comparison, self.membership, self.negation]
                over_sorts = [self.over_a_sort] * 3 if self.sorts else []
                return [*simple, *over_sorts, self.quantified, self.about_a_local, self.about_a_local]
            case IntType() if self.exact:
                return [self.clamped]
            case IntType():
                counted = [self.copies] * 2 if self.bags() else []
                return [self.arithmetic, self.arithmetic, self.length, self.total, self.clamped, *counted]
            case OptionType():
                return [self.some]
            case RecordType():
                return [self.record, self.record_with]
            case VariantType():
                return [self.shape, self.shape]
            case MapType():
                return [self.map_over, self.map_with]
            case SetType():
                return [self.set_literal, self.set_operation, self.set_over, self.whole_set]
            case BagType():
                return [self.bag_literal, self.bag_operation, self.bag_operation, self.bag_over, self.bag_over]
            case SeqType():
                return [self.seq_literal, self.concat, self.slice, self.seq_over, self.seq_with]
        return []

    def leaf(self, type_: Type, scope: Scope, depth: int = 0) -> str:
        fits = includes if self.exact and not mentions_sort(type_) else same_kind
        names = [name for name, t in scope.names if same_kind(t, type_) and fits(type_, t)]
        if isinstance(type_, SortType):
            return self.pick(names)
        locals_ = [name for name in names if name in self.local_names(scope)]
        if locals_ and self.chance(50):
            return self.pick(locals_)
        constants = [name for name, _ in self.world.constants]
        if len(names) > 1 and self.chance(90):
            names = [name for name in names if name not in constants] or names
        if names and self.chance(50 if set(names) <= set(constants) else 85):
            return names[-1 - min(self.number(0, len(names) - 1), self.number(0, len(names) - 1))]
        return self.literal(type_, scope)

    def literal(self, type_: Type, scope: Scope) -> str:
        match type_:
            case BoolType():
                return self.pick(["true", "false"])
            case IntType(low, high):
                assert low is not None and high is not None
                number = self.number(low, high) if self.exact or self.chance(90) else self.number(low - 1, high + 1)
                return str(number) if number >= 0 else f"(-{-number})"
            case EnumType(_, members):
                return self.pick(members)
            case SortType():
                return self.leaf(type_, scope)
            case RecordType(name, fields, _):
                return self.record_of(name, [(field, self.leaf(part, scope)) for field, part in fields])
            case VariantType(_, shapes):
                shape = self.pick(shapes)
                return self.shape_of(shape, [(field, self.leaf(part, scope)) for field, part in shape.fields])
            case OptionType(element):
                return "none" if not self.whole and self.chance(40) else f"some({self.leaf(element, scope)})"
            case MapType(key, value):
                k = self.fresh("k")
                return f"(map {k} in {self.domain_text(key)}: {self.leaf(value, scope.with_names((k, key)))})"
            case SetType(element):
                return f"{{{self.several(element, scope, 0, 2)}}}"
            case BagType(element, _):
                return f"bag {{{self.several(element, scope, 0, 2)}}}"
            case SeqType(capacity, element):
                return f"[{self.several(element, scope, 0, capacity)}]"
        raise AssertionError(type_)

    def several(self, type_: Type, scope: Scope, depth: int, most: int) -> str:
        """Elements of a literal."""
        return ", ".join(self.expression(type_, scope, depth) for _ in range(self.number(int(self.whole), most)))

    def domain_text(self, type_: Type) -> str:
        """All values of a type, to range over."""
        if type_ == IntType(0, dict(self.world.constants)["TOP"].high) and self.chance(50):  # type: ignore[union-attr]
            return "Small"
        return type_text(type_)

    def domain(self, scope: Scope, depth: int) -> tuple[str, Type]:
        """A set to range over, and the type of its elements."""
        match self.number(0, 6):
            case 0:
                type_ = self.small_type()
                return self.domain_text(type_), type_
            case 1:
                low, high = self.number(-1, 1), self.number(0, 3)
                if self.large and self.chance(30):
                    low, high = self.number(-5, 2), self.number(60, 75)
                if self.chance(50):
                    return f"{low}..{high}", IntType(low, max(low, high))
                bounds = IntType(low, high) if low <= high else IntType(high, low)
                return f"{self.expression(bounds, scope, depth)}..{self.expression(bounds, scope, depth)}", bounds
            case 2:
                text = self.whole_expression(SeqType(2, BOOL), scope, depth)
                return f"1..len({text})", IntType(1, 2)
            case 3:
                type_ = self.pick_type(BOOL, IntType(0, 2), self.world.enum)
                text = self.whole_expression(SetType(type_), scope, depth)
                if isinstance(type_, IntType):
                    text += " & (0..2)"  # names of the kind may be of large sets, which have subsets without number
                return f"subsets({text})", SetType(type_)
            case 4:
                type_ = self.pick_type(
                    BOOL, *(t for t in (self.world.enum, *self.world.sorts) if (cardinality(t) or 9) <= 4)
                )
                whole = self.whole_expression(SetType(type_), scope, depth)
                return f"permutations({whole})", SeqType(cardinality(type_) or 0, type_)
        sets = [t for _, t in scope.names if isinstance(t, SetType | BagType)]
        set_type = self.pick(sets) if sets and self.chance(60) else SetType(self.small_type())
        return self.whole_expression(set_type, scope, depth), set_type.element

    def binders(self, scope: Scope, depth: int, most: int = 3) -> tuple[str, Scope]:
        """The text between a quantifier and its `where` or colon, and the scope of its body."""
        texts = []
        names = 0
        while names < most:
            text, element = self.domain(scope, min(depth, 1))
            bound = [self.fresh("q") for _ in range(2 if names + 1 < most and self.chance(20) else 1)]
            names += len(bound)
            scope = scope.with_names(*((name, element) for name in bound))
            texts.append(f"{', '.join(bound)} in {text}")
            if not self.chance(25):
                break
        return ", ".join(texts), scope

    def where(self, scope: Scope, depth: int, word: str = "where") -> str:
        return f" {word} {self.expression(BOOL, scope, depth)}" if self.chance(40) else ""

    # ------------------------------------------------------------------------------------------- of every type

    def conditional(self, type_: Type, scope: Scope, depth: int) -> str:
        branches = f"if {self.expression(BOOL, scope, depth)} then {self.expression(type_, scope, depth)}"
        if self.chance(25):
            branches += f" elif {self.expression(BOOL, scope, depth)} then {self.expression(type_, scope, depth)}"
        return f"({branches} else {self.expression(type_, scope, depth)})"

    def let(self, type_: Type, scope: Scope, depth: int) -> str:
        bindings = []
        for _ in range(self.number(1, 2)):
            name, bound = self.fresh("l"), self.any_type(1)
            bindings.append(f"{name} = {self.whole_expression(bound, scope, depth)}")
            scope = scope.with_names((name, bound), (name, bound))
        return f"(let {', '.join(bindings)}: {self.expression(type_, scope, depth)})"

    def match_enum(self, type_: Type, scope: Scope, depth: int) -> str:
        members = list(self.world.enum.members)
        self.rng.shuffle(members)
        cases: list[str] = []
        while members:
            count = self.number(1, len(members))
            pattern, members = ", ".join(members[:count]), members[count:]
            if not members and cases and self.chance(50):
                pattern = "_"
            cases.append(f"case {pattern}: {self.expression(type_, scope, depth - len(cases))}")
        return f"(match {self.expression(self.world.enum, scope, depth)} {' '.join(cases)})"

    def match_option(self, type_: Type, scope: Scope, depth: int) -> str:
        element = self.any_type(1)
        name = self.fresh("m")
        none = f"case none: {self.expression(type_, scope, depth)}"
        some = f"case some({name}): {self.expression(type_, scope.with_names((name, element), (name, element)), depth)}"
        cases = self.pick([f"{none} {some}", f"{some} {none}", f"{some} {none.replace('none', '_', 1)}"])
        return f"(match {self.whole_expression(OptionType(element), scope, depth)} {cases})"

    def match_variant(self, type_: Type, scope: Scope, depth: int) -> str:
        variant = self.pick(self.world.variants)
        shapes = list(variant.shapes)
        self.rng.shuffle(shapes)
        cases: list[str] = []
        while shapes:
            first, *shapes = shapes
            inner, pattern = scope, first.name
            if first.fields and self.chance(80):
                names = [self.fresh("m") if self.chance(80) else "_" for _ in first.fields]
                named = [(name, part) for name, (_, part) in zip(names, first.fields, strict=True) if name != "_"]
                inner = scope.with_names(*named, *named)
                pattern += f"({', '.join(names)})"
            elif shapes and self.chance(30):
                pattern += f", {shapes.pop().name}"
            if not shapes and cases and self.chance(40):
                inner, pattern = scope, "_"
            cases.append(f"case {pattern}: {self.expression(type_, inner, depth - len(cases))}")
        return f"(match {self.expression(variant, scope, depth)} {' '.join(cases)})"

    def get(self, type_: Type, scope: Scope, depth: int) -> str:
        option = self.whole_expression(OptionType(type_), scope, depth)
        return self.pick([f"get({option}, {self.expression(type_, scope, depth)})", f"get({option})"])

    def element(self, type_: Type, scope: Scope, depth: int) -> str:
        names = [n for n, t in scope.names if isinstance(t, SeqType) and same_kind(t.element, type_)]
        seq = self.pick(names) if names and self.chance(50) else self.whole_expression(SeqType(2, type_), scope, depth)
        index = _not_below_one(self.expression(IntType(1, 2), scope, depth))
        return self.pick([f"first({seq})", f"last({seq})", f"{seq}[{index}]"])

    def key(self, type_: Type, scope: Scope, depth: int) -> str:
        maps = [(n, t) for n, t in scope.names if isinstance(t, MapType) and same_kind(t.value, type_)]
        name, wanted = self.pick(maps) if maps else ("", MapType(self.small_type(), type_))
        text = name if name and self.chance(60) else self.whole_expression(wanted, scope, depth)
        return f"{text}[{self.expression(wanted.key, scope, depth)}]"

    def field_of(self, type_: Type, scope: Scope, depth: int) -> str:
        fields = [(r, f) for r in self.world.records for f, part in r.fields if same_kind(part, type_)]
        if not fields:
            return self.leaf(type_, scope)
        record, name = self.pick(fields)
        return f"{self.expression(record, scope, depth)}.{name}"

    def call(self, type_: Type, scope: Scope, depth: int) -> str:
        fitting = [f for f in self.world.functions if same_kind(f.result, type_)]
        if not fitting:
            return self.leaf(type_, scope)
        function = self.pick(fitting)
        prime = "'" if function.parameters and any(n.endswith("'") for n, _ in scope.names) and self.chance(60) else ""
        # Only definitions that read variables take a prime, and all of them do. It does not reach the arguments.
        if prime and self.chance(60):
            scope = Scope(tuple((name, t) for name, t in scope.names if not name.endswith("'")))
        arguments = ", ".join(self.expression(p, scope, depth) for p in function.parameters)
        return f"{function.name}{prime}({arguments})"

    def extreme(self, type_: Type, scope: Scope, depth: int) -> str:
        parts = [self.expression(type_, scope, depth) for _ in range(self.number(2, 3))]
        return f"{self.pick(['min', 'max'])}({', '.join(parts)})"

    def extreme_over(self, type_: Type, scope: Scope, depth: int) -> str:
        binders, inner = self.binders(scope, depth, 2)
        where = self.where(inner, depth - 1)
        return f"({self.pick(['min', 'max'])} {binders}{where}: {self.expression(type_, inner, depth)})"

    # --------------------------------------------------------------------------------------------------- booleans

    def logic(self, type_: Type, scope: Scope, depth: int) -> str:
        operator = self.pick(["and", "or", "=>", "<=>"])
        return f"({self.expression(BOOL, scope, depth)} {operator} {self.expression(BOOL, scope, depth)})"

    def about_a_local(self, type_: Type, scope: Scope, depth: int) -> str:
        """Something about a name that is bound here, which what stands around it is for."""
        locals_ = self.local_names(scope)
        if not locals_:
            return self.equality(type_, scope, depth)
        name, bound = self.pick(list(locals_.items()))
        if isinstance(bound, IntType) and self.chance(25):
            number = self.expression(bound, scope, depth)
            return f"({self.number(1, 6)} {self.pick(['div', 'mod'])} {name} {self.pick(['==', '<', '>='])} {number})"
        if is_ordered(bound) and self.chance(60):
            return f"({name} {self.pick(['<', '<=', '>', '>='])} {self.expression(bound, scope, depth)})"
        if self.chance(40):
            return f"({name} in {self.whole_expression(SetType(bound), scope, depth)})"
        return f"({name} {self.pick(['==', '!='])} {self.expression(bound, scope, depth)})"

    def negation(self, type_: Type, scope: Scope, depth: int) -> str:
        return f"(not {self.expression(BOOL, scope, depth)})"

    def local_names(self, scope: Scope) -> dict[str, Type]:
        """The names that are bound by quantifiers, `let` and the like, and the variables in the next state."""
        world = self.world
        known = dict((*world.constants, *world.variables, *world.definitions))
        return {name: type_ for name, type_ in scope.names if name not in known}

    def operand_type(self, scope: Scope) -> Type:
        locals_ = self.local_names(scope)
        if locals_ and self.chance(50):
            return self.pick(list(locals_.values()))
        return self.pick(scope.names)[1] if scope.names and self.chance(80) else self.any_type(1)

    def equality(self, type_: Type, scope: Scope, depth: int) -> str:
        operand = self.operand_type(scope)
        left, right = self.expression(operand, scope, depth), self.expression(operand, scope, depth)
        return f"({left} {self.pick(['==', '!='])} {right})"

    def comparison(self, type_: Type, scope: Scope, depth: int) -> str:
        operand = self.pick([t for t in self.world.types if is_ordered(t)])
        if self.chance(25):
            operand = OptionType(operand)
        left, right = self.expression(operand, scope, depth), self.expression(operand, scope, depth)
        return f"({left} {self.pick(['<', '<=', '>', '>='])} {right})"

    def membership(self, type_: Type, scope: Scope, depth: int) -> str:
        if self.chance(30):
            set_type = SetType(self.small_type())
            return f"({self.expression(set_type, scope, depth)} subset {self.expression(set_type, scope, depth)})"
        container, element = self.domain(scope, depth)
        if container == "bool" or " of " in container.split("(")[0]:  # a type, and no expression
            container = self.expression(SetType(element), scope, depth)
        return f"({self.expression(element, scope, depth)} {self.pick(['in', 'not in'])} {container})"

    def quantified(self, type_: Type, scope: Scope, depth: int) -> str:
        if self.chance(10):
            # One element decides, another has no value: so the order shows.
            name, numbers = self.fresh("q"), self.whole_expression(SetType(IntType(0, 2)), scope, depth)
            return f"({self.pick(['forall', 'exists'])} {name} in {numbers}: {self.number(1, 2)} div {name} == 1)"
        binders, inner = self.binders(scope, depth)
        where = self.where(inner, depth - 1)
        return f"({self.pick(['forall', 'exists'])} {binders}{where}: {self.expression(BOOL, inner, depth)})"

    def over_a_sort(self, type_: Type, scope: Scope, depth: int) -> str:
        """A quantifier that one value of a sort may decide, and for another of which the body may have no value."""
        assert self.sorts is not None
        sort, name = self.pick(self.sorts), self.fresh("q")
        domain = self.expression(SetType(sort), scope, depth) if self.chance(25) else sort.name
        decides = f"{name} {self.pick(['==', '!='])} {self.leaf(sort, scope)}"
        fails = f"1 div (if {name} {self.pick(['==', '!='])} {self.leaf(sort, scope)} then 0 else 1) == 1"
        if self.chance(30):
            fails = f"({fails} and {self.expression(BOOL, scope.with_names((name, sort)), depth)})"
        connective = self.pick(["and", "or", "=>"])
        return f"({self.pick(['forall', 'exists'])} {name} in {domain}: {decides} {connective} {fails})"

    # --------------------------------------------------------------------------------------------------- integers

    def arithmetic(self, type_: Type, scope: Scope, depth: int) -> str:
        left = self.expression(type_, scope, depth)
        if self.chance(15):
            return self.pick([f"(-{left})", f"abs({left})"])
        return f"({left} {self.pick(['+', '-', '*', 'div', 'mod'])} {self.expression(type_, scope, depth)})"

    def clamped(self, type_: Type, scope: Scope, depth: int) -> str:
        """An arithmetic expression held to the type, so that it can be assigned."""
        assert isinstance(type_, IntType)
        inner = self.arithmetic(type_, scope, depth - 1)
        if type_.low == 0:
            return f"({inner} mod {(type_.high or 0) + 1})"
        return f"max({type_.low}, min({inner}, {type_.high}))".replace("max(-", "max(0 - ")

    def length(self, type_: Type, scope: Scope, depth: int) -> str:
        collection = self.pick_type(SeqType(2, self.any_type(1)), SetType(self.small_type()))
        return f"len({self.expression(collection, scope, depth)})"

    def total(self, type_: Type, scope: Scope, depth: int) -> str:
        binders, inner = self.binders(scope, depth, 2)
        where = self.where(inner, depth - 1)
        if self.chance(50):
            return f"(count {binders}{where}: {self.expression(BOOL, inner, depth)})"
        return f"(sum {binders}{where}: {self.expression(type_, inner, depth)})"

    # ------------------------------------------------------------------------------------- options, records, maps

    def some(self, type_: Type, scope: Scope, depth: int) -> str:
        assert isinstance(type_, OptionType)
        return f"some({self.expression(type_.element, scope, depth)})"

    def record(self, type_: Type, scope: Scope, depth: int) -> str:
        assert isinstance(type_, RecordType)
        return self.record_of(type_.name, [(f, self.expression(part, scope, depth)) for f, part in type_.fields])

    def shape(self, type_: Type, scope: Scope, depth: int) -> str:
        assert isinstance(type_, VariantType)
        shape = self.pick(type_.shapes)
        return self.shape_of(shape, [(f, self.expression(part, scope, depth)) for f, part in shape.fields])

    def shape_of(self, shape: RecordType, parts: list[tuple[str, str]]) -> str:
        return self.record_of(shape.name, parts) if parts else shape.name

    def record_of(self, name: str, parts: list[tuple[str, str]]) -> str:
        """Its fields in their order without names, or by their names in some order."""
        if self.chance(50):
            return f"{name}({', '.join(text for _, text in parts)})"
        if self.chance(60):
            parts.reverse()
        return f"{name}({', '.join(f'{field} = {text}' for field, text in parts)})"

    def record_with(self, type_: Type, scope: Scope, depth: int) -> str:
        return self.updated(type_, scope, depth)

    def map_with(self, type_: Type, scope: Scope, depth: int) -> str:
        return self.updated(type_, scope, depth)

    def seq_with(self, type_: Type, scope: Scope, depth: int) -> str:
        return self.updated(type_, scope, depth)

    def updated(self, type_: Type, scope: Scope, depth: int) -> str:
        changes = []
        for _ in range(self.number(1, 2)):
            path, part = self.path(type_, scope, depth)
            changes.append(f"{path.removeprefix('.')} = {self.expression(part, scope, depth)}")
        return f"{{{self.whole_expression(type_, scope, depth)} with {', '.join(changes)}}}"

    def path(self, type_: Type, scope: Scope, depth: int) -> tuple[str, Type]:
        """A path into a value of a type, at least one step long, and the type of the part that it leads to."""
        match type_:
            case RecordType(_, fields, _):
                name, part = self.pick(fields)
                step = f".{name}"
            case MapType(key, part):
                step = f"[{self.expression(key, scope, depth)}]"
            case SeqType(capacity, part):
                step = f"[{_not_below_one(self.expression(IntType(1, max(1, capacity)), scope, depth))}]"
            case _:
                raise AssertionError(type_)
        if isinstance(part, RecordType | MapType | SeqType) and self.chance(60):
            rest, part = self.path(part, scope, depth)
            return step + rest, part
        return step, part

    def map_over(self, type_: Type, scope: Scope, depth: int) -> str:
        assert isinstance(type_, MapType)
        k = self.fresh("k")
        inner = scope.with_names((k, type_.key), (k, type_.key))
        return f"(map {k} in {self.domain_text(type_.key)}: {self.expression(type_.value, inner, depth)})"

    # ------------------------------------------------------------------------------------------ sets and sequences

    def set_literal(self, type_: Type, scope: Scope, depth: int) -> str:
        assert isinstance(type_, SetType)
        parts = [self.expression(type_.element, scope, depth) for _ in range(self.number(1, 3))]
        if self.chance(25):
            parts[0] = self.element(type_.element, scope, depth)
        # In a variable, a missing element is 0, which may be no value of the type: it has no bit in a set.
        lists = [n for n, t in scope.names if isinstance(t, SeqType) and t.element in self.without_zero()]
        if lists and isinstance(type_.element, IntType) and self.chance(60):
            name = self.pick(lists)
            parts = [self.pick([f"first({name})", f"last({name})", f"{name}[2]"])]
        return f"{{{', '.join(parts)}}}"

    def set_operation(self, type_: Type, scope: Scope, depth: int) -> str:
        left, right = self.expression(type_, scope, depth), self.expression(type_, scope, depth)
        return f"({left} {self.pick(['|', '&', '-'])} {right})"

    def set_over(self, type_: Type, scope: Scope, depth: int) -> str:
        assert isinstance(type_, SetType)
        binders, inner = self.binders(scope, depth, 2)
        element = self.expression(type_.element, inner, depth)
        return f"{{{element} for {binders}{self.where(inner, depth - 1)}}}"

    def bags(self) -> list[tuple[str, BagType]]:
        """The variables that are bags."""
        return [(name, type_) for name, type_ in self.world.variables if isinstance(type_, BagType)]

    def copies(self, type_: Type, scope: Scope, depth: int) -> str:
        """How many there are of something in a bag."""
        _, bag = self.pick(self.bags())
        return f"{self.whole_expression(bag, scope, depth)}[{self.expression(bag.element, scope, depth)}]"

    def bag_literal(self, type_: Type, scope: Scope, depth: int) -> str:
        assert isinstance(type_, BagType)
        parts = [self.expression(type_.element, scope, depth) for _ in range(self.number(1, 3))]
        return f"bag {{{', '.join(parts + parts[: self.number(0, 1)])}}}"

    def bag_operation(self, type_: Type, scope: Scope, depth: int) -> str:
        """Of two bags, or of a bag and a set."""
        assert isinstance(type_, BagType)
        left = self.expression(type_, scope, depth)
        right = self.expression(SetType(type_.element) if self.chance(40) else type_, scope, depth)
        if right == "{}" or right.startswith("bag"):
            right = f"({right})"
        return f"({left} {self.pick(['+', '-', '-', '|', '&'])} {right})"

    def bag_over(self, type_: Type, scope: Scope, depth: int) -> str:
        assert isinstance(type_, BagType)
        name = self.fresh("x")
        source: Type = (
            type_ if self.chance(60) else self.pick_type(SetType(BOOL), SeqType(2, BOOL), SetType(type_.element))
        )
        assert isinstance(source, BagType | SetType | SeqType)
        inner = scope.with_names((name, source.element), (name, source.element))
        element = name if source == type_ and self.chance(40) else self.expression(type_.element, inner, depth)
        domain = self.whole_expression(source, scope, depth)
        return f"bag {{{element} for {name} in {domain}{self.where(inner, depth - 1)}}}"

    def whole_set(self, type_: Type, scope: Scope, depth: int) -> str:
        assert isinstance(type_, SetType)
        element = type_.element
        match element:
            case IntType() if self.chance(70):
                return f"({self.expression(element, scope, depth)}..{self.expression(element, scope, depth)})"
            case SetType():
                return f"subsets({self.expression(element, scope, depth)})"
            case SeqType(capacity, BoolType() | EnumType() as each) if cardinality(each) == capacity:
                return f"permutations({self.whole_expression(SetType(each), scope, depth)})"
            case EnumType() | SortType() | RecordType() | VariantType() if self.chance(30):
                return type_text(element)
        return f"elems({self.expression(SeqType(2, element), scope, depth)})"

    def seq_literal(self, type_: Type, scope: Scope, depth: int) -> str:
        assert isinstance(type_, SeqType)
        return f"[{self.several(type_.element, scope, depth, type_.capacity)}]"

    def concat(self, type_: Type, scope: Scope, depth: int) -> str:
        return f"({self.expression(type_, scope, depth)} + {self.expression(type_, scope, depth)})"

    def slice(self, type_: Type, scope: Scope, depth: int) -> str:
        low, high = (self.expression(IntType(1, 2), scope, depth - 1) for _ in range(2))
        return f"{self.expression(type_, scope, depth)}[{low}..{high}]"

    def seq_over(self, type_: Type, scope: Scope, depth: int) -> str:
        assert isinstance(type_, SeqType)
        name = self.fresh("i")
        if self.chance(50):
            element: Type = self.any_type(1)
            source = self.whole_expression(SeqType(2, element), scope, depth)
        else:
            element = IntType(1, 2)
            source = self.pick(["1..2", f"{self.leaf(element, scope)}..{self.leaf(element, scope)}", "0..TOP"])
        inner = scope.with_names((name, element), (name, element))
        body = self.expression(type_.element, inner, depth)
        return f"[{body} for {name} in {source}{self.where(inner, depth - 1)}]"

    # ----------------------------------------------------------------------------------------------- declarations

    def declare_variables(self, count: int, depth: int) -> None:
        world = self.world
        for sort in world.sorts:
            # There are no literals of a sort: this variable is where its values come from.
            world.lines.append(f"var {sort.name.lower()} : {sort.name} in {sort.name}")
            world.variables.append((sort.name.lower(), sort))
        for i in range(count):
            name = f"x{i}"
            type_ = self.any_type() if i else self.pick(world.types)
            for _ in range(10):
                size = cardinality(type_) or 0
                if size <= (2**64 if self.large else 64) and not (self.large and not _can_be_laid_out(type_)):
                    break
                type_ = self.any_type(1)
            else:
                type_ = BOOL
            if type_ not in world.types:
                world.types.append(type_)
            scope = Scope((*world.constants, *world.variables))
            with self.exactly(self.chance(95)):
                if self.chance(30):
                    initial = f"in {self.initial_domain(type_, scope)}"
                else:
                    initial = (
                        f"= {self.leaf(type_, scope) if self.chance(93) else self.expression(type_, scope, depth)}"
                    )
            world.lines.append(f"var {name} : {type_text(type_)} {initial}")
            world.variables.append((name, type_))

    def initial_domain(self, type_: Type, scope: Scope) -> str:
        if (cardinality(type_) or 99) <= 8 and self.chance(60):
            return type_text(type_)
        depth = 1 if self.chance(20) else 0
        return f"{{{', '.join(self.expression(type_, scope, depth) for _ in range(self.number(1, 3)))}}}"

    def declare_definitions(self, count: int, depth: int) -> None:
        world = self.world
        for i in range(count):
            name = f"d{i}"
            result = self.any_type(1)
            scope = self.scope()
            if self.chance(50):
                parameters = [(self.fresh("p"), self.any_type(1)) for _ in range(self.number(1, 2))]
                shown = ", ".join(f"{p} : {self.parameter_text(t)}" for p, t in parameters)
                scope = scope.with_names(*parameters)
                head = f"def {name}({shown})"
                world.functions.append(Function(name, tuple(t for _, t in parameters), result))
            else:
                head = f"def {name}"
                parameters = []
            if self.chance(30):
                head += f" : {type_text(result)}"
            functions = world.functions
            world.functions = [f for f in functions if f.name != name]
            body = self.whole_expression(result, scope, depth)
            world.functions = functions
            # It must mention a variable, for a prime to make sense.
            unused = self.fresh("u")
            body = f"(let {unused} = {self.pick(world.variables)[0]}: {body})"
            world.lines.append(f"{head} = {body}")
            if not parameters:
                world.definitions.append((name, result))

    def parameter_text(self, type_: Type) -> str:
        if isinstance(type_, IntType) and self.chance(30):
            return self.pick(["int", "nat"])
        return type_text(type_)

    def declare_action(self, number: int, depth: int) -> None:
        world = self.world
        scope = self.scope()
        name = f"act{number}"
        head = f"action {name}"
        if self.chance(70):
            texts = []
            for _ in range(self.number(1, 2)):
                text, element = self.domain(scope, self.number(0, 1))
                parameter = self.fresh("p")
                scope = scope.with_names((parameter, element), (parameter, element))
                texts.append(f"{parameter} in {text}")
            head += f"({', '.join(texts)})"
        clauses = []
        if self.chance(40):
            clauses.append(f"  when {self.pick([self.equality, self.comparison])(BOOL, scope, 1)}")
        if self.chance(40):
            let = self.fresh("l")
            type_ = self.any_type(1)
            clauses.append(f"  let {let} = {self.whole_expression(type_, scope, depth)}")
            scope = scope.with_names((let, type_), (let, type_))
        if self.chance(30):
            clauses.append(f"  when {self.expression(BOOL, scope, depth)}")
        if self.chance(30):
            name_text, described = self.pick(scope.names)
            head += f' "with {{{name_text}}} and {{{self.expression(described, scope, 1)}}}"'
        targets = [v for v in world.variables if self.chance(50)] or [self.pick(world.variables)]
        effects = self.effects(targets, scope, depth) if self.branching else self.updates(targets, scope, depth)
        clauses.append("  then " + "\n       ".join(effects))
        world.lines.append("\n".join([head, *clauses]))

    def updates(self, targets: Sequence[tuple[str, Type]], scope: Scope, depth: int) -> list[str]:
        return [self.update(target, type_, scope, depth) for target, type_ in targets]

    def effects(self, targets: Sequence[tuple[str, Type]], scope: Scope, depth: int, nested: int = 2) -> list[str]:
        """Updates of these variables, some of them in branches, behind choices and in effects."""
        if not targets:
            return []
        kinds = [self.choice, self.branches, self.cases, self.used_effect, self.guarded, self.chosen_update]
        if nested == 0 or self.chance(25):
            return self.updates(targets, scope, depth)
        if self.chance(30):
            at = self.number(0, len(targets))
            parts = (targets[:at], targets[at:])
            return [each for part in parts for each in self.effects(part, scope, depth, nested - 1)]
        return self.pick(kinds)(targets, scope, depth, nested - 1)

    def block(self, targets: Sequence[tuple[str, Type]], scope: Scope, depth: int, nested: int) -> str:
        some = [each for each in targets if self.chance(70)]
        return "\n".join(self.effects(some, scope, depth, nested))

    def choice(self, targets: Sequence[tuple[str, Type]], scope: Scope, depth: int, nested: int) -> list[str]:
        text, element = self.domain(scope, self.number(0, 1))
        name = self.fresh("k")
        scope = scope.with_names((name, element), (name, element))
        return [f"some {name} in {text}{self.where(scope, 1)}", *self.effects(targets, scope, depth, nested)]

    def guarded(self, targets: Sequence[tuple[str, Type]], scope: Scope, depth: int, nested: int) -> list[str]:
        condition = self.expression(BOOL, scope, 1)
        return [
            f"if {condition} {{ when {self.expression(BOOL, scope, 1)}\n{self.block(targets, scope, depth, nested)} }}"
        ]

    def branches(self, targets: Sequence[tuple[str, Type]], scope: Scope, depth: int, nested: int) -> list[str]:
        def block() -> str:
            return f"{{ {self.block(targets, scope, depth, nested)} }}"

        text = f"if {self.expression(BOOL, scope, 1)} {block()}"
        if self.chance(30):
            text += f" else if {self.expression(BOOL, scope, 1)} {block()}"
        return [text + (f" else {block()}" if self.chance(60) else "")]

    def cases(self, targets: Sequence[tuple[str, Type]], scope: Scope, depth: int, nested: int) -> list[str]:
        element = self.any_type(0)
        name = self.fresh("m")
        inner = scope.with_names((name, element), (name, element))
        subject = self.expression(OptionType(element), scope, 1)
        none = f"case none: {self.block(targets, scope, depth, nested)}"
        some = f"case some({name}): {self.block(targets, inner, depth, nested)}"
        return [f"match {subject} {{ {none} {some} }}" if self.chance(50) else f"match {subject} {{ {some} {none} }}"]

    def chosen_update(self, targets: Sequence[tuple[str, Type]], scope: Scope, depth: int, nested: int) -> list[str]:
        (target, type_), *rest = targets
        return [f"{target}' in {self.initial_domain(type_, scope)}", *self.effects(rest, scope, depth, nested)]

    def used_effect(self, targets: Sequence[tuple[str, Type]], scope: Scope, depth: int, nested: int) -> list[str]:
        """An effect that is used here once."""
        name, parameter, type_ = self.fresh("e"), self.fresh("q"), self.any_type(1)
        own = self.scope().with_names((parameter, type_), (parameter, type_))
        body = self.effects(targets, own, depth, nested)
        self.world.lines.append(f"effect {name}({parameter} : {type_text(type_)})\n  then " + "\n       ".join(body))
        return [f"do {name}({self.expression(type_, scope, 1)})"]

    def update(self, target: str, type_: Type, scope: Scope, depth: int) -> str:
        if isinstance(type_, RecordType | MapType | SeqType) and self.chance(50):
            path, part = self.path(type_, scope, 1)
            first = f"{target}'{path} = {self.assigned(part, scope, depth)}"
            other, part = self.path(type_, scope, 1)
            if self.chance(60) or other.startswith(path) or path.startswith(other):
                return first
            return f"{first} {target}'{other} = {self.assigned(part, scope, depth)}"
        if isinstance(type_, RecordType) and len(type_.fields) > 1 and self.chance(40):
            parts = [(f, self.assigned(part, scope, depth)) for f, part in type_.fields]
            return " ".join(f"{target}'.{f} = {value}" for f, value in parts)
        value = self.assigned(type_, scope, depth)
        if value == target and not mentions_sort(type_):
            value = self.literal(type_, scope)
        return f"{target}' = {value}"

    def assigned(self, type_: Type, scope: Scope, depth: int) -> str:
        with self.exactly(self.chance(85)):
            names = [n for n, t in scope.names if same_kind(t, type_)]
            if isinstance(type_, IntType) and self.chance(40):
                return self.clamped(type_, scope, depth)
            if isinstance(type_, SeqType) and names and self.chance(60):
                longer = f"{self.pick(names)} + [{self.leaf(type_.element, scope)}]"
                return f"(if len({longer}) <= {type_.capacity} then {longer} else [])" if self.chance(80) else longer
            if isinstance(type_, SetType | BagType) and names and self.chance(60):
                element = self.leaf(type_.element, scope)
                adds = "|" if isinstance(type_, SetType) else "+"
                return f"({self.pick(names)} {self.pick([adds, '-'])} {{{element}}})"
            return self.expression(type_, scope, self.number(0, depth))

    def properties(self, depth: int) -> None:
        lines = self.world.lines
        for i in range(self.number(1, 3)):
            lines.append(f'invariant Inv{i} "number {i}" {self.predicate(self.scope(), depth)}')
        for i in range(self.number(0, 2)):
            lines.append(f"transition Step{i} {self.predicate(self.step_scope(), depth)}")
        for i in range(self.number(0, 2)):
            lines.append(f"cover Seen{i} {self.expression(BOOL, self.scope(), depth)}")
        if self.chance(20):
            lines.append(f"constraint Within {self.expression(BOOL, self.scope(), depth)}")
        if self.chance(40):
            lines.append(f"terminal when {self.expression(BOOL, self.scope(), depth)}")

    def predicate(self, scope: Scope, depth: int) -> str:
        """Often an implication below quantifiers, as properties are."""
        if self.chance(50):
            return self.expression(BOOL, scope, depth)
        if self.chance(50):
            return f"{self.expression(BOOL, scope, depth)} => {self.expression(BOOL, scope, depth)}"
        binders, inner = self.binders(scope, 1)
        where = self.where(inner, 1)
        body = f"{self.expression(BOOL, inner, depth)} => {self.expression(BOOL, inner, depth)}"
        return f"forall {binders}{where}: {body}"


def _can_be_laid_out(type_: Type) -> bool:
    match type_:
        case BagType(element, _):
            return (cardinality(element) or 0) <= 200 and _can_be_laid_out(element)
        case SetType(element, room):
            small = (cardinality(element) or 0) <= 200
            return small if room is None else small and _can_be_laid_out(element)
        case OptionType(element):
            return _can_be_laid_out(element)
        case MapType(key, element):
            return (cardinality(key) or 0) <= 12 and _can_be_laid_out(element)
        case SeqType(_, element):
            return _can_be_laid_out(element)
        case RecordType(_, fields, _):
            return all(_can_be_laid_out(part) for _, part in fields)
        case VariantType(_, shapes):
            return all(map(_can_be_laid_out, shapes))
    return True


def model_text(rng: Random, *, depth: int = 3, sorts: Sequence[SortType] | None = None, branching: bool = False) -> str:
    """A model with a check called `c`; with branches, choices and effects in its actions, if `branching`."""
    generator = Generator(rng, large=rng.randint(0, 4) == 4, sorts=sorts)
    generator.branching = branching
    generator.declare_variables(generator.number(2, 4), 2)
    generator.declare_definitions(generator.number(0, 2), 2)
    for i in range(generator.number(1, 4)):
        generator.declare_action(i, generator.number(1, depth))
    generator.properties(generator.number(1, depth))
    return "\n".join([*generator.world.lines, "check c\n  expect holds"]) + "\n"


@dataclass(frozen=True)
class Expressions:
    """A specification whose definitions `e0`, `e1`, ... are to be evaluated in any states and steps."""

    text: str
    count: int

    @property
    def claims(self) -> str:
        """The specification with a transition property for each expression, that it equals itself."""
        claims = "".join(f"transition E{i} e{i} == e{i}\n" for i in range(self.count))
        return self.text.replace("\ncheck ", f"\n{claims}check ")


def expressions_text(
    rng: Random, *, count: int = 4, depth: int = 4, sorts: Sequence[SortType] | None = None
) -> Expressions:
    generator = Generator(rng, large=rng.randint(0, 1) == 1, sorts=sorts)
    generator.declare_variables(generator.number(2, 5), 0)
    generator.declare_definitions(generator.number(0, 3), 2)
    lines = generator.world.lines
    for i in range(count):
        scope = generator.step_scope() if generator.chance(30) else generator.scope()
        type_ = BOOL if generator.chance(50) else generator.any_type()
        if generator.world.functions and generator.chance(15):
            body = generator.call(generator.pick(generator.world.functions).result, generator.step_scope(), 1)
        else:
            body = generator.expression(type_, scope, generator.number(1, depth))
        lines.append(f"def e{i} = {body}")
    return Expressions("\n".join([*lines, "check c expect holds"]) + "\n", count)


def models() -> st.SearchStrategy[str]:
    return st.randoms(use_true_random=False).map(model_text)


def expressions() -> st.SearchStrategy[Expressions]:
    return st.randoms(use_true_random=False).map(expressions_text)
