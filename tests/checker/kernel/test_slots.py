"""Sets with a capacity: every operation under kernels, in states of small types, compared with the evaluator."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from skipgate.checker.core.datatypes import SetType, values
from skipgate.checker.kernel.layout import lay_out
from skipgate.checker.semantics.evaluate import Scope, ordered
from tests.checker.specs import model_of, refusal, subject
from tests.checker.test_differential import Compiled, evaluated
from tests.effort import amount

pytestmark = pytest.mark.differential

SMALL = """
    enum Kind { vote, ack }
    record Msg { kind : Kind, term : -1..1 }
    var net : set[3] of Msg = {}
    var one : set[1] of Msg = {}
    var m   : Msg = Msg(vote, 0)
"""
# An element takes two numbers.
WIDE = """
    record Wide { low : 0..1_000_000_000_000, high : 0..1_000_000_000_000, b : bool }
    var n : 0..2 = 0
    def w(k : 0..9) : Wide = Wide(k mod 2, 9 - k, k > 1)
"""
# There are too many elements for a set without a capacity.
LARGE = """
    record Big { x : 0..99, y : 0..99, z : 0..9 }
    var n   : 0..4 = 0
    var big : set[3] of Big in {{Big(x, y, x + y) for x in 0..2 where x != y} for y in 0..4}
    def b(k : 0..9) : Big = Big(k, 1, k)
"""


def check(declarations: str, expression: str, capacity: int | None = None) -> None:
    """The kernel computes what the evaluator does, in many states (for `big`, in the initial ones).

    In each run these are some hundred, with `make slow` all.
    """
    model = model_of(f"{declarations}\ndef e = {expression}\ntransition Claim e == e")
    layout, term = lay_out(model), subject(model.transitions[0].term)
    if capacity is not None:
        assert isinstance(term.type, SetType) and term.type.capacity == capacity
    kernel = Compiled(layout, term)
    names = [variable.name for variable in model.variables]
    domains = [
        list(ordered(variable.initial, Scope())) if variable.choice else list(values(variable.type))
        for variable in model.variables
    ]
    rows = list(product(*domains))
    for row in Random(0).sample(rows, min(len(rows), amount(300, len(rows)))):
        state = dict(zip(names, row, strict=True))
        assert kernel(state, state) == evaluated(term, state, state), (state, kernel.text)


@pytest.mark.parametrize(
    ("expression", "capacity"),
    [
        ("net | {m}", 4),
        ("{m} | net | one", 5),
        ("net - {m}", 3),
        ("net - one", 3),
        ("net & one", 3),
        ("{m, Msg(ack, 1)} & net", 2),
        ("net - {k for k in Msg where k.term > 0}", 3),
        ("{k for k in Msg where k.term > 0} & net", 3),
        ("{k for k in Msg where k.term > 0} - net", None),
        ("net | {k for k in Msg where k.term > 0}", None),
        ("{k.term for k in net}", None),
        ("if m in net then one else net", 3),
        ("if m in net then {} else one", 1),
        ("let s = (if m in net then one else net): s | {m}", 4),
        ("m in net", None),
        ("m not in net | one", None),
        ("net == one", None),
        ("net == {}", None),
        ("net == {m, Msg(ack, 1)}", None),
        ("one == {k for k in Msg where k == m}", None),
        ("one subset net", None),
        ("net subset {k for k in Msg where k.term < 1}", None),
        ("{k for k in Msg where k.term < 1} subset net", None),
        ("len(net)", None),
        ("len(net | one)", None),
        ("forall k in net: k.term >= m.term", None),
        ("exists k in net, l in one: k.term == l.term", None),
        ("exists k in net: 1 div k.term == 1", None),  # the order of the elements shows
        ("forall k in net: 1 div (k.term + 1) == 0 or k.kind == ack", None),
        ("count k in net where k != m: k.kind == m.kind", None),
        ("sum k in net: k.term", None),
        ("min k in net: k.term", None),
        ("count s in subsets(net): m in s", None),
        ("one in subsets(net)", None),
        ("some(net)", None),
        ("[one, {m}]", None),
        ("len({one, {m}, {}})", None),
        ("exists s in set[1] of Msg: s == one", None),
        ("count s in set[3] of -4..4: m.term in s and 3 not in s", None),
        ("len({net, one, {m}})", None),
        ("{net, {m}} == {one, net}", None),
        ("(map s in set[1] of Kind: len(s))[{k.kind for k in one}]", None),
    ],
)
def test_operations(expression: str, capacity: int | None) -> None:
    check(SMALL, expression, capacity)


@pytest.mark.parametrize(
    "expression",
    [
        "{w(n), w(n + 2), w(1)}",
        "{w(n), w(n + 2)} | {w(3), w(2)}",
        "{w(1), w(2), w(3)} - {w(n)}",
        "{w(1), w(2), w(3)} & {w(n), w(n + 1)}",
        "w(n) in {w(1), w(3)}",
        "{w(n)} subset {w(1), w(3)}",
        "{w(n), w(1)} == {w(1), w(2)}",
        "sum x in {w(n), w(1), w(n + 4)}: x.high",
    ],
)
def test_elements_of_two_numbers(expression: str) -> None:
    check(WIDE, expression)


@pytest.mark.parametrize(
    ("expression", "capacity"),
    [
        ("big | {b(n)}", 4),
        ("{x for x in big where x.x > n}", 3),
        ("{Big(x.y, x.x, 0) for x in big}", 3),
        ("{Big(x.x, y.x, n) for x, y in big}", 9),
        ("elems([b(n), b(1)])", None),
        ("big - {x for x in big where x.y == n} | {b(n + 1), b(n)}", 5),
        ("{x.x for x in big}", None),
    ],
)
def test_elements_that_are_too_many_to_be_listed(expression: str, capacity: int | None) -> None:
    check(LARGE, expression, capacity)


def test_what_is_too_large() -> None:
    assert "100000 possible elements; at most 4096" in refusal(f"{LARGE}\ninvariant I Big == big")
    assert "a set cannot be made for 0 elements" in refusal("var s : set[0] of bool = {}")
    assert "a set cannot be made for 2000 elements" in refusal("var s : set[2000] of bool = {}")
