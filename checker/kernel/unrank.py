"""From a value's place in the order of its type to its components: what `recast.rank` does, backwards.

So a loop over the values of any type counts places, and its text does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    bags_below,
    cardinality,
    sets_below,
)
from skipgate.checker.kernel.components import least
from skipgate.checker.kernel.kernel_text import Writer, add, and_, bit_and, choose, compare, shift_right, sub
from skipgate.checker.kernel.rows import Row, absent, overlaid, pick
from skipgate.checker.kernel.slots import chosen, empty_slots, put, row_of, slot_with


def unrank(writer: Writer, place: str, type_: Type) -> Row:
    """The components of the value at a place of the type's order. Every place is below the number of values."""
    if cardinality(type_) == 1:
        return [str(c) for c in least(type_)]
    match type_:
        case NeverType():
            return []
        case IntType(low, _):
            return [add(place, str(low))]
        case BoolType() | EnumType() | SortType() | SetType(_, None):
            return [place]
        case SetType() | BagType():
            return _slots(writer, place, type_)
        case OptionType(element):
            there = writer.atom(compare("!=", place, "0"))
            return [there, *_if(there, unrank(writer, writer.atom(sub(place, "1")), element))]
        case RecordType(_, fields, _):
            return _digits(writer, place, [field for _, field in fields])
        case MapType(key, value):
            return _digits(writer, place, [value] * (cardinality(key) or 0))
        case VariantType():
            return _variant(writer, place, type_)
        case SeqType(capacity, element):
            return _sequence(writer, place, capacity, element)
        case _:
            assert_never(type_)


def _slots(writer: Writer, place: str, type_: SetType | BagType) -> Row:
    """The greatest element weighs most: before a set come all those whose elements are less than it."""
    slots, possible = empty_slots(writer, type_), cardinality(type_.element) or 0
    bag = isinstance(type_, BagType)
    for room in range(type_.capacity if isinstance(type_, BagType) else type_.most or 0, 0, -1):
        before = [str(bags_below(n, room) if bag else sets_below(n, room)) for n in range(possible)]
        there, greatest = writer.atom(compare("!=", place, "0")), "0"
        for count in before[1:]:
            greatest = add(greatest, compare("<=", count, place))
        greatest = writer.atom(greatest)
        put(
            writer,
            slots,
            chosen(there, slot_with(writer.atoms(unrank(writer, greatest, type_.element)), type_.element)),
            again=bag,
        )
        (less,) = pick([[count] for count in before], greatest, type_.element)
        place = writer.atom(choose(there, sub(place, less), "0"))
    return row_of(slots)


def _if(condition: str, row: Row) -> Row:
    """Components that are all 0 unless a condition holds."""
    return [choose(condition, c, "0") for c in row]


def _digits(writer: Writer, place: str, parts: Sequence[Type]) -> Row:
    """The components of parts whose places are the digits of a number. The first digit weighs most."""
    row: Row = []
    for i in range(len(parts) - 1, -1, -1):
        place, digit = _last_digit(writer, place, cardinality(parts[i]) or 0, i == 0)
        row = unrank(writer, digit, parts[i]) + row
    return row


def _last_digit(writer: Writer, number: str, base: int, only: bool) -> tuple[str, str]:
    """A number without its last digit, and that digit; with `only`, the number has no other."""
    if only:
        return "0", number
    if base & (base - 1) == 0:
        return writer.atom(shift_right(number, str(base.bit_length() - 1))), writer.atom(bit_and(number, str(base - 1)))
    return writer.atom(f"({number} // {base})"), writer.atom(f"({number} % {base})")


def _variant(writer: Writer, place: str, type_: VariantType) -> Row:
    """The values of one shape come after those of another."""
    tag, before = "1", 0
    contents: list[Row] = []
    for each in type_.shapes:
        count = cardinality(each) or 0
        reached = compare("<=", str(before), place) if before else "1"
        if contents:
            tag = add(tag, writer.atom(reached))
        here = writer.atom(and_(reached, compare("<", place, str(before + count))))
        contents.append(absent(each))
        if count:
            contents[-1] = _if(here, unrank(writer, writer.atom(sub(place, str(before))), each))
        before += count
    return overlaid(type_, writer.atom(tag), contents)


def _sequence(writer: Writer, place: str, capacity: int, element: Type) -> Row:
    """Shorter sequences come first. Of those of one length, the first element weighs most."""
    count = cardinality(element) or 0
    starts = [sum(count**shorter for shorter in range(length)) for length in range(capacity + 1)]
    length = "0"
    for start in starts[1:]:
        length = add(length, compare("<=", str(start), place))
    length = writer.atom(length)
    rest = writer.atom(sub(place, pick([[str(start)] for start in starts], length, element)[0]))
    from_the_last: list[Row] = []
    for _ in range(capacity):
        rest, digit = _last_digit(writer, rest, count, False)
        from_the_last.append(writer.atoms(unrank(writer, digit, element)))
    row = [length]
    for i in range(capacity):
        by_length = [from_the_last[n - 1 - i] if i < n else absent(element) for n in range(capacity + 1)]
        row += pick(by_length, length, element)
    return row
