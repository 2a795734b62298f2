"""Sets."""

from __future__ import annotations

from typing import assert_never

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BagType, IntType, SeqType, SetType, Type, join, of_kind
from skipgate.checker.kernel.compiler import Compiler
from skipgate.checker.kernel.components import CHUNK, slots_of, universe_size
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
from skipgate.checker.kernel.slots import (
    chosen,
    copied,
    count,
    element_of,
    empty_slots,
    holds,
    is_there,
    keep,
    put,
    row_of,
    slot_with,
    take,
)


class NewSet:
    """A set to which elements are added one by one."""

    def __init__(self, compiler: Compiler, type_: SetType) -> None:
        self.compiler = compiler
        self.type = type_
        self.slots = None if type_.capacity is None else empty_slots(compiler.writer, type_)
        self.names = empty_set(compiler.writer, type_) if self.slots is None else row_of(self.slots)

    def add(self, row: Row, type_: Type) -> None:
        """Add an element, of which the components under a type are given."""
        writer, element = self.compiler.writer, self.type.element
        row = recast(writer, row, type_, element)[0]
        if self.slots is None:
            insert(writer, self.names, rank(writer, row, element))
        else:
            put(writer, self.slots, slot_with(row, element))


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
    made = NewSet(compiler, term.type)
    for element in term.elements:
        made.add(compiler.row(element), element.type)
    return made.names


def set_comprehension(compiler: Compiler, term: t.SetComprehension) -> Row:
    """A set, to which the element is added for each combination of the bindings."""
    made = NewSet(compiler, term.type)
    for_each(
        compiler,
        term.bindings,
        term.where,
        term.element,
        lambda: made.add(compiler.row(term.element), term.element.type),
    )
    return made.names


def subsets(compiler: Compiler, term: t.Subsets) -> Row:
    """The set of all subsets, as a mask over the masks of the operand's type."""
    universe_size(term.type)  # not too large
    names = empty_set(compiler.writer, term.type)
    (whole,) = compiler.writer.atoms(compiler.as_type(term.operand, term.type.element)) or ["0"]
    domain = Submasks(term.type.element, compiler.writer.fresh("k"), whole, compiler.writer.fresh("more"))
    with loop(compiler.writer, domain):
        insert(compiler.writer, names, domain.place)
    return names


def set_operation(compiler: Compiler, term: t.SetOperation) -> Row:
    """Bit by bit, under a type that holds the elements of both; or slot by slot."""
    if term.type.capacity is not None:
        return _slots_operation(compiler, term, term.type)
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


def _slots_operation(compiler: Compiler, term: t.SetOperation, type_: SetType) -> Row:
    """An operation whose result has a capacity."""
    writer = compiler.writer
    left, right = of_kind(term.left.type, SetType), of_kind(term.right.type, SetType)
    whole = of_kind(join(left, right), SetType).element
    if term.operator == "|" or (term.operator == "-" and right.capacity is not None):
        left, right = SetType(whole, left.capacity), SetType(whole, right.capacity)
        first = slots_of(compiler.as_type(term.left, left), left)
        second = slots_of(writer.atoms(compiler.as_type(term.right, right)), right)
        slots = copied(writer, first, type_ if term.operator == "|" else left)
        for slot in second:
            (put if term.operator == "|" else take)(writer, slots, slot)
        return row_of(slots) if term.operator == "|" else recast(writer, row_of(slots), left, type_)[0]
    # Of one set, those elements are kept that are in the other, or are not.
    rows = [writer.atoms(compiler.row(operand)) for operand in (term.left, term.right)]
    if left.capacity is None:
        left, right, rows = right, left, rows[::-1]
    slots = copied(writer, slots_of(rows[0], left), left)
    conditions = []
    for slot in slots:
        inside = _inside(compiler, element_of(slot, left.element), left.element, rows[1], right)
        conditions.append(inside if term.operator == "&" else not_(inside))
    keep(writer, slots, conditions)
    return recast(writer, row_of(slots), left, type_)[0]


def _inside(compiler: Compiler, row: Row, type_: Type, container: Row, container_type: SetType) -> str:
    """Is an element, of which the components are given, in a set that has been computed?"""
    inner = container_type.element
    row, wrong = recast(compiler.writer, compiler.writer.atoms(row), type_, inner)
    inside = not_(or_(*wrong))
    if container_type.capacity is None:
        return and_(inside, has(compiler.writer, container, rank(compiler.writer, row, inner), inside))
    slot = compiler.writer.atoms(chosen(inside, slot_with(row, inner)))
    return and_(inside, holds(slots_of(compiler.writer.atoms(container), container_type), slot))


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
        case t.Elements(operand=bag) if isinstance(bag.type, BagType):  # which of equal ones it is makes no difference
            slots = SetType(bag.type.element, bag.type.capacity)
            return [_inside(compiler, element, type_, compiler.row(bag), slots)]
        case _:  # any other set is computed
            container_type = of_kind(container.type, SetType)
            return [_inside(compiler, element, type_, compiler.row(container), container_type)]


def subset(compiler: Compiler, term: t.Subset) -> Row:
    """Is every bit of the left set one of the right set?"""
    left = compiler.writer.atoms(compiler.row(term.left))
    return [_included(compiler, left, term.left.type, compiler.row(term.right), term.right.type)]


def _included(compiler: Compiler, left: Row, left_type: Type, right: Row, right_type: Type) -> str:
    if isinstance(left_type, SetType) and left_type.capacity is not None:
        right = compiler.writer.atoms(right)
        wanted = of_kind(right_type, SetType)
        return and_(
            *(
                or_(
                    not_(is_there(slot)),
                    _inside(compiler, element_of(slot, left_type.element), left_type.element, right, wanted),
                )
                for slot in slots_of(compiler.writer.atoms(left), left_type)
            )
        )
    whole = join(left_type, right_type)
    left = compiler.writer.atoms(recast(compiler.writer, left, left_type, whole)[0])
    right = recast(compiler.writer, right, right_type, whole)[0]
    return and_(*(compare("==", bit_and(a, b), a) for a, b in zip(left, right, strict=True)))


def size(compiler: Compiler, term: t.Size) -> Row:
    """The length of a sequence; the number of the bits of a set, or of its slots that are not empty."""
    row = compiler.row(term.operand)
    if isinstance(term.operand.type, SeqType):
        return [row[0]]
    if isinstance(term.operand.type, BagType):
        return [count(slots_of(compiler.writer.atoms(row), term.operand.type))]
    set_type = of_kind(term.operand.type, SetType)
    if set_type.capacity is not None:
        return [count(slots_of(compiler.writer.atoms(row), set_type))]
    total = "0"
    for mask in row:
        total = add(total, str(int(mask).bit_count()) if is_literal(mask) else f"popcount({mask})")
    return [total]
