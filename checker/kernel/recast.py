"""One representation made from another: a value's rank in its type, and its row under another type."""

from __future__ import annotations

from typing import assert_never

from skipgate.checker.core.datatypes import (
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
    of_kind,
)
from skipgate.checker.core.errors import InternalError
from skipgate.checker.kernel.components import CHUNK, least, ranks, shape, universe_size
from skipgate.checker.kernel.kernel_text import (
    Writer,
    add,
    and_,
    bit_and,
    bit_or,
    choose,
    compare,
    mul,
    shift_left,
    shift_right,
    sub,
)
from skipgate.checker.kernel.masks import chunks
from skipgate.checker.kernel.rows import Row, absent, element_rows, overlaid, pick, shape_row


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
                by_shape.append([add(str(before), rank(writer, shape_row(row, type_, i), each))])
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
        case SetType():
            return row[0] if row else "0"
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


def recast(writer: Writer, row: Row, old: Type, new: Type, present: str = "1") -> tuple[Row, list[str]]:
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
            return _recast_set(writer, row, old, of_kind(new, SetType), present)
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
