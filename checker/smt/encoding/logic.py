"""The scalars of formulas: numbers and truth values that are either known or Z3 expressions.

Every operation folds what is known, so that unrolled quantifiers and constant indices leave no trace in a formula.

This module alone calls functions of Z3's C interface (`Z3_mk_and` and others in z3_api.h, which is public and stable).
Z3's operators for Python check and convert their operands; as all operands here are known to fit, that is not needed.
Measured over the shipped models, formulas are made in 1.7 s this way and in 3.1 s with the operators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Literal, ParamSpec, TypeAlias, TypeVar

import z3

Bit: TypeAlias = bool | z3.BoolRef
Number: TypeAlias = int | z3.ArithRef
Scalar: TypeAlias = bool | int | z3.ExprRef

_P = ParamSpec("_P")
_R = TypeVar("_R")

_PATIENCE = 500  # milliseconds to get rid of quantifiers

# What belongs to the context lives here and under `kept`, and nowhere else in a module: see `begin_anew`.
_CONTEXT = z3.Context()
_REF = _CONTEXT.ref()
_forget: list[Callable[[], None]] = []


def kept(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Keeps the results of a function, which are made of expressions, until all is begun anew."""
    found = cache(function)
    _forget.append(found.cache_clear)
    return found  # type: ignore[return-value]


def begin_anew() -> None:
    """Forget everything that Z3 was told. No expression made before may be used again.

    What Z3 finds, such as which of several counterexamples, depends on what it was asked before; and that shall not be
    which checks happened to be run by this process.
    """
    global _CONTEXT, _REF, _TRUE, _FALSE
    _CONTEXT = z3.Context()
    _REF = _CONTEXT.ref()
    _TRUE, _FALSE = z3.BoolVal(True, _CONTEXT), z3.BoolVal(False, _CONTEXT)
    for forget in _forget:
        forget()


def context() -> z3.Context:
    """The context that all expressions belong to. Z3's default one is never used, as it cannot be replaced."""
    return _CONTEXT


def expression(scalar: Scalar) -> z3.ExprRef:
    """The Z3 expression of a scalar."""
    if isinstance(scalar, bool):
        return _TRUE if scalar else _FALSE
    return _numeral(scalar) if isinstance(scalar, int) else scalar


@kept
def _numeral(value: int) -> z3.ExprRef:
    return z3.IntVal(value, _CONTEXT)


_TRUE = z3.BoolVal(True, _CONTEXT)
_FALSE = z3.BoolVal(False, _CONTEXT)


def row_sorts_of(sort: z3.ArraySortRef) -> list[z3.SortRef]:
    """The sorts of the rows of scalars that an array holds."""
    return [sort.domain_n(i) for i in range(z3.Z3_get_array_arity(_REF, sort.ast))]


def _array(parts: Sequence[Scalar]) -> object:
    return (z3.Ast * len(parts))(*[expression(part).ast for part in parts])


def _same(a: Scalar, b: Scalar) -> bool:
    """Are these the same expression? (Known scalars have no identity to compare.)"""
    return isinstance(a, z3.ExprRef) and isinstance(b, z3.ExprRef) and bool(a.get_id() == b.get_id())


# -------------------------------------------------------------------------------------------------- truth values


def not_(a: Bit) -> Bit:
    """The negation."""
    if isinstance(a, bool):
        return not a
    if z3.is_not(a):
        return a.arg(0)
    return z3.BoolRef(z3.Z3_mk_not(_REF, a.ast), _CONTEXT)


def and_(*bits: Bit) -> Bit:
    """Are all of these true?"""
    return all_of(bits)


def or_(*bits: Bit) -> Bit:
    """Is one of these true?"""
    return any_of(bits)


def all_of(bits: Iterable[Bit]) -> Bit:
    """The conjunction; each part once."""
    kept: dict[int, z3.BoolRef] = {}
    for bit in bits:
        if bit is False:
            return False
        if bit is not True:
            kept[bit.get_id()] = bit
    if not kept:
        return True
    if len(kept) == 1:
        return next(iter(kept.values()))
    return z3.BoolRef(z3.Z3_mk_and(_REF, len(kept), _array(list(kept.values()))), _CONTEXT)


