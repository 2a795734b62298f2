"""Conditions of actions, of which TLC would take the alternatives apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from skipgate.checker.tla import make
from skipgate.checker.tla.definitions import ModuleWriter
from skipgate.checker.tla.syntax import TlaExpr
from skipgate.spec import syntax as s


def guard(writer: ModuleWriter, node: s.AnyExpr) -> TlaExpr:
    """A condition of an action."""
    condition = writer.exprs.expr(node)
    if not branches(writer, node):
        return condition
    return make.call(writer.exprs.prelude.use("Once"), condition)


def branches(writer: ModuleWriter, node: s.AnyExpr) -> bool:
    """Would TLC take the alternatives in a condition for so many steps? Or look only at a part of it."""

    def any_of(nodes: Iterable[s.AnyExpr]) -> bool:
        return any(branches(writer, node) for node in nodes)

    match node:
        case s.Index(base=base):  # of a function that is written down it forgets EXCEPT
            return not (isinstance(base, s.Name) and isinstance(writer.spec.names[base], s.VarDecl | s.ConstDecl))
        case s.Binary(operator=operator, left=left, right=right):
            return operator == "or" or (operator == "and" and any_of((left, right)))
        case s.Quantifier(kind=kind, body=body):
            return kind == "exists" or (kind == "forall" and branches(writer, body))
        case s.Let(body=body):
            return branches(writer, body)
        case s.If(branches=parts, otherwise=otherwise):
            return any_of((*(value for _, value in parts), otherwise))
        case s.Match(cases=cases):
            return any_of(case.body for case in cases)
        case s.Fold(initial=initial, body=body):
            return any_of((initial, body))
        case s.Name() | s.Call():
            symbol = writer.spec.names[node if isinstance(node, s.Name) else node.function]
            if isinstance(symbol, s.DefDecl):
                return branches(writer, symbol.body)
            return isinstance(symbol, s.Identifier) and any_of(writer.exprs.definedness.bound_by_name(symbol))
        case s.Number() | s.Boolean() | s.NoneValue() | s.SomeOf() | s.FieldAccess() | s.Unary() | s.Range():
            return False
        case s.TypeDomain() | s.SeqLiteral() | s.SetLiteral() | s.Updated() | s.StepsTest():
            return False
        case s.BagLiteral() | s.BagComprehension():
            return False
        case s.SetComprehension() | s.SeqComprehension() | s.MapComprehension() | s.Temporal():
            return False
        case _:
            assert_never(node)
