"""Values as fixed rows of machine integers.

Every bounded type has a shape: a row of components, each an integer between two bounds. Parts that may be absent (the
value in an option, the elements of a sequence beyond its length) are 0 if they are absent. So two values are equal
exactly if their rows are.

    bool, enum, sort   one component: 0, 1, ... in the order of the values
    a..b               one component: the number itself
    record             the fields' components
    variant            1, 2, ... for the shape, then components that the shapes share (see `Overlay`)
    option of T        1 or 0, then T's components
    map[K] of V        V's components for each key, in the order of the keys
    seq[N] of T        the length, then T's components N times
    set of T           bit masks, one bit a possible element, 63 to a component
    set[N] of T        N slots, each an element packed into a number or several (see `Packing`); those with an element
                       come first, the greatest before the others
    bag[N] of T        the same; what is in the bag several times is in several slots
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from typing import TypeVar, assert_never

from skipgate.checker.core.datatypes import (
    LARGEST_UNIVERSE,
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
    mentions_sort,
    values,
)
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.values import (
    NONE,
    BagValue,
    EnumValue,
    MapValue,
    RecordValue,
    Some,
    SortValue,
    Value,
    VariantValue,
    bag_of,
    show,
)
from skipgate.spec.data import dataclass

_C = TypeVar("_C")
CHUNK = 63  # bits of a set in one component: a signed 64-bit word without its sign
LARGEST_ROW = 2**14  # components of a value


@dataclass(frozen=True)
class Component:
    """One integer of a row: its place in the value, such as `[2].kind`, and its bounds."""

    path: str
    low: int
    high: int


class TooLarge(Exception):
    """A type is too large to be laid out; the message says which."""


@cache
def shape(type_: Type, optional: bool = False) -> tuple[Component, ...]:
    """The components of a type. `optional`: the value may be absent, so 0 must be within every component's bounds.

    Raises:
        TooLarge: the type is unbounded, or a set has too many possible elements, or there are too many components.
    """
    if _width(type_) > LARGEST_ROW:
        raise TooLarge(f"{type_} is made of {_width(type_)} parts; at most {LARGEST_ROW} are possible")
    return tuple(_shape(type_, "", optional))


def _width(type_: Type) -> int:
    """How many components a type has."""
    match type_:
        case NeverType():
            return 0
        case RecordType(_, fields, _):
            return sum(_width(field) for _, field in fields)
        case VariantType():
            return 1 + len(overlay(type_).slots)
        case OptionType(element):
            return 1 + _width(element)
        case MapType(key, value):
            return (cardinality(key) or 0) * _width(value)
        case SetType(_, None):
            return -(-universe_size(type_) // CHUNK)
        case SetType(element, capacity) | BagType(element, capacity):
            assert capacity is not None
            return capacity * len(packing(element).widths)
        case SeqType(capacity, element):
            return 1 + capacity * _width(element)
        case BoolType() | IntType() | EnumType() | SortType():
            return 1
        case _:
            assert_never(type_)


def _shape(type_: Type, path: str, optional: bool) -> Iterator[Component]:  # noqa: C901  (one case for each kind of type)
    match type_:
        case NeverType():
            return
        case BoolType():
            yield Component(path, 0, 1)
        case IntType(low, high):
            if low is None or high is None:
                raise TooLarge(f"{type_} is unbounded")
            yield Component(path, min(low, 0) if optional else low, max(high, 0) if optional else high)
        case EnumType(_, members):
            yield Component(path, 0, len(members) - 1)
        case SortType(_, size):
            yield Component(path, 0, size - 1)
        case RecordType(_, fields, _):
            for name, field in fields:
                yield from _shape(field, f"{path}.{name}", optional)
        case VariantType(_, shapes):
            yield Component(f"{path}?", 0 if optional else 1, len(shapes))
            found = [tuple(_shape(each, f"{path}.{each.name}", True)) for each in shapes]
            for users in overlay(type_).slots:
                using = [found[i][k] for i, k in users]
                paths = " ".join(component.path for component in using)
                yield Component(paths, min(c.low for c in using), max(c.high for c in using))
        case OptionType(element):
            yield Component(f"{path}?", 0, 1)
            yield from _shape(element, f"{path}!", True)
        case MapType(key, value):
            if (cardinality(key) or 0) > LARGEST_UNIVERSE:
                raise TooLarge(f"{type_} has {cardinality(key)} keys; at most {LARGEST_UNIVERSE} are possible")
            for k in values(key):
                yield from _shape(value, f"{path}[{show(k)}]", optional)
        case SetType(element, None):
            count = universe_size(type_)
            for start in range(0, count, CHUNK):
                width = min(CHUNK, count - start)
                yield Component(f"{path}{{{start}..}}" if count > CHUNK else path, 0, 2**width - 1)
        case SetType(element, capacity) | BagType(element, capacity):
            assert capacity is not None
            for i in range(1, capacity + 1):
                for number, width in enumerate(packing(element).widths):
                    yield Component(f"{path}{{{i}}}" + f"#{number}" * bool(number), 0, 2**width - 1)
        case SeqType(capacity, element):
            yield Component(f"len {path}".strip(), 0, capacity)
            for i in range(1, capacity + 1):
                yield from _shape(element, f"{path}[{i}]", True)
        case _:
            assert_never(type_)


@dataclass(frozen=True)
class Overlay:
    """Where the shapes of a variant have their components, after the one that tells the shape.

    They lie over each other, but an exchange of two values of a sort must know what a slot holds. So fields that are
    values of one sort share slots with each other, those that mention no sort do, and any other field has its own.
    A slot that the shape of a value does not use is 0.

    Attributes:
        slots: for each slot, who uses it: pairs of a shape and a component of that shape.
        kinds: for each slot, the sort of its values; or the field that it belongs to; or None.
    """

    slots: tuple[tuple[tuple[int, int], ...], ...]
    kinds: tuple[SortType | str | None, ...]

    @cached_property
    def _by_shape(self) -> dict[int, dict[int, int]]:
        found: dict[int, dict[int, int]] = {}
        for slot, users in enumerate(self.slots):
            for shape, component in users:
                found.setdefault(shape, {})[component] = slot
        return found

    def of(self, shape: int) -> list[int]:
        """The slots of a shape's components, in order."""
        return [slot for _, slot in sorted(self._by_shape.get(shape, {}).items())]


