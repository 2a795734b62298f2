"""A fold written out: one step for each element that there can be, the next one over the result of the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BagType, IntType, SeqType, SetType, cardinality
from skipgate.checker.core.datatypes import values as values_of
from skipgate.checker.elaborate import build
from skipgate.checker.elaborate.abbreviations import abbreviated, wrapped
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error

_MOST_STEPS = 64  # which nest in each other


def fold(
    node: s.Fold, source: t.Term, initial: t.Term, step: Callable[[t.Term, t.Term], tuple[t.Term | None, t.Term]]
) -> t.Term:
    """The term of a fold.

    `step` makes of an element and what was accumulated the condition under which the element counts, if there is one,
    and what is accumulated then.

    Raises:
        SpecError: there can be too many elements.
    """
    locals_: list[tuple[t.LocalVar, t.Term]] = []
    domain = abbreviated(s.Identifier(node.domain.span, "it"), source, locals_)
    result = initial
    for there, element in _elements(node, domain):
        inner: list[tuple[t.LocalVar, t.Term]] = []
        held = abbreviated(node.accumulator, result, locals_)
        condition, after = step(abbreviated(node.name, element, inner), held)
        if condition is not None:
            after = build.if_(condition, after, held, node.span)
        result = build.if_(there, wrapped(inner, after), held, node.span)
    return wrapped(locals_, result)


def _elements(node: s.Fold, domain: t.Term) -> Iterator[tuple[t.Term, t.Term]]:
    """Every element that there can be, in order, after the condition under which there is one."""
    span = node.domain.span
    if isinstance(domain.type, BagType) or build.has_capacity(domain.type):
        # The least element comes first, which is the last of those that are there.
        falling = build.descending(domain, span)
        assert isinstance(falling.type, SeqType)
        _limit(node, falling.type.capacity)
        length = build.size(domain, span)
        for place in range(falling.type.capacity, 0, -1):
            index = build.constant(place, IntType(place, place), span)
            yield build.less(index, length, True, span), build.select(falling, index, span)
    elif isinstance(domain.type, SeqType):
        _limit(node, domain.type.capacity)
        length = build.size(domain, span)
        for place in range(1, domain.type.capacity + 1):
            index = build.constant(place, IntType(place, place), span)
            yield build.less(index, length, True, span), build.select(domain, index, span)
    else:
        assert isinstance(domain.type, SetType)
        element = domain.type.element
        _limit(node, cardinality(element))
        for value in values_of(element):
            known = build.constant(value, element, span)
            yield build.in_(known, domain, span), known


def _limit(node: s.Fold, count: int | None) -> None:
    if count is None or count > _MOST_STEPS:
        message = f"a fold goes over at most {_MOST_STEPS} elements, and these can be {count or 'any number'}"
        raise error(message, node.domain.span, "`sum`, `min`, `max` and `count` have no such limit")
