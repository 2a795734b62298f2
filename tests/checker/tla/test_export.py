"""The exported text: beside each model in `golden/` lies its module, read and judged by hand, and by TLC.

After a change: `skipgate export tla golden/lock.gate --out golden`, and read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.checker.checks.preparation import bounded
from skipgate.checker.tla.exported import Exported
from skipgate.checker.tla.module import export
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.passes import read
from tests.checker.specs import specification

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.gate"))


def exported(text: str, *, every_test: bool = False) -> Exported:
    spec = specification(text)
    return export(spec, bounded(spec, spec.checks[0]), every_test=every_test)


def lines_of(text: str, *, every_test: bool = False) -> list[str]:
    return exported(text, every_test=every_test).text.splitlines()


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    spec = read(path)
    made = export(spec, bounded(spec, spec.checks[0]))
    beside = path.with_name(made.name)
    assert made.text == beside.with_suffix(".tla").read_text(encoding="utf-8")
    assert made.configuration() == beside.with_suffix(".cfg").read_text(encoding="utf-8")
    for name, text in made.modules.items():
        assert text == path.with_name(f"{name}.tla").read_text(encoding="utf-8")


# -------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        (
            "var x : 0..3 = 0\ninvariant I u64(x - 1) != 5",
            "TLC cannot express `u64`: its numbers have 32 bits",
            (2, 13),
        ),
        ("var x : 0..3 = 0\ninvariant I x != 3_000_000_000", "TLC cannot express 3000000000", (2, 18)),
        ("const A : int = 2_000_000_000 * 2\nvar x : 0..3 = 0", "TLC cannot express 4000000000", (1, 7)),
        ("const A : nat = 1", "TLC cannot explore a model without variables", (1, 1)),
    ],
)
def test_what_tlc_cannot_express_names_itself_and_its_place(text: str, message: str, place: tuple[int, int]) -> None:
    with pytest.raises(SpecError) as raised:
        exported(f"{text}\naction stay\ncheck c expect holds")
    (problem,) = raised.value.diagnostics
    assert problem.message.startswith(message)
    assert problem.span is not None
    assert (problem.span.line, problem.span.column) == place


def test_a_parameter_over_all_numbers_ranges_over_those_that_its_conditions_allow() -> None:
    lines = lines_of("var x : 0..3 = 0\naction up(k in nat) when k > x and k <= 3 then x' = k\ncheck c expect holds")
    assert any("\\E k \\in 1..3 : up(k)" in line or "\\E k \\in 0..3 : up(k)" in line for line in lines)


# ------------------------------------------------------------------------------------------------------- refinements


def test_what_a_refined_model_is_given(tmp_path: Path) -> None:
    """Constants by value, its own sorts as strings, shared ones as they are; names that TLA+ takes are changed."""
    (tmp_path / "high.gate").write_text(
        "const SIZES : set of 0..9 = {2, 3} sort Far[2] sort Near[2] var Len : 0..3 = 0 var near : set of Near = {} "
        "action go(f in Far, n in Near) then near' = near | {n}"
    )
    (tmp_path / "low.gate").write_text(
        "sort Near[2] var x : 0..3 = 0 var near : set of Near = {} action stay "
        'refines Seq "high.gate" with Len = x check c expect holds'
    )
    spec = read(tmp_path / "low.gate")
    made = export(spec, bounded(spec, spec.checks[0]))
    assert list(made.modules) == ["low_c_Seq"]
    assert [claim.setting for claim in made.claims["Seq"]] == ["PROPERTY SeqStarts", "PROPERTY Seq_"]
    lines = [line.strip() for line in made.text.splitlines()]
    start = lines.index("SeqModel == INSTANCE low_c_Seq")
    assert lines[start + 1 : start + 6] == [
        'WITH Far <- {"Far1", "Far2"},',
        "Near <- Near,",
        "SIZES <- {2, 3},",
        "Len_ <- x,",
        "near <- near",
    ]


def test_members_of_a_model_and_of_the_one_that_it_refines_are_called_the_same(tmp_path: Path) -> None:
    """`IN` would be `IN_`, which is taken in one of the two; values are equal only if they are called the same."""
    (tmp_path / "high.gate").write_text("enum E { IN, OUT } var e : E = IN")
    (tmp_path / "low.gate").write_text(
        "enum E { IN, OUT } var e : E = IN var IN_ : bool = true action stay "
        'refines High "high.gate" check c expect holds'
    )
    spec = read(tmp_path / "low.gate")
    made = export(spec, bounded(spec, spec.checks[0]))
    texts = [made.text, *made.modules.values()]
    assert [text.count('E == {"IN_2", "OUT"}') for text in texts] == [1, 1]


# ------------------------------------------------------------------------------------------------------------ names


def test_names_that_mean_something_in_tla_are_changed_everywhere() -> None:
    lines = lines_of(
        """
