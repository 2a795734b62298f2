"""Maps and sequences: what has elements at places."""

from __future__ import annotations

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import MapType, SeqType, Type, cardinality, of_kind
from skipgate.checker.smt.encoding import logic, relations
from skipgate.checker.smt.encoding import symbolic as sym
from skipgate.checker.smt.encoding.encoder import DomainElement, Encoded, Encoder
from skipgate.checker.smt.encoding.lifting import lift
from skipgate.checker.smt.encoding.logic import Bit, Number, and_, implies
from skipgate.checker.smt.encoding.recasting import recast, within
from skipgate.checker.smt.encoding.symbolic import Seq, Symbolic, Table


def make_map(encoder: Encoder, term: t.MakeMap) -> Encoded:
    """A map by its value for each key."""
    assert isinstance(term.type, MapType)
    entries: list[Symbolic] = []
    all_defined: Bit = True
    with encoder.copied(cardinality(term.type.key) or 1):
        for key in sym.keys(term.type.key):
            encoder.locals[term.variable] = Encoded(lift(key, term.type.key), True)
            value, defined = encoder.as_type(term.value, term.type.value)
            entries.append(value)
            all_defined = and_(all_defined, defined)
    return Encoded(Table(tuple(entries)), all_defined)


def select(encoder: Encoder, term: t.Select) -> Encoded:
    """The element at a key or an index, which fails if there is none."""
    container, here, succeeds, defined = _place(encoder, term.operand, term.index)
    elements = _elements(container)
    if not elements:
        return encoder.partial(term, False, sym.nothing(term.type), defined)
    value = elements[-1]
    for element, chosen in reversed(list(zip(elements[:-1], here[:-1], strict=True))):
        value = relations.choose(chosen, element, value)
    return encoder.partial(term, succeeds, value, defined)


def store(encoder: Encoder, term: t.Store) -> Encoded:
    """A map or sequence with one element replaced, which fails if there is none."""
    container, here, succeeds, defined = _place(encoder, term.operand, term.index)
    type_ = term.type
    assert isinstance(type_, MapType | SeqType)
    value, value_defined = encoder.as_type(term.value, type_.value if isinstance(type_, MapType) else type_.element)
    container = recast(container, term.operand.type, type_)
    changed = tuple(
        relations.choose(chosen, value, element) for element, chosen in zip(_elements(container), here, strict=True)
    )
    result = Seq(container.length, changed) if isinstance(container, Seq) else Table(changed)
    defined = and_(defined, value_defined)
    return encoder.partial(term, succeeds, result, defined)


def _place(encoder: Encoder, operand: t.Term, index_term: t.Term) -> tuple[Symbolic, list[Bit], Bit, Bit]:
    """A container, for each of its elements whether the index means it, whether it means any, definedness."""
    container, container_defined = encoder.encode(operand)
    index, index_defined = encoder.encode(index_term)
    defined = and_(container_defined, index_defined)
    if isinstance(operand.type, MapType):
        key = operand.type.key
        succeeds = within(index, index_term.type, key)
        index = recast(index, index_term.type, key)
        return container, [relations.equal(index, lift(k, key)) for k in sym.keys(key)], succeeds, defined
    of_kind(operand.type, SeqType)
    assert isinstance(container, Seq)
    succeeds = and_(logic.at_most(1, index), logic.at_most(index, container.length))
    here = [logic.equal(index, i) for i in range(1, len(container.elements) + 1)]
    return container, here, succeeds, defined


def seq_literal(encoder: Encoder, term: t.SeqLiteral) -> Encoded:
    """A sequence by its elements."""
    assert isinstance(term.type, SeqType)
    parts = [encoder.as_type(element, term.type.element) for element in term.elements]
    elements = tuple(part.value for part in parts)
    return Encoded(Seq(len(parts), elements), logic.all_of(part.defined for part in parts))


