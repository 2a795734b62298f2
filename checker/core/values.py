"""Values of the language, as plain immutable Python objects.

bool and int are themselves; a set is a frozenset; a sequence is a tuple; the rest are the classes below.
`show(v)` gives a value as the language writes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never


@dataclass(frozen=True, slots=True, order=True)
class EnumValue:
    """A member of an enum; ordered by its place in the declaration."""

    enum: str
    index: int
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class SortValue:
    """An identity of a sort, shown as the sort's name and a number counted from 1."""

    sort: str
    index: int

    def __str__(self) -> str:
        return f"{self.sort}{self.index + 1}"


@dataclass(frozen=True, slots=True)
class RecordValue:
    """A record as its fields, in the order of their declaration."""

    record: str
    fields: tuple[tuple[str, Value], ...]

    def __getitem__(self, name: str) -> Value:
        for field, value in self.fields:
            if field == name:
                return value
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class VariantValue:
    """A value of a variant: which of the shapes it has, counted from 0, and its fields, under the shape's name."""

    variant: str
    index: int
    fields: RecordValue

    @property
    def shape(self) -> str:
        """The name of the shape."""
        return self.fields.record


@dataclass(frozen=True, slots=True)
class Some:
    """An option that has a value."""

    value: Value


@dataclass(frozen=True, slots=True)
class Nothing:
    """An option that has no value. `NONE` is the only object of this class, in other processes too."""

    def __reduce__(self) -> str:
        return "NONE"


NONE = Nothing()


@dataclass(frozen=True, slots=True)
class MapValue:
    """A map as its items, in the order of the keys."""

    items: tuple[tuple[Value, Value], ...]

    def __getitem__(self, key: Value) -> Value:
        for k, value in self.items:
            if k == key:
                return value
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class BagValue:
    """A bag as pairs of an element and how many there are of it, in the order of the elements."""

    items: tuple[tuple[Value, int], ...]

    def __getitem__(self, element: Value) -> int:
        return next((count for each, count in self.items if each == element), 0)

    def __len__(self) -> int:
        return sum(count for _, count in self.items)

    def each(self) -> Iterator[Value]:
        """The elements in order, each as often as it is there."""
        for element, count in self.items:
            yield from (element for _ in range(count))


# Every kind of value. A dispatch over values ends in `assert_never`, so mypy names each place that a new kind needs.
Value = (
    bool
    | int
    | EnumValue
    | SortValue
    | RecordValue
    | VariantValue
    | Some
    | Nothing
    | MapValue
    | BagValue
    | frozenset["Value"]
    | tuple["Value", ...]
)


def bag_of(elements: Iterable[Value]) -> BagValue:
    """The bag of these elements, in which an element is as often as it comes."""
    counts = Counter(elements)
    return BagValue(tuple((element, counts[element]) for element in sorted(counts, key=sort_key)))


def parts(value: Value) -> Iterator[Value]:
    """The values directly within a value."""
    match value:
        case bool() | int() | EnumValue() | SortValue() | Nothing():
            return
        case Some(inner):
            yield inner
        case VariantValue(_, _, content):
            yield content
        case RecordValue(_, fields):
            yield from (part for _, part in fields)
        case MapValue(items):
            for item in items:
                yield from item
        case BagValue(items):
            yield from (element for element, _ in items)
        case frozenset() | tuple():
            yield from value
        case _:
            assert_never(value)


def walk(value: Value) -> Iterator[Value]:
    """A value and all values within it."""
    yield value
    for part in parts(value):
        yield from walk(part)


def map_parts(value: Value, change: Callable[[Value], Value]) -> Value:
    """The value with `change` applied to each value directly within it."""
    match value:
        case bool() | int() | EnumValue() | SortValue() | Nothing():
            return value
        case Some(inner):
            return Some(change(inner))
        case VariantValue(name, index, content):
            changed_content = change(content)
            assert isinstance(changed_content, RecordValue)
            return VariantValue(name, index, changed_content)
        case RecordValue(name, fields):
            return RecordValue(name, tuple((field, change(part)) for field, part in fields))
        case MapValue(items):
            changed = ((change(key), change(part)) for key, part in items)
            return MapValue(tuple(sorted(changed, key=lambda item: sort_key(item[0]))))
        case BagValue():
            return bag_of(map(change, value.each()))
        case frozenset():
            return frozenset(map(change, value))
        case tuple():
            return tuple(map(change, value))
        case _:
            assert_never(value)


def show(value: Value) -> str:
    """A value as the language writes it (a map as `[k -> v, ...]`, for which there is no literal)."""
    match value:
        case bool():
            return "true" if value else "false"
        case Some(inner):
            return f"some({show(inner)})"
        case Nothing():
            return "none"
        case VariantValue(_, _, content):
            return show(content) if content.fields else content.record
        case RecordValue(name, fields):
            return f"{name}({', '.join(f'{field} = {show(part)}' for field, part in fields)})"
        case MapValue(items):
            return "[" + ", ".join(f"{show(k)} -> {show(v)}" for k, v in items) + "]"
        case BagValue():
            return "bag {" + ", ".join(show(part) for part in value.each()) + "}"
        case frozenset():
            return "{" + ", ".join(show(part) for part in sorted(value, key=sort_key)) + "}"
        case tuple():
            return "[" + ", ".join(show(part) for part in value) + "]"
        case int() | EnumValue() | SortValue():
            return str(value)
        case _:
            assert_never(value)


def sort_key(value: Value) -> tuple[object, ...]:
    """A total order on the values of one type, for iteration, printing and ordered comparison.

    `none` comes before every `some`; enum members come in the order of their declaration; records go field by field;
    variants go by their shapes, in the order of their declaration, and then by their fields;
    of two sets, the one that has the largest element in which they differ comes later (as if it were a number);
    of two bags, the one that has more of the largest element of which they have not equally many.
    """
    match value:
        case EnumValue(_, index, _) | SortValue(_, index):
            return (index,)
        case Some(inner):
            return (1, sort_key(inner))
        case Nothing():
            return (0,)
        case VariantValue(_, index, content):
            return (index, sort_key(content))
        case RecordValue(_, fields):
            return tuple(sort_key(part) for _, part in fields)
        case MapValue(items):
            return tuple((sort_key(k), sort_key(v)) for k, v in items)
        case BagValue():
            return tuple(sort_key(part) for part in reversed([*value.each()]))
        case frozenset():
            return tuple(sorted((sort_key(part) for part in value), reverse=True))
        case tuple():
            return (len(value), *(sort_key(part) for part in value))
        case bool() | int():
            return (value,)
        case _:
            assert_never(value)
