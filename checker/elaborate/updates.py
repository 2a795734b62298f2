"""Values with a part replaced: `x[i].f = v` and `x with [i].f = v`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from skipgate.checker.core import terms as t
from skipgate.checker.elaborate import build
from skipgate.checker.elaborate.abbreviations import abbreviated, wrapped
from skipgate.spec import syntax as s
from skipgate.spec.source import Span


def updated(
    old: t.Term, path: Sequence[s.PathStep], value: s.AnyExpr, expr: Callable[[s.AnyExpr], t.Term], span: Span
) -> t.Term:
    """`old` with the part that the path leads to replaced."""
    if not path:
        return expr(value)
    step, rest = path[0], path[1:]
    locals_: list[tuple[t.LocalVar, t.Term]] = []
    if rest:  # then it is mentioned twice
        old = abbreviated(s.Identifier(span, "it"), old, locals_)
    if isinstance(step, s.FieldStep):
        part = build.get_field(old, step.field.text, span)
        new = updated(part, rest, value, expr, span)
        return wrapped(locals_, build.with_field(old, step.field.text, new, span))
    index = expr(step.index)
    if not rest:
        return build.store(old, index, expr(value), span)
    index = abbreviated(s.Identifier(step.span, "key"), index, locals_)
    part = build.select(old, index, span)
    new = updated(part, rest, value, expr, span)
    return wrapped(locals_, build.store(old, index, new, span))
