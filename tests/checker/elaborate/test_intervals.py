"""The bounds of an expression contain every value of it, and are no wider than the operation needs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skipgate.checker.core.datatypes import IntType
from skipgate.checker.elaborate import intervals as bounds

OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "div": lambda a, b: a // b,
    "mod": lambda a, b: a % b,
}
NUMBERS = range(-4, 5)
INTERVALS = [IntType(low, high) for low in NUMBERS for high in NUMBERS if low <= high]


def numbers(type_: IntType) -> range:
    assert type_.low is not None and type_.high is not None
    return range(type_.low, type_.high + 1)


def test_numbers_in_small_intervals() -> None:
    """All pairs of intervals: no result outside; and none but `mod` is ever wider than needed."""
    for operator, operation in OPERATIONS.items():
        for a, b in product(INTERVALS, INTERVALS):
            results = {
                operation(x, y) for x in numbers(a) for y in numbers(b) if y != 0 or operator not in ("div", "mod")
            }
            if not results:
                continue
            found = bounds.arithmetic(operator, a, b)
            if operator == "mod":
                assert results <= set(numbers(found)), (a, b)
            else:
                assert (found.low, found.high) == (min(results), max(results)), (operator, a, b)


def test_operations_of_one_number() -> None:
    for a in INTERVALS:
        for found, results in (
            (bounds.negate(a), [-x for x in numbers(a)]),
            (bounds.absolute(a), [abs(x) for x in numbers(a)]),
        ):
            assert (found.low, found.high) == (min(results), max(results)), a


def test_extremes() -> None:
    for a, b in product(INTERVALS, INTERVALS):
        pairs = list(product(numbers(a), numbers(b)))
        for found, results in (
            (bounds.smaller(a, b), [min(pair) for pair in pairs]),
            (bounds.larger(a, b), [max(pair) for pair in pairs]),
        ):
            assert (found.low, found.high) == (min(results), max(results)), (a, b)


@given(st.integers(-9, 9), st.integers(0, 9), st.data())
def test_sums(low: int, width: int, data: st.DataObject) -> None:
    terms = data.draw(st.lists(st.integers(low, low + width), max_size=5))
    found = bounds.sum_of(IntType(low, low + width), 5)
    assert sum(terms) in numbers(found)


some_bound = st.one_of(st.none(), st.integers(-(10**6), 10**6))


@given(st.sampled_from(sorted(OPERATIONS)), some_bound, some_bound, some_bound, some_bound, st.data())
def test_intervals_without_ends(
    operator: str, al: int | None, ah: int | None, bl: int | None, bh: int | None, data: st.DataObject
) -> None:
    def ordered(low: int | None, high: int | None) -> tuple[int | None, int | None]:
        return (high, low) if low is not None and high is not None and low > high else (low, high)

    a, b = IntType(*ordered(al, ah)), IntType(*ordered(bl, bh))
    x, y = (data.draw(st.integers(t.low, t.high)) for t in (a, b))
    if y == 0 and operator in ("div", "mod"):
        return
    found = bounds.arithmetic(operator, a, b)
    result = OPERATIONS[operator](x, y)
    assert found.low is None or found.low <= result
    assert found.high is None or result <= found.high


@pytest.mark.parametrize(
    ("operator", "a", "b", "found"),
    [
        ("+", IntType(0, None), IntType(1, 2), IntType(1, None)),
        ("-", IntType(0, 3), IntType(0, None), IntType(None, 3)),
        ("*", IntType(0, None), IntType(-1, 2), IntType(None, None)),
        ("div", IntType(7, None), IntType(2, 2), IntType(3, None)),
        ("mod", IntType(None, None), IntType(1, 5), IntType(0, 4)),
        ("mod", IntType(0, 2), IntType(3, 5), IntType(0, 2)),
        ("-", IntType(3, 2), IntType(0, 1), IntType(-1, 0)),  # no such value: kernels go on with 0
    ],
    ids=str,
)
def test_examples(operator: str, a: IntType, b: IntType, found: IntType) -> None:
    assert bounds.arithmetic(operator, a, b) == found
