"""Sequences."""

from __future__ import annotations

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BagType, SeqType, Type, of_kind, values
from skipgate.checker.kernel.bag_code import distinct
from skipgate.checker.kernel.compiler import Compiler, Named
from skipgate.checker.kernel.components import shape
from skipgate.checker.kernel.domain_code import DomainElement
from skipgate.checker.kernel.kernel_text import (
    Writer,
    add,
    and_,
    bit_and,
    choose,
    compare,
    is_literal,
    or_,
    shift_right,
    sub,
)
from skipgate.checker.kernel.rows import Row, absent, element_rows, pick
from skipgate.checker.kernel.set_code import NewSet

_FEW = 4  # places: for so many, one expression is shorter than several statements


def seq_literal(compiler: Compiler, term: t.SeqLiteral) -> Row:
    """The length, then the elements."""
    row = [str(len(term.elements))]
    for element in term.elements:
        row += compiler.as_type(element, term.type.element)
    return row


def concat(compiler: Compiler, term: t.Concat) -> Row:
    """The elements of the right side are moved behind those of the left."""
    writer, element = compiler.writer, term.type.element
    n, m = of_kind(term.left.type, SeqType).capacity, of_kind(term.right.type, SeqType).capacity
    left = writer.atoms(compiler.as_type(term.left, SeqType(n, element)))
    right = writer.atoms(compiler.as_type(term.right, SeqType(m, element)))
    lefts = element_rows(left, SeqType(n, element)) + [absent(element)] * m
    rights = element_rows(right, SeqType(m, element)) + [absent(element)] * n
    result = [add(left[0], right[0])]
    if n <= _FEW or m <= 1:
        moved = [_shifted(rights, places, element) for places in range(n + 1)]
        for j, own in enumerate(lefts):
            by_length = [own if j < length else rows[j] for length, rows in enumerate(moved)]
            result += pick(by_length, left[0], element)
        return result
    for j, (own, other) in enumerate(zip(lefts, _moved(writer, rights, left[0], n, element, False), strict=True)):
        here = compare("<", str(j), left[0]) if j < n else "0"
        result += [choose(here, a, b) for a, b in zip(own, other, strict=True)]
    return result


def slice_(compiler: Compiler, term: t.Slice) -> Row:
    """The elements, moved to the beginning; what is beyond the new length is 0."""
    type_, writer = term.type, compiler.writer
    row = writer.atoms(compiler.row(term.operand))
    low, high = compiler.one(term.low), compiler.one(term.high)
    harmless = {}
    if not is_literal(low) or int(low) < 1:
        (low,) = compiler.renamed([low])
        harmless[low] = "1"
    (high,) = compiler.renamed([high])
    wrong = and_(compare("<=", low, high), or_(compare("<", low, "1"), compare("<", row[0], high)))
    compiler.test(term, wrong, **harmless, **{high: "0"})
    length = writer.atom(choose(compare("<=", low, high), f"({high} - {low} + 1)", "0"))
    result = [length]
    elements, most = element_rows(row, type_), type_.capacity
    if most <= _FEW:
        by_distance = [_shifted(elements, -places, type_.element) for places in range(most + 1)]
        moved = [pick(list(rows), sub(low, "1"), type_.element) for rows in zip(*by_distance, strict=True)]
    else:
        moved = _moved(writer, elements, sub(low, "1"), most, type_.element, True)
    for j, other in enumerate(moved):
        result += [choose(compare("<", str(j), length), c, "0") for c in other]
    return result


def _shifted(elements: list[Row], places: int, type_: Type) -> list[Row]:
    """Each element so many places further, or back; where none comes from, there is none."""
    sources = (i - places for i in range(len(elements)))
    return [elements[i] if 0 <= i < len(elements) else absent(type_) for i in sources]


def _moved(writer: Writer, elements: list[Row], distance: str, most: int, type_: Type, back: bool) -> list[Row]:
    """The same for a distance that is not known, but at most `most`.

    One bit of it is looked at after the other, so the code is as long as the sequence times the number of bits.
    """
    distance = writer.atom(distance)
    for bit in range(most.bit_length()):
        turn = writer.atom(bit_and(shift_right(distance, str(bit)), "1"))
        pairs = zip(_shifted(elements, -(1 << bit) if back else 1 << bit, type_), elements, strict=True)
        elements = [writer.atoms([choose(turn, a, b) for a, b in zip(*pair, strict=True)]) for pair in pairs]
    return elements


def seq_comprehension(compiler: Compiler, term: t.SeqComprehension) -> Row:
    """One element after the other is put to the next free place."""
    type_ = term.type
    shape(type_)  # not too large
    width = len(shape(type_.element, True))
    length = compiler.writer.fresh("n")
    slots = [[compiler.writer.fresh() for _ in range(width)] for _ in range(type_.capacity)]
    items: list[DomainElement] = []
    if isinstance(term.source, t.RangeSet):
        low, high = (
            compiler.writer.atom(compiler.one(term.source.low)),
            compiler.writer.atom(compiler.one(term.source.high)),
        )
        for number in values(term.variable.type):
            present = and_(compare("<=", low, str(number)), compare("<=", str(number), high))
            items.append(DomainElement([str(number)], present))
    else:
        row = compiler.writer.atoms(compiler.row(term.source))
        for i, element in enumerate(element_rows(row, of_kind(term.source.type, SeqType))):
            items.append(DomainElement(element, compare("<", str(i), row[0])))
    compiler.writer.line(f"{length} = 0")
    for slot in slots:
        for name in slot:
            compiler.writer.line(f"{name} = 0")

    def place(row: Row, reachable: int) -> None:
        for i, slot in enumerate(slots[:reachable]):
            if slot:
                with compiler.writer.indented(f"if {length} == {i}:"):
                    for name, text in zip(slot, row, strict=True):
                        compiler.writer.line(f"{name} = {text}")
        compiler.writer.line(f"{length} = {length} + 1")

    with compiler.copied(len(items)):
        for i, item in enumerate(items):
            with compiler.under(item.present):
                compiler.locals[term.variable] = Named(item.row)
                with compiler.under("1" if term.where is None else compiler.boolean(term.where)):
                    place(compiler.writer.atoms(compiler.as_type(term.element, type_.element)), i + 1)
    return [length, *(name for slot in slots for name in slot)]


def elements(compiler: Compiler, term: t.Elements) -> Row:
    """A set, to which the elements are added one by one."""
    if isinstance(term.operand.type, BagType):
        return distinct(compiler, term, term.operand.type)
    row = compiler.writer.atoms(compiler.row(term.operand))
    type_ = of_kind(term.operand.type, SeqType)
    made = NewSet(compiler, term.type)
    for i, element in enumerate(element_rows(row, type_)):
        with compiler.under(compare("<", str(i), row[0])):
            made.add(element, type_.element)
    return made.names
