"""`permutations(S)`, the sequences that have each element of a set once: the first can be any element, the next any but
that, and so on.

Where the set may have fewer elements than the longest of these sequences, the last element is repeated to its end and
then cut off, so that one comprehension is about sets of all sizes except the empty one.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import factorial

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType, SeqType, SetType, mentions_sort, of_kind
from skipgate.checker.elaborate import build
from skipgate.checker.elaborate.abbreviations import abbreviated, wrapped
from skipgate.checker.elaborate.known import work_out
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.source import Span

_MOST = 5  # elements, which have 120 orders: a set of them can be laid out


def permutations(operand: t.Term, span: Span) -> t.Term:
    """The term of a call.

    Raises:
        SpecError: the set may have too many elements.
    """
    most = build.most_of(operand)
    if most is None or most > _MOST:
        message = f"this set can have {most or 'any number of'} elements; `permutations` takes sets of at most {_MOST}"
        raise error(message, operand.span, "a type with fewer values, or a capacity, shows that there are fewer")
    element = build.element_of(operand.type)
    sequences = SeqType(most, element)
    type_ = SetType(sequences, build.room(sequences, factorial(most)))
    locals_: list[tuple[t.LocalVar, t.Term]] = []
    whole = abbreviated(s.Identifier(operand.span, "it"), operand, locals_)
    size = build.size(whole, span)
    empty = build.equal(size, _number(0, span), span)
    result = build.if_(empty, t.Const(type_, span, frozenset({()})), _of_some(whole, type_, size, span), span)
    result = wrapped(locals_, result)
    if build.is_known(operand) and not mentions_sort(element):
        return build.constant(work_out(result), type_, span)
    return result


def _of_some(whole: t.Term, type_: SetType, size: t.Term, span: Span) -> t.Term:
    """The permutations of a set that is not empty."""
    bindings = tuple(_bindings(whole, of_kind(type_.element, SeqType).capacity, span))
    chosen = tuple(t.Local(binding.variable.type, span, binding.variable) for binding in bindings)
    order = build.slice_(build.seq_literal(chosen, span), _number(1, span), size, span)
    return t.SetComprehension(type_, span, bindings, None, order)


def _bindings(whole: t.Term, most: int, span: Span) -> Iterator[t.Binding]:
    """A name for each place: an element of the set that has no place yet, or the last that got one if there is none."""
    element = build.element_of(whole.type)
    chosen: list[t.Term] = []
    for place in range(1, most + 1):
        domain = whole
        if chosen:
            left = build.set_operation("-", whole, build.set_literal(tuple(chosen), span), span)
            last = build.set_operation("&", whole, build.set_literal((chosen[-1],), span), span)
            none = build.equal(build.size(left, span), _number(0, span), span)
            domain = build.if_(none, last, left, span)
        variable = t.LocalVar(f"element{place}", element)
        chosen.append(t.Local(element, span, variable))
        yield t.Binding(variable, domain, not mentions_sort(element))


def _number(value: int, span: Span) -> t.Term:
    return build.constant(value, IntType(value, value), span)
