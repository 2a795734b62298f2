"""Operators and built-in functions, in terms of fewer."""

from __future__ import annotations

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType, SeqType, SetType
from skipgate.checker.elaborate import build as typed
from skipgate.spec import syntax as s
from skipgate.spec.source import Span


def binary(node: s.Binary, left: t.Term, right: t.Term) -> t.Term:
    span = node.span
    match node.operator:
        case "and" | "or" as operator:
            return typed.logic(operator, left, right, span)
        case "=>":
            return typed.logic("implies", left, right, span)
        case "<=>" | "==":
            return typed.equal(left, right, span)
        case "!=":
            return typed.not_(typed.equal(left, right, span), span)
        case "<" | "<=":
            return typed.less(left, right, node.operator == "<=", span)
        case ">" | ">=":
            return _greater(left, right, node.operator == ">=", span)
        case "in":
            return typed.in_(left, right, span)
        case "subset":
            return typed.subset(left, right, span)
        case "|" | "&" as operator:
            return typed.set_operation(operator, left, right, span)
        case "+" | "-" as operator:
            if isinstance(left.type, SeqType):
                return typed.concat(left, right, span)
            if isinstance(left.type, SetType):
                return typed.set_operation("-", left, right, span)
            return typed.arithmetic(operator, left, right, span)
        case "*" | "div" | "mod" as operator:
            return typed.arithmetic(operator, left, right, span)
    raise AssertionError(node.operator)


def _greater(left: t.Term, right: t.Term, or_equal: bool, span: Span) -> t.Term:
    """`a > b` as `not (a <= b)`: the left side is still evaluated first."""
    return typed.not_(typed.less(left, right, not or_equal, span), span)


def builtin(name: str, arguments: list[t.Term], span: Span) -> t.Term:
    first = arguments[0]
    match name:
        case "len":
            return typed.size(first, span)
        case "abs":
            return typed.absolute(first, span)
        case "u64":
            return typed.u64(first, span)
        case "min" | "max":
            result = first
            for argument in arguments[1:]:
                result = typed.extreme(name, result, argument, span)
            return result
        case "elems":
            return typed.elements(first, span)
        case "subsets":
            return typed.subsets(first, span)
        case "get" if len(arguments) == 1:
            return typed.get(first, False, span)
    # The others mention their argument more than once.
    local = t.LocalVar("it", first.type)
    it = t.Local(first.type, first.span, local)
    match name:
        case "first":
            result = typed.select(it, typed.constant(1, IntType(1, 1), span), span)
        case "last":
            result = typed.select(it, typed.size(it, span), span)
        case "get":
            result = typed.if_(typed.is_some(it, span), typed.get(it, True, span), arguments[1], span)
        case _:
            raise AssertionError(name)
    return typed.let(local, first, result, span)
