"""The conditions of an action, one by one."""

from __future__ import annotations

from collections.abc import Iterator

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.spec.source import Span


def conjuncts(action: m.Action) -> list[t.Term | m.LetClause]:
    """The clauses of an action with every `and` taken apart, also where it stands in a definition."""
    parts: list[t.Term | m.LetClause] = []
    for clause in action.clauses:
        parts += [clause] if isinstance(clause, m.LetClause) else _apart(clause)
    return parts


def written(action: m.Action, term: t.Term) -> bool:
    """Does a condition stand in the action itself, and not in a definition that it mentions?"""
    return _within(term.span, action.span)


def _apart(term: t.Term) -> Iterator[t.Term]:
    if isinstance(term, t.Logic) and term.operator == "and":
        yield from _apart(term.left)
        yield from _apart(term.right)
    else:
        yield term


def _within(inner: Span, outer: Span) -> bool:
    return inner.source is outer.source and outer.start <= inner.start and inner.end <= outer.end
