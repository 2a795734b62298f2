"""Small numbers in the behaviours that a solver finds.

Where variables are unbounded, a solver picks any number that will do, such as 7719 or -2^40. People want the smallest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import z3

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core import values as v
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.solving import GaveUp
from skipgate.checker.smt.encoding.unrolling import Unrolling

_STEPS = (0, 4, 20, 100, 1000)  # how far beyond a number that the model mentions to look


@contextmanager
def small_numbers(unrolled: Unrolling, length: int) -> Iterator[None]:
    """Within, the behaviour found begins and is made with small numbers, if there is such a one of `length` states.

    There must be a behaviour. Another one may have been found before: it is gone afterwards.

    Raises:
        NoAnswer: there was not enough time.
    """
    mentioned = {abs(number) for number in _numbers(unrolled.system.model)} | {0}
    bounds = sorted({number + length + beyond for number in mentioned for beyond in _STEPS})
    low, high = 0, len(bounds)  # all below `low` are too small, `high` is not, or there is none
    while low < high:
        middle = (low + high) // 2
        with _within(unrolled, length, bounds[middle]):
            low, high = (low, middle) if _satisfiable(unrolled) else (middle + 1, high)
    with _within(unrolled, length, bounds[low] if low < len(bounds) else None):
        if not unrolled.satisfiable():
            raise GaveUp("Z3 contradicts itself")
        yield


@contextmanager
def _within(unrolled: Unrolling, length: int, bound: int | None) -> Iterator[None]:
    """Only behaviours whose first state and parameters have no larger numbers; the other states follow from those."""
    unrolled.push()
    try:
        if bound is not None:
            chosen = [*unrolled.constants(0), *(c for time in range(length) for c in unrolled.choices(time))]
            unrolled.add(*(logic.between(-bound, c, bound) for c in chosen if isinstance(c, z3.ArithRef)))
        yield
    finally:
        unrolled.pop()


def _satisfiable(unrolled: Unrolling) -> bool:
    try:
        return unrolled.satisfiable()
    except GaveUp:
        return False


def _numbers(model: m.Model) -> Iterator[int]:
    """The numbers that a model mentions."""
    roots: list[t.Term] = [variable.initial for variable in model.variables] + [p.term for p in model.properties]
    roots += [condition.term for condition in model.initially]
    for action in model.actions:
        roots += [binding.domain for binding in action.parameters]
        roots += [clause if isinstance(clause, t.Term) else clause.value for clause in action.clauses]
        roots += [update.value for update in action.updates]
    for root in roots:
        for term in t.walk(root):
            if isinstance(term, t.Const):
                yield from (part for part in v.walk(term.value) if isinstance(part, int))