record Seq { IF : 0..1 }
enum E { Nat, IN }
var Len : Seq = Seq(IF = 0)
def Append(CASE : 0..1) = Len.IF + CASE
action Next
  then Len'.IF = 1
invariant Init
  Append(0) < 2 and IN != Nat
check c expect holds
"""
    )
    assert "Seq_ == [IF_ : 0..1]" in lines
    assert "Append_(CASE_) == Len_.IF_ + CASE_" in lines
    assert "    /\\ Len_' = [Len_ EXCEPT !.IF_ = 1]" in lines
    assert 'Init == Append_(0) < 2 /\\ "IN_" # "Nat_"' in lines
    # Names of the exporter give way.
    assert "Spec == Init2 /\\ [][Next2]_vars" in lines
    assert "Next2 ==" in lines


def test_a_helper_gives_way_to_a_name_of_the_specification() -> None:
    lines = lines_of("var Max : 0..3 = 0\naction a then Max' = max(Max, 2)\ncheck c expect holds")
    assert "    /\\ Max' = Max2({Max, 2})" in lines


# ---------------------------------------------------------------------------------------------------------- contracts


BOUNDED = """
var x : 0..9 = 0
def half(n : 0..10) : 0..4 = n div 2
action up
  when x < LIMIT
  then x' = half(x) + x + 1
terminal when x >= 3
check c expect holds
"""


def test_a_value_that_cannot_leave_its_type_is_not_held_to_it() -> None:
    assert "half(n) == n \\div 2" in lines_of(BOUNDED.replace("LIMIT", "3").replace("0..4", "0..5"))


def test_a_value_that_may_leave_its_type_is_held_to_it() -> None:
    lines = lines_of(BOUNDED.replace("LIMIT", "3").replace("0..10", "0..8"))
    assert "    LET n == Within(n_given, 0..8) IN n \\div 2" not in lines
    assert "half(n_given) == LET n == Within(n_given, 0..8) IN n \\div 2" in lines


def test_for_a_judge_everything_is_held_to_its_type() -> None:
    lines = lines_of(BOUNDED.replace("LIMIT", "3"), every_test=True)
    assert "half(n_given) == LET n == Within(n_given, 0..10) IN Within(n \\div 2, 0..4)" in lines


# ------------------------------------------------------------------------------------------------- steps and properties


def test_conditions_with_alternatives_are_one_step() -> None:
    lines = lines_of(
        """
var x : 0..3 = 0
def small(b : bool) = b
action either
  when x == 0 or x == 1
action through_a_parameter
  when small(x == 0 or x == 1)
action plain
  when x < 2 and not (x == 0 or x == 1)
