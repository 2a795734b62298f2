"""What is worked out before a search is refused, with its place, if it takes too much."""

from __future__ import annotations

import pytest

from skipgate.checker.core.datatypes import IntType
from skipgate.checker.elaborate import elaborate as elaboration
from skipgate.checker.elaborate import intervals
from skipgate.checker.semantics import effort, evaluate
from skipgate.checker.semantics.effort import TooMuchWork, at_most, spend
from skipgate.spec.diagnostics import SpecError
from tests import effort as processor
from tests.checker.specs import model_of, refusal

REST = """
var x : 0..1 = 0
action flip then x' = 1 - x
check c expect holds
"""
STEPS = "more than 20,000 steps are needed to work out this"
LISTED = "more than 1048576 elements cannot be listed"

# What stands before the rest, what is said, and the text that the message points to.
TOO_MUCH = {
    "assumption": ("assume forall k in 0..1000000000: k >= 0", STEPS, "forall k in 0..1000000000: k >= 0"),
    "constant": ("const N : int = count k in 0..10000000000: true", STEPS, "count k in 0..10000000000: true"),
    "several names": (
        "const N : int = sum a in 0..9999, b in 0..9999: a * b",
        STEPS,
        "sum a in 0..9999, b in 0..9999: a * b",
    ),
    "nested sets": (
        "const N : int = len({{a, b} for a in 0..9999, b in 0..9999})",
        STEPS,
        "len({{a, b} for a in 0..9999, b in 0..9999})",
    ),
    "subsets": (
        "const N : int = count s in subsets(0..30): len(s) == 31",
        LISTED,
        "subsets(0..30)",
    ),
    "bound": ("var y : 0..(max k in 0..1000000000: k) = 0", STEPS, "max k in 0..1000000000: k"),
    "map": ("const M : map[0..2000000] of bool = map k in 0..2000000: true", STEPS, "map k in 0..2000000: true"),
    "sequence": ("const N : int = len([k for k in 0..2000000])", LISTED, "0..2000000"),
    "union": ("assume 5 in ((0..2000000) | (3..8))", LISTED, "0..2000000"),
    "values of a type": (
        "type T = set of 0..1000000000\nconst N : int = count t in T: true",
        LISTED,
        "T",
    ),
    "keys of values of a type": (
        "type T = map[0..1000000000] of 0..0\nconst N : int = count t in T: true",
        LISTED,
        "T",
    ),
    "choice of a type": ("assume exists s in set of 0..40: len(s) == 41", STEPS, None),
    "settings": ("const N : int = 1\nconst M : int = min k in 0..1000000000: k + N", STEPS, None),
    "a name of liveness": (
        "liveness L for k in {j for j in 0..1000000000 where j > 999999999}: eventually x == k",
        STEPS,
        "{j for j in 0..1000000000 where j > 999999999}",
    ),
    "powers of a power": (
        "const A : int = 4611686018427387904\nconst B : int = A * A * A * A\nconst C : int = B * B",
        "a number of more than 400 bits cannot be worked with",
        "B * B",
    ),
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_refused_with_its_place(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Enough to see that the limits hold wherever they should; to come to the real ones takes seconds.
    monkeypatch.setattr(elaboration, "BEFORE_SEARCH", 20_000)
    monkeypatch.setattr(evaluate, "_LARGEST_SET", 2**15)
    text, message, place = TOO_MUCH[case]
    with pytest.raises(SpecError) as problem, processor.at_most(20):
        model_of(text + REST)
    (diagnostic,) = problem.value.diagnostics
    assert message.replace(str(2**20), str(2**15)) in diagnostic.message
    assert diagnostic.span is not None
    assert place is None or diagnostic.span.text == place


def test_sequences_that_double() -> None:
    doubled = "".join(f"const S{i} : seq[{2**i}] of int = S{i - 1} + S{i - 1}\n" for i in range(1, 40))
    assert LISTED in (refusal("const S0 : seq[1] of int = [1]\n" + doubled + REST))


def test_types_that_double() -> None:
    doubled = "".join(f"record R{i} {{ a : R{i - 1}, b : R{i - 1} }}\n" for i in range(1, 40))
    problem = refusal("record R0 { a : bool }\n" + doubled + "var r : option of R39 = none" + REST)
    assert "`R10` has more than 2000 parts" in problem


def test_bounds_that_square() -> None:
    """The digits of a bound would double with each name."""
    names = ", ".join(f"b{i} = " + (f"b{i - 1} * b{i - 1}" if i else "x + 3") for i in range(60))
    model = model_of(f"var x : 0..1 = 0\naction a let {names} then x' = b59 mod 2\ncheck c expect holds\n")
    assert model.actions[0].updates[0].value.type == IntType(0, 1)


def test_a_bound_far_away_counts_as_none() -> None:
    far = IntType(-(2**399), 2**399)
    assert intervals.arithmetic("*", far, far) == IntType(None, None)
    positive = intervals.arithmetic("*", IntType(2**300, 2**399), IntType(2**300, 2**399))
    assert positive.high is None and positive.low is not None and positive.low <= 2**600
    negative = intervals.arithmetic("*", IntType(-(2**399), -(2**300)), IntType(2**300, 2**399))
    assert negative.low is None and negative.high is not None and negative.high >= -(2**600)


def test_what_is_usual_takes_little() -> None:
    """Quorums of seven nodes meet: every two of 128 sets."""
    text = """
    const N : set of 1..7 = 1..7
    assume forall p in subsets(N), q in subsets(N): len(p) < 4 or len(q) < 4 or len(p & q) > 0
    """
    with at_most(effort.BEFORE_SEARCH // 10):
        model_of(text + REST)


class TestSteps:
    def test_the_outermost_limit_holds(self) -> None:
        with at_most(3):
            with at_most(1):
                spend()
                spend()
            spend()
            with pytest.raises(TooMuchWork), at_most(100):
                spend()

    def test_large_values_count(self) -> None:
        with at_most(10):
            spend(32 * 8)
            with pytest.raises(TooMuchWork):
                spend(32)

    def test_elsewhere_there_is_no_limit(self) -> None:
        with at_most(1):
            spend()
        for _ in range(100):
            spend(10**6)
