"""Values in the text of kernels: rows of expressions, one for each component (see `components`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from skipgate.checker.core.datatypes import MapType, RecordType, SeqType, Type, VariantType, cardinality, of_kind
from skipgate.checker.core.errors import InternalError
from skipgate.checker.kernel.components import least, overlay, shape
from skipgate.checker.kernel.kernel_text import Writer, and_, bit_or, choose, compare, or_

Row = list[str]
_C = TypeVar("_C")


def absent(type_: Type) -> Row:
    """The components of a value that is not there."""
    return ["0"] * len(shape(type_, True))


def harmless(names: Row, type_: Type) -> dict[str, str]:
    """What names get that stand for the value of a failed operation: the components of some value of its type."""
    return {name: str(c) for name, c in zip(names, least(type_), strict=True)}


def equal(left: Row, right: Row) -> str:
    """Are all components equal?"""
    return and_(*(compare("==", a, b) for a, b in zip(left, right, strict=True)))


def less(writer: Writer, left: Row, right: Row, or_equal: bool) -> str:
    """Component by component, the first that differs decides."""
    if len(left) == 1:
        return compare("<=" if or_equal else "<", left[0], right[0])
    left, right = writer.atoms(left), writer.atoms(right)
    result = "1" if or_equal else "0"
    for a, b in zip(reversed(left), reversed(right), strict=True):
        result = or_(compare("<", a, b), and_(compare("==", a, b), result))
    return result


def field_place(type_: Type, field: str) -> tuple[int, int]:
    """Where a field's components lie among its record's."""
    start = 0
    for name, field_type in of_kind(type_, RecordType).fields:
        stop = start + len(shape(field_type, True))
        if name == field:
            return start, stop
        start = stop
    raise InternalError(f"`{type_}` has no field `{field}`")


def shape_row(row: Sequence[_C], type_: VariantType, shape: int) -> list[_C]:
    """The components of the fields, if the value has this shape. If it has another one, they mean something else."""
    return [row[1 + slot] for slot in overlay(type_).of(shape)]


def overlaid(type_: VariantType, tag: str, contents: Sequence[Row]) -> Row:
    """The components of a variant, given those of its fields for each shape, which are all 0 for any other shape."""
    row = [tag]
    for users in overlay(type_).slots:
        held = [contents[i][k] for i, k in users if contents[i][k] != "0"]
        row.append(bit_or(*held) if held else "0")
    return row


def container_type(type_: Type) -> MapType | SeqType:
    """The type of a term that must be a map or a sequence."""
    return type_ if isinstance(type_, MapType) else of_kind(type_, SeqType)


def element_rows(row: Sequence[_C], type_: MapType | SeqType) -> list[list[_C]]:
    """The components of each element of a map or sequence (for a sequence, of each that it could have)."""
    if isinstance(type_, MapType):
        count, width, start = cardinality(type_.key) or 0, len(shape(type_.value, True)), 0
    else:
        count, width, start = type_.capacity, len(shape(type_.element, True)), 1
    return [list(row[start + i * width : start + (i + 1) * width]) for i in range(count)]


def pick(elements: list[Row], index: str, type_: Type, start: int = 0) -> Row:
    """The element with a number, counted from `start`. If there is none of that number, it may be any."""
    if not elements:
        return absent(type_)
    if len(elements) == 1:
        return elements[0]
    half = len(elements) // 2
    first = pick(elements[:half], index, type_, start)
    second = pick(elements[half:], index, type_, start + half)
    here = compare("<", index, str(start + half))
    return [choose(here, a, b) for a, b in zip(first, second, strict=True)]
