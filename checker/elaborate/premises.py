"""The premises of a property: what must be true somewhere for the property to say anything."""

from __future__ import annotations

from skipgate.checker.core import terms as t
from skipgate.checker.core.model import Premise
from skipgate.checker.elaborate import build


def premises(term: t.Term) -> tuple[Premise, ...]:
    """The A of every `A => B` that the property asserts, also under `forall`, `let` and `and`.

    The premise of an implication below a quantifier or another implication is closed over what stands around it, so
    that it is true in a state exactly if some instance of A is. The condition of a `where` is a premise too.
    """
    return tuple(Premise(text, premise) for text, premise in _premises(term))


def _premises(term: t.Term) -> list[tuple[str, t.Term]]:
    match term:
        case t.Logic(operator="and", left=left, right=right):
            return _premises(left) + _premises(right)
        case t.Logic(operator="implies", left=left, right=right):
            inner = [(text, build.logic("and", left, p, p.span)) for text, p in _premises(right)]
            return [(left.span.flat, left), *inner]
        case t.Quantified(kind="forall", binding=binding, body=body):
            return [(text, build.quantified("exists", binding, p, p.span)) for text, p in _premises(body)]
        case t.Let(variable=variable, value=value, body=body):
            return [(text, build.let(variable, value, p, p.span)) for text, p in _premises(body)]
        case _:
            return []
