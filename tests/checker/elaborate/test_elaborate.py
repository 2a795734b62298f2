"""From a checked specification to the model: constants, types with bounds, unfolding, folding."""

from __future__ import annotations

import pytest

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BOOL, IntType, MapType, OptionType, SeqType, SetType, Type
from skipgate.checker.core.printer import show_term
from skipgate.checker.core.values import Value, show
from skipgate.checker.elaborate import expressions
from skipgate.checker.elaborate.elaborate import elaborate
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate
from skipgate.checker.semantics.steps import Transition, initial_states, transitions
from skipgate.spec.diagnostics import SpecError
from tests.checker.specs import model_of, refusal, specification, term_of

X = "var x : 0..3 = 0\n"


class TestConstants:
    TEXT = """
    const N : nat = 2
    const M : nat = N + 1
    const ON : bool = false
    var x : 0..M = N
    check a expect holds
    check b with N = 5, ON = N > 1 expect holds
    """

    def constants(self, check: int) -> dict[str, Value]:
        return {variable.name: value for variable, value in model_of(self.TEXT, check).constants}

    def test_defaults_and_settings(self) -> None:
        assert self.constants(0) == {"N": 2, "M": 3, "ON": False}
        assert self.constants(1) == {"N": 5, "M": 6, "ON": True}

    def test_types_depend_on_them(self) -> None:
        assert [model_of(self.TEXT, i).variables[0].type for i in range(2)] == [IntType(0, 3), IntType(0, 6)]

    @pytest.mark.parametrize(
        ("declarations", "message"),
        [
            ("const N : 0..3 = 4", "`N` is 4 here, which is not in 0..3"),
            ("const N : nat = 0 - 1", "`N` is -1 here, which is not in nat"),
            ("const N : nat = 1 div 0", "division by zero"),
            ("const N : nat = 3\nassume N > 3", "this assumption is false in check `c`"),
            ('const N : nat = 3\nassume N > 3 "enough"', "this assumption is false in check `c`: enough"),
            ("assume 1 div 0 == 1", "division by zero"),
            ("assume forall n in nat: n >= 0", "cannot be gone through"),
            ("const N : nat = 0\nvar x : 1..N = 1", "`x` has no possible value: 1..0 is empty"),
            ("var x : seq[0 - 1] of bool = []", "a sequence cannot hold -1 elements"),
            ("sort S[0]\nvar x : set of S = {}", "a sort has 1 to 63 values, not 0"),
            ("var x : 0..99999999999999999999 = 0", "does not fit a machine word"),
            ("var m : map[nat] of bool = map k in nat: true", "the keys of a map must be bounded"),
            ("var x : 0..1 = y\nvar y : 0..1 = 0", "the initial value of `x` depends on `y`, which is declared later"),
            (X + "var m : map[0..2] of bool = map k in 0..x: true", "the keys of a map are the same in every state"),
            (X + "var m : map[0..3] of bool = map k in 0..2: true", "have no common type"),
            (X + "invariant I (map k in 0..3: true) == (map k in 0..2: true)", "have no common type"),
        ],
    )
    def test_what_is_wrong(self, declarations: str, message: str) -> None:
        assert message in refusal(declarations)

    def test_independent_errors_are_reported_together(self) -> None:
        with pytest.raises(SpecError) as caught:
            model_of("const A : 0..1 = 2\nconst B : 0..1 = 3\nassume false")
        assert len(caught.value.diagnostics) == 3

    def test_vast_sets_in_assumptions(self) -> None:
        model_of("type Nat = nat\nassume 5 in 0..1000000000000\nassume 5 in Nat\nassume {1} in subsets(0..60)")


@pytest.mark.parametrize(
    ("expression", "type_"),
    [
        ("x + 1", IntType(1, 4)),
        ("x * -2", IntType(-6, 0)),
        ("x - x", IntType(-3, 3)),
        ("min(x, 1)", IntType(0, 1)),
        ("abs(x - 2)", IntType(0, 2)),
        ("x mod 2", IntType(0, 1)),
        ("x div 2", IntType(0, 1)),
        ("if x == 0 then 7 else x", IntType(0, 7)),
        ("some(x)", OptionType(IntType(0, 3))),
        ("[x, 9]", SeqType(2, IntType(0, 9))),
        ("[x] + [9]", SeqType(2, IntType(0, 9))),
        ("{x, 9}", SetType(IntType(0, 9))),
        ("x..9", SetType(IntType(0, 9))),
        ("len(x..9)", IntType(0, 10)),
        ("(count n in 0..4: n > x)", IntType(0, 5)),
        ("(sum n in 0..4: n - x)", IntType(-15, 20)),
        ("map b in bool: x", MapType(BOOL, IntType(0, 3))),
        ("get(if x == 0 then none else some(x))", IntType(0, 3)),
        ("at_most(x + 7)", IntType(7, 10)),
        ("natural(x - 1)", IntType(0, 2)),
    ],
)
def test_bounds(expression: str, type_: Type) -> None:
    declarations = X + "def at_most(n : int) = n\ndef natural(n : nat) = n"
    assert term_of(expression, declarations).type == type_


