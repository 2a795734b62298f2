"""Maps; and what is at an index, or becomes another there, in maps and sequences."""

from __future__ import annotations

from dataclasses import dataclass

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType, MapType, SeqType, cardinality, values
from skipgate.checker.kernel.compiler import Compiler, Named
from skipgate.checker.kernel.components import flatten, shape
from skipgate.checker.kernel.kernel_text import (
    add,
    bit_and,
    choose,
    compare,
    is_literal,
    mul,
    or_,
    shift_right,
    sub,
    word_name,
)
from skipgate.checker.kernel.layout import Slot
from skipgate.checker.kernel.recast import rank, recast
from skipgate.checker.kernel.rows import Row, absent, container_type, element_rows, harmless, pick


def make_map(compiler: Compiler, term: t.MakeMap) -> Row:
    """The value for each key, one after the other."""
    shape(term.type)  # not too large
    row: Row = []
    with compiler.copied(cardinality(term.type.key) or 1):
        for key in values(term.type.key):
            compiler.locals[term.variable] = Named([str(c) for c in flatten(key, term.type.key)])
            row += compiler.as_type(term.value, term.type.value)
    return row


@dataclass(frozen=True)
class ElementPlace:
    """A container's components, the number (from 0) of an element, and the condition under which there is none."""

    row: Row
    index: str
    missing: str = "0"


def _place(compiler: Compiler, term: t.Select | t.Store) -> ElementPlace:
    """Evaluate a container and an index and test that there is such an element."""
    operand, index_term = term.operand, term.index
    row = compiler.row(operand)
    container = container_type(operand.type)
    if isinstance(container, MapType):
        index_row = compiler.writer.atoms(compiler.row(index_term))
        key, wrong = recast(compiler.writer, index_row, index_term.type, container.key)
        number = rank(compiler.writer, key, container.key)
        condition = or_(*wrong)
        if condition == "0":
            return ElementPlace(row, number if is_literal(number) else compiler.writer.atom(number))
        (name,) = compiler.renamed([number])
        compiler.test(term, condition, **{name: "0"})
        return ElementPlace(row, name)
    index = compiler.writer.atom(compiler.one(index_term))
    length = row[0]
    low = index_term.type.low if isinstance(index_term.type, IntType) else None
    wrong_index = compare("<", length, index)
    if low is None or low < 1:
        length = compiler.writer.atom(length)
        wrong_index = or_(compare("<", index, "1"), compare("<", length, index))
    if container.capacity == 0:
        compiler.test(term, "1")
        return ElementPlace(row, "0", "1")
    if is_literal(index) and 1 <= int(index) <= container.capacity:
        compiler.test(term, wrong_index)
        return ElementPlace(row, str(int(index) - 1), wrong_index)
    (name,) = compiler.renamed([sub(index, "1")])
    compiler.test(term, wrong_index, **{name: "0"})
    return ElementPlace(row, name, wrong_index)


def select(compiler: Compiler, term: t.Select) -> Row:
    """The row of the element, picked from those of all elements."""
    place = _place(compiler, term)
    elements = element_rows(place.row, container_type(term.operand.type))
    if is_literal(place.index):
        row = elements[int(place.index)] if int(place.index) < len(elements) else absent(term.type)
    elif isinstance(term.operand, t.Var) and (fields := packed(compiler, term.operand, place.index)):
        row = fields
    else:
        row = pick(elements, place.index, term.type)
    if place.missing == "0" or all(c.low <= 0 <= c.high for c in shape(term.type)):
        return row
    # In the place of a missing element stands 0, which is no value of this type.
    row = compiler.renamed(row)
    compiler.test(term, place.missing, **harmless(row, term.type))
    return row


def packed(compiler: Compiler, variable: t.Var, index: str) -> Row | None:
    """An element of a variable read straight from its word, if its elements lie there at equal distances."""
    slots = compiler.layout.slots[variable.name]
    rows = element_rows(range(len(slots)), container_type(variable.type))
    fields: Row = []
    for column in zip(*rows, strict=True):
        first: Slot = slots[column[0]]
        stride = slots[column[1]].offset - first.offset if len(column) > 1 else 0
        for i, number in enumerate(column):
            slot = slots[number]
            if (slot.word, slot.offset, slot.width, slot.low) != (
                first.word, first.offset + i * stride, first.width, first.low
            ):  # fmt: skip
                return None
        word = word_name(first.word, variable.primed)
        shift = add(mul(index, str(stride)), str(first.offset))
        fields.append(add(bit_and(shift_right(word, shift), str(first.mask)), str(first.low)))
    return fields


def store(compiler: Compiler, term: t.Store) -> Row:
    """The rows of all elements, the new one in the place of the old one."""
    place = _place(compiler, term)
    type_ = term.type
    element_type = type_.value if isinstance(type_, MapType) else type_.element
    row = recast(compiler.writer, place.row, term.operand.type, type_)[0]
    elements = element_rows(row, type_)
    new = compiler.as_type(term.value, element_type)
    head = row[:1] if isinstance(type_, SeqType) else []
    if is_literal(place.index):
        if int(place.index) < len(elements):
            elements[int(place.index)] = new
        return [*head, *(c for element in elements for c in element)]
    new = compiler.writer.atoms(new)
    changed = [
        [choose(compare("==", place.index, str(i)), a, b) for a, b in zip(new, old, strict=True)]
        for i, old in enumerate(elements)
    ]
    return [*head, *(c for element in changed for c in element)]
