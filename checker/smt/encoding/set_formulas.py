"""Sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import z3

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BagType, SetType, Type, join
from skipgate.checker.smt.encoding import logic, relations
from skipgate.checker.smt.encoding import symbolic as sym
from skipgate.checker.smt.encoding.encoder import Encoded, Encoder, Untranslatable, element_type
from skipgate.checker.smt.encoding.lifting import absent_slot, lift
from skipgate.checker.smt.encoding.logic import Bit, and_, not_, or_
from skipgate.checker.smt.encoding.recasting import recast, within
from skipgate.checker.smt.encoding.symbolic import Members, Seq, Slots, Symbolic

_OPERATIONS: Mapping[str, Callable[[Bit, Bit], Bit]] = {"|": or_, "&": and_, "-": lambda x, y: and_(x, not_(y))}


def range_set(encoder: Encoder, term: t.RangeSet) -> Encoded:
    """The numbers from one to another."""
    low, low_defined = encoder.encode(term.low)
    high, high_defined = encoder.encode(term.high)
    element = element_type(term.type)
    return Encoded(
        _set_of(element, lambda x: and_(logic.at_most(low, x), logic.at_most(x, high))),
        and_(low_defined, high_defined),
    )


def universe(encoder: Encoder, term: t.Universe) -> Encoded:
    """All values of a type."""
    element = element_type(term.type)
    return Encoded(_set_of(element, lambda x: relations.in_type(x, element)), True)


def _set_of(element: Type, contains: Callable[[Symbolic], Bit]) -> Symbolic:
    """The set of the values of a type for which a condition holds; if they are many, it must imply the type."""
    possible = sym.universe(element)
    if possible is not None:
        return Members(tuple(contains(lift(value, element)) for value in possible))
    value = sym.unknown(element, "element")
    return z3.Lambda(list(sym.scalars(value)), logic.expression(contains(value)))


def set_literal(encoder: Encoder, term: t.SetLiteral) -> Encoded:
    """A set by its elements."""
    element = element_type(term.type)
    result = sym.nothing(term.type)
    all_defined: Bit = True
    for part in term.elements:
        value, defined = encoder.as_type(part, element)
        result = relations.inserted(result, element, value, True)
        all_defined = and_(all_defined, defined)
    return Encoded(result, all_defined)


def set_operation(encoder: Encoder, term: t.SetOperation) -> Encoded:
    """Union, intersection or difference, element by element."""
    if isinstance(term.type, SetType) and term.type.capacity is not None:
        return _slots_operation(encoder, term, term.type)
    whole = join(term.left.type, term.right.type)
    left, right, defined = encoder.pair(term.left, term.right)
    if isinstance(left, Members) and isinstance(right, Members):
        combine = _OPERATIONS[term.operator]
        bits = zip(left.bits, right.bits, strict=True)
        result: Symbolic = Members(tuple(combine(x, y) for x, y in bits))
    else:
        result = logic.combined(term.operator, left, right)
    return Encoded(recast(result, whole, term.type), defined)


def _slots_operation(encoder: Encoder, term: t.SetOperation, type_: SetType) -> Encoded:
    """An operation whose result has a capacity."""
    left, left_defined = encoder.encode(term.left)
    right, right_defined = encoder.encode(term.right)
    defined = and_(left_defined, right_defined)
    if term.operator == "|":
        result = recast(left, term.left.type, type_)
        second = recast(right, term.right.type, type_)
        assert isinstance(result, Slots) and isinstance(second, Slots)
        for slot in second.slots:
            result = relations.put(result, slot)
        return Encoded(result, defined)
    # Of one set, those elements are kept that are in the other, or are not.
    kept, kept_type, other, other_type = left, term.left.type, right, term.right.type
    if not isinstance(kept, Slots):
        kept, kept_type, other, other_type = right, term.right.type, left, term.left.type
    assert isinstance(kept, Slots)
    element, inner = element_type(kept_type), element_type(other_type)
    conditions = []
    for slot in kept.slots:
        fits = within(slot.value, element, inner)
        inside = and_(fits, relations.has(other, inner, recast(slot.value, element, inner)))
        conditions.append(inside if term.operator == "&" else not_(inside))
    return Encoded(recast(relations.kept(kept, conditions), kept_type, type_), defined)


def member(encoder: Encoder, term: t.In) -> Encoded:
    """Is a value in a set? Ranges and whole types are not made into sets for it."""
    element, element_defined = encoder.encode(term.element)
    inner = element_type(term.container.type)
    match term.container:
        case t.RangeSet(low=low_term, high=high_term):  # without making the set
            low, low_defined = encoder.encode(low_term)
            high, high_defined = encoder.encode(high_term)
            inside = and_(logic.at_most(low, element), logic.at_most(element, high))
            return Encoded(inside, and_(element_defined, low_defined, high_defined))
        case t.Universe():
            return Encoded(within(element, term.element.type, inner), element_defined)
        case t.Elements(operand=bag) if isinstance(bag.type, BagType):  # which of equal ones it is makes no difference
            slots, bag_defined = encoder.encode(bag)
            inside = within(element, term.element.type, inner)
            inside = and_(inside, relations.has(slots, inner, recast(element, term.element.type, inner)))
            return Encoded(inside, and_(element_defined, bag_defined))
        case _:  # any other set is encoded as one
            container, container_defined = encoder.encode(term.container)
            inside = within(element, term.element.type, inner)
            if inside is not False:
                there = relations.has(container, inner, recast(element, term.element.type, inner))
                inside = and_(inside, there)
            return Encoded(inside, and_(element_defined, container_defined))


def subset(encoder: Encoder, term: t.Subset) -> Encoded:
    """Is one set within another?"""
    left, right, defined = encoder.pair(term.left, term.right)
    whole = element_type(join(term.left.type, term.right.type))
    return Encoded(relations.is_subset(left, right, whole), defined)


def set_comprehension(encoder: Encoder, term: t.SetComprehension) -> Encoded:
    """The values of a term for all bindings."""
    inner = element_type(term.type)
    parts: list[tuple[Symbolic, Bit, Sequence[z3.ExprRef]]] = []

    def more(present: Bit, constants: Sequence[z3.ExprRef]) -> Bit:
        value, defined = encoder.as_type(term.element, inner)
        parts.append((value, present, constants))
        return defined

    defined = encoder.for_each(term.bindings, term.where, more)
    if any(constants for _, _, constants in parts):
        if isinstance(term.type, SetType) and term.type.capacity is not None:
            raise Untranslatable("a set with a capacity, made from too many values")
        if encoder.watcher is not None and defined is not True:
            return Encoded(sym.unknown(term.type, "comprehension"), defined)
        return Encoded(
            _set_of(
                inner, lambda x: logic.any_of(logic.exists(c, and_(p, relations.equal(v, x))) for v, p, c in parts)
            ),
            defined,
        )
    result = sym.nothing(term.type)
    for value, present, _ in parts:
        result = relations.inserted(result, inner, value, present)
    return Encoded(result, defined)


def subsets(encoder: Encoder, term: t.Subsets) -> Encoded:
    """The set of all subsets."""
    type_ = element_type(term.type)
    whole, defined = encoder.as_type(term.operand, type_)
    return Encoded(_set_of(type_, lambda x: relations.is_subset(x, whole, element_type(type_))), defined)


def size(encoder: Encoder, term: t.Size) -> Encoded:
    """The length of a sequence, or how many elements a set has."""
    value, defined = encoder.encode(term.operand)
    if isinstance(value, Seq):
        return Encoded(value.length, defined)
    if isinstance(value, Slots):
        return Encoded(logic.count([slot.present for slot in value.slots]), defined)
    if not isinstance(value, Members):
        raise Untranslatable("the size of a set with too many possible elements")
    return Encoded(logic.count(value.bits), defined)


def elements(encoder: Encoder, term: t.Elements) -> Encoded:
    """The set of a sequence's elements."""
    whole, defined = encoder.encode(term.operand)
    element = element_type(term.type)
    if isinstance(whole, Slots):
        slots = Slots(tuple(absent_slot(element) for _ in whole.slots))
        for slot in whole.slots:
            slots = relations.put(slots, slot)
        return Encoded(slots, defined)
    assert isinstance(whole, Seq)
    result = sym.nothing(term.type)
    for i, part in enumerate(whole.elements):
        result = relations.inserted(result, element, part, logic.less(i, whole.length))
    return Encoded(result, defined)
