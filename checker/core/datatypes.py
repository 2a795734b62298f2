"""Types of the elaborated model: constants substituted, so every bound is a number."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from math import comb
from typing import TypeVar, assert_never

from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.values import (
    NONE,
    BagValue,
    EnumValue,
    MapValue,
    Nothing,
    RecordValue,
    Some,
    SortValue,
    Value,
    VariantValue,
    bag_of,
)
from skipgate.spec.data import dataclass


@dataclass(frozen=True)
class BoolType:
    """Truth values."""

    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True)
class IntType:
    """Integers from `low` to `high`, both included; None stands for no bound. Empty if `low > high`."""

    low: int | None
    high: int | None

    def __str__(self) -> str:
        if self.low is None and self.high is None:
            return "int"
        if self.low == 0 and self.high is None:
            return "nat"
        return f"{'' if self.low is None else self.low}..{'' if self.high is None else self.high}"


@dataclass(frozen=True)
class EnumType:
    """The members of an enum, in the order of their declaration."""

    name: str
    members: tuple[str, ...]

    def value(self, member: str) -> EnumValue:
        """The value of a member, given by its name."""
        return EnumValue(self.name, self.members.index(member), member)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class SortType:
    """So many identities, which differ in nothing but being different."""

    name: str
    size: int

    def __str__(self) -> str:
        return f"{self.name}[{self.size}]"


@dataclass(frozen=True)
class RecordType:
    """Named fields, in the order of their declaration. `ordered`: its values can be compared with `<`."""

    name: str
    fields: tuple[tuple[str, Type], ...]
    ordered: bool

    def __str__(self) -> str:
        return self.name

    def field(self, name: str) -> Type:
        """The type of a field."""
        return dict(self.fields)[name]


@dataclass(frozen=True)
class VariantType:
    """Values of several shapes, in the order of their declaration. Each has fields, as a record of the shape's name."""

    name: str
    shapes: tuple[RecordType, ...]

    def __str__(self) -> str:
        return self.name

    def index(self, shape: str) -> int:
        """The place of a shape among the others, counted from 0."""
        return [each.name for each in self.shapes].index(shape)

    def fields(self, shape: str) -> RecordType:
        """The fields of a shape."""
        return self.shapes[self.index(shape)]

    def only(self, fields: RecordType) -> VariantType:
        """The type of the values of one shape, with fields of these types. (The fields of others have no values.)"""
        nothing = ((each.name, tuple((name, NEVER) for name, _ in each.fields)) for each in self.shapes)
        shapes = (fields if name == fields.name else RecordType(name, none, False) for name, none in nothing)
        return VariantType(self.name, tuple(shapes))


@dataclass(frozen=True)
class OptionType:
    """`none`, or a value of the element type."""

    element: Type

    def __str__(self) -> str:
        return f"option of {self.element}"


@dataclass(frozen=True)
class MapType:
    """A total map: every value of the key type is a key."""

    key: Type
    value: Type

    def __str__(self) -> str:
        return f"map[{self.key}] of {self.value}"


@dataclass(frozen=True)
class SetType:
    """Finite sets; with a `capacity`, those of at most so many elements."""

    element: Type
    capacity: int | None = None

    @property
    def most(self) -> int | None:
        """How many elements a set can have at most; None if there is no bound."""
        count = cardinality(self.element)
        if self.capacity is None or count is None:
            return count if self.capacity is None else self.capacity
        return min(self.capacity, count)

    def __str__(self) -> str:
        room = "" if self.capacity is None else f"[{self.capacity}]"
        return f"set{room} of {self.element}"


@dataclass(frozen=True)
class BagType:
    """Bags of at most `capacity` elements, those that are the same counted one by one."""

    element: Type
    capacity: int

    def __str__(self) -> str:
        return f"bag[{self.capacity}] of {self.element}"


@dataclass(frozen=True)
class SeqType:
    """Sequences of at most `capacity` elements."""

    capacity: int
    element: Type

    def __str__(self) -> str:
        return f"seq[{self.capacity}] of {self.element}"


@dataclass(frozen=True)
class NeverType:
    """The element type of `{}`, `[]` and `none`: no value has it."""

    def __str__(self) -> str:
        return "nothing"


# Every kind of type. A dispatch over types ends in `assert_never`, so that mypy names each place that a new kind needs.
Type = (
    BoolType
    | IntType
    | EnumType
    | SortType
    | RecordType
    | VariantType
    | OptionType
    | MapType
    | SetType
    | BagType
    | SeqType
    | NeverType
)
BOOL = BoolType()
MANY = 2**64  # where counting the values of a type ends
LARGEST_CAPACITY = 1024  # of a set that has one
LARGEST_UNIVERSE = 4096  # possible elements of a set that has none
NEVER = NeverType()

