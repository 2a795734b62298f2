"""`permutations` against those of Python, of every set of few elements, in every engine that can say."""

from __future__ import annotations

from itertools import chain, combinations, permutations

import pytest

from skipgate.checker.elaborate import permutations as elaborated
from skipgate.checker.semantics.evaluate import Scope, evaluate
from tests.checker.specs import model_of, search
from tests.planted import Mutant, applied

# Every set of numbers from 1 to 4 can be reached, and every order of it: 1 + 4 + 12 + 24 + 24 orders.
TEXT = """
var some_ : set of 1..4 = {}
var order : seq[4] of 1..4 = []

action add(k in (1..4) - some_)
  then some_' = some_ | {k}
       order'  = []

action arrange(o in permutations(some_))
  when len(order) < len(some_)
  then order' = o

invariant Is
  order == [] or order in permutations(some_)

terminal when len(some_) == 4 and len(order) == 4

check c
  expect holds
"""
SETS = list(chain.from_iterable(combinations(range(1, 5), size) for size in range(5)))


def examine() -> None:
    """The sequences of each set; and the states that are found, each a set with no order or with one of its own."""
    for elements in SETS:
        orders = ", ".join(f"[{', '.join(map(str, order))}]" for order in permutations(elements))
        exact = TEXT.replace("order == [] or order in permutations(some_)", f"permutations(some_) == {{{orders}}}")
        (claim,) = [p.term for p in model_of(exact).properties]
        assert evaluate(claim, Scope({"some_": frozenset(elements), "order": ()})) is True, elements
    arranged = sum(len(list(permutations(elements))) for elements in SETS if elements)
    for engine in ("python", "native"):
        _, found = search(TEXT, engine=engine)
        assert found.distinct == len(SETS) + arranged, engine
        assert not found.violations


def test_they_are_those_of_python() -> None:
    examine()


@pytest.mark.parametrize(
    "mutant",
    [
        Mutant(
            "an element comes twice",
            elaborated._bindings,
            "build.set_literal(tuple(chosen), span)",
            "build.set_literal((chosen[-1],), span)",
            print,
        ),
        Mutant(
            "a set that is smaller than others has none",
            elaborated._bindings,
            "build.if_(none, last, left, span)",
            "left",
            print,
        ),
        Mutant(
            "the empty set has none",
            elaborated.permutations,
            "frozenset({()})",
            "frozenset()",
            print,
        ),
        Mutant(
            "what fills the sequence stays there",
            elaborated._of_some,
            "build.slice_(build.seq_literal(chosen, span), _number(1, span), size, span)",
            "build.seq_literal(chosen, span)",
            print,
        ),
    ],
    ids=lambda mutant: mutant.what,
)  # fmt: skip
def test_a_fault_is_noticed(mutant: Mutant) -> None:
    with applied(mutant), pytest.raises(AssertionError):
        examine()
