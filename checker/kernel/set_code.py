"""Sets."""

from __future__ import annotations

from typing import assert_never

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType, SeqType, SetType, Type, join, of_kind
from skipgate.checker.kernel.compiler import Compiler
from skipgate.checker.kernel.components import CHUNK, universe_size
from skipgate.checker.kernel.domain_code import for_each
from skipgate.checker.kernel.domain_loops import Submasks, loop
from skipgate.checker.kernel.kernel_text import (
    add,
    and_,
    bit_and,
    bit_or,
    choose,
    compare,
    is_literal,
    not_,
    or_,
    shift_left,
    sub,
)
from skipgate.checker.kernel.masks import FULL, chunks, empty_set, has, insert
from skipgate.checker.kernel.recast import rank, recast
from skipgate.checker.kernel.rows import Row


def universe(compiler: Compiler, term: t.Universe) -> Row:
    """All bits of the universe."""
    return [str(2**width - 1) for _, width in chunks(universe_size(term.type))]


def range_set(compiler: Compiler, term: t.RangeSet) -> Row:
    """The bits from one number to another, in each chunk."""
    low, high = compiler.writer.atom(compiler.one(term.low)), compiler.writer.atom(compiler.one(term.high))
    least = of_kind(term.type.element, IntType).low
    first, last = sub(low, str(least)), sub(high, str(least))
    row: Row = []
    for start, width in chunks(universe_size(term.type)):
        a, b = sub(first, str(start)), sub(last, str(start))
        a = compiler.writer.atom(choose(compare("<", a, "0"), "0", a))
        b = compiler.writer.atom(choose(compare("<", str(width - 1), b), str(width - 1), b))
        bits = shift_left(f"({FULL} >> ({a} + {CHUNK - 1} - {b}))", a)
        row.append(choose(compare("<=", a, b), bits, "0"))
    return row


def set_literal(compiler: Compiler, term: t.SetLiteral) -> Row:
    """A set, to which the elements are added one by one."""
    names = empty_set(compiler.writer, term.type)
    for element in term.elements:
        _put(compiler, names, element, term.type.element)
    return names


def set_comprehension(compiler: Compiler, term: t.SetComprehension) -> Row:
    """A set, to which the element is added for each combination of the bindings."""
    type_ = term.type
    names = empty_set(compiler.writer, type_)

    def more() -> None:
        _put(compiler, names, term.element, type_.element)

    for_each(compiler, term.bindings, term.where, more)
    return names


def _put(compiler: Compiler, names: list[str], element: t.Term, type_: Type) -> None:
    """Add the value of a term to a set under construction, whose elements are of a type."""
    insert(compiler.writer, names, rank(compiler.writer, compiler.as_type(element, type_), type_))


def subsets(compiler: Compiler, term: t.Subsets) -> Row:
    """The set of all subsets, as a mask over the masks of the operand's type."""
    universe_size(term.type)  # not too large
    names = empty_set(compiler.writer, term.type)
    (whole,) = compiler.writer.atoms(compiler.row(term.operand)) or ["0"]
    domain = Submasks(term.type.element, compiler.writer.fresh("k"), whole, compiler.writer.fresh("more"))
    with loop(compiler.writer, domain):
        insert(compiler.writer, names, domain.place)
    return names


def set_operation(compiler: Compiler, term: t.SetOperation) -> Row:
    """Bit by bit, under a type that holds the elements of both."""
    whole = join(term.left.type, term.right.type)
    left = compiler.as_type(term.left, whole)
    right = compiler.as_type(term.right, whole)
    row = []
    for a, b in zip(left, right, strict=True):
        match term.operator:
            case "|":
                row.append(bit_or(a, b))
            case "&":
                row.append(bit_and(a, b))
            case "-":
                b = str(int(b) ^ FULL) if is_literal(b) else f"({b} ^ {FULL})"
                row.append(bit_and(a, b))
            case _:
                assert_never(term.operator)
    return recast(compiler.writer, compiler.writer.atoms(row), whole, term.type)[0]


def member(compiler: Compiler, term: t.In) -> Row:
    """Is the bit of an element there? A range and a type are tested without building the set."""
    element = compiler.writer.atoms(compiler.row(term.element))
    container, type_ = term.container, term.element.type
    inner = of_kind(container.type, SetType).element
    match container:
        case t.RangeSet(low=low, high=high):
            first = compare("<=", compiler.writer.atom(compiler.one(low)), element[0])
            return [and_(first, compare("<=", element[0], compiler.writer.atom(compiler.one(high))))]
        case t.Universe():
            return [not_(or_(*recast(compiler.writer, element, type_, inner)[1]))]
        case t.Subsets(operand=operand):
            return [_included(compiler, element, type_, compiler.row(operand), operand.type)]
        case _:  # any other set is computed as a mask
            mask = compiler.row(container)
            row, wrong = recast(compiler.writer, element, type_, inner)
            inside = not_(or_(*wrong))
            return [and_(inside, has(compiler.writer, mask, rank(compiler.writer, row, inner), inside))]


def subset(compiler: Compiler, term: t.Subset) -> Row:
    """Is every bit of the left set one of the right set?"""
    left = compiler.writer.atoms(compiler.row(term.left))
    return [_included(compiler, left, term.left.type, compiler.row(term.right), term.right.type)]


def _included(compiler: Compiler, left: Row, left_type: Type, right: Row, right_type: Type) -> str:
    whole = join(left_type, right_type)
    left = compiler.writer.atoms(recast(compiler.writer, left, left_type, whole)[0])
    right = recast(compiler.writer, right, right_type, whole)[0]
    return and_(*(compare("==", bit_and(a, b), a) for a, b in zip(left, right, strict=True)))


def size(compiler: Compiler, term: t.Size) -> Row:
    """The length of a sequence; the number of the bits of a set."""
    row = compiler.row(term.operand)
    if isinstance(term.operand.type, SeqType):
        return [row[0]]
    of_kind(term.operand.type, SetType)
    total = "0"
    for mask in row:
        total = add(total, str(int(mask).bit_count()) if is_literal(mask) else f"popcount({mask})")
    return [total]