_K = TypeVar("_K", IntType, RecordType, VariantType, OptionType, MapType, SetType, BagType, SeqType)


def of_kind(type_: Type, kind: type[_K]) -> _K:
    """The type, which must be of this kind.

    Raises:
        InternalError: it is not.
    """
    if not isinstance(type_, kind):
        raise InternalError(f"the type `{type_}` is a {type(type_).__name__}, where a {kind.__name__} must be")
    return type_


def parts(type_: Type) -> tuple[Type, ...]:
    """The types directly within a type."""
    match type_:
        case BoolType() | IntType() | EnumType() | SortType() | NeverType():
            return ()
        case RecordType(_, fields, _):
            return tuple(field for _, field in fields)
        case VariantType(_, shapes):
            return shapes
        case OptionType(element) | SetType(element, _) | BagType(element, _) | SeqType(_, element):
            return (element,)
        case MapType(key, value):
            return (key, value)
        case _:
            assert_never(type_)


def walk(type_: Type) -> Iterator[Type]:
    """A type and all types within it."""
    yield type_
    for part in parts(type_):
        yield from walk(part)


def mentions_sort(type_: Type) -> bool:
    """Can a value of this type be made of values of a sort, among others?"""
    return any(isinstance(part, SortType) for part in walk(type_))


def has_large_sets(type_: Type) -> bool:
    """Is a value made of sets, among others, of which some have more possible elements than a machine word has bits?"""
    sets = (part for part in walk(type_) if isinstance(part, SetType) and part.capacity is None)
    return any((cardinality(part.element) or MANY) > 63 for part in sets)


@cache
def cardinality(type_: Type) -> int | None:
    """How many values a type has, at most `MANY`; None if it is unbounded."""
    count = _cardinality(type_)
    return None if count is None else min(count, MANY)


def _cardinality(type_: Type) -> int | None:  # noqa: C901  (one case for each kind of type)
    match type_:
        case NeverType():
            return 0
        case BoolType():
            return 2
        case IntType(low, high):
            return None if low is None or high is None else max(0, high - low + 1)
        case EnumType(_, members):
            return len(members)
        case SortType(_, size):
            return size
        case RecordType(_, fields, _):
            total = 1
            for _, field in fields:
                count = cardinality(field)
                if count is None:
                    return None
                total *= count
            return total
        case VariantType(_, shapes):
            counts = [cardinality(each) for each in shapes]
            return None if None in counts else sum(count for count in counts if count is not None)
        case OptionType(element):
            count = cardinality(element)
            return None if count is None else count + 1
        case MapType(key, value):
            keys, count = cardinality(key), cardinality(value)
            return None if keys is None or count is None else _power(count, keys)
        case SetType(element, None):
            count = cardinality(element)
            return None if count is None else _power(2, count)
        case SetType(element, capacity):
            count = cardinality(element)
            assert capacity is not None
            return None if count is None else sets_below(count, min(capacity, count))
        case BagType(element, capacity):
            count = cardinality(element)
            return None if count is None else bags_below(count, capacity)
        case SeqType(capacity, element):
            count = cardinality(element)
            if count is None:
                return None
            # The longest sequences outnumber all others together, unless there is at most one element.
            return MANY if _power(count, capacity) == MANY else sum(count**n for n in range(capacity + 1))
        case _:
            assert_never(type_)


def sets_below(count: int, most: int) -> int:
    """How many sets there are of at most so many of `count` elements; at most `MANY`."""
    total, of_size = 1, 1
    for size in range(1, most + 1):
        of_size = of_size * (count - size + 1) // size
        total += of_size
        if total >= MANY:
            return MANY
    return total


def bags_below(count: int, most: int) -> int:
    """How many bags there are of at most so many elements, of which `count` are possible; at most `MANY`."""
    return min(MANY, comb(count + most, most))


def _power(base: int, exponent: int) -> int:
    """base ** exponent, at most `MANY`."""
    if base > 1 and exponent * (base.bit_length() - 1) > MANY.bit_length():
        return MANY
    power: int = base**exponent
    return min(MANY, power)


