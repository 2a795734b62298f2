"""Bags."""

from __future__ import annotations

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BagType, SetType, join, of_kind
from skipgate.checker.smt.encoding import logic, relations
from skipgate.checker.smt.encoding.encoder import Encoded, Encoder
from skipgate.checker.smt.encoding.lifting import absent_slot
from skipgate.checker.smt.encoding.logic import Number, and_
from skipgate.checker.smt.encoding.recasting import recast, within
from skipgate.checker.smt.encoding.symbolic import Option, Seq, Slots, nothing


def bag_of(encoder: Encoder, term: t.BagOf) -> Encoded:
    """The elements of a set as they are in its slots; those of a sequence, put in one by one."""
    element = term.type.element
    if isinstance(term.operand.type, SetType):
        return encoder.as_type(term.operand, SetType(element, term.type.capacity))
    whole, defined = encoder.encode(term.operand)
    assert isinstance(whole, Seq)
    slots = Slots((absent_slot(element),) * term.type.capacity)
    for i, part in enumerate(whole.elements):
        present = logic.less(i, whole.length)
        slots = relations.put(slots, Option(present, relations.choose(present, part, nothing(element))), again=True)
    return Encoded(slots, defined)


def bag_operation(encoder: Encoder, term: t.BagOperation) -> Encoded:
    """The elements of the right bag are put into the left one, or taken from it, one by one."""
    left, right, defined = encoder.pair(term.left, term.right)
    whole = of_kind(term.left.type, BagType)
    joined = of_kind(join(term.left.type, term.right.type), BagType)
    if term.operator == "+":
        result = recast(left, joined, term.type)
    else:
        result = recast(left, joined, BagType(joined.element, whole.capacity))
    assert isinstance(result, Slots) and isinstance(right, Slots)
    for slot in right.slots:
        if slot.present is False:
            continue
        result = relations.put(result, slot, again=True) if term.operator == "+" else relations.without(result, slot)
    if term.operator == "-":
        return Encoded(recast(result, BagType(joined.element, whole.capacity), term.type), defined)
    return Encoded(result, defined)


def multiplicity(encoder: Encoder, term: t.Multiplicity) -> Encoded:
    """In how many slots an element is."""
    whole, defined = encoder.encode(term.operand)
    element, element_defined = encoder.encode(term.element)
    assert isinstance(whole, Slots)
    inner = of_kind(term.operand.type, BagType).element
    fits = within(element, term.element.type, inner)
    total: Number = 0
    if fits is not False:
        wanted = recast(element, term.element.type, inner)
        here = (and_(fits, slot.present, relations.equal(slot.value, wanted)) for slot in whole.slots)
        total = logic.count(list(here))
    return Encoded(total, and_(defined, element_defined))


def descending(encoder: Encoder, term: t.Descending) -> Encoded:
    """The length, then what is in the slots."""
    type_ = term.type
    slots_type: SetType | BagType = SetType(type_.element, type_.capacity)
    if not isinstance(term.operand.type, SetType):
        slots_type = of_kind(term.operand.type, BagType)
    whole, defined = encoder.as_type(term.operand, slots_type)
    assert isinstance(whole, Slots)
    length = logic.count([slot.present for slot in whole.slots])
    return Encoded(Seq(length, tuple(slot.value for slot in whole.slots)), defined)
