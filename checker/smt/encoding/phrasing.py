"""Terms put together as people would write them: premises gathered, a negation pushed into a comparison."""

from __future__ import annotations

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType, values
from skipgate.checker.core.values import Value
from skipgate.checker.elaborate import build
from skipgate.spec.source import Source, Span

NOWHERE = Span(Source("<found by a solver>", ""), 0, 0)


def integer(value: int) -> t.Const:
    """A number."""
    return build.constant(value, IntType(value, value), NOWHERE)


def one_of(term: t.Term, chosen: list[Value]) -> t.Term:
    """The term is one of the chosen values of its type."""
    members = list(values(term.type))

    def constant(member: Value) -> t.Const:
        return t.Const(term.type, NOWHERE, member)

    if len(chosen) in (0, len(members)):
        return build.boolean(bool(chosen), NOWHERE)
    if len(chosen) == 1:
        return build.equal(term, constant(chosen[0]), NOWHERE)
    if len(chosen) == len(members) - 1:
        (left_out,) = (member for member in members if member not in chosen)
        return build.not_(build.equal(term, constant(left_out), NOWHERE), NOWHERE)
    return build.in_(term, build.set_literal(tuple(map(constant, chosen)), NOWHERE), NOWHERE)


def conjoined(premise: t.Term | None, term: t.Term) -> t.Term:
    """`premise and term`, as a chain; without a premise, the term."""
    if premise is None or build.is_true(premise):
        return term
    if isinstance(term, t.Logic) and term.operator == "and":
        return conjoined(conjoined(premise, term.left), term.right)
    return build.logic("and", premise, term, NOWHERE)


def under(premise: t.Term | None, term: t.Term) -> t.Term:
    """`premise => term`, with the premises of the term added to it, and its negation if the term is false."""
    if premise is None or build.is_true(premise) or build.is_true(term):
        return term
    if isinstance(term, t.Logic) and term.operator == "implies":
        return under(conjoined(premise, term.left), term.right)
    if not build.is_false(term):
        return build.logic("implies", premise, term, NOWHERE)
    if isinstance(premise, t.Logic) and premise.operator == "and":
        return under(premise.left, negated(premise.right))
    return negated(premise)


def negated(term: t.Term) -> t.Term:
    """`not term`, or the opposite comparison."""
    if isinstance(term, t.Less) and not isinstance(term.left, t.Const) and not isinstance(term.right, t.Const):
        return build.less(term.right, term.left, not term.or_equal, NOWHERE)
    return term.operand if isinstance(term, t.Not) else build.not_(term, NOWHERE)
