"""Folds against a loop in Python, in every state, and by every engine."""

from __future__ import annotations

from functools import reduce
from itertools import product
from typing import Any

import pytest

from skipgate.checker.elaborate import folds
from skipgate.checker.semantics.evaluate import Scope, evaluate
from tests.checker.specs import model_of, search
from tests.planted import Mutant, applied

# Every sequence of up to 3 numbers from 0 to 2 can be reached.
TEXT = """
var log : seq[3] of 0..2 = []
var out : 0..400 = 0

action add(new in 0..2)
  when len(log) < 3
  then log' = log + [new]
       out' = {fold}

terminal when len(log) == 3

def value = {fold}
invariant Is value >= 0

check c
  expect holds
"""

FOLDS: dict[str, Any] = {
    "fold k in log from 0 as v: 3 * v + k": lambda log: reduce(lambda v, k: 3 * v + k, log, 0),
    "fold k in log where k != 1 from 1 as v: 2 * v + k": lambda log: reduce(
        lambda v, k: 2 * v + k, (k for k in log if k != 1), 1
    ),
    "fold k in 0..len(log) from 5 as v: v + k * len(log)": lambda log: 5 + len(log) * sum(range(len(log) + 1)),
    "fold k in elems(log) from 0 as v: 3 * v + k": lambda log: reduce(lambda v, k: 3 * v + k, sorted({*log}), 0),
    "fold k in log from 0 as v: v + (fold j in log from k as w: min(w + j, 9))": lambda log: sum(
        reduce(lambda w, j: min(w + j, 9), log, k) for k in log
    ),
}  # fmt: skip


def examine(number: int) -> None:
    """The value in each state, by the naive semantics; and the states that are found if the value is stored in them."""
    text, loop = list(FOLDS.items())[number]
    logs = [log for length in range(4) for log in product(range(3), repeat=length)]
    exact = TEXT.replace("{fold}", text)
    for log in logs:
        wanted = exact.replace("value >= 0", f"(log == [{', '.join(map(str, log))}] => value == {loop(log)})")
        (claim,) = [p.term for p in model_of(wanted).properties]
        assert evaluate(claim, Scope({"log": log, "out": 0})) is True, (text, log)
    stored = {((), 0)} | {((*log, k), loop(log)) for log in logs if len(log) < 3 for k in range(3)}
    for engine in ("python", "native"):
        _, found = search(exact, engine=engine)
        assert found.distinct == len(stored), (text, engine)


@pytest.mark.parametrize("number", range(len(FOLDS)), ids=list(FOLDS))
def test_it_is_what_a_loop_gives(number: int) -> None:
    examine(number)


MUTANTS = [
    Mutant("the last element is left out", folds._elements, "capacity + 1)", "capacity)", examine),
    Mutant("conditions are dropped", folds.fold, "if condition is not None:", "if False:", examine),
    Mutant("elements that are not there count", folds.fold, "build.if_(there, wrapped(inner, after), held, node.span)",
           "wrapped(inner, after)", examine),
    Mutant("the order is turned round", folds._elements, "in values_of(element):",
           "in reversed(list(values_of(element))):", examine),
]  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_planted_fault_is_noticed(mutant: Mutant) -> None:
    with applied(mutant):
        for number in range(len(FOLDS)):
            try:
                mutant.check(number)
            except Exception:
                return
    pytest.fail("no fold shows it")
