"""Operators between two operands, and negation."""

from __future__ import annotations

from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.layout import rendered
from skipgate.checker.tla.mentions import flattened
from skipgate.checker.tla.prelude import negated
from skipgate.checker.tla.syntax import Text, TlaExpr
from skipgate.checker.tla.translator import Translator
from skipgate.spec import syntax as s
from skipgate.spec.static_types import StaticBag, StaticInt, StaticSeq, StaticSet, unify


def negation(translator: Translator, operand: s.AnyExpr) -> TlaExpr:
    """`not operand`."""
    match operand:
        case s.Binary(operator="in", left=left, right=right):
            return tla.Infix("\\notin", translator.expr(left), translator.expr(right))
        case s.Binary(operator="==", left=left, right=right):
            return tla.Infix("#", translator.expr(left), translator.expr(right))
    return tla.Prefix("~", translator.expr(operand), 4)


def binary(translator: Translator, node: s.Binary) -> TlaExpr:
    """Two operands with an operator between them."""
    operator = node.operator
    if operator in ("and", "or"):
        symbol = "/\\" if operator == "and" else "\\/"
        return tla.Junction(symbol, tuple(translator.expr(part) for part in flattened(node, operator)))
    left, right = translator.expr(node.left), translator.expr(node.right)
    sides = (node.right,) if operator == "in" else (node.left, node.right)  # a bag can be an element, too
    if any(isinstance(translator.spec.static_types[side], StaticBag) for side in sides):
        return _of_bags(translator, node, left, right)
    match operator:
        case "=>" | "<=>":
            return tla.Infix(operator, left, right)
        case "==":
            return tla.Infix("=", left, right)
        case "!=":
            return tla.Infix("#", left, right)
        case "<" | "<=" | ">" | ">=":
            return _comparison(translator, operator, node, left, right)
        case "in":
            return tla.Infix("\\in", left, right)
        case "subset":
            return tla.Infix("\\subseteq", left, right)
        case "|":
            return tla.Infix("\\cup", left, right)
        case "&":
            return tla.Infix("\\cap", left, right)
        case "+" | "-" if isinstance(translator.spec.static_types[node], StaticSeq):
            return _concatenation(translator, node, left, right)
        case "-" if not _is_number(translator, node):
            return tla.Infix("\\", left, right)
        case "+" | "-" | "*":
            return tla.Infix(operator, left, right)
        case "div" | "mod":
            return _division(translator, operator, node, left, right)
    raise AssertionError(operator)


def _of_bags(translator: Translator, node: s.Binary, left: TlaExpr, right: TlaExpr) -> TlaExpr:
    """An operator on bags, or on a bag and a set. Bags are sets of copies, so most operators are those of sets."""
    prelude = translator.prelude
    if node.operator == "in":
        return tla.Infix("\\in", left, make.call(prelude.use("Distinct"), right))
    if isinstance(translator.spec.static_types[node.left], StaticSet):
        left = make.call(prelude.use("BagOfSet"), left)
    if isinstance(translator.spec.static_types[node.right], StaticSet):
        right = make.call(prelude.use("BagOfSet"), right)
    match node.operator:
        case "+" | "-":
            name = "BagSum" if node.operator == "+" else "BagDifference"
            return make.call(prelude.use(name), left, right)
        case "==" | "!=" | "subset" | "|" | "&" as operator:
            symbols = {"==": "=", "!=": "#", "subset": "\\subseteq", "|": "\\cup", "&": "\\cap"}
            return tla.Infix(symbols[operator], left, right)
    raise AssertionError(node.operator)


def _concatenation(translator: Translator, node: s.Binary, left: TlaExpr, right: TlaExpr) -> TlaExpr:
    translator.prelude.modules.add("Sequences")
    if isinstance(node.right, s.SeqLiteral) and len(node.right.elements) == 1:
        return make.call("Append", left, translator.expr(node.right.elements[0]))
    return tla.Infix("\\o", left, right)


def _division(translator: Translator, operator: str, node: s.Binary, left: TlaExpr, right: TlaExpr) -> TlaExpr:
    if translator.facts.is_positive(node.span) or (isinstance(node.right, s.Number) and node.right.value > 0):
        return tla.Infix("\\div" if operator == "div" else "%", left, right)
    return make.call(translator.prelude.use("Quotient" if operator == "div" else "Remainder"), left, right)


def _comparison(translator: Translator, operator: str, node: s.Binary, left: TlaExpr, right: TlaExpr) -> TlaExpr:
    type_ = unify(translator.spec.static_types[node.left], translator.spec.static_types[node.right])
    assert type_ is not None
    if _is_number(translator, node.left) and _is_number(translator, node.right):
        return tla.Infix(operator, left, right)
    if operator in (">", "<="):
        left, right = right, left
    less = translator.prelude.less(type_, _operand(left), _operand(right))
    if operator in ("<=", ">="):
        return Text(negated(less), 4)
    return Text(less, 5 if " < " in less else 17)


def _is_number(translator: Translator, node: s.AnyExpr) -> bool:
    return isinstance(translator.spec.static_types[node], StaticInt)


def _operand(node: TlaExpr) -> str:
    text, level = rendered(node)
    return text if level > 5 else f"({text})"
