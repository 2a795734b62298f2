"""One representation made from another: a value's rank in its type, and its row under another type."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from skipgate.checker.core.datatypes import (
    BOOL,
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
    contains,
    has_large_sets,
    of_kind,
    sets_below,
)
from skipgate.checker.core.errors import InternalError
from skipgate.checker.kernel.components import (
    CHUNK,
    TooLarge,
    flatten,
    least,
    packing,
    ranks,
    shape,
    slots_of,
    universe_size,
)
from skipgate.checker.kernel.kernel_text import (
    Writer,
    add,
    and_,
    bit_and,
    bit_or,
    choose,
    compare,
    is_literal,
    mul,
    shift_left,
    shift_right,
    sub,
)
from skipgate.checker.kernel.masks import chunks, empty_set, insert
from skipgate.checker.kernel.rows import Row, absent, element_rows, overlaid, pick, shape_row
from skipgate.checker.kernel.slots import chosen, element_of, empty_slots, is_there, put, row_of, slot_with, under

_MOST_INTO_SLOTS = 1024  # possible elements of a mask that becomes slots, which is written out for each of them


def rank(writer: Writer, row: Row, type_: Type) -> str:
    """The place of a value in the order of its type, as `values` gives it."""
    if cardinality(type_) == 1:
        return "0"
    match type_:
        case IntType(low, _):
            return sub(row[0], str(low))
        case BoolType() | EnumType() | SortType():
            return row[0]
        case OptionType(element):
            return choose(row[0], add("1", rank(writer, row[1:], element)), "0")
        case VariantType(_, shapes):
            row = writer.atoms(row)
            by_shape, before = [], 0
            for i, each in enumerate(shapes):
                known_other = is_literal(row[0]) and int(row[0]) != i + 1  # as in `Vote(t) in votes`
                within = "0" if known_other else rank(writer, shape_row(row, type_, i), each)
                by_shape.append([add(str(before), within)])
                before += cardinality(each) or 0
            return pick(by_shape, row[0], type_, 1)[0]
        case RecordType(_, fields, _):
            result, start = "0", 0
            for _, field in fields:
                stop = start + len(shape(field))
                result = add(mul(result, str(cardinality(field))), rank(writer, row[start:stop], field))
                start = stop
            return result
        case MapType(key, value):
            result, width = "0", len(shape(value))
            for i in range(cardinality(key) or 0):
                part = rank(writer, row[i * width : (i + 1) * width], value)
                result = add(mul(result, str(cardinality(value))), part)
            return result
        case SetType(_, None):
            return row[0] if row else "0"
        case SetType() | BagType():
            return _slots_rank(writer, row, type_)
        case SeqType(capacity, element):
            return _seq_rank(writer, row, capacity, element)
        case NeverType():
            return "0"
        case _:
            assert_never(type_)


def _seq_rank(writer: Writer, row: Row, capacity: int, element: Type) -> str:
    """Sequences come by length; of one length, the first element weighs most."""
    count = cardinality(element) or 0
    row = writer.atoms(row)
    elements = element_rows(row, SeqType(capacity, element))
    by_length, before, digits = [], 0, "0"
    for length in range(capacity + 1):
        if length:
            digits = add(mul(digits, str(count)), rank(writer, elements[length - 1], element))
        by_length.append([add(str(before), digits)])
        before += count**length
    return pick(by_length, row[0], element)[0]


def _slots_rank(writer: Writer, row: Row, type_: SetType | BagType) -> str:
    """Sets come like binary numbers. Each element counts the sets that have none so great beside those before it."""
    total, possible = "0", cardinality(type_.element) or 0
    places: list[list[str]] = []  # those of the elements, counted from 1, sorted like slots
    for slot in slots_of(writer.atoms(row), type_):
        place = add("1", rank(writer, element_of(slot, type_.element), type_.element))
        places.append([writer.fresh("s")])
        writer.line(f"{places[-1][0]} = 0")
        put(writer, places, [choose(is_there(slot), place, "0")], again=True)
    for room, (place,) in zip(range(type_.capacity or 0, 0, -1), places, strict=True):
        below = bags_below if isinstance(type_, BagType) else sets_below
        before = [["0"], *([str(below(n, room))] for n in range(possible))]
        total = add(total, pick(before, place, BOOL)[0])
    return total


def recast(  # noqa: C901  (one case for each kind of type)
    writer: Writer, row: Row, old: Type, new: Type, present: str = "1"
) -> tuple[Row, list[str]]:
    """A value's components under another type of the same kind, and the conditions under which it has not that type.

    `present` is the condition under which the value is there at all (see `components`).
    """
    if old == new:
        return row, []
    if cardinality(old) == 0:
        # There is never such a value. But kernels compute on with what stands in its place, so that must fit the type.
        return (absent(new) if present != "1" else [str(c) for c in least(new)]), []
    if isinstance(new, NeverType):
        return [], [present]
    match old:
        case NeverType() | BoolType() | EnumType() | SortType():
            raise InternalError(f"a value of type `{old}` cannot become one of `{new}`")
        case IntType():
            return row, _outside(row[0], old, of_kind(new, IntType), present)
        case OptionType(element):
            wanted = of_kind(new, OptionType).element
            inner, wrong = recast(writer, row[1:], element, wanted, and_(present, row[0]))
            return [row[0], *inner], wrong
        case VariantType():
            return _recast_variant(writer, row, old, of_kind(new, VariantType), present)
        case RecordType(_, fields, _):
            parts, start = [], 0
            for (_, a), (_, b) in zip(fields, of_kind(new, RecordType).fields, strict=True):
                stop = start + len(shape(a, True))
                parts.append(recast(writer, row[start:stop], a, b, present))
                start = stop
            return _together(parts)
        case MapType(_, value):
            wanted = of_kind(new, MapType).value
            return _together([recast(writer, part, value, wanted, present) for part in element_rows(row, old)])
        case SeqType():
            return _recast_seq(writer, row, old, of_kind(new, SeqType), present)
        case SetType():
            new = of_kind(new, SetType)
            if old.capacity is not None:
                return _recast_slots(writer, row, old, new, present)
            if new.capacity is not None:
                return _into_slots(writer, row, old, new, present)
            return _recast_set(writer, row, old, new, present)
        case BagType():
            return _recast_slots(writer, row, old, of_kind(new, BagType), present)
        case _:
            assert_never(old)


def _together(parts: list[tuple[Row, list[str]]]) -> tuple[Row, list[str]]:
    """The rows of parts one after the other, and all conditions under which one of them is wrong."""
    return [c for row, _ in parts for c in row], [condition for _, wrong in parts for condition in wrong]


def _outside(number: str, old: IntType, new: IntType, present: str) -> list[str]:
    """The conditions under which a number is outside the bounds of a type."""
    wrong = []
    if new.low is not None and (old.low is None or old.low < new.low):
        wrong.append(and_(present, compare("<", number, str(new.low))))
    if new.high is not None and (old.high is None or old.high > new.high):
        wrong.append(and_(present, compare("<", str(new.high), number)))
    return wrong


def _recast_variant(
    writer: Writer, row: Row, old: VariantType, new: VariantType, present: str
) -> tuple[Row, list[str]]:
    row = writer.atoms(row)
    contents, wrong = [], []
    for i, (a, b) in enumerate(zip(old.shapes, new.shapes, strict=True)):
        here = compare("==", row[0], str(i + 1))
        if here == "0":
            contents.append(absent(b))
            continue
        content = [choose(here, c, "0") for c in shape_row(row, old, i)]
        moved, errors = recast(writer, content, a, b, and_(present, here))
        contents.append(moved)
        wrong += errors
    return overlaid(new, row[0], contents), wrong


def _recast_seq(writer: Writer, row: Row, old: SeqType, new: SeqType, present: str) -> tuple[Row, list[str]]:
    result, wrong = [row[0]], []
    if old.capacity > new.capacity:
        wrong.append(and_(present, compare("<", str(new.capacity), row[0])))
    for i, element in enumerate(element_rows(row, old)[: new.capacity]):
        here = and_(present, compare("<", str(i), row[0]))
        part, errors = recast(writer, element, old.element, new.element, here)
        result += part
        wrong += errors
    missing = len(shape(new, True)) - len(result)
    return result + ["0"] * missing, wrong


def _recast_slots(
    writer: Writer, row: Row, old: SetType | BagType, new: SetType | BagType, present: str
) -> tuple[Row, list[str]]:
    """From slots into others, or into a mask."""
    slots = slots_of(writer.atoms(row), old)
    moved, wrong = [], []
    for slot in slots:
        part, errors = recast(writer, element_of(slot, old.element), old.element, new.element, under(present, slot))
        moved.append(part)
        wrong += errors
    if isinstance(new, SetType) and new.capacity is None:
        names = empty_set(writer, new)
        for slot, part in zip(slots, moved, strict=True):
            with writer.indented(f"if {is_there(slot)}:"):
                insert(writer, names, rank(writer, part, new.element))
        return names, wrong
    room = new.capacity or 0
    if room < len(slots):
        wrong.append(under(present, slots[room]))
    packed = [chosen(is_there(slot), slot_with(part, new.element)) for slot, part in zip(slots, moved, strict=True)]
    if old.element != new.element and (has_large_sets(old.element) or has_large_sets(new.element)):
        sorted_ = empty_slots(writer, replace(new, capacity=len(slots)))
        for slot in packed:
            put(writer, sorted_, slot, again=True)
        packed = sorted_
    missing = max(0, room - len(slots)) * len(packing(new.element).widths)
    return [*row_of(packed[:room]), *["0"] * missing], wrong


def _into_slots(writer: Writer, row: Row, old: SetType, new: SetType, present: str) -> tuple[Row, list[str]]:
    """From a mask into slots. The possible elements are gone through from the least to the greatest."""
    row = writer.atoms(row)
    if universe_size(old) > _MOST_INTO_SLOTS:
        many = universe_size(old)
        raise TooLarge(f"a {old} with {many} possible elements cannot become a {new}: {_MOST_INTO_SLOTS} can")
    wrong, fitting = [], []
    for value, i in ranks(old.element).items():
        bit = compare("!=", bit_and(row[i // CHUNK], str(1 << i % CHUNK)), "0")
        if contains(new.element, value):
            fitting.append((packing(new.element).packed(flatten(value, new.element)), bit))
        else:
            wrong.append(and_(present, bit))
    room = new.capacity or 0
    if room < universe_size(old):
        total = "0"
        for mask in row:
            total = add(total, f"popcount({mask})")
        wrong.append(and_(present, compare("<", str(room), total)))
    slots = empty_slots(writer, new)
    for numbers, bit in sorted(fitting):
        with writer.indented(f"if {bit}:"):
            for slot, before in reversed([*zip(slots[1:], slots, strict=False)]):
                for name, text in zip(slot, before, strict=True):
                    writer.line(f"{name} = {text}")
            for name, number in zip(slots[0], numbers, strict=True):
                writer.line(f"{name} = {number}")
    return row_of(slots), wrong


def _recast_set(writer: Writer, row: Row, old: SetType, new: SetType, present: str) -> tuple[Row, list[str]]:
    for type_ in (old, new):
        universe_size(type_)  # refuses what is too large to be listed
    places = ranks(new.element)
    moves = [(i, places.get(value)) for value, i in ranks(old.element).items()]
    allowed = [0] * len(row)
    for i, target in moves:
        if target is not None:
            allowed[i // CHUNK] |= 1 << i % CHUNK
    wrong = []
    full = [2**width - 1 for _, width in chunks(universe_size(old))]
    row = writer.atoms(row)
    for mask, legal, whole in zip(row, allowed, full, strict=True):
        if legal != whole:
            wrong.append(and_(present, compare("!=", bit_and(mask, str(whole ^ legal)), "0")))
    # Bits that move together by the same distance within the same words move in one operation.
    groups: dict[tuple[int, int, int], int] = {}
    for i, target in moves:
        if target is not None:
            move = (i // CHUNK, target // CHUNK, target % CHUNK - i % CHUNK)
            groups[move] = groups.get(move, 0) | 1 << i % CHUNK
    parts: list[list[str]] = [[] for _ in shape(new)]
    for (source, target_chunk, distance), bits in groups.items():
        moved = row[source] if bits == full[source] else bit_and(row[source], str(bits))
        shift = shift_left if distance >= 0 else shift_right
        parts[target_chunk].append(shift(moved, str(abs(distance))))
    return [bit_or(*part) if part else "0" for part in parts], wrong