check c expect holds
"""
    )
    assert "    /\\ Once(x = 0 \\/ x = 1)" in lines
    assert "    /\\ Once(small(x = 0 \\/ x = 1))" in lines
    assert "    /\\ x < 2" in lines
    assert "    /\\ ~(x = 0 \\/ x = 1)" in lines


@pytest.mark.parametrize(
    ("condition", "needed"),
    [
        ("x' >= x", False),
        ("x < 3 => x' == x", False),
        ("not (x' != x)", False),
        ("x == 3 and x' != 3 => false", False),
        ("x == 3 and x' < 3 => false", True),  # which is not seen from the form
        ("x' > x", True),
        ("forall k in 0..3: x == k => x' != k", True),
        ("forall k in 0..3: x == k => x' >= x", False),
        ("grows", True),
    ],
)
def test_only_transitions_that_may_be_false_where_nothing_changes_are_asked_about_it(
    condition: str, needed: bool
) -> None:
    made = exported(
        f"var x : 0..3 = 0\ndef grows = x' > x\naction stay\ntransition T {condition}\ncheck c expect holds"
    )
    settings = [claim.setting for claim in made.claims["T"]]
    assert settings == [*(["INVARIANT TWhenNothingChanges"] if needed else []), "PROPERTY T"]


def test_claims_are_about_states_within_the_constraints() -> None:
    lines = lines_of(
        """
var x : 0..3 = 0
action up when x < 3 then x' = x + 1
terminal when x == 3
constraint Few x < 3
constraint Fewer x < 2
cover Two x == 2
transition Grows x' > x
check c expect holds
"""
    )
    assert "NeverTwo == ~(Two /\\ Few /\\ Fewer)" in lines
    assert "GrowsWhenNothingChanges == Few /\\ Fewer /\\ ENABLED (Step /\\ UNCHANGED vars) => x > x" in lines


def test_where_nothing_can_happen_there_is_something_to_try() -> None:
    """TLC refuses to look at any state if it sees that there is no step, as in a union over an empty set."""
    text = "const N : nat\nvar x : 0..3 = 0\naction up(k in 1..N, j in k..3) when x < j then x' = j\n"
    attempt = "    \\/ vars # vars /\\ UNCHANGED vars"
    assert attempt in lines_of(text + "check c with N = 0 expect deadlock")
    assert attempt not in lines_of(text + "check c with N = 1 expect deadlock")


def test_fairness_of_one_action_or_of_a_choice_whose_domain_depends_on_the_state() -> None:
    lines = lines_of(
        """
var x : 0..2 = 0
action up when x < 2 then x' = x + 1
action go(k in 0..x, b in bool) when b then x' = k
fair for v in 0..2: up or go(v, _)
check c expect holds
"""
    )
    condition = "\\A v \\in 0..2 : WF_vars(up \\/ (v \\in 0..x /\\ \\E b \\in BOOLEAN : go(v, b)))"
    assert any(condition in line for line in lines)


def test_fairness_and_liveness() -> None:
    lines = lines_of(
        """
var x : 0..3 = 0
fair action up(k in 1..2)
  when x + k <= 3
  then x' = x + k
strong fair action down
  when x == 3
  then x' = 0
liveness Ends    "soon" eventually x == 3
liveness Stays   eventually always x == 3
liveness Returns always eventually x == 0
liveness Answers x == 1 leads to x == 3 or x == 0
check c expect holds
"""
    )
    assert "Spec == Init /\\ [][Next]_vars /\\ (\\A k \\in 1..2 : WF_vars(up(k))) /\\ SF_vars(down)" in lines
    assert lines[lines.index("Ends == <>(x = 3)") - 1] == "\\* soon"
    assert "Stays == <>[](x = 3)" in lines
    assert "Returns == []<>(x = 0)" in lines
    assert "Answers == x = 1 ~> x = 3 \\/ x = 0" in lines


def test_fairness_of_parameters_whose_domain_depends_on_the_state() -> None:
    text = """
enum Color { red, green }
var s : set of 1..3 = {1}
var c : set of Color = {}
fair action drop(k in s, d in Color - c)
  then s' = s - {k}
