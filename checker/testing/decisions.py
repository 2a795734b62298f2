"""Where the terms of an action decide something, and the ways in which that can go.

A guard `a or b` can be true by `a`, or by `b` where `a` is false; `if c then x else y` takes one of two sides. Under a
quantifier there is no such thing as the way: it may go one way for one element and another way for the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.elaborate import build
from skipgate.spec.source import Span

Around = Callable[[t.Term], t.Term]  # a condition, where what is decided around it has gone the way that leads to it

_BINDING = (t.Quantified, t.Aggregate, t.SetComprehension, t.MakeMap, t.SeqComprehension)


@dataclass(frozen=True, eq=False)
class Alternative:
    """A way that a decision can go, and the condition under which it does."""

    text: str
    span: Span
    condition: t.Term


def conjuncts(term: t.Term) -> Iterator[t.Term]:
    """The parts of `a and b`, from left to right."""
    if isinstance(term, t.Logic) and term.operator == "and":
        yield from conjuncts(term.left)
        yield from conjuncts(term.right)
    else:
        yield term


def alternatives(action: m.Action) -> Iterator[Alternative]:
    """The ways in which all goes that an action decides, where it is taken: in guards, in values, in updates."""
    deciding = {id(condition) for branch in action.branches for condition in branch.conditions}
    for clause in action.clauses:
        if isinstance(clause, m.LetClause):
            yield from _ways(clause.value, None, lambda term: term)
        elif id(clause) not in deciding:  # what decides between branches is a goal as it is
            yield from _ways(clause, True, lambda term: term)
    for update in action.updates:
        yield from _ways(update.value, None, lambda term: term)


def _ways(term: t.Term, wanted: bool | None, around: Around) -> list[Alternative]:
    """The ways in which a term can have the value that is wanted, or any value; none if there is only one."""
    match term:
        case t.Not(operand=operand):
            return _ways(operand, None if wanted is None else not wanted, around)
        case t.Logic(operator=operator, left=left, right=right) if wanted is not None:
            decides = operator == "or"  # the value of the left side that leaves the right one without a say
            rest = _under(around, _as(left, not decides))
            if wanted is (operator == "and"):
                return [*_ways(left, not decides, around), *_ways(right, wanted, rest)]
            return _choice(
                _ways(left, decides, _under(around, _as(left, decides))) or [_way(left, decides, around)],
                _ways(right, wanted, rest) or [_way(right, wanted, rest)],
            )
        case t.If(condition=condition, then=then, otherwise=otherwise):
            sides = []
            for value, side in ((True, then), (False, otherwise)):
                if wanted is None or not isinstance(side, t.Const) or side.value is wanted:
                    inside = _under(around, _as(condition, value))
                    sides.append(_ways(side, wanted, inside) or [_way(condition, value, around)])
            return _choice(*sides)
        case t.Equal(left=t.If() | t.Let() as left, right=t.Const() as right):
            return _ways(_compared(left, right, term.span), wanted, around)
        case t.Let(variable=variable, value=value_term, body=body):
            inner = _ways(body, wanted, lambda each: around(build.let(variable, value_term, each, each.span)))
            return [*_ways(value_term, None, around), *inner]
        case _ if isinstance(term, _BINDING):
            return []
        case _:  # what is in any other term is evaluated with it
            return [each for part in t.children(term) for each in _ways(part, None, around)]


def _compared(term: t.Term, constant: t.Const, span: Span) -> t.Term:
    """That a term has a value, asked where it is decided: sides that cannot have it are seen to be false."""
    match term:
        case t.If(condition=condition, then=then, otherwise=otherwise):
            one, other = _compared(then, constant, span), _compared(otherwise, constant, span)
            if isinstance(one, t.Const) and isinstance(other, t.Const) and one.value is other.value:
                return one
            return build.if_(condition, one, other, term.span)
        case t.Let(variable=variable, value=value, body=body):
            return build.let(variable, value, _compared(body, constant, span), term.span)
        case _:  # nothing is decided in it
            return build.equal(term, constant, span)


def _choice(*sides: list[Alternative]) -> list[Alternative]:
    """The ways through all sides of a decision, if more than one is possible at all."""
    possible = [
        side for side in ([each for each in side if not build.is_false(each.condition)] for side in sides) if side
    ]
    return [each for side in possible for each in side] if len(possible) > 1 else []


def _way(term: t.Term, value: bool, around: Around) -> Alternative:
    """That a condition has a value."""
    text = term.span.flat
    return Alternative(text if value else f"not ({text})", term.span, around(_as(term, value)))


def _as(term: t.Term, value: bool) -> t.Term:
    return term if value else build.not_(term, term.span)


def _under(around: Around, condition: t.Term) -> Around:
    """Around what is evaluated only where a condition is true."""
    return lambda term: around(build.logic("and", condition, term, term.span))
