"""Terms as kernel text, on examples worked out by hand and where it is likely to go wrong."""

from __future__ import annotations

import pytest

from skipgate.checker.core.values import Value
from skipgate.checker.elaborate.elaborate import elaborate
from skipgate.checker.kernel import domain_code
from skipgate.checker.kernel.layout import lay_out
from skipgate.checker.semantics.steps import initial_states
from tests.checker.language import FAILING, claim, true_expressions
from tests.checker.specs import kernels_of, model_of, refusal, subject
from tests.checker.test_differential import FAILED, Compiled, evaluated


@pytest.fixture(params=[64, 0], ids=["unrolled", "loops"])
def unroll(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to write a quantifier."""
    monkeypatch.setattr(domain_code, "_UNROLL", request.param)


@pytest.mark.usefixtures("unroll")
@pytest.mark.parametrize("expression", true_expressions())
def test_true(expression: str) -> None:
    spec = claim(expression)
    model = elaborate(spec, spec.checks[0])
    state = next(initial_states(model))
    assert Compiled(lay_out(model), model.invariants[0].term)(state, {**state}) == [0, 1]


@pytest.mark.usefixtures("unroll")
@pytest.mark.parametrize("expression", FAILING)
def test_without_a_value(expression: str) -> None:
    spec = claim(expression)
    model = elaborate(spec, spec.checks[0])
    state = next(initial_states(model))
    assert Compiled(lay_out(model), model.invariants[0].term)(state, {**state}) == FAILED


def check_in(states: list[dict[str, Value]], declarations: str, expression: str) -> None:
    """The kernel computes what the evaluator does, in each of the states."""
    model = model_of(f"{declarations}\ndef e = {expression}\ntransition Claim e == e")
    layout, term = lay_out(model), subject(model.transitions[0].term)
    kernel = Compiled(layout, term)
    for state in states:
        assert kernel(state, state) == evaluated(term, state, state), (state, kernel.text)


NUMBERS = [{"x": x} for x in range(4)]


@pytest.mark.parametrize(
    "expression",
    [
        # What is evaluated ahead of its use must be harmless where it is not used.
        "let d = 10 div x: if x == 0 then 7 else d",
        "let m = (map k in 1..3: k * k)[x]: x == 0 or m > 1",
        "let s = {[10, 11][x]}: x > 0 and x < 3 and 10 in s",
        # Elements outside the universe of a set, and sets of different universes.
        "{x - 2, x + 60, x * 40}",
        "{x - 2} | {x + 62} == {x + 62} | {x - 2}",
        "({x, x + 64, 127} & {1, 65}) - {65}",
        "{0, 62, 63} subset (0..(x + 61))",
        "x in (-5..-1) or x - 5 in (-5..-1)",
        "(x - 1)..(x * 40)",
        "{y * 30 for y in x..4}",
        "(sum y in {x, 63 + x, 126 + x}: y)",
        # Records, options and sequences as elements.
        "{some(x), none}",
        "{[x], [], [x, 1]}",
        "[x, 0] in {[x], [x, 0]}",
        "{{x}, {}, {x, 3}}",
        "(map k in option of 0..3: k == some(x))[if x < 2 then none else some(x)]",
        # Sequences: positions, and parts that are absent.
        "[1, 2][x]",
        "([x] + [5, 6])[x]",
        "[7, 8, 9][x..2]",
        "[7, 8, 9][1..x] + [x]",
        "{[7, 8, 9] with [x] = 0}",
        "[y for y in x..2] + [y for y in [5, x] where y > x]",
        "elems([y div x for y in 1..3 where x != 0])",
        # The smallest and largest of options and tuples.
        "min(some(x), none)",
        "(max a in 0..x, b in 0..2 where a != b: a * 10 + b)",
        "(min y in 1..3 where y > x: y)",
        # An error decides, or what comes before it does.
        "exists y in 0..3: y == x or 1 div (y - 1) > 5",
        "forall y in {1, x}: y div x == 1",
        "(count y in 0..3: 6 div (y - x) > 0)",
        "x < 2 and [1, 2][x + 1] == 2 or [true, false][x]",
        # Bounds that are not known.
        "abs(x - 2) * -3 mod (x - 5)",
        "-7 div (x - 2)",
    ],
)
@pytest.mark.usefixtures("unroll")
def test_where_it_is_likely_to_go_wrong(expression: str) -> None:
    check_in(NUMBERS, "var x : 0..3 = 0", expression)


LONG = "[k + 4 for k in 1..9 where k > x]"
LONG_SEQUENCES = [
    f"{LONG}[x..7]",
    f"{LONG}[x + 1..len({LONG})]",
    "[k + 4 for k in 1..9 where k < x + 7][3 * x..x + 6]",
    f"{LONG}[1..x] + {LONG}[x + 2..len({LONG})]",
    f"{LONG} + [k - 5 for k in 1..9 where k > 2 * x]",
    "[some(k) for k in 0..6 where k < x] + [none, some(x), none] + [some(k) for k in 0..5 where k != x]",
]


@pytest.mark.parametrize("expression", LONG_SEQUENCES)
def test_long_sequences(expression: str) -> None:
    """They are cut and joined by the bits of a distance."""
    check_in(NUMBERS, "var x : 0..3 = 0", expression)


@pytest.mark.usefixtures("unroll")
def test_missing_elements_of_a_type_without_zero() -> None:
    states: list[dict[str, Value]] = [{"s": s} for s in ((), (5,), (7, 6))]
    declarations = "var s : seq[2] of 5..7 = []"
    for expression in (
        "{s[1]}",
        "{last(s)}",
        "s[2] in {6}",
        "(map k in 5..7: k)[first(s)]",
        "{[y, 5] for y in {s[2]}}",
    ):
        check_in(states, declarations, expression)


@pytest.mark.usefixtures("unroll")
def test_a_quotient_that_does_not_exist_is_still_of_its_type() -> None:
    """As the rank of an element, a number outside of the type would shift a bit by less than nothing."""
    states: list[dict[str, Value]] = [{"x": x, "z": 0} for x in range(-3, 1)]
    declarations = "type Zero = 0..0\nvar x : -3..0 = 0\nvar z : Zero = 0"
    for expression in ("{x div x}", "{-3 div x}", "{(x - 5) div x}", "{x div z}", "{(x - 5) div z}", "{x mod x}"):
        check_in(states, declarations, expression)


@pytest.mark.parametrize(
    "expression", ["(E - y)", "(y - E)", "(E + y)", "(E * y)", "(E div y)", "(x - E - y)", "max(E, y)"]
)
@pytest.mark.parametrize("use", ["{E, y}", "len({E, y}) > 0", "{E, y} & {y}", "{some(E), some(y)}", "elems([E, y])"])
def test_what_is_computed_from_a_value_of_a_type_without_values(expression: str, use: str) -> None:
    empty = "(min q in 18..x: q)"
    states: list[dict[str, Value]] = [{"x": x, "y": y} for x in range(3) for y in range(5, 8)]
    check_in(states, "var x : 0..2 = 0\nvar y : 5..7 = 5", use.replace("E", expression.replace("E", empty)))


def test_values_of_a_type_without_values() -> None:
    """An element of a type that turned out to be empty is never there, whatever is done with it."""
    declarations = (
        "const N : nat = 0\ntype T = 1..N\nvar o : option of T = none\nvar q : seq[2] of T = []\nvar x : 0..3 = 0"
    )
    states: list[dict[str, Value]] = [
        {"o": value, "q": (), "x": x} for x in range(2) for value in [next(initial_states(model_of(declarations)))["o"]]
    ]
    for expression in (
        "if x == 1 then get(o) else 7",
        "{if x == 1 then get(o) else 7}",
        "{get(o)}",
        "{q[1], 3}",
        "[get(o)] + q",
        "(map t in T: true)[x]",
        "(min t in T: t)",
        "forall t in T: t > x",
        "{x} | {t for t in T}",
        "match o case none: x case some(t): t",
    ):
        check_in(states, declarations, expression)


def test_subsets_too_many_to_write_out() -> None:
    check_in(NUMBERS, "var x : 0..3 = 0", "(count s, u in subsets(0..(x + 2)): s subset u)")


@pytest.mark.parametrize(
    ("invariant", "message"),
    [
        ("x * x * 4000000000 * 4000000000 > 0", "it does not fit a machine word"),
        ("exists n in nat: n > x", "ranges over an unbounded set"),
        ("forall q in seq[9] of Big: q == [] or x > 0", "no search comes to their end"),
        ("forall s in subsets(0..x + 61): len(s) > x", "subsets of a set of 65 possible elements; at most 63"),
        ("subsets(x..(x + 20)) == {}", "possible elements; at most 4096"),
        (
            "(map k in 0..3999: (map l in 0..19: k + l)[x])[x] == x",
            "has to be written out 80000 times",
        ),
        ("[n for n in 0..x * 999 where n > x] == [1]", "this takes too much code"),
        ("(if x > 0 then {{x + 9}} else {{x}}) == {}", "8192 possible elements; at most 4096"),
    ],
)
def test_what_is_too_large(invariant: str, message: str) -> None:
    declarations = """
        record Big { f : 0..16, g : 0..16, h : 0..16 }
        var x : 0..3 = 0
        """
    assert message in refusal(f"{declarations}\ninvariant I {invariant}")


def test_a_quantifier_is_unrolled_or_a_loop() -> None:
    few = kernels_of("var x : 0..3 = 0\ninvariant I exists n in 0..9: n == x + 1").text
    many = kernels_of("var x : 0..3 = 0\ninvariant I exists n in 0..99: n == x + 1").text
    assert "while" not in few
    assert "while" in many
