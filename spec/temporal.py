"""Formulas about behaviours: which parts of them are temporal, and which speak of single states."""

from __future__ import annotations

from skipgate.spec import syntax as s
from skipgate.spec.symbols import Names


def is_temporal(node: s.AnyExpr) -> bool:
    """Does a temporal operator stand in an expression?"""
    return any(isinstance(part, s.Temporal) for part in s.walk(node))


def is_about_steps(names: Names, node: s.AnyExpr) -> bool:
    """Does an expression say something of steps, itself or by a definition?"""
    for part in s.walk(node):
        if isinstance(part, s.StepsTest) and part.kind == "taken":
            return True
        if isinstance(part, s.Mention):
            symbol = names.references.get(part.function if isinstance(part, s.Call) else part)
            if part.primed or (isinstance(symbol, s.DefDecl) and is_about_steps(names, symbol.body)):
                return True
    return False


def operands(node: s.AnyExpr) -> tuple[s.AnyExpr, ...] | None:
    """The formulas that a temporal formula is made of; None if temporal operators cannot stand in such an expression.

    Those of a `forall` or `exists` are its `where`, if there is one, and its body.
    """
    match node:
        case s.Temporal(operands=parts):
            return parts
        case s.Unary(operator="not", operand=operand):
            return (operand,)
        case s.Binary(operator="and" | "or" | "=>" | "<=>", left=left, right=right):
            return (left, right)
        case s.Quantifier(kind="forall" | "exists", where=None, body=body):
            return (body,)
        case s.Quantifier(kind="forall" | "exists", where=where, body=body) if where is not None:
            return (where, body)
    return None
