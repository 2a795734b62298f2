"""Why a predicate is false: the part that decides, the witnesses, the values."""

from __future__ import annotations

import pytest

from skipgate.checker.core.values import Value
from skipgate.checker.semantics.evaluate import Scope
from skipgate.checker.semantics.explain import Explanation, explain
from tests.checker.specs import model_of

DECLARATIONS = """
var x : 0..3 = 0
var y : 0..3 = 0
var log : seq[3] of 0..3 = []
def next_x = x + 1
"""


def why(condition: str, **values: Value) -> Explanation:
    (declared,) = model_of(f"{DECLARATIONS}\ninvariant I {condition}").properties
    return explain(declared.term, Scope({"x": 1, "y": 2, "log": (3, 0, 2), **values}))


def parts(found: Explanation) -> dict[str, Value]:
    return {part.text: part.value for part in found.parts}


@pytest.mark.parametrize(
    ("condition", "decisive", "values"),
    [
        ("x == y", "x == y", {"x": 1, "y": 2}),
        ("not x < y", "not x < y", {"x": 1, "y": 2}),
        ("x < y and y < x", "y < x", {"x": 1, "y": 2}),
        ("y < x and x < y", "y < x", {"x": 1, "y": 2}),
        ("x > y or x == 3", "x > y or x == 3", {"x": 1, "y": 2}),
        ("not (x == 3 or x < y)", "not (x == 3 or x < y)", {"x": 1, "y": 2}),
        # Of an implication both sides are told, and the conclusion is narrowed down.
        ("x == 1 => y == 3", "x == 1 => y == 3", {"x": 1, "y": 2}),
        ("x == 1 => y > 0 and y == 3", "y == 3", {"x": 1, "y": 2}),
        # Of an element, the element and the index; not the whole sequence.
        ("log[x] == 2", "log[x] == 2", {"log[x]": 3, "x": 1}),
        ("len(log) < x", "len(log) < x", {"len(log)": 3, "log": (3, 0, 2), "x": 1}),
        ("next_x == x", "next_x == x", {"next_x": 2, "x": 1}),
        ("y in {x}", "y in {x}", {"y": 2, "{x}": frozenset([1]), "x": 1}),
        ("let n = x + y: n < 3", "n < 3", {"n": 3}),
    ],
)
def test_what_decides(condition: str, decisive: str, values: dict[str, Value]) -> None:
    found = why(condition)
    assert found.span.flat == decisive
    assert parts(found) == values
    assert found.witnesses == ()


@pytest.mark.parametrize(
    ("condition", "witnesses", "decisive"),
    [
        ("forall i in 1..3: log[i] > 0", {"i": 2}, "log[i] > 0"),
        ("forall i in 1..3 where log[i] < 3: i > 2", {"i": 2}, "log[i] < 3: i > 2"),
        ("forall i, j in 1..3: i < j => log[i] < log[j]", {"i": 1, "j": 2}, "i < j => log[i] < log[j]"),
        ("not (exists i in 1..3: log[i] == 2)", {"i": 3}, "not (exists i in 1..3: log[i] == 2)"),
        ("exists i in 1..3: log[i] == 1", {}, "exists i in 1..3: log[i] == 1"),
    ],
)
def test_the_first_witness(condition: str, witnesses: dict[str, Value], decisive: str) -> None:
    found = why(condition)
    assert dict(found.witnesses) == witnesses
    assert found.span.flat == decisive
    assert not set(parts(found)) & set(witnesses)


def test_values_that_there_are_not_are_left_out() -> None:
    found = why("x == 2 or (len(log) > 0 and log[1] == y)", log=())
    assert parts(found) == {"x": 1, "len(log)": 0, "log": (), "y": 2}


def test_primed_values() -> None:
    model = model_of(f"{DECLARATIONS}\ntransition T x' >= x and next_x' == next_x")
    scope = Scope({"x": 1, "y": 0, "log": ()}, {"x": 2, "y": 0, "log": ()})
    found = explain(model.transitions[0].term, scope)
    assert found.span.flat == "next_x' == next_x"
    assert parts(found) == {"next_x'": 3, "x'": 2, "next_x": 2, "x": 1}