def concat(encoder: Encoder, term: t.Concat) -> Encoded:
    """One sequence after another."""
    assert isinstance(term.type, SeqType)
    element = term.type.element
    left, left_defined = encoder.encode(term.left)
    right, right_defined = encoder.encode(term.right)
    lefts = _elements(recast(left, term.left.type, _with_element(term.left.type, element)))
    rights = _elements(recast(right, term.right.type, _with_element(term.right.type, element)))
    assert isinstance(left, Seq) and isinstance(right, Seq)
    result = []
    for j in range(sym.capacity(term.type)):
        # DomainElement j comes from the left, or is number j - l of the right if the left has l elements.
        value = lefts[j] if j < len(lefts) else sym.nothing(element)
        for length in range(max(0, j + 1 - len(rights)), min(len(lefts), j) + 1):
            value = relations.choose(logic.equal(left.length, length), rights[j - length], value)
        result.append(value)
    return Encoded(Seq(logic.add(left.length, right.length), tuple(result)), and_(left_defined, right_defined))


def slice_(encoder: Encoder, term: t.Slice) -> Encoded:
    """A part of a sequence, which fails if it goes beyond its ends."""
    assert isinstance(term.type, SeqType)
    whole, defined = encoder.encode(term.operand)
    low, low_defined = encoder.encode(term.low)
    high, high_defined = encoder.encode(term.high)
    assert isinstance(whole, Seq)
    some = logic.at_most(low, high)
    succeeds = implies(some, and_(logic.at_most(1, low), logic.at_most(high, whole.length)))
    length: Number = logic.choose(some, logic.add(logic.subtract(high, low), 1), 0)
    nothing = sym.nothing(term.type.element)
    result = []
    for j in range(len(whole.elements)):
        moved = relations.pick(whole.elements, logic.add(low, j - 1), nothing)
        result.append(relations.choose(logic.less(j, length), moved, nothing))
    defined = and_(defined, low_defined, high_defined)
    return encoder.partial(term, succeeds, Seq(length, tuple(result)), defined)


def seq_comprehension(encoder: Encoder, term: t.SeqComprehension) -> Encoded:
    """The values of a term for the elements of a sequence or range, in order."""
    assert isinstance(term.type, SeqType)
    element = term.type.element
    items, all_defined = _items(encoder, term.variable, term.source)
    length: Number = 0
    slots = [sym.nothing(element)] * sym.capacity(term.type)
    with encoder.copied(len(items)):
        for i, item in enumerate(items):
            encoder.locals[term.variable] = Encoded(item.value, True)
            present = item.present
            with encoder.under(present):
                if term.where is not None:
                    where, defined = encoder.bit(term.where)
                    all_defined = and_(all_defined, implies(present, defined))
                    present = and_(present, where)
                with encoder.under(present):
                    value, defined = encoder.as_type(term.element, element)
            all_defined = and_(all_defined, implies(present, defined))
            for j in range(min(i + 1, len(slots))):
                slots[j] = relations.choose(and_(present, logic.equal(length, j)), value, slots[j])
            length = logic.add(length, logic.choose(present, 1, 0))
    return Encoded(Seq(length, tuple(slots)), all_defined)


def _items(encoder: Encoder, variable: t.LocalVar, source: t.Term) -> tuple[list[DomainElement], Bit]:
    """What a comprehension of sequences goes through."""
    if isinstance(source, t.RangeSet):
        low, low_defined = encoder.encode(source.low)
        high, high_defined = encoder.encode(source.high)
        numbers = [n for n in sym.keys(variable.type) if isinstance(n, int)]
        items = [DomainElement(n, and_(logic.at_most(low, n), logic.at_most(n, high))) for n in numbers]
        return items, and_(low_defined, high_defined)
    whole, defined = encoder.encode(source)
    assert isinstance(whole, Seq)
    return [DomainElement(e, logic.less(i, whole.length)) for i, e in enumerate(whole.elements)], defined


def _with_element(type_: Type, element: Type) -> SeqType:
    assert isinstance(type_, SeqType)
    return SeqType(type_.capacity, element)


def _elements(container: Symbolic) -> tuple[Symbolic, ...]:
    if isinstance(container, Table):
        return container.entries
    assert isinstance(container, Seq)
    return container.elements