@cache
def overlay(type_: VariantType) -> Overlay:
    """Where the shapes of a variant have their components."""
    users: dict[tuple[SortType | tuple[int, str] | None, int], list[tuple[int, int]]] = {}
    for i, each in enumerate(type_.shapes):
        component = 0
        used: dict[SortType | tuple[int, str] | None, int] = {}
        for name, field in each.fields:
            own = (i, name) if mentions_sort(field) else None
            kind = field if isinstance(field, SortType) else own
            for _ in range(_width(field)):
                users.setdefault((kind, used.get(kind, 0)), []).append((i, component))
                used[kind] = used.get(kind, 0) + 1
                component += 1
    kinds = (kind[1] if isinstance(kind, tuple) else kind for kind, _ in users)
    return Overlay(tuple(map(tuple, users.values())), tuple(kinds))


@dataclass(frozen=True)
class PackedField:
    """A component of an element in its slot: `width` bits from bit `offset` of a number hold value - low."""

    number: int
    offset: int
    width: int
    low: int


@dataclass(frozen=True)
class Packing:
    """How the elements of a set that has a capacity lie in slots.

    A slot is one number, or several if an element takes more than 63 bits. The highest bit of the first one tells
    whether there is an element; without one, all bits are 0. The components of the element follow, so that numbers are
    in the order of the elements, and an empty slot comes after all others.

    Attributes:
        widths: of each number, how many bits it has.
        fields: the components of an element, in order.
    """

    widths: tuple[int, ...]
    fields: tuple[PackedField, ...]

    @property
    def presence(self) -> int:
        """The bit of the first number that tells whether there is an element."""
        return self.widths[0] - 1

    def packed(self, row: Sequence[int]) -> list[int]:
        """The numbers of an element, given by its components."""
        numbers = [0] * len(self.widths)
        numbers[0] = 1 << self.presence
        for field, component in zip(self.fields, row, strict=True):
            numbers[field.number] |= (component - field.low) << field.offset
        return numbers

    def unpacked(self, numbers: Sequence[int]) -> list[int]:
        """The components of an element."""
        return [(numbers[f.number] >> f.offset & (1 << f.width) - 1) + f.low for f in self.fields]


