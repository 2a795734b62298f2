"""Operators and built-in functions, in terms of fewer."""

from __future__ import annotations

from typing import assert_never

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BagType, IntType, SeqType, SetType
from skipgate.checker.core.errors import InternalError
from skipgate.checker.elaborate import build
from skipgate.checker.elaborate.permutations import permutations
from skipgate.spec import syntax as s
from skipgate.spec.source import Span


def binary(node: s.Binary, left: t.Term, right: t.Term) -> t.Term:
    """The term of a binary operator, given those of its operands."""
    span = node.span
    whole = isinstance(left.type, BagType) and node.operator != "in"  # a bag may be an element, too
    if whole or isinstance(right.type, BagType):
        return _bags(node, left, right)
    match node.operator:
        case "and" | "or" as operator:
            return build.logic(operator, left, right, span)
        case "=>":
            return build.logic("implies", left, right, span)
        case "<=>" | "==":
            return build.equal(left, right, span)
        case "!=":
            return build.not_(build.equal(left, right, span), span)
        case "<" | "<=":
            return build.less(left, right, node.operator == "<=", span)
        case ">" | ">=":
            return _greater(left, right, node.operator == ">=", span)
        case "in":
            return build.in_(left, right, span)
        case "subset":
            return build.subset(left, right, span)
        case "|" | "&" as operator:
            return build.set_operation(operator, left, right, span)
        case "+" | "-" as operator:
            if isinstance(left.type, SeqType):
                return build.concat(left, right, span)
            if isinstance(left.type, SetType):
                return build.set_operation("-", left, right, span)
            return build.arithmetic(operator, left, right, span)
        case "*" | "div" | "mod" as operator:
            return build.arithmetic(operator, left, right, span)
        case _:
            assert_never(node.operator)


def _bags(node: s.Binary, left: t.Term, right: t.Term) -> t.Term:
    """The same, where one of the operands is a bag. A set beside it is a bag with one of each of its elements."""
    span = node.span
    match node.operator:
        case "==":
            return build.equal(left, right, span)
        case "!=":
            return build.not_(build.equal(left, right, span), span)
        case "in":
            return build.in_(left, build.elements(right, right.span), span)
        case "subset":
            more = build.bag_operation("-", build.bag_of(left, left.span), build.bag_of(right, right.span), span)
            return build.equal(build.size(more, span), build.constant(0, IntType(0, 0), span), span)
        case "+" | "-" | "|" | "&" as operator:
            return build.bag_operation(operator, build.bag_of(left, left.span), build.bag_of(right, right.span), span)
    raise InternalError(f"{span.place}: there is no `{node.operator}` of bags")


def _greater(left: t.Term, right: t.Term, or_equal: bool, span: Span) -> t.Term:
    """`a > b` as `not (a <= b)`: the left side is still evaluated first."""
    return build.not_(build.less(left, right, not or_equal, span), span)


def builtin(name: str, arguments: list[t.Term], span: Span) -> t.Term:
    """The term of a call of a built-in function, given those of its arguments."""
    first = arguments[0]
    match name:
        case "len":
            return build.size(first, span)
        case "abs":
            return build.absolute(first, span)
        case "u64":
            return build.u64(first, span)
        case "min" | "max":
            result = first
            for argument in arguments[1:]:
                result = build.extreme(name, result, argument, span)
            return result
        case "elems":
            return build.elements(first, span)
        case "subsets":
            return build.subsets(first, span)
        case "permutations":
            return permutations(first, span)
        case "get" if len(arguments) == 1:
            return build.get(first, False, span)
    # The others mention their argument twice, so it gets a name.
    local = t.LocalVar("it", first.type)
    it = t.Local(first.type, first.span, local)
    match name:
        case "first":
            result = build.select(it, build.constant(1, IntType(1, 1), span), span)
        case "last":
            result = build.select(it, build.size(it, span), span)
        case "front":
            one = build.constant(1, IntType(1, 1), span)
            result = build.slice_(it, one, build.arithmetic("-", build.size(it, span), one, span), span)
        case "tail":
            result = build.slice_(it, build.constant(2, IntType(2, 2), span), build.size(it, span), span)
        case "get":
            result = build.if_(build.is_some(it, span), build.get(it, True, span), arguments[1], span)
        case _:
            raise InternalError(f"{span.place}: there is no built-in function `{name}`")
    return build.let(local, first, result, span)
