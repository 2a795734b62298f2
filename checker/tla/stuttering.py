"""Which transitions speak about steps that change nothing.

TLA+ cannot tell such a step from none at all, so `[][P]_vars` is true of it, whatever P says. Here an action that leads
back to the same state is a step like any other. Most transitions are true of these anyway, which can be seen from their
form: with the primes left out, `x' >= x` is `x >= x`.
"""

from __future__ import annotations

from dataclasses import fields
from itertools import permutations

from skipgate.checker.tla.mentions import flattened
from skipgate.spec import syntax as s
from skipgate.spec.specification import Specification


def says_nothing_about_stuttering(spec: Specification, node: s.AnyExpr) -> bool:
    """Is the expression surely true if names with and without a prime mean the same? If in doubt, no."""
    match node:
        case s.Boolean(value=value):
            return value
        case s.Binary(operator="and", left=left, right=right):
            return all(says_nothing_about_stuttering(spec, part) for part in (left, right))
        case s.Binary(operator="or", left=left, right=right):
            return any(says_nothing_about_stuttering(spec, part) for part in (left, right))
        case s.Binary(operator="=>", left=left, right=right):
            return _never(left) or _same(left, right) or says_nothing_about_stuttering(spec, right)
        case s.Binary(operator="==" | "<=" | ">=" | "subset" | "<=>", left=left, right=right):
            return _same(left, right)
        case s.Unary(operator="not", operand=operand):
            return _never(operand)
        case s.Quantifier(kind="forall", body=body):
            return says_nothing_about_stuttering(spec, body)
        case s.Let(body=body):
            return says_nothing_about_stuttering(spec, body)
        case s.If(branches=branches, otherwise=otherwise):
            return all(says_nothing_about_stuttering(spec, part) for part in (*(v for _, v in branches), otherwise))
        case s.Name() | s.Call():
            symbol = spec.names[node if isinstance(node, s.Name) else node.function]
            return isinstance(symbol, s.DefDecl) and says_nothing_about_stuttering(spec, symbol.body)
    return False


def _never(node: s.AnyExpr) -> bool:
    """Is the expression surely false then? If in doubt, no."""
    match node:
        case s.Binary(operator="!=" | "<" | ">", left=left, right=right):
            return _same(left, right)
        case s.StepsTest(kind="taken"):
            return True
        case s.Binary(operator="and"):
            parts = flattened(node, "and")
            return any(map(_never, parts)) or any(_contradict(a, b) for a, b in permutations(parts, 2))
    return False


def _contradict(a: s.AnyExpr, b: s.AnyExpr) -> bool:
    match a, b:
        case s.Unary(operator="not", operand=operand), _:
            return _same(operand, b)
        case s.Binary(operator="=="), s.Binary(operator="!="):
            return _same(a.left, b.left) and _same(a.right, b.right)
    return False


def _same(a: s.Node, b: s.Node) -> bool:
    """Are two expressions written alike, but for primes?"""
    if type(a) is not type(b):
        return False
    labels = [field.name for field in fields(a) if field.name not in ("span", "primed")]
    return all(_same_part(getattr(a, label), getattr(b, label)) for label in labels)


def _same_part(a: object, b: object) -> bool:
    if isinstance(a, s.Node) and isinstance(b, s.Node):
        return _same(a, b)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_same_part, a, b))
    return a == b
