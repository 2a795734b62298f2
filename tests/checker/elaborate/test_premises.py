"""What must be true somewhere for a property to say anything."""

from __future__ import annotations

import pytest

from skipgate.checker.semantics.evaluate import Scope, holds
from tests.checker.specs import model_of, search


def premises_of(condition: str) -> dict[str, list[int]]:
    """The premises of a property by their text, and for which x they are true."""
    (declared,) = model_of(f"var x : 0..3 = 0\ninvariant I {condition}").properties
    return {p.text: [x for x in range(4) if holds(p.term, Scope({"x": x}))] for p in declared.premises}


@pytest.mark.parametrize(
    ("condition", "premises"),
    [
        ("x < 4", {}),
        ("x > 1 => x > 0", {"x > 1": [2, 3]}),
        ("x > 1 => x < 3 => x == 2", {"x > 1": [2, 3], "x < 3": [2]}),
        ("(x > 1 => x > 0) and (x == 0 => x < 1)", {"x > 1": [2, 3], "x == 0": [0]}),
        ("forall n in 1..2: n == x => x > 0", {"n == x": [1, 2]}),
        ("forall n in 1..2 where n > 1: n == x => x > 0", {"n > 1": [0, 1, 2, 3], "n == x": [2]}),
        ("forall n, m in 1..3 where n < m: x < 4", {"n < m": [0, 1, 2, 3]}),
        ("forall n in {m for m in 1..3 where m > x}: n > x", {"n in {m for m in 1..3 where m > x}": [0, 1, 2]}),
        ("let n = x + 1: n == 4 => x == 3", {"n == 4": [3]}),
        # These do not assert an implication.
        ("not (x > 5 => x == 0)", {}),
        ("(x > 5 => x == 0) or x < 4", {}),
        ("exists n in 1..2: n > 5 => x == 0", {}),
    ],
)
def test_premises(condition: str, premises: dict[str, list[int]]) -> None:
    assert premises_of(condition) == premises


def test_covers_have_none() -> None:
    (declared,) = model_of("var x : 0..3 = 0\ncover C x > 5 => x == 0").properties
    assert declared.premises == ()


def test_a_premise_without_a_value_is_not_true() -> None:
    _, found = search("var x : 0..1 = 0\naction go then x' = x\ninvariant I 1 div x == 1 => x == 1")
    assert [w.of.name for w in found.unseen] == ["I"]


@pytest.mark.parametrize(
    ("domain", "known"),
    [
        ("int", True),
        (f"subsets({{{', '.join(map(str, range(30)))}}})", True),
        (f"1..{10**12}", True),
        ("{n for n in 1..3 where n > 3}", False),
        # What has no value is not known to have an element, and its error is met where it is evaluated.
        ("1..(1 div 0)", False),
        ("subsets({1 div 0})", False),
    ],
)
def test_domains_that_are_known_to_have_an_element(domain: str, known: bool) -> None:
    (declared,) = model_of(f"var x : 0..3 = 0\ninvariant I forall y in {domain}: x < 4 or y != y").properties
    assert (declared.premises == ()) is known