def values(type_: Type) -> Iterator[Value]:  # noqa: C901  (one case for each kind of type)
    """Every value of a bounded type, in its order (the order of `rank`)."""
    match type_:
        case NeverType():
            return
        case BoolType():
            yield from (False, True)
        case IntType(low, high):
            if low is None or high is None:
                raise ValueError(f"{type_} has no bound")
            yield from range(low, high + 1)
        case EnumType(name, members):
            yield from (EnumValue(name, i, member) for i, member in enumerate(members))
        case SortType(name, size):
            yield from (SortValue(name, i) for i in range(size))
        case RecordType(name, fields, _):
            names = [field for field, _ in fields]
            for parts in product(*(list(values(field)) for _, field in fields)):
                yield RecordValue(name, tuple(zip(names, parts, strict=True)))
        case VariantType(name, shapes):
            for i, each in enumerate(shapes):
                for content in values(each):
                    assert isinstance(content, RecordValue)
                    yield VariantValue(name, i, content)
        case OptionType(element):
            yield NONE
            yield from (Some(value) for value in values(element))
        case MapType(key, value):
            keys = list(values(key))
            for parts in product(list(values(value)), repeat=len(keys)):
                yield MapValue(tuple(zip(keys, parts, strict=True)))
        case SetType(element, None):
            elements = list(values(element))
            for mask in range(2 ** len(elements)):
                yield frozenset(e for i, e in enumerate(elements) if mask >> i & 1)
        case SetType(element, capacity):
            assert capacity is not None
            elements = list(values(element))
            for chosen in _chosen(len(elements), capacity):
                yield frozenset(elements[i] for i in chosen)
        case BagType(element, capacity):
            elements = list(values(element))
            for chosen in _chosen(len(elements), capacity, repeated=True):
                yield bag_of(elements[i] for i in chosen)
        case SeqType(capacity, element):
            elements = list(values(element))
            for n in range(capacity + 1):
                yield from product(elements, repeat=n)
        case _:
            assert_never(type_)


def _chosen(count: int, most: int, repeated: bool = False) -> Iterator[tuple[int, ...]]:
    """The sets (or bags) of at most so many of the numbers below `count`, in their order: the largest weighs most."""
    yield ()
    if most:
        for largest in range(count):
            for rest in _chosen(largest + repeated, most - 1, repeated):
                yield (*rest, largest)


def contains(type_: Type, value: Value) -> bool:
    """Is `value`, which is of the right kind, within the bounds of the type?"""
    match type_:
        case NeverType():
            return False
        case BoolType() | EnumType():
            return True  # they have no bounds
        case IntType(low, high):
            assert isinstance(value, int)
            return (low is None or low <= value) and (high is None or value <= high)
        case RecordType(_, fields, _):
            assert isinstance(value, RecordValue)
            return all(contains(field, part) for (_, field), (_, part) in zip(fields, value.fields, strict=True))
        case VariantType(_, shapes):
            assert isinstance(value, VariantValue)
            return contains(shapes[value.index], value.fields)
        case OptionType(element):
            return isinstance(value, Nothing) or (isinstance(value, Some) and contains(element, value.value))
        case MapType(key, element):
            assert isinstance(value, MapValue)
            return len(value.items) == cardinality(key) and all(
                contains(key, k) and contains(element, v) for k, v in value.items
            )
        case SetType(element, capacity):
            assert isinstance(value, frozenset)
            return (capacity is None or len(value) <= capacity) and all(contains(element, part) for part in value)
        case BagType(element, capacity):
            assert isinstance(value, BagValue)
            return len(value) <= capacity and all(contains(element, part) for part, _ in value.items)
        case SeqType(capacity, element):
            assert isinstance(value, tuple)
            return len(value) <= capacity and all(contains(element, part) for part in value)
        case SortType(_, size):
            assert isinstance(value, SortValue)
            return value.index < size
        case _:
            assert_never(type_)


def is_bounded(type_: Type) -> bool:
    """Has a type finitely many values?"""
    return cardinality(type_) is not None


