"""Quantifiers, counts, sums and extremes."""

from __future__ import annotations

from collections.abc import Sequence

import z3

from skipgate.checker.core import terms as t
from skipgate.checker.smt.encoding import logic, relations
from skipgate.checker.smt.encoding import symbolic as sym
from skipgate.checker.smt.encoding.encoder import DomainElement, Encoded, Encoder, Untranslatable
from skipgate.checker.smt.encoding.logic import Bit, Number, and_, implies, not_, or_
from skipgate.checker.smt.encoding.symbolic import Absent, Symbolic


def quantified(encoder: Encoder, term: t.Quantified) -> Encoded:
    """`forall` or `exists`: unrolled if the values are few, else a quantifier of the formula."""
    elements, domain_defined = encoder.domain(term.binding)
    for_all = term.kind == "forall"
    if len(elements) == 1 and elements[0].constants:
        value, defined = _open_quantifier(encoder, term, elements[0])
        return Encoded(value, and_(domain_defined, defined))
    # Of each element: is it there, does it decide, and is the body defined for it?
    steps: list[tuple[Bit, Bit, Bit]] = []
    undecided: Bit = True
    with encoder.copied(len(elements)):
        for element in elements:
            with encoder.under(undecided, element.present):
                encoder.locals[term.binding.variable] = Encoded(element.value, True)
                value, defined = encoder.bit(term.body)
            decides = not_(value) if for_all else value
            steps.append((element.present, decides, defined))
            if encoder.watcher is not None and term.binding.ordered:
                undecided = and_(undecided, not_(and_(element.present, decides)))
    decided = logic.any_of(and_(present, decides) for present, decides, _ in steps)
    all_defined: Bit = True
    for present, decides, defined in reversed(steps):
        before = and_(present, decides) if term.binding.ordered else False
        all_defined = and_(implies(present, defined), or_(before, all_defined))
    return Encoded(not_(decided) if for_all else decided, and_(domain_defined, all_defined))


def _open_quantifier(encoder: Encoder, term: t.Quantified, element: DomainElement) -> Encoded:
    """A quantifier that is not unrolled."""
    variable, for_all = term.binding.variable, term.kind == "forall"
    present, constants = element.present, element.constants
    with encoder.under(present):
        encoder.locals[variable] = Encoded(element.value, True)
        value, defined = encoder.bit(term.body)
    if for_all:
        result = logic.for_all(constants, implies(present, value))
    else:
        result = logic.exists(constants, and_(present, value))
    if defined is True:
        return Encoded(result, True)
    if encoder.watcher is not None:
        # The value may depend on what takes the place of a failed operation, for each element something else.
        return Encoded(z3.FreshConst(z3.BoolSort(logic.context()), "quantifier"), True)
    # It is defined if the body always is, or if an element decides before which it always is.
    always = logic.for_all(constants, implies(present, defined))
    if not term.binding.ordered:
        return Encoded(result, always)
    other = sym.unknown(variable.type, variable.name)
    earlier = and_(relations.less(other, element.value, False), _renamed(and_(present, not_(defined)), element, other))
    decides = and_(present, defined, not_(value) if for_all else value)
    first = and_(decides, not_(logic.exists(tuple(sym.scalars(other)), earlier)))
    return Encoded(result, or_(always, logic.exists(constants, first)))


def _renamed(bit: Bit, element: DomainElement, other: Symbolic) -> Bit:
    """A condition on an element as one on another."""
    if isinstance(bit, bool):
        return bit
    return z3.substitute(bit, *zip(element.constants, sym.scalars(other), strict=True))


def aggregate(encoder: Encoder, term: t.Aggregate) -> Encoded:
    """`count`, `sum`, `min` or `max`."""
    if term.kind in ("count", "sum"):
        return _total(encoder, term)
    found: Bit = False
    best = sym.nothing(term.type)

    def consider(present: Bit, constants: Sequence[z3.ExprRef]) -> Bit:
        nonlocal found, best
        _must_be_finite(term.kind, constants)
        value, defined = encoder.encode(term.body)
        better = relations.less(value, best, False) if term.kind == "min" else relations.less(best, value, False)
        best = relations.choose(and_(present, or_(not_(found), better)), value, best)
        found = or_(found, present)
        return defined

    defined = encoder.for_each(term.bindings, term.where, consider)
    return encoder.partial(term, found, best, defined)


def _total(encoder: Encoder, term: t.Aggregate) -> Encoded:
    parts: list[Number] = []

    def more(present: Bit, constants: Sequence[z3.ExprRef]) -> Bit:
        _must_be_finite(term.kind, constants)
        amount: Number
        if term.kind == "count":
            holds, defined = encoder.bit(term.body)
            amount = logic.choose(holds, 1, 0)
        else:
            value, defined = encoder.encode(term.body)
            amount = 0 if isinstance(value, Absent) else value
        parts.append(logic.choose(present, amount, 0))
        return defined

    defined = encoder.for_each(term.bindings, term.where, more)
    return Encoded(logic.add(*parts), defined)


def _must_be_finite(kind: str, constants: Sequence[z3.ExprRef]) -> None:
    if constants:
        raise Untranslatable(f"`{kind}` over too many values")