@pytest.mark.parametrize(
    ("expression", "folded"),
    [
        ("x + (2 * 3 - 1)", "x + 5"),
        ("x + N", "x + 2"),
        ("if N > 1 then x else 1 div 0", "x"),
        ("x + (match red case red: 1 case green: 2)", "x + 1"),
        ("x + Pair(1, 2).f", "x + 1"),
        ("x + len([1, 2])", "x + 2"),
        ("x + (let n = 3: n)", "x + 3"),
        ("x + f(2)", "x + 3"),
    ],
)
def test_what_is_constant_is_folded(expression: str, folded: str) -> None:
    declarations = (
        "const N : nat = 2\nenum C { red, green }\nrecord Pair { f : 0..9, g : 0..9 }\ndef f(n : nat) = n + 1\n"
    )
    assert show_term(term_of(expression, X + declarations)) == show_term(term_of(folded, X))


@pytest.mark.parametrize(
    "expression",
    [
        # Each would be decided without the part that has no value.
        "false and 1 div x == 1 or 1 div x == 1",
        "forall n in {1 div x}: true",
        "not (exists n in {1 div x}: false)",
        "forall n in (1 div x)..0: n > 9",
        "x in (if 1 div x == 1 then {} else {})",
        "(let n = 1 div x: [n]) != []",
        "Pair(1, 1 div x).f == 1",
        "(match some(1 div x) case _: true)",
        "ignored(1) and first([x, 1 div x]) == x",
        "{Pair(1, 2) with g = 1 div x}.f == 1",
        "len([1 div x]) == 1",
        "(if 1 div x == 1 then true else true)",
    ],
)
def test_folding_hides_no_error(expression: str) -> None:
    term = term_of(expression, X + "record Pair { f : 0..9, g : 0..9 }\ndef ignored(n : nat) = true\n")
    with pytest.raises(EvaluationError, match="division by zero"):
        evaluate(term, Scope({"x": 0}))


class TestDefinitions:
    def test_a_prime_reaches_every_variable_of_a_definition(self) -> None:
        declarations = X + "var y : 0..3 = 0\ndef both(n : int) = x + y + n\ndef all = both(x)\n"
        term = term_of("all' * 10 + both'(x)", declarations)
        now, after = {"x": 1, "y": 2}, {"x": 0, "y": 3}
        assert evaluate(term, Scope(now, after)) == (0 + 3 + 0) * 10 + (0 + 3 + 1)

    def test_arguments_are_by_name(self) -> None:
        declarations = X + "def either(a : int, b : int) = if x == 0 then a else b\n"
        term = term_of("either(7, 6 div x)", declarations)
        assert [evaluate(term, Scope({"x": x})) for x in (0, 2)] == [7, 3]

    def test_an_argument_used_twice_is_one_term(self) -> None:
        declarations = X + "def twice(n : int) = n + n\n"
        expression = "x + 1"
        for _ in range(14):
            expression = f"twice({expression})"
        assert len(list(t.walk(term_of(expression, declarations)))) < 200

    def test_unfolding_has_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(expressions, "_LARGEST_MODEL", 3_000)
        chain = "\n".join(f"def d{i} = d{i - 1} + d{i - 1}" for i in range(1, 30))
        assert "more than 3000 parts" in refusal(f"{X}def d0 = x\n{chain}\ninvariant I d29 >= 0")


class TestUpdates:
    DECLARATIONS = """
    record Inner { f : 0..3, g : 0..3 }
    record Outer { a : Inner, b : seq[2] of 0..3 }
    var r : Outer = Outer(Inner(1, 2), [3])
    var m : map[bool] of 0..3 = map b in bool: 0
    """

    @pytest.mark.parametrize(
        ("then", "r", "m"),
        [
            ("r'.a.f = 3", "Outer(a = Inner(f = 3, g = 2), b = [3])", "[false -> 0, true -> 0]"),
            ("r'.a.f = r.a.g  r'.a.g = r.a.f", "Outer(a = Inner(f = 2, g = 1), b = [3])", "[false -> 0, true -> 0]"),
            ("r'.b[1] = 0  r'.a = Inner(0, 0)", "Outer(a = Inner(f = 0, g = 0), b = [0])", "[false -> 0, true -> 0]"),
            ("m'[true] = r.a.g", "Outer(a = Inner(f = 1, g = 2), b = [3])", "[false -> 0, true -> 2]"),
        ],
    )
    def test_parts(self, then: str, r: str, m: str) -> None:
        model = model_of(f"{self.DECLARATIONS}\naction go then {then}")
        (step,) = transitions(model, next(initial_states(model)))
        assert isinstance(step, Transition)
        assert {name: show(value) for name, value in step.state.items()} == {"r": r, "m": m}

    def test_many_changes_stay_small(self) -> None:
        changes = ", ".join(f"a.{f} = {i % 4}" for i, f in enumerate("fg" * 20))
        assert len(list(t.walk(term_of(f"{{r with {changes}}}", self.DECLARATIONS)))) < 1000

    def test_an_update_is_held_to_the_type(self) -> None:
        (action,) = model_of(X + "action go then x' = x + 1").actions
        with pytest.raises(EvaluationError, match=r"`x` would be 4, which is not in 0..3"):
            evaluate(action.updates[0].value, Scope({"x": 3}))


def test_each_check_has_a_model_of_its_own() -> None:
    spec = specification(TestConstants.TEXT)
    assert [elaborate(spec, check).check.name.text for check in spec.checks] == ["a", "b"]
