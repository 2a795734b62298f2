"""Why a predicate is false, or an action not enabled: the part that decides it, the witnesses, and the values in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.printer import show_term
from skipgate.checker.core.trace import Part
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, bindings, by_name, evaluate, holds
from skipgate.spec.source import Span


@dataclass(frozen=True)
class Explanation:
    """`span` is the part of the predicate that decides its value; see `trace.Failure` for the rest."""

    span: Span
    witnesses: tuple[tuple[str, Value], ...]
    parts: tuple[Part, ...]


def explain(term: t.Term, scope: Scope) -> Explanation:
    """Why a boolean term has the value it has: usually, why a property is false.

    It goes down to the first false side of an `and`, the first counterexample of a `forall`, and so on, and lists the
    values in what is left. An implication is kept as a whole, with the values on both sides.
    """
    why = _explain(term, scope, holds(term, scope))
    witnessed = {name for name, _ in why.witnesses}
    return replace(why, parts=tuple(part for part in why.parts if part.text not in witnessed))


@dataclass(frozen=True)
class Blocker:
    """The first condition of an action that is false, and how many before it are true."""

    why: Explanation
    passed: int
    branch: bool = False  # it decides between branches, so that another path is taken


def blocker(action: m.Action, scope: Scope) -> Blocker | None:
    """What keeps an action from being taken, its parameters being bound; None if it is enabled.

    Choices may not be bound. Then only the conditions count that come before one that mentions them.
    """
    passed = 0
    free = {p.variable for p in action.parameters if p.variable not in scope.locals}
    deciding = {id(condition) for branch in action.branches for condition in branch.conditions}
    for clause in action.clauses:
        if isinstance(clause, m.LetClause):
            scope = scope.bind(clause.variable, by_name(clause.value, scope))
            continue
        if free and any(isinstance(part, t.Local) and part.variable in free for part in t.walk(clause)):
            return None
        for condition in _conjuncts(clause):
            if not holds(condition, scope):
                return Blocker(explain(condition, scope), passed, id(clause) in deciding)
            passed += 1
    return None


def _conjuncts(term: t.Term) -> Iterator[t.Term]:
    """The parts of `a and b`, from left to right."""
    if isinstance(term, t.Logic) and term.operator == "and":
        yield from _conjuncts(term.left)
        yield from _conjuncts(term.right)
    else:
        yield term


def _explain(term: t.Term, scope: Scope, value: bool) -> Explanation:
    match term:
        case t.Logic(operator="and" | "or" as operator, left=left, right=right):
            decisive = operator == "or"  # the value of one side that settles the whole
            if value is decisive:
                side = left if holds(left, scope) is decisive else right
                return _explain(side, scope, decisive)
        case t.Logic(operator="implies", left=left, right=right) if not value:
            inner = _explain(right, scope, False)
            before = _explain(left, scope, True)
            witnesses = (*before.witnesses, *inner.witnesses)
            parts = _distinct([*before.parts, *_parts(left, scope), *inner.parts])
            # The conclusion alone if it was narrowed down to a part of it, else the whole implication.
            span = term.span if inner.span == right.span else inner.span
            return Explanation(span, witnesses, parts)
        case t.Not(operand=operand):
            # What decides the operand has the opposite value: alone it would be said to be false where it is true.
            return replace(_explain(operand, scope, not value), span=term.span)
        case t.Quantified(kind=kind, binding=binding, body=body) if value is (kind == "exists"):
            for inner_scope in bindings(scope, binding):
                if holds(body, inner_scope) is value:
                    inner = _explain(body, inner_scope, value)
                    witness = inner_scope.locals[binding.variable]
                    assert not callable(witness)
                    return replace(inner, witnesses=((binding.variable.name, witness), *inner.witnesses))
        case t.Let(variable=variable, value=value_term, body=body):
            return _explain(body, scope.bind(variable, lambda: evaluate(value_term, scope)), value)
        case _:  # any other term is shown as a whole
            pass
    return Explanation(term.span, (), _distinct(_parts(term, scope)))


def _parts(term: t.Term, scope: Scope) -> list[Part]:
    """The values of what a term is made of: the operands of comparisons, then the variables in them."""
    parts: list[Part] = []
    for part in _readable(term):
        text = _text(part)
        if isinstance(part, t.Var) and part.primed and not text.endswith("'"):
            text += "'"
        try:
            parts.append(Part(text, evaluate(part, scope)))
        except (EvaluationError, KeyError):  # not evaluated, or below a quantifier that binds a name in it
            continue
    return parts


def _text(part: t.Term) -> str:
    """A part as it is written; but with the arguments of a definition in the place of its parameters."""
    text = part.span.flat
    written = set(re.findall(r"\w+", text))
    passed = (each for each in t.walk(part) if isinstance(each, t.Local) and each.variable.name not in written)
    return show_term(part) if any(True for _ in passed) else text


def _readable(term: t.Term) -> Iterator[t.Term]:
    """What to show of a term: both sides of a comparison, what they are computed from, and every variable in it."""
    match term:
        case t.Const() | t.Universe():
            return
        case t.Equal() | t.Less() | t.In() | t.Subset():
            for operand in t.children(term):
                yield from _with_parts(operand)
        case t.Var():
            yield term
        case t.Select() | t.GetField() | t.GetShape():
            yield from _with_parts(term)
        case _:  # of any other term, what is in it
            for part in t.children(term):
                yield from _readable(part)


def _with_parts(term: t.Term) -> Iterator[t.Term]:
    """A term and what it is computed from; of `log[i].kind` that is `i`, not the whole log."""
    if isinstance(term, t.Const | t.Universe | t.RangeSet):
        return
    yield term
    while isinstance(term, t.Select | t.GetField | t.GetShape):
        if isinstance(term, t.Select):
            yield from _readable(term.index)
        term = term.operand
    for part in t.children(term):
        yield from _readable(part)


def _distinct(parts: list[Part]) -> tuple[Part, ...]:
    return tuple(dict.fromkeys(parts))
