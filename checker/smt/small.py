"""Small numbers in the behaviours that a solver finds.

Where variables are unbounded, a solver picks any number that will do, such as 7719 or -2^40. People want the smallest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import z3

from checker import model as m
from checker import terms as t
from checker.smt import logic
from checker.smt.logic import Bit
from checker.smt.solving import GaveUp
from checker.smt.unrolling import Unrolling
from checker.values import MapValue, RecordValue, Some, Value

_STEPS = (0, 4, 20, 100, 1000)  # how far beyond the numbers that the model mentions to look


@contextmanager
def small_numbers(unrolled: Unrolling, length: int) -> Iterator[None]:
    """Within, the behaviour found has small numbers in its first `length` states, if there is such a one.

    There must be a behaviour. Another one may have been found before: it is gone afterwards.

    Raises:
        NoAnswer: there was not enough time.
    """
    largest = max((abs(number) for number in _numbers(unrolled.system.model)), default=0)
    for beyond in _STEPS:
        unrolled.push()
        try:
            unrolled.add(_below(unrolled, length, largest + length + beyond))
            if _satisfiable(unrolled):
                yield
                return
        finally:
            unrolled.pop()
    if not unrolled.satisfiable():
        raise GaveUp("Z3 contradicts itself")
    yield


def _satisfiable(unrolled: Unrolling) -> bool:
    try:
        return unrolled.satisfiable()
    except GaveUp:
        return False


def _below(unrolled: Unrolling, length: int, bound: int) -> Bit:
    constants = [c for time in range(length) for c in (*unrolled.constants(time), *unrolled.choices(time))]
    return logic.all_of(logic.between(-bound, c, bound) for c in constants if isinstance(c, z3.ArithRef))


def _numbers(model: m.Model) -> Iterator[int]:
    """The numbers that a model mentions."""
    roots: list[t.Term] = [v.initial for v in model.variables] + [p.term for p in model.properties]
    for action in model.actions:
        roots += [binding.domain for binding in action.parameters]
        roots += [clause if isinstance(clause, t.Term) else clause.value for clause in action.clauses]
        roots += [update.value for update in action.updates]
    for root in roots:
        for term in t.walk(root):
            if isinstance(term, t.Const):
                yield from _numbers_in(term.value)


def _numbers_in(value: Value) -> Iterator[int]:
    match value:
        case bool():
            pass
        case int():
            yield value
        case Some(inner):
            yield from _numbers_in(inner)
        case RecordValue(_, fields):
            yield from (n for _, part in fields for n in _numbers_in(part))
        case MapValue(items):
            yield from (n for _, part in items for n in _numbers_in(part))
        case frozenset() | tuple():
            yield from (n for part in value for n in _numbers_in(part))
