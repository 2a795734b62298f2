"""Bags: slots as those of sets with a capacity, but several may hold the same element."""

from __future__ import annotations

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BagType, SeqType, SetType, join, of_kind
from skipgate.checker.kernel.compiler import Compiler
from skipgate.checker.kernel.components import slots_of
from skipgate.checker.kernel.kernel_text import add, choose, compare, not_, or_
from skipgate.checker.kernel.recast import recast
from skipgate.checker.kernel.rows import Row, element_rows, equal
from skipgate.checker.kernel.slots import (
    chosen,
    copied,
    count,
    element_of,
    empty_slots,
    is_there,
    put,
    row_of,
    slot_with,
    take,
)


def bag_of(compiler: Compiler, term: t.BagOf) -> Row:
    """The elements of a set, in its slots; or those of a sequence, put in one by one."""
    writer, type_, operand = compiler.writer, term.type, term.operand.type
    if isinstance(operand, SetType):
        return compiler.as_type(term.operand, SetType(type_.element, type_.capacity))
    sequence = of_kind(operand, SeqType)
    row = writer.atoms(compiler.row(term.operand))
    slots = empty_slots(writer, type_)
    for i, element in enumerate(element_rows(row, sequence)):
        put(writer, slots, chosen(compare("<", str(i), row[0]), slot_with(element, type_.element)), again=True)
    return row_of(slots)


def bag_operation(compiler: Compiler, term: t.BagOperation) -> Row:
    """The elements of the right bag are put into the left one, or taken from it, one by one."""
    writer, type_ = compiler.writer, term.type
    left, right = of_kind(term.left.type, BagType), of_kind(term.right.type, BagType)
    whole = of_kind(join(left, right), BagType)
    left, right = BagType(whole.element, left.capacity), BagType(whole.element, right.capacity)
    first = slots_of(compiler.as_type(term.left, left), left)
    second = slots_of(writer.atoms(compiler.as_type(term.right, right)), right)
    slots = copied(writer, first, type_ if term.operator == "+" else left)
    for slot in second:
        if term.operator == "+":
            put(writer, slots, slot, again=True)
        else:
            take(writer, slots, slot)
    return row_of(slots) if term.operator == "+" else recast(writer, row_of(slots), left, type_)[0]


def multiplicity(compiler: Compiler, term: t.Multiplicity) -> Row:
    """In how many slots an element is."""
    writer, type_ = compiler.writer, of_kind(term.operand.type, BagType)
    slots = slots_of(writer.atoms(compiler.row(term.operand)), type_)
    row, wrong = recast(writer, writer.atoms(compiler.row(term.element)), term.element.type, type_.element)
    wanted = writer.atoms(chosen(not_(or_(*wrong)), slot_with(row, type_.element)))
    total = "0"
    for slot in slots:
        total = add(total, choose(equal(slot, wanted), "1", "0"))
    return [choose(is_there(wanted), total, "0")]


def distinct(compiler: Compiler, term: t.Elements, type_: BagType) -> Row:
    """The set of the elements of a bag: what is in several slots is put in once."""
    writer = compiler.writer
    slots = empty_slots(writer, term.type)
    for slot in slots_of(writer.atoms(compiler.row(term.operand)), type_):
        put(writer, slots, slot)
    return row_of(slots)


def descending(compiler: Compiler, term: t.Descending) -> Row:
    """The length, then what is in the slots."""
    writer, type_ = compiler.writer, term.type
    if isinstance(term.operand.type, SetType):
        slots_type: SetType | BagType = SetType(type_.element, type_.capacity)
    else:
        slots_type = of_kind(term.operand.type, BagType)
    slots = slots_of(writer.atoms(compiler.as_type(term.operand, slots_type)), slots_type)
    row = [count(slots)]
    for slot in slots:
        row += chosen(is_there(slot), element_of(slot, type_.element))
    return row
