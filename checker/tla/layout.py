"""Expressions of TLA+ on lines.

A tree is written on one line if it fits; else lists of conjuncts and disjuncts become bulleted ones, and what has parts
(`IF`, `LET`, `CASE`, quantifiers, brackets) has them on lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from skipgate.checker.tla.syntax import (
    Applied,
    Brackets,
    Case,
    Definition,
    Except,
    If,
    Infix,
    Junction,
    Lambda,
    Let,
    Mapped,
    Negative,
    Prefix,
    Primed,
    Quantified,
    Text,
    TlaExpr,
)

WIDTH = 110


@dataclass(frozen=True)
class Operator:
    """An infix operator, with the range of its precedence: what binds tighter needs no brackets as an operand."""

    symbol: str
    low: int
    high: int
    associative: bool = False


_CLOSED = 17
_PRIME = 15
_OPEN = 0  # reaches as far to the right as possible

OPERATORS = {
    o.symbol: o
    for o in (
        Operator("=>", 1, 1),
        Operator("~>", 2, 2),
        Operator("<=>", 2, 2),
        Operator("/\\", 3, 3, True),
        Operator("\\/", 3, 3, True),
        *(Operator(symbol, 5, 5) for symbol in ("=", "#", "<", "<=", ">", ">=", "\\in", "\\notin", "\\subseteq")),
        Operator("->", 5, 5),
        Operator("\\cup", 8, 8, True),
        Operator("\\cap", 8, 8, True),
        Operator("\\", 8, 8),
        Operator("..", 9, 9),
        Operator("+", 10, 10, True),
        Operator("-", 10, 11),
        Operator("%", 10, 12),
        Operator("\\X", 10, 13, True),
        Operator("*", 12, 13, True),
        Operator("\\div", 12, 13),
        Operator("\\o", 13, 13, True),
    )
}


# ------------------------------------------------------------------------------------------------------- on one line


def flat(expr: TlaExpr) -> str:
    """The text on one line."""
    return rendered(expr)[0]


def rendered(expr: TlaExpr) -> tuple[str, int]:  # noqa: C901  (one case for each kind of expression)
    """The text on one line, and how tightly it binds at least."""
    match expr:
        case Text(text, level):
            return text, level
        case Primed(operand):
            return _bracketed(operand, _CLOSED)[0] + "'", _PRIME
        case Negative(operand):
            return "-" + _bracketed(operand, _PRIME)[0], 9
        case Prefix(operator, operand, level):
            return operator + _bracketed(operand, _PRIME)[0], level
        case Infix():
            return _flat_infix(expr)
        case Junction():
            return _flat_junction(expr)
        case If(condition, then, otherwise):
            return f"IF {flat(condition)} THEN {flat(then)} ELSE {flat(otherwise)}", _OPEN
        case Case(arms):
            parts = zip(_heads(expr), arms, strict=True)
            return "CASE " + " [] ".join(head + _bracketed(value, 1)[0] for head, (_, value) in parts), _OPEN
        case Let(definitions, body):
            inner = " ".join(f"{_head(d)} == {flat(d.value)}" for d in definitions)
            return f"LET {inner} IN {flat(body)}", _OPEN
        case Quantified(symbol, binders, body):
            return f"{symbol} {bindings(binders)} : {flat(body)}", _OPEN
        case Brackets(opening, items, closing):
            return opening + ", ".join(head + flat(item) for head, item in items) + closing, _CLOSED
        case Mapped(opening, first, separator, second, closing):
            return opening + _flat_part(first) + separator + _flat_part(second) + closing, _CLOSED
        case Applied(base, index):
            text, _ = _bracketed(base, _PRIME)
            return text + (f".{index}" if isinstance(index, str) else f"[{flat(unlike_binder(index))}]"), 16
        case Except(base, parts):
            changes = ", ".join(head + flat(value) for head, value in parts)
            return f"[{flat(base)} EXCEPT {changes}]", _CLOSED
        case Lambda(name, body):
            return f"LAMBDA {name} : {flat(body)}", _OPEN
        case _:
            assert_never(expr)


def _bracketed(expr: TlaExpr, least: int) -> tuple[str, bool]:
    """An operand on one line, in brackets unless it binds at least that tightly; and whether it has them."""
    text, level = rendered(expr)
    return (text, False) if level >= least else (f"({text})", True)


def _flat_part(part: str | TlaExpr) -> str:
    return part if isinstance(part, str) else flat(part)


def _flat_infix(expr: Infix) -> tuple[str, int]:
    operator = OPERATORS[expr.symbol]
    left, _ = _bracketed(expr.left, _left_level(expr))
    if _right_is_open(expr):
        return f"{left} {expr.symbol} {flat(expr.right)}", _OPEN
    right, _ = _bracketed(expr.right, operator.high + 1)
    blank = "" if expr.symbol == ".." else " "
    return f"{left}{blank}{expr.symbol}{blank}{right}", operator.low


def _left_level(expr: Infix) -> int:
    """How tightly the left operand has to bind to need no brackets."""
    operator = OPERATORS[expr.symbol]
    if operator.associative and isinstance(expr.left, Infix) and expr.left.symbol == expr.symbol:
        return _OPEN
    return operator.high + 1


def _right_is_open(expr: Infix) -> bool:
    """Does the right operand stand without brackets although it reaches as far as possible?"""
    return expr.symbol in ("=", "=>") and isinstance(expr.right, If | Let | Case | Quantified)


def _flat_junction(expr: Junction) -> tuple[str, int]:
    if len(expr.items) == 1:
        return rendered(expr.items[0])
    *init, last = expr.items
    texts = [_bracketed(item, 4)[0] for item in init]
    text, level = rendered(last)
    if level == _OPEN and not isinstance(last, Infix | Junction):
        return f" {expr.symbol} ".join([*texts, text]), _OPEN
    return f" {expr.symbol} ".join([*texts, _bracketed(last, 4)[0]]), 3


def _heads(expr: Case) -> list[str]:
    return [("OTHER" if condition is None else flat(condition)) + " -> " for condition, _ in expr.arms]


def bindings(binders: Sequence[tuple[str, TlaExpr]]) -> str:
    """Names with the domains that they range over."""
    return ", ".join(f"{names} \\in {_bracketed(domain, 6)[0]}" for names, domain in binders)


def unlike_binder(expr: TlaExpr) -> TlaExpr:
    """In brackets if it begins with `x \\in S`, which means something else where a binder could stand."""
    text = flat(expr)
    begins = (isinstance(expr, Infix) and expr.symbol == "\\in") or re.match(r"\w+ \\in ", text)
    return Text(f"({text})") if begins else expr


# --------------------------------------------------------------------------------------------------- on several lines


def lines(expr: TlaExpr, width: int) -> list[str]:
    """The text on lines of at most that width, if possible; the first one begins at the margin."""
    text = flat(expr)
    return [text] if len(text) <= width else _broken(expr, width)


def _broken(expr: TlaExpr, width: int) -> list[str]:
    """The text when it does not fit on one line."""
    match expr:
        case Text() | Primed() | Negative() | Applied() | Lambda():
            return [flat(expr)]
        case Prefix(operator, operand, _):
            return hang(operator, _operand_lines(operand, _PRIME, width - len(operator)))
        case Infix():
            return _broken_infix(expr, width)
        case Junction(symbol, items):
            if len(items) == 1:
                return _broken(items[0], width)
            return [line for item in items for line in hang(f"{symbol} ", lines(item, width - 3))]
        case If():
            return _broken_if(expr, width)
        case Case():
            return _broken_case(expr, width)
        case Let(definitions, body):
            inner = [line for definition in definitions for line in definition_lines(definition, width - 4)]
            return [*hang("LET ", inner), *hang("IN  ", lines(body, width - 4))]
        case Quantified(symbol, binders, body):
            return [f"{symbol} {bindings(binders)} :", *("  " + line for line in lines(body, width - 2))]
        case Brackets(opening, items, closing):
            return _broken_brackets(opening, items, closing, width)
        case Mapped():
            return _broken_mapped(expr, width)
        case Except():
            return _broken_except(expr, width)
        case _:
            assert_never(expr)


def hang(prefix: str, lines: Sequence[str], suffix: str = "") -> list[str]:
    """Lines behind a prefix, those after the first below its end."""
    first, *rest = [*lines[:-1], lines[-1] + suffix]
    return [prefix + first, *(" " * len(prefix) + line for line in rest)]


def _operand_lines(expr: TlaExpr, least: int, width: int) -> list[str]:
    if rendered(expr)[1] >= least:
        return lines(expr, width)
    return hang("(", lines(expr, width - 2), ")")


def _broken_infix(expr: Infix, width: int) -> list[str]:
    least = OPERATORS[expr.symbol].high + 1
    right_least = _OPEN if _right_is_open(expr) else least
    left, _ = _bracketed(expr.left, _left_level(expr))
    prefix = f"{left} {expr.symbol} "
    if len(prefix) <= width // 2:
        return hang(prefix, _operand_lines(expr.right, right_least, width - len(prefix)))
    head = _operand_lines(expr.left, _left_level(expr), width - len(expr.symbol) - 1)
    if len(head) > 1 and isinstance(expr.left, Junction):
        # Without brackets, what follows would belong to the last item of the list.
        head = hang("(", lines(expr.left, width - len(expr.symbol) - 3), ")")
    head[-1] += f" {expr.symbol}"
    return [*head, *("  " + line for line in _operand_lines(expr.right, right_least, width - 2))]


def _broken_if(expr: If, width: int) -> list[str]:
    if isinstance(expr.otherwise, If):
        first, *rest = _broken(expr.otherwise, width)
        otherwise = ["ELSE " + first, *rest]
    else:
        otherwise = hang("ELSE ", lines(expr.otherwise, width - 5))
    condition, then = lines(expr.condition, width - 3), lines(expr.then, width - 5)
    return [*hang("IF ", condition), *hang("THEN ", then), *otherwise]


def _broken_case(expr: Case, width: int) -> list[str]:
    result = []
    for i, (head, (_, value)) in enumerate(zip(_heads(expr), expr.arms, strict=True)):
        prefix = ("  [] " if i else "CASE ") + head
        if isinstance(value, Case | If | Let | Quantified) or len(prefix) > width // 2:
            result += [prefix, *("       " + line for line in _operand_lines(value, 1, width - 7))]
        else:
            result += hang(prefix, _operand_lines(value, 1, width - len(prefix)))
    return result


def _broken_brackets(opening: str, items: Sequence[tuple[str, TlaExpr]], closing: str, width: int) -> list[str]:
    if not items:
        return [opening + closing]
    indent = len(opening)
    result: list[str] = []
    for i, (head, item) in enumerate(items):
        inner = hang(head, lines(item, width - indent - len(head) - len(closing)))
        inner[-1] += closing if i == len(items) - 1 else ","
        result += hang(opening if not i else " " * indent, inner)
    return result


def _broken_mapped(expr: Mapped, width: int) -> list[str]:
    indent = len(expr.opening)
    first, second = (
        [part] if isinstance(part, str) else lines(part, width - indent - 4) for part in (expr.first, expr.second)
    )
    head = hang(expr.opening, first, expr.separator.rstrip())
    return [*head, *hang("  ", second, expr.closing)]


def _broken_except(expr: Except, width: int) -> list[str]:
    prefix = f"[{flat(expr.base)} EXCEPT "
    if len(prefix) > width // 2:
        changes = _broken_brackets("", expr.parts, "", width - 8)
        return hang("[", lines(expr.base, width - 1)) + hang(" EXCEPT ", changes, "]")
    return hang(prefix, _broken_brackets("", expr.parts, "", width - len(prefix)), "]")


# -------------------------------------------------------------------------------------------------------- definitions


def definition_text(definition: Definition) -> str:
    """A definition on lines of the usual width."""
    return "\n".join(definition_lines(definition, WIDTH))


def bulleted(definition: Definition) -> str:
    """The same with each conjunct or disjunct on a line of its own."""
    return "\n".join([f"{_head(definition)} ==", *("    " + line for line in _bullets(definition.value))])


def definition_lines(definition: Definition, width: int) -> list[str]:
    """A definition on lines of at most that width, if possible."""
    prefix = f"{_head(definition)} == "
    whole = prefix + flat(definition.value)
    if len(whole) <= width:
        return [whole]
    if len(prefix) <= 14 and not isinstance(definition.value, Junction):
        return hang(prefix, lines(definition.value, width - len(prefix)))
    return [prefix.rstrip(), *("    " + line for line in lines(definition.value, width - 4))]


def _head(definition: Definition) -> str:
    return definition.name + (f"({', '.join(definition.parameters)})" if definition.parameters else "")


def _bullets(expr: TlaExpr) -> list[str]:
    match expr:
        case Let(definitions, body):
            inner = [line for definition in definitions for line in definition_lines(definition, WIDTH - 8)]
            return [*hang("LET ", inner), *hang("IN  ", _bullets(body))]
        case Junction(symbol, items):
            return [line for item in items for line in hang(f"{symbol} ", lines(item, WIDTH - 8))]
    return lines(expr, WIDTH - 4)