@cache
def packing(element: Type) -> Packing:
    """How the elements of a set that has a capacity lie in slots.

    Raises:
        TooLarge: an element is unbounded or too large.
    """
    components = shape(element)
    groups: list[list[int]] = [[]]
    used = 1
    for i, component in enumerate(components):
        width = (component.high - component.low).bit_length()
        if width > CHUNK:
            raise TooLarge(f"{component.low}..{component.high} takes more than {CHUNK} bits")
        if used + width > CHUNK:
            groups.append([])
            used = 0
        groups[-1].append(i)
        used += width
    widths: list[int] = []
    fields: list[PackedField] = []
    for number, group in enumerate(groups):
        sizes = [max(0, components[i].high - components[i].low).bit_length() for i in group]
        offset = sum(sizes)
        widths.append(offset + (number == 0))
        for i, width in zip(group, sizes, strict=True):
            offset -= width
            fields.append(PackedField(number, offset, width, components[i].low))
    return Packing(tuple(widths), tuple(fields))


def slots_of(row: Sequence[_C], type_: SetType | BagType) -> list[list[_C]]:
    """The numbers of each slot of a set that has a capacity, or of a bag."""
    width = len(packing(type_.element).widths)
    return [list(row[i : i + width]) for i in range(0, len(row), width)]


def universe_size(type_: SetType) -> int:
    """How many elements a set of this type can have.

    Raises:
        TooLarge: more than can be laid out.
    """
    if type_.capacity is not None:
        raise InternalError(f"a {type_} is not laid out by its possible elements")
    count = cardinality(type_.element)
    if count is None:
        raise TooLarge(f"{type_} is unbounded")
    if count > LARGEST_UNIVERSE:
        raise TooLarge(f"{type_} has {count} possible elements; at most {LARGEST_UNIVERSE} are possible")
    return count


@cache
def ranks(type_: Type) -> dict[Value, int]:
    """The place of every value of a type in the type's order."""
    return {value: i for i, value in enumerate(values(type_))}


def least(type_: Type) -> list[int]:
    """The components of a type's first value; zeros if it has none."""
    match type_:
        case IntType():
            (component,) = shape(type_)
            return [component.low if component.low <= component.high else 0]
        case RecordType(_, fields, _):
            return [c for _, field in fields for c in least(field)]
        case MapType(key, value):
            return least(value) * (cardinality(key) or 0)
        case VariantType(_, shapes):
            first = next((i for i, each in enumerate(shapes) if cardinality(each) != 0), 0)
            return _overlaid(type_, first, least(shapes[first]))
        case NeverType() | BoolType() | EnumType() | SortType() | OptionType() | SetType() | BagType() | SeqType():
            return [0] * len(shape(type_))
        case _:
            assert_never(type_)


