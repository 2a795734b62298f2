"""Sequences."""

from __future__ import annotations

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import SeqType, of_kind, values
from skipgate.checker.kernel.compiler import Compiler, Named
from skipgate.checker.kernel.components import shape
from skipgate.checker.kernel.domain_code import DomainElement
from skipgate.checker.kernel.kernel_text import add, and_, choose, compare, or_
from skipgate.checker.kernel.rows import Row, absent, element_rows, pick
from skipgate.checker.kernel.set_code import NewSet


def seq_literal(compiler: Compiler, term: t.SeqLiteral) -> Row:
    """The length, then the elements."""
    row = [str(len(term.elements))]
    for element in term.elements:
        row += compiler.as_type(element, term.type.element)
    return row


def concat(compiler: Compiler, term: t.Concat) -> Row:
    """Each element is picked by the length of the left side."""
    element = term.type.element
    n, m = of_kind(term.left.type, SeqType).capacity, of_kind(term.right.type, SeqType).capacity
    left = compiler.writer.atoms(compiler.as_type(term.left, SeqType(n, element)))
    right = compiler.writer.atoms(compiler.as_type(term.right, SeqType(m, element)))
    lefts = element_rows(left, SeqType(n, element))
    rights = element_rows(right, SeqType(m, element))
    rights += [absent(element)] * n
    result = [add(left[0], right[0])]
    for j in range(1, n + m + 1):
        # The j-th element is number j - l of the right if the left has l elements, l < j; else it is the left's.
        by_length = [rights[j - length - 1] if length < j else lefts[j - 1] for length in range(n + 1)]
        result += pick(by_length, left[0], element)
    return result


def slice_(compiler: Compiler, term: t.Slice) -> Row:
    """The elements, shifted to the beginning; what is beyond the new length is 0."""
    type_ = term.type
    row = compiler.writer.atoms(compiler.row(term.operand))
    low, high = compiler.renamed([compiler.one(term.low), compiler.one(term.high)])
    wrong = and_(compare("<=", low, high), or_(compare("<", low, "1"), compare("<", row[0], high)))
    compiler.test(term, wrong, **{low: "1", high: "0"})
    length = compiler.writer.atom(choose(compare("<=", low, high), f"({high} - {low} + 1)", "0"))
    elements = element_rows(row, type_)
    result = [length]
    for j in range(type_.capacity):
        shifted = pick(elements, f"({low} + {j - 1})", type_.element)
        result += [choose(compare("<", str(j), length), c, "0") for c in shifted]
    return result


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
    row = compiler.writer.atoms(compiler.row(term.operand))
    type_ = of_kind(term.operand.type, SeqType)
    made = NewSet(compiler, term.type)
    for i, element in enumerate(element_rows(row, type_)):
        with compiler.under(compare("<", str(i), row[0])):
            made.add(element, type_.element)
    return made.names