fair action pick(k in 1..3, j in 1..k)
  then s' = {k, j}
terminal when s == {}
check c expect holds
"""
    made = " ".join(exported(text).text.split())
    drop = "WF_vars(k \\in s /\\ d \\in Color \\ c /\\ drop(k, d))"
    assert f'\\A k \\in 1..3, d \\in {{"red", "green"}} : {drop}' in made
    assert "\\A k \\in 1..3, j \\in 1..3 : WF_vars(j \\in 1..k /\\ pick(k, j))" in made


def test_fairness_of_several_actions_and_liveness_of_each_value() -> None:
    made = exported(
        """
sort Node[2]
var up : set of Node = {}
action start(n in Node, k in 1..2)
  when n not in up
  then up' = up | {n}
action stop(n in up)
  then up' = up - {n}
action idle
fair for n in Node: start(n, _) or stop(_) or idle
strong fair start(_, 1)
fair for n in Node: idle or stop(n)
liveness Starts for n in Node: always eventually n in up
liveness Stops for n, m in Node: n in up leads to m not in up
check c expect holds
"""
    )
    text = " ".join(made.text.split())
    together = "(\\E k \\in 1..2 : start(n, k)) \\/ (\\E n2 \\in up : stop(n2)) \\/ idle"
    assert f"/\\ \\A n \\in Node : WF_vars({together})" in text
    assert "/\\ SF_vars(\\E n \\in Node : start(n, 1))" in text
    assert "/\\ \\A n \\in Node : WF_vars(idle \\/ (n \\in up /\\ stop(n)))" in text
    assert "Starts == \\A n \\in Node : []<>(n \\in up)" in text
    assert "Stops == \\A n, m \\in Node : n \\in up ~> m \\notin up" in text


def test_symmetry_is_asked_for_where_the_check_asks_for_it() -> None:
    made = exported(
        """
sort Node[2]
sort Key[2]
var m : map[Node] of set of Key = map n in Node: {}
action put(n in Node, k in Key)
  then m'[n] = m[n] | {k}
check c
  symmetry Node, Key
  expect holds
"""
    )
    assert "Symmetry == Permutations(Node) \\cup Permutations(Key)" in made.text
    assert "SYMMETRY Symmetry\n" in made.configuration()


def test_a_long_premise_is_in_brackets() -> None:
    """Without them, what follows would belong to the last item of the list."""
    parts = " and ".join(f"a_rather_long_name_of_a_variable_{i} > 0" for i in range(4))
    variables = "\n".join(f"var a_rather_long_name_of_a_variable_{i} : 0..1 = 0" for i in range(4))
    claim = f"invariant Long {parts} => a_rather_long_name_of_a_variable_0 == 1"
    made = exported(f"{variables}\naction stay\n{claim}\ncheck c expect holds")
    lines = made.text[made.text.index("Long ==") :].splitlines()
    assert "(/\\ a_rather_long_name_of_a_variable_0 > 0" in lines[0] + lines[1]
    assert any(line.endswith("a_rather_long_name_of_a_variable_3 > 0) =>") for line in lines)


def test_membership_is_in_brackets_where_it_would_bind_a_name() -> None:
    made = exported("var x : 0..1 = 0\naction stay\ninvariant One {x in {0}} == {true}\ncheck c expect holds")
    assert "{(x \\in {0})}" in made.text


def test_negations_stand_where_states_are_spoken_of() -> None:
    """TLC is wrong about some that stand before temporal operators."""
    lines = lines_of(
        """
var x : 0..2 in {0, 1}
var y : bool = false
action a then x' = 1 - x
liveness L (not (not y or (always eventually not y))) leads to (always x != 1)
check c expect holds
"""
    )
    assert [line for line in lines if line.startswith("L ==")] == ["L == ((~(~y)) /\\ (<>[](~(~y)))) ~> ([](x # 1))"]
