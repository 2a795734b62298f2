"""Bags: every operation under kernels, in states of small types, compared with the evaluator."""

from __future__ import annotations

import pytest

from skipgate.checker.core.terms import Equal
from skipgate.checker.core.values import BagValue, Value
from skipgate.checker.kernel import recast, slots
from skipgate.checker.semantics.evaluate import Scope, evaluate
from tests.checker.kernel.test_slots import check
from tests.checker.specs import model_of, refusal
from tests.planted import Mutant, applied

pytestmark = pytest.mark.differential

SMALL = """
    enum Kind { vote, ack }
    record Msg { kind : Kind, term : 0..1 }
    var net : bag[3] of Msg = bag {}
    var two : bag[2] of Msg = bag {}
    var m   : Msg = Msg(vote, 0)
"""
EXPRESSIONS = [
    "net + {m}",
    "net + two",
    "net - two",
    "net - {m, Msg(ack, 1)}",
    "net | two",
    "net & two",
    "{m} + two",
    "two - net",
    "net == two",
    "net == bag {m, m}",
    "two subset net",
    "{m, Msg(ack, 1)} subset net",
    "net[m]",
    "two[Msg(ack, 0)] + net[m]",
    "m in net",
    "m not in net + two",
    "len(net - two)",
    "elems(net)",
    "elems(net) - {m}",
    "sum x in net: net[x]",
    "count x, y in net: x.kind == y.kind",
    "forall x in two: x.term == m.term",
    "exists x in two: 1 div x.term == 1",
    "bag {x for x in net where x.term == m.term}",
    "bag {x.term for x in net}",
    "bag {x.term for x in elems(net)}",
    "bag {m.term + k for k in 0..2}",
    "bag {x for x in [m, m, Msg(ack, 1)]}",
    "bag {1 div x.term for x in two}",
    "if m in net then net - {m} else two",
    "fold x in bag {y.term for y in net} from 1 as v: 2 * v + x",
    "fold x in {y.term for y in net} from 1 as v: 2 * v + x",
    "[two, bag {m}]",
    "some(two)",
    "len({two, bag {m, m}, bag {}})",
    "count b in bag[2] of Kind: b[m.kind] == 1",
    "count b in bag[3] of -2..2: m.term in b",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_operations(expression: str) -> None:
    check(SMALL, expression)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("bag {2, 1, 2} + {2}", ((1, 1), (2, 3))),
        ("bag {2, 1, 2} - {2}", ((1, 1), (2, 1))),
        ("bag {2, 1, 2} - {2, 3} - bag {2, 2}", ((1, 1),)),
        ("bag {2, 1, 2} | bag {1, 1, 3}", ((1, 2), (2, 2), (3, 1))),
        ("bag {2, 1, 2} & bag {1, 1, 2}", ((1, 1), (2, 1))),
        ("bag {k div 2 for k in 1..4}", ((0, 1), (1, 2), (2, 1))),
    ],
)
def test_by_hand(expression: str, value: tuple[tuple[Value, int], ...]) -> None:
    model = model_of(f"def e = {expression}\ntransition Claim e == e")
    term = model.transitions[0].term
    subject = term.left if isinstance(term, Equal) else None
    assert subject is None or evaluate(subject, Scope()) == BagValue(value)
    written = ", ".join(str(x) for x in BagValue(value).each())
    claim = model_of(f"invariant I {expression} == bag {{{written}}}").invariants[0].term
    assert evaluate(claim, Scope()) is True


def test_what_cannot_be_a_bag() -> None:
    assert "this can have 2000 elements; a bag, 1024 at most" in refusal(
        "invariant I bag {k for k in 1..2000} == bag {}"
    )
    assert "a bag cannot be made for 0 elements" in refusal("var s : bag[0] of bool = bag {}")


HELD = f"""{SMALL}
    def held(b : bag[3] of Msg) : bag[3] of Msg = b
    def few(s : set[2] of Msg) : set[2] of Msg = s
"""
KEPT = "elems(net) - {x for x in Msg where x == m}"


@pytest.mark.parametrize("expression", ["held(net + two)", "few(elems(net) | {m})"])
def test_one_too_many_has_no_value(expression: str) -> None:
    check(HELD, expression)


FAULTS = {
    "what is new comes into the first free slot": (slots.put, '("<", s, x)', '("==", s, "0")', "net + {m}"),
    "copies are lost": (slots.put, "if again:", "if False:", "net + {m}"),
    "an element is in a set twice": (slots.put, "if again:", "if True:", "elems(net)"),
    "one too many is taken": (recast._recast_slots, "slots[room]", "slots[room + 1]", "held(net + two)"),
    "what is taken leaves a gap": (slots.take, "choose(found,", "choose(equal(slot, old),", "net - two"),
    "what is not there is kept": (slots.keep, "not_(conditions[i])", "conditions[i]", KEPT),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_noticed(what: str) -> None:
    function, old, new, expression = FAULTS[what]
    with applied(Mutant(what, function, old, new, check)), pytest.raises(Exception):  # noqa: B017
        check(HELD, expression)