def flatten(value: Value, type_: Type) -> list[int]:
    """The components of a value, which is of the type."""
    match type_:
        case NeverType():
            return []
        case BoolType() | IntType():
            assert isinstance(value, int)
            return [int(value)]
        case EnumType() | SortType():
            assert isinstance(value, EnumValue | SortValue)
            return [value.index]
        case RecordType(_, fields, _):
            assert isinstance(value, RecordValue)
            return [c for (_, field), (_, part) in zip(fields, value.fields, strict=True) for c in flatten(part, field)]
        case VariantType(_, shapes):
            assert isinstance(value, VariantValue)
            return _overlaid(type_, value.index, flatten(value.fields, shapes[value.index]))
        case OptionType(element):
            if isinstance(value, Some):
                return [1, *flatten(value.value, element)]
            return [0] * (1 + len(shape(element, True)))
        case MapType(_, element):
            assert isinstance(value, MapValue)
            return [c for _, part in value.items for c in flatten(part, element)]
        case SetType(element, None):
            assert isinstance(value, frozenset)
            place = ranks(element)
            mask = sum(1 << place[part] for part in value)
            return [mask >> start & (2**CHUNK - 1) for start in range(0, universe_size(type_), CHUNK)]
        case SetType(element, capacity) | BagType(element, capacity):
            assert isinstance(value, frozenset | BagValue) and capacity is not None
            each = value.each() if isinstance(value, BagValue) else value
            slots = sorted((packing(element).packed(flatten(part, element)) for part in each), reverse=True)
            empty = [0] * len(packing(element).widths) * (capacity - len(value))
            return [*(number for slot in slots for number in slot), *empty]
        case SeqType(capacity, element):
            assert isinstance(value, tuple)
            used = [c for part in value for c in flatten(part, element)]
            absent = len(shape(element, True)) * (capacity - len(value))
            return [len(value), *used, *([0] * absent)]
        case _:
            assert_never(type_)


def _overlaid(type_: VariantType, shape: int, fields: Sequence[int]) -> list[int]:
    """The components of a value of a shape, given those of its fields."""
    row = [0] * _width(type_)
    row[0] = shape + 1
    for slot, component in zip(overlay(type_).of(shape), fields, strict=True):
        row[1 + slot] = component
    return row


def unflatten(components: Sequence[int], type_: Type) -> Value:
    """The value that a row of components stands for."""
    value, rest = _unflatten(list(components), type_)
    assert not rest
    return value


def _unflatten(  # noqa: C901  (one case for each kind of type)
    row: list[int], type_: Type
) -> tuple[Value, list[int]]:
    match type_:
        case NeverType():
            raise InternalError("a value is read of a type that has none")
        case BoolType():
            return bool(row[0]), row[1:]
        case IntType():
            return row[0], row[1:]
        case EnumType(name, members):
            return EnumValue(name, row[0], members[row[0]]), row[1:]
        case SortType(name, _):
            return SortValue(name, row[0]), row[1:]
        case RecordType(name, fields, _):
            parts = []
            for field_name, field in fields:
                part, row = _unflatten(row, field)
                parts.append((field_name, part))
            return RecordValue(name, tuple(parts)), row
        case VariantType(name, shapes):
            tag, *used = row[: _width(type_)]
            content = unflatten([used[slot] for slot in overlay(type_).of(tag - 1)], shapes[tag - 1])
            assert isinstance(content, RecordValue)
            return VariantValue(name, tag - 1, content), row[_width(type_) :]
        case OptionType(element):
            width = len(shape(element, True))
            rest = row[1 + width :]
            if not row[0]:
                return NONE, rest
            return Some(_unflatten(row[1:], element)[0]), rest
        case MapType(key, element):
            items = []
            for k in values(key):
                part, row = _unflatten(row, element)
                items.append((k, part))
            return MapValue(tuple(items)), row
        case BagType() | SetType(capacity=int()):
            width = _width(type_)
            there = (slot for slot in slots_of(row[:width], type_) if slot[0])
            found = (unflatten(packing(type_.element).unpacked(slot), type_.element) for slot in there)
            return (bag_of(found) if isinstance(type_, BagType) else frozenset(found)), row[width:]
        case SetType(element):
            chunks = -(-universe_size(type_) // CHUNK)
            mask = sum(chunk << (CHUNK * i) for i, chunk in enumerate(row[:chunks]))
            return frozenset(value for value, i in ranks(element).items() if mask >> i & 1), row[chunks:]
        case SeqType(capacity, element):
            width = len(shape(element, True))
            length, elements = row[0], []
            for i in range(length):
                elements.append(_unflatten(row[1 + i * width :], element)[0])
            return tuple(elements), row[1 + capacity * width :]
        case _:
            assert_never(type_)
