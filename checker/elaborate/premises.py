"""The premises of a property: what must be true somewhere for the property to say anything."""

from __future__ import annotations

from collections.abc import Callable

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import cardinality
from skipgate.checker.core.model import Premise
from skipgate.checker.elaborate import build
from skipgate.checker.elaborate.known import work_out, working_out
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, ordered
from skipgate.spec import syntax as s


def premises(term: t.Term) -> tuple[Premise, ...]:
    """The A of every `A => B` that the property asserts, also under `forall`, `let` and `and`.

    The premise of an implication below a quantifier or another implication is closed over what stands around it, so
    that it is true in a state exactly if some instance of A is. The condition of a `where` is a premise too.
    """
    return tuple(Premise(text, premise) for text, premise in _premises(term))


def _some_element(binding: t.Binding) -> list[tuple[str, t.Term]]:
    """That there is something to quantify over, unless that is known without a state."""
    span = binding.domain.span
    if _has_element(binding.domain):
        return []
    some = build.quantified("exists", binding, build.boolean(True, span), span)
    return [(f"{binding.variable.name} in {span.flat}", some)]


def _has_element(domain: t.Term) -> bool:
    """Is it known without a state that a set has an element?"""
    if any(isinstance(part, t.Var | t.Local) for part in t.walk(domain)):
        return False
    try:
        match domain:
            case t.Universe():
                return cardinality(domain.type.element) != 0
            case t.Subsets(operand=operand):
                work_out(operand)
                return True  # the empty set, if there is no evaluation error
            case _:  # any other set: its first element
                with working_out(domain.span):
                    return any(True for _ in ordered(domain, Scope()))
    except EvaluationError:
        return False


def says_nothing(claim: s.AnyExpr, term_of: Callable[[s.AnyExpr], t.Term]) -> str | None:
    """Why a property says nothing whatever the states are, if that shows in its text and its constants.

    The constants of the check, and what can be computed without a state, are known in the terms of its parts.
    """
    why = _idle_part(claim, term_of)
    if why is None and _is(term_of(claim), True):
        return f"`{claim.span.flat}` is true whatever the state is"
    return why


def _idle_part(claim: s.AnyExpr, term_of: Callable[[s.AnyExpr], t.Term]) -> str | None:
    """Why one of the parts that `and` joins is no claim."""
    match claim:
        case s.Binary(operator="and", left=left, right=right):
            return _idle_part(left, term_of) or _idle_part(right, term_of)
        case s.Quantifier(kind="exists", body=s.Binary(operator="=>", left=premise)):
            return f"it holds where the premise `{premise.span.flat}` is false for one; below `exists`, `and` is meant"
        case s.Binary(operator="=>", left=premise) if _is(term_of(premise), False):
            return f"its premise `{premise.span.flat}` is never true"
        case _:  # any other claim may be true in one state and false in another
            return None


def _is(term: t.Term, value: bool) -> bool:
    return isinstance(term, t.Const) and term.value is value


def _premises(term: t.Term) -> list[tuple[str, t.Term]]:
    match term:
        case t.Logic(operator="and", left=left, right=right):
            return _premises(left) + _premises(right)
        case t.Logic(operator="implies", left=left, right=right):
            inner = [(text, build.logic("and", left, p, p.span)) for text, p in _premises(right)]
            return [(left.span.flat, left), *inner]
        case t.Quantified(kind="forall", binding=binding, body=body):
            inner = [(text, build.quantified("exists", binding, p, p.span)) for text, p in _premises(body)]
            return [*_some_element(binding), *inner]
        case t.Let(variable=variable, value=value, body=body):
            return [(text, build.let(variable, value, p, p.span)) for text, p in _premises(body)]
        case _:  # any other term has no part that is asserted under a condition
            return []
