"""Names for what is mentioned more than once."""

from __future__ import annotations

from skipgate.checker.core import terms as t
from skipgate.checker.elaborate import build
from skipgate.spec import syntax as s


def abbreviated(name: s.Identifier, value: t.Term, locals_: list[tuple[t.LocalVar, t.Term]]) -> t.Term:
    """What a `let` name or a parameter stands for: the value itself if that is as simple as a name."""
    if isinstance(value, t.Const | t.Var | t.Local):
        return value
    local = t.LocalVar(name.text, value.type)
    locals_.append((local, value))
    return t.Local(value.type, name.span, local)


def wrapped(locals_: list[tuple[t.LocalVar, t.Term]], body: t.Term) -> t.Term:
    """A term under the names that it mentions."""
    for local, value in reversed(locals_):
        body = build.let(local, value, body, body.span)
    return body