def join(a: Type, b: Type) -> Type:  # noqa: C901  (one case for each kind of type)
    """The smallest type that holds the values of both.

    Raises:
        TypeError: there is none: they are of different kinds, or the keys of maps differ.
    """
    if a == b or isinstance(b, NeverType):
        return a
    match a:
        case NeverType():
            return b
        case BoolType() | EnumType() | SortType():
            pass
        case IntType():
            if isinstance(b, IntType):
                low = None if a.low is None or b.low is None else min(a.low, b.low)
                high = None if a.high is None or b.high is None else max(a.high, b.high)
                return IntType(low, high)
        case VariantType(name, shapes):
            if isinstance(b, VariantType) and name == b.name:
                both = (of_kind(join(x, y), RecordType) for x, y in zip(shapes, b.shapes, strict=True))
                return VariantType(name, tuple(both))
        case OptionType(element):
            if isinstance(b, OptionType):
                return OptionType(join(element, b.element))
        case SetType(element, _):
            if isinstance(b, SetType):
                return SetType(join(element, b.element), _common(a, b))
        case BagType(element, capacity):
            if isinstance(b, BagType):
                return BagType(join(element, b.element), max(capacity, b.capacity))
        case SeqType(capacity, element):
            if isinstance(b, SeqType):
                return SeqType(max(capacity, b.capacity), join(element, b.element))
        case MapType(key, value):
            if isinstance(b, MapType) and key == b.key:
                return MapType(key, join(value, b.value))
        case RecordType(name, fields, ordered):
            if isinstance(b, RecordType) and name == b.name:
                joined = ((n, join(x, y)) for (n, x), (_, y) in zip(fields, b.fields, strict=True))
                return RecordType(name, tuple(joined), ordered)
        case _:
            assert_never(a)
    raise TypeError(f"{a} and {b} have no common type")


def _common(a: SetType, b: SetType) -> int | None:
    """The capacity that holds the sets of both types. (The empty set has room everywhere.)"""
    rooms = [each.capacity for each in (a, b) if not isinstance(each.element, NeverType)]
    return None if None in rooms else max((room for room in rooms if room is not None), default=None)


def with_bounds_of(a: Type, b: Type) -> Type:
    """`a` with the bounds of `b` where it has none; the two are of the same kind."""
    if isinstance(b, NeverType):
        return a
    match a:
        case NeverType() | BoolType() | EnumType() | SortType():
            return a
        case IntType(low, high):
            b = of_kind(b, IntType)
            return IntType(b.low if low is None else low, b.high if high is None else high)
        case VariantType(name, shapes):
            both = zip(shapes, of_kind(b, VariantType).shapes, strict=True)
            return VariantType(name, tuple(of_kind(with_bounds_of(x, y), RecordType) for x, y in both))
        case OptionType(element):
            return OptionType(with_bounds_of(element, of_kind(b, OptionType).element))
        case SetType(element, capacity):
            return SetType(with_bounds_of(element, of_kind(b, SetType).element), capacity)
        case BagType(element, capacity):
            return BagType(with_bounds_of(element, of_kind(b, BagType).element), capacity)
        case SeqType(capacity, element):
            return SeqType(capacity, with_bounds_of(element, of_kind(b, SeqType).element))
        case MapType(key, value):
            return MapType(key, with_bounds_of(value, of_kind(b, MapType).value))
        case RecordType(name, fields, ordered):
            b = of_kind(b, RecordType)
            bounded = ((n, with_bounds_of(x, y)) for (n, x), (_, y) in zip(fields, b.fields, strict=True))
            return RecordType(name, tuple(bounded), ordered)
        case _:
            assert_never(a)


def includes(a: Type, b: Type) -> bool:
    """Is every value of `b` a value of `a`? The two are of the same kind."""
    if isinstance(b, NeverType):
        return True
    match a:
        case NeverType() | BoolType() | EnumType() | SortType():
            return a == b
        case IntType(low, high):
            b = of_kind(b, IntType)
            from_below = low is None or (b.low is not None and low <= b.low)
            to_above = high is None or (b.high is not None and b.high <= high)
            return (from_below and to_above) or cardinality(b) == 0
        case VariantType(_, shapes):
            return all(includes(x, y) for x, y in zip(shapes, of_kind(b, VariantType).shapes, strict=True))
        case OptionType(element):
            return includes(element, of_kind(b, OptionType).element)
        case SetType(element, capacity):
            b = of_kind(b, SetType)
            if isinstance(b.element, NeverType):
                return True
            fits = capacity is None or (b.most is not None and b.most <= capacity)
            return fits and includes(element, b.element)
        case BagType(element, capacity):
            b = of_kind(b, BagType)
            return b.capacity == 0 or (capacity >= b.capacity and includes(element, b.element))
        case SeqType(capacity, element):
            b = of_kind(b, SeqType)
            return b.capacity == 0 or (capacity >= b.capacity and includes(element, b.element))
        case MapType(key, value):
            b = of_kind(b, MapType)
            return key == b.key and includes(value, b.value)
        case RecordType(_, fields, _):
            b = of_kind(b, RecordType)
            return all(includes(x, y) for (_, x), (_, y) in zip(fields, b.fields, strict=True))
        case _:
            assert_never(a)
