"""The union of all terms, and its traversals."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BOOL, IntType, SetType
from skipgate.spec.source import Source, Span

SPAN = Span(Source("m.gate", ""), 0, 0)
DIGIT = IntType(0, 9)
N = t.LocalVar("n", DIGIT)


def number(value: int) -> t.Const:
    return t.Const(DIGIT, SPAN, value)


def digits(low: t.Term, high: t.Term) -> t.RangeSet:
    return t.RangeSet(SetType(DIGIT), SPAN, low, high)


def test_every_kind_of_term_is_in_the_union() -> None:
    """Otherwise mypy names no place that lacks it."""
    defined = {kind.__name__ for kind in vars(t).values() if isinstance(kind, type) and issubclass(kind, t.TermBase)}
    assert defined - {"TermBase"} == {kind.__name__ for kind in get_args(t.Term)}


def test_fields_hold_terms_as_the_traversal_expects_them() -> None:
    """As a term, a binding, or a tuple of these. (Another way to hold one would be missed silently.)"""
    known = {"Term", "Term | None", "tuple[Term, ...]", "Binding", "tuple[Binding, ...]"}
    for kind in get_args(t.Term):
        for field in fields(kind):
            annotation = str(field.type)
            assert annotation in known or not ("Term" in annotation or "Binding" in annotation), (kind, field)


def test_children_are_in_the_order_of_evaluation() -> None:
    low, high, where, element = number(1), number(2), t.Const(BOOL, SPAN, True), t.Local(DIGIT, SPAN, N)
    domain = digits(low, high)
    term = t.SetComprehension(SetType(DIGIT), SPAN, (t.Binding(N, domain, True),), where, element)
    assert [*t.children(term)] == [domain, where, element]
    assert [*t.walk(term)] == [term, domain, low, high, where, element]
    without = t.SetComprehension(SetType(DIGIT), SPAN, (t.Binding(N, domain, True),), None, element)
    assert [*t.children(without)] == [domain, element]
    assert [*t.children(number(1))] == []


def test_mapping_children_changes_only_what_it_must() -> None:
    one, two = number(1), number(2)
    literal = t.SetLiteral(SetType(DIGIT), SPAN, (one, two))
    assert t.map_children(literal, lambda part: part) is literal
    changed = t.map_children(literal, lambda part: two if part is one else part)
    assert isinstance(changed, t.SetLiteral)
    assert changed.elements == (two, two) and changed.type == literal.type


def test_mapping_reaches_the_domain_of_a_binding() -> None:
    one, two = number(1), number(2)
    body = t.Const(BOOL, SPAN, True)
    before, after = digits(one, two), digits(one, one)
    term = t.Quantified(BOOL, SPAN, "forall", t.Binding(N, before, False), body)
    changed = t.map_children(term, lambda part: after if part is before else part)
    assert isinstance(changed, t.Quantified)
    assert changed.binding.domain is after and changed.body is body
    assert changed.binding.variable is N and not changed.binding.ordered


def test_variables_that_are_read() -> None:
    old, new = t.Var(DIGIT, SPAN, "a", False), t.Var(DIGIT, SPAN, "b", True)
    assert t.variables_read(t.Equal(BOOL, SPAN, old, t.Negate(DIGIT, SPAN, new))) == {"a", "b"}