def any_of(bits: Iterable[Bit]) -> Bit:
    """The disjunction; each part once."""
    kept: dict[int, z3.BoolRef] = {}
    for bit in bits:
        if bit is True:
            return True
        if bit is not False:
            kept[bit.get_id()] = bit
    if not kept:
        return False
    if len(kept) == 1:
        return next(iter(kept.values()))
    return z3.BoolRef(z3.Z3_mk_or(_REF, len(kept), _array(list(kept.values()))), _CONTEXT)


def implies(a: Bit, b: Bit) -> Bit:
    """Is the second true if the first is?"""
    return or_(not_(a), b)


# ------------------------------------------------------------------------------------------------------- any scalar


def equal(a: Scalar, b: Scalar) -> Bit:
    """Are two scalars of one sort equal?"""
    if isinstance(a, bool | int) and isinstance(b, bool | int):
        return a == b
    if isinstance(a, bool):
        return b if a else not_(b)
    if isinstance(b, bool):
        return a if b else not_(a)
    if _same(a, b):
        return True
    return z3.BoolRef(z3.Z3_mk_eq(_REF, expression(a).ast, expression(b).ast), _CONTEXT)


def choose(condition: Bit, then: Scalar, otherwise: Scalar) -> Scalar:
    """One of two scalars of one sort."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    if _same(then, otherwise):
        return then
    if isinstance(then, bool) or isinstance(otherwise, bool):
        return _choose_known(condition, then, otherwise)
    if isinstance(then, int) and isinstance(otherwise, int) and then == otherwise:
        return then
    kind = z3.ArithRef if isinstance(then, int) else type(then)
    return kind(z3.Z3_mk_ite(_REF, condition.ast, expression(then).ast, expression(otherwise).ast), _CONTEXT)


def _choose_known(condition: z3.BoolRef, then: Bit, otherwise: Bit) -> Bit:
    """A choice between truth values, one of which is known."""
    if then is True:
        return or_(condition, otherwise)
    if then is False:
        return and_(not_(condition), otherwise)
    return or_(not_(condition), then) if otherwise is True else and_(condition, then)


# ---------------------------------------------------------------------------------------------------------- numbers


def less(a: Number, b: Number) -> Bit:
    """Is a number smaller than another?"""
    if isinstance(a, int) and isinstance(b, int):
        return a < b
    return False if _same(a, b) else z3.BoolRef(z3.Z3_mk_lt(_REF, expression(a).ast, expression(b).ast), _CONTEXT)


def at_most(a: Number, b: Number) -> Bit:
    """Is a number smaller than another, or equal to it?"""
    if isinstance(a, int) and isinstance(b, int):
        return a <= b
    return True if _same(a, b) else z3.BoolRef(z3.Z3_mk_le(_REF, expression(a).ast, expression(b).ast), _CONTEXT)


def between(low: int | None, a: Number, high: int | None) -> Bit:
    """Is a number within bounds, of which None is none?"""
    return and_(True if low is None else at_most(low, a), True if high is None else at_most(a, high))


def add(*numbers: Number) -> Number:
    """The sum."""
    known = 0
    kept: list[z3.ArithRef] = []
    for number in numbers:
        if isinstance(number, int):
            known += number
        else:
            kept.append(number)
    if not kept:
        return known
    if known == 0 and len(kept) == 1:
        return kept[0]
    parts = [*kept, known] if known else kept
    return z3.ArithRef(z3.Z3_mk_add(_REF, len(parts), _array(parts)), _CONTEXT)


def subtract(a: Number, b: Number) -> Number:
    """The difference."""
    if isinstance(b, int):
        return add(a, -b)
    return 0 if _same(a, b) else z3.ArithRef(z3.Z3_mk_sub(_REF, 2, _array([a, b])), _CONTEXT)


def negate(a: Number) -> Number:
    """The number with the other sign."""
    return -a if isinstance(a, int) else z3.ArithRef(z3.Z3_mk_unary_minus(_REF, a.ast), _CONTEXT)


def multiply(a: Number, b: Number) -> Number:
    """The product."""
    if isinstance(a, int) and isinstance(b, int):
        return a * b
    for known, other in ((a, b), (b, a)):
        if isinstance(known, int) and known in (0, 1):
            return other if known else 0
    return z3.ArithRef(z3.Z3_mk_mul(_REF, 2, _array([a, b])), _CONTEXT)


def floor_divide(a: Number, b: Number) -> tuple[Number, Number]:
    """Quotient, rounded down, and remainder, which has the sign of the divisor; of no meaning if that is 0."""
    if isinstance(a, int) and isinstance(b, int):
        return divmod(a, b) if b else (0, 0)
    x, y = expression(a), expression(b)
    # Z3's quotient makes the remainder positive: for a positive divisor that is rounding down, for a negative one up.
    quotient = z3.ArithRef(z3.Z3_mk_div(_REF, x.ast, y.ast), _CONTEXT)
    remainder = z3.ArithRef(z3.Z3_mk_mod(_REF, x.ast, y.ast), _CONTEXT)
    if isinstance(b, int) and b > 0:
        return quotient, remainder
    up = and_(less(b, 0), not_(equal(remainder, 0)))
    return (
        choose(up, subtract(quotient, 1), quotient),
        choose(up, add(remainder, b), remainder),
    )


def modulo(a: Number, m: int, within: tuple[int | None, int | None]) -> Number:
    """`a` modulo a positive `m`, where `a` is known to be within bounds: near 0..m-1, without a division."""
    if isinstance(a, int):
        return a % m
    low, high = within
    if low is None or high is None or low < -m or high >= 2 * m:
        return floor_divide(a, m)[1]
    result = a
    if high >= m:
        result = choose(less(a, m), result, subtract(a, m))
    return choose(less(a, 0), add(a, m), result) if low < 0 else result


def absolute(a: Number) -> Number:
    """The number without its sign."""
    return abs(a) if isinstance(a, int) else choose(less(a, 0), negate(a), a)


def count(bits: Iterable[Bit]) -> Number:
    """How many are true."""
    return add(*(choose(bit, 1, 0) for bit in bits))


# -------------------------------------------------------------------------------------------- sets without a bound


def no_elements(sorts: Sequence[z3.SortRef]) -> z3.ArrayRef:
    """The empty set of rows of scalars of these sorts, as an array to truth values."""
    if len(sorts) == 1:
        return z3.K(sorts[0], _FALSE)
    return z3.Lambda([z3.FreshConst(sort) for sort in sorts], _FALSE)


def has_element(array: z3.ArrayRef, row: Sequence[Scalar]) -> Bit:
    """Is a row in a set?"""
    return z3.Select(array, *map(expression, row))


def with_element(array: z3.ArrayRef, row: Sequence[Scalar], present: Bit = True) -> z3.ArrayRef:
    """A set with a row added, or taken out if it is not `present`."""
    return z3.Store(array, *map(expression, row), expression(present))


def combined(operator: Literal["|", "&", "-"], a: z3.ArrayRef, b: z3.ArrayRef) -> z3.ArrayRef:
    """Union, intersection or difference."""
    p, q = z3.Bools("p q", _CONTEXT)
    if operator == "-":
        b = z3.Map(z3.Not(p).decl(), b)
    return z3.Map((z3.Or if operator == "|" else z3.And)(p, q).decl(), a, b)


# ------------------------------------------------------------------------------------------------------ quantifiers


def for_all(constants: Sequence[z3.ExprRef], body: Bit) -> Bit:
    """Is the body true whatever the constants are? Without constants, the body."""
    return body if isinstance(body, bool) or not constants else z3.ForAll(list(constants), body)


def exists(constants: Sequence[z3.ExprRef], body: Bit) -> Bit:
    """Is the body true for some values of the constants? Without constants, the body."""
    return body if isinstance(body, bool) or not constants else z3.Exists(list(constants), body)


def without_quantifiers(bit: Bit) -> Bit:
    """The same condition without quantifiers, if they can be got rid of in short time; else the condition."""
    if isinstance(bit, bool):
        return bit
    goal = z3.Goal(ctx=_CONTEXT)
    goal.add(bit)
    if not z3.Probe("has-quantifiers", _CONTEXT)(goal):
        return bit
    try:
        result = z3.simplify(z3.TryFor(z3.Tactic("qe2", _CONTEXT), _PATIENCE, _CONTEXT)(bit).as_expr())
    except z3.Z3Exception:  # it took too long, or there is more than linear arithmetic
        return bit
    if z3.is_true(result) or z3.is_false(result):
        return bool(z3.is_true(result))
    return result
