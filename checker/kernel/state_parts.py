"""A state as the parts that an exchange of two values of a sort can move or change.

A part is a bit field, or a single bit of a set. It has a path: the variable, then fields, indices, keys and the element
of the set. If an exchange of two values turns the path of a part into another path, it moves the part there. In a part
that holds a value of the sort, it exchanges the values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from skipgate.checker.core.datatypes import (
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
    values,
    walk,
)
from skipgate.checker.core.values import SortValue, Value
from skipgate.checker.kernel.components import CHUNK, overlay, packing, shape, universe_size
from skipgate.checker.kernel.kernel_text import and_, bit_and, compare, or_, shift_right, word_name
from skipgate.checker.kernel.layout import WORD, Layout, Slot
from skipgate.checker.kernel.permutations import exchange, identities, permuted
from skipgate.spec.data import dataclass

PathStep = str | Value  # a name or a key, index or element


@dataclass(frozen=True)
class Field:
    """Bits of a word."""

    word: int
    offset: int
    width: int

    @property
    def text(self) -> str:
        """Its value, in the text of a kernel."""
        text = shift_right(word_name(self.word, False), str(self.offset))
        return text if self.offset + self.width == WORD else bit_and(text, str((1 << self.width) - 1))

    @property
    def mask(self) -> int:
        """The bits, where they are."""
        return (1 << self.width) - 1 << self.offset

    def touches(self, other: Field) -> bool:
        """Does another field begin where this one ends?"""
        return (other.word, other.offset) == (self.word, self.offset + self.width)


@dataclass(frozen=True)
class Presence:
    """A condition: the content of a field is one of some numbers, or (if there are none) not less than `least`.

    `within` must hold too: what is absent as a whole has a content that means something else.
    """

    field: Field
    least: int
    numbers: tuple[int, ...] = ()
    within: Presence | None = None

    @property
    def text(self) -> str:
        """The condition, in the text of a kernel."""
        if self.within is not None:
            return and_(self.within.text, replace(self, within=None).text)
        if self.numbers:
            return or_(*(compare("==", self.field.text, str(number)) for number in self.numbers))
        return self.field.text if self.field.width == 1 else compare("<=", str(self.least), self.field.text)


@dataclass(frozen=True)
class StatePart:
    """A field that can be moved or changed by an exchange.

    `holds` is the sort whose values it holds, if that is a symmetric one. Then there is a value only if `present` is
    true. (What is absent is 0, like the first value of the sort.)
    """

    path: tuple[PathStep, ...]
    field: Field
    holds: str | None = None
    present: Presence | None = None

    def holding(self, held: str, index: int) -> str:
        """Does the part, whose content is `held`, hold the value with this index of its sort?"""
        here = compare("==", held, str(index))
        if index or self.present is None:
            return here
        return and_(here, self.present.text)


@dataclass(frozen=True)
class SlotGroup:
    """The slots of a set with a capacity whose elements mention symmetric sorts. An exchange may change their order.

    Attributes:
        path: of the set. The parts of its slots have this path, and after it the number of the slot.
        sorts: those that its elements mention.
        slots: of each slot, the fields with its numbers.
    """

    path: tuple[PathStep, ...]
    sorts: frozenset[str]
    slots: tuple[tuple[Field, ...], ...]


class StateParts:
    """The parts of a state that depend on the names of identities, and where exchanges take them.

    Attributes:
        identities: the values of the symmetric sorts, one sort after the other. Their places here are their numbers.
        mentioned: of each part, the identities in its path.
        images: by the number of an identity, where each part goes when it is exchanged with the next one of its sort.
        groups: the sets whose slots are sorted again after an exchange, those within others before them.
        swaps: where each part goes when two neighbouring slots of a group change places.
    """

    def __init__(self, layout: Layout, sorts: Sequence[SortType]) -> None:
        self.sorts = {sort.name for sort in sorts}
        self.identities = [SortValue(sort.name, i) for sort in sorts for i in range(sort.size)]
        self.parts: list[StatePart] = []
        self.mentioned: list[frozenset[SortValue]] = []
        self.groups: list[SlotGroup] = []
        for variable in layout.variables:
            slots = iter(layout.slots[variable.name])
            for part in self.parts_of(variable.type, slots, (variable.name,), None):
                mentioned = frozenset(i for step in part.path if not isinstance(step, str) for i in identities(step))
                mentioned &= set(self.identities)
                if (mentioned or part.holds) and part.field.width:
                    self.parts.append(part)
                    self.mentioned.append(mentioned)
        numbers = {part.path: i for i, part in enumerate(self.parts)}
        self.images: dict[int, list[int]] = {}
        for p, (a, b) in enumerate(zip(self.identities, self.identities[1:], strict=False)):
            if a.sort == b.sort:
                names = exchange(a, b)
                turned = (
                    tuple(x if isinstance(x, str) else permuted(x, names) for x in part.path) for part in self.parts
                )
                self.images[p] = [numbers[path] for path in turned]
        self.swaps: list[list[int]] = []
        for group in self.groups:
            for i in range(1, len(group.slots)):
                moved = {(*group.path, i): (*group.path, i + 1), (*group.path, i + 1): (*group.path, i)}
                cut = len(group.path) + 1
                swapped = (moved.get(part.path[:cut], part.path[:cut]) + part.path[cut:] for part in self.parts)
                self.swaps.append([numbers[path] for path in swapped])

    def parts_of(
        self, type_: Type, slots: Iterator[Slot], path: tuple[PathStep, ...], present: Presence | None
    ) -> Iterator[StatePart]:
        """The parts of a value, in the order of its components."""
        match type_:
            case NeverType():
                return
            case RecordType(_, fields, _):
                for name, field in fields:
                    yield from self.parts_of(field, slots, (*path, name), present)
            case VariantType():
                yield from self.parts_of_variant(type_, slots, path, present)
            case OptionType(element):
                tag = _field_of(next(slots))
                yield StatePart((*path, "is there"), tag)
                yield from self.parts_of(element, slots, (*path, "value"), Presence(tag, 1))
            case MapType(key, element):
                for k in values(key):
                    yield from self.parts_of(element, slots, (*path, k), present)
            case SeqType(capacity, element):
                length = _field_of(next(slots))
                yield StatePart((*path, "length"), length)
                for i in range(1, capacity + 1):
                    yield from self.parts_of(element, slots, (*path, i), Presence(length, i))
            case BagType() | SetType(capacity=int()):
                yield from self.parts_of_slots(type_, slots, path)
            case SetType(element):
                chunks = [_field_of(next(slots)) for _ in range(0, universe_size(type_), CHUNK)]
                for i, value in enumerate(values(element)):
                    chunk = chunks[i // CHUNK]
                    yield StatePart((*path, value), Field(chunk.word, chunk.offset + i % CHUNK, 1))
            case SortType(name, _) if name in self.sorts:
                yield StatePart(path, _field_of(next(slots)), name, present)
            case BoolType() | IntType() | EnumType() | SortType():
                yield StatePart(path, _field_of(next(slots)))
            case _:
                assert_never(type_)

    def parts_of_slots(
        self, type_: SetType | BagType, slots: Iterator[Slot], path: tuple[PathStep, ...]
    ) -> Iterator[StatePart]:
        """The parts of the elements in the slots of a set with a capacity, or of a bag."""
        layout, element = packing(type_.element), type_.element
        own: list[tuple[Field, ...]] = []
        for i in range(1, (type_.capacity or 0) + 1):
            numbers = [next(slots) for _ in layout.widths]
            own.append(tuple(map(_field_of, numbers)))
            there = Field(numbers[0].word, numbers[0].offset + layout.presence, 1)
            yield StatePart((*path, i, "in use"), there)
            inner = [
                Slot(component, numbers[f.number].word, numbers[f.number].offset + f.offset, f.width)
                for component, f in zip(shape(element), layout.fields, strict=True)
            ]
            yield from self.parts_of(element, iter(inner), (*path, i), Presence(there, 1))
        sorts = frozenset(part.name for part in walk(element) if isinstance(part, SortType)) & self.sorts
        if sorts:
            self.groups.append(SlotGroup(path, sorts, tuple(own)))

    def parts_of_variant(
        self, type_: VariantType, slots: Iterator[Slot], path: tuple[PathStep, ...], present: Presence | None
    ) -> Iterator[StatePart]:
        """The parts of a value of a variant: the shape, then what each slot of the overlay holds."""
        slot = next(slots)
        tag = _field_of(slot)
        yield StatePart((*path, "shape"), tag)
        shared = overlay(type_)
        place = 0
        while place < len(shared.slots):
            kind, shapes = shared.kinds[place], sorted({i for i, _ in shared.slots[place]})
            numbers = tuple(i + 1 - slot.low for i in shapes)  # as they are stored
            here = Presence(tag, 0, numbers, present if slot.low else None) if tag.width else present
            if isinstance(kind, SortType):
                yield from self.parts_of(kind, slots, (*path, kind.name, str(place)), here)
            elif kind is None:
                yield StatePart((*path, str(place)), _field_of(next(slots)))
            else:
                of = type_.shapes[shapes[0]]
                yield from self.parts_of(of.field(kind), slots, (*path, of.name, kind), here)
                place += len(shape(of.field(kind), True)) - 1
            place += 1


def _field_of(slot: Slot) -> Field:
    return Field(slot.word, slot.offset, slot.width)
