"""Interval arithmetic: the bounds of an integer expression from the bounds of its parts."""

from __future__ import annotations

from math import inf
from typing import Literal, assert_never

from skipgate.checker.core.datatypes import IntType

_Number = int | float
_FURTHEST = 2**400  # a bound beyond this counts as none: products of products would have millions of digits
U64 = IntType(0, 2**64 - 1)


def arithmetic(operator: Literal["+", "-", "*", "div", "mod"], a: IntType, b: IntType) -> IntType:
    """The bounds of `a operator b`, as tight as the intervals alone allow.

    An operand whose type is empty never has a value. But kernels compute on with 0 instead of it, and the result of
    that must fit the bounds as well.
    """
    al, ah, bl, bh = *_ends(a), *_ends(b)
    match operator:
        case "+":
            return _type(al + bl, ah + bh)
        case "-":
            return _type(al - bh, ah - bl)
        case "*":
            corners = [_times(x, y) for x in (al, ah) for y in (bl, bh)]
            return _type(min(corners), max(corners))
        case "div":
            divisors = [y for y in (bl, bh, -1, 1) if y != 0 and bl <= y <= bh]
            corners = [_divide(x, y) for x in (al, ah) for y in divisors]
            return _type(min(corners, default=0), max(corners, default=0))
        case "mod":
            if al >= 0 and bl > ah:
                return _type(al, ah)
            return _type(min(bl + 1, 0), max(bh - 1, 0))
        case _:
            assert_never(operator)


def negate(a: IntType) -> IntType:
    """The bounds of `-a`."""
    return _type(-_high(a), -_low(a))


def absolute(a: IntType) -> IntType:
    """The bounds of `abs(a)`."""
    low, high = _low(a), _high(a)
    if low >= 0:
        return a
    return _type(0 if high >= 0 else -high, max(-low, high))


def u64(a: IntType) -> IntType:
    """The bounds of `a` modulo 2^64: those of `a` if it lies within 0..2^64-1, since then nothing wraps."""
    within = a.low is not None and a.low >= 0 and a.high is not None and a.high < 2**64
    return a if within else U64


def smaller(a: IntType, b: IntType) -> IntType:
    """The bounds of `min(a, b)`."""
    return _type(min(_low(a), _low(b)), min(_high(a), _high(b)))


def larger(a: IntType, b: IntType) -> IntType:
    """The bounds of `max(a, b)`."""
    return _type(max(_low(a), _low(b)), max(_high(a), _high(b)))


def sum_of(a: IntType, terms: int | None) -> IntType:
    """The bounds of a sum of at most `terms` numbers (None: of any number of them)."""
    many: _Number = inf if terms is None else terms
    return _type(min(0, _times(_low(a), many)), max(0, _times(_high(a), many)))


def _ends(a: IntType) -> tuple[_Number, _Number]:
    low, high = _low(a), _high(a)
    return (low, high) if low <= high else (0, 0)


def _low(a: IntType) -> _Number:
    return -inf if a.low is None else a.low


def _high(a: IntType) -> _Number:
    return inf if a.high is None else a.high


def _type(low: _Number, high: _Number) -> IntType:
    return IntType(
        None if low < -_FURTHEST else int(min(low, _FURTHEST)), None if high > _FURTHEST else int(max(high, -_FURTHEST))
    )


def _times(x: _Number, y: _Number) -> _Number:
    return 0 if x == 0 or y == 0 else x * y


def _divide(x: _Number, y: _Number) -> _Number:
    if abs(y) == inf:  # the quotient's limit: 0 or -1
        return 0 if (x >= 0) == (y > 0) else -1
    return x if abs(x) == inf and y > 0 else -x if abs(x) == inf else int(x) // int(y)
