"""The paths through actions, worked out by hand; and faults in them that are noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.core.values import show
from skipgate.checker.elaborate import paths, temporal
from skipgate.checker.semantics.steps import Transition, initial_states, transitions
from skipgate.spec.diagnostics import SpecError
from tests.checker.specs import model_of
from tests.planted import Mutant, noticed

GROUP = Path(__file__).parents[2] / "regressions" / "group_fairness.gate"


def steps(text: str) -> list[tuple[str, dict[str, object], dict[str, object]]]:
    """The steps from the only initial state: the action, the arguments with choices, and the new values."""
    model = model_of(text)
    (state,) = initial_states(model)
    found = []
    for step in transitions(model, state):
        assert isinstance(step, Transition)
        found.append((step.action.name, dict(step.arguments), step.state))
    return found


def test_a_condition_that_is_false_inside_a_branch_is_no_reason_for_another_branch() -> None:
    text = """
        var x : 0..3 = 1
        action a
          then if x == 1 { when x > 1  x' = 2 } else { x' = 3 }
    """
    assert steps(text) == []


def test_a_choice_is_made_where_its_branch_is_taken() -> None:
    text = """
        var x : 0..3 = 1
        var s : set of 0..3 = {2, 3}
        action a
          then if x == 1 { some k in s where k != 2  x' = k } else if x == 2 { some k in {0} x' = k }
               some k in s
               s' = {k}
    """
    assert steps(text) == [
        ("a [if x == 1]", {"k": 3, "k_2": 2}, {"x": 3, "s": frozenset({2})}),
        ("a [if x == 1]", {"k": 3, "k_2": 3}, {"x": 3, "s": frozenset({3})}),
    ]


def test_an_effect_that_is_used_twice_chooses_twice() -> None:
    text = """
        var m : map[1..2] of 0..1 = map k in 1..2: 0
        var n : 0..1 = 0
        effect any_m then m'[1] in {0, 1}
        effect any_n then n' in {0, 1}
        action a then do any_m do any_n
    """
    assert len(steps(text)) == 4


def test_what_is_chosen_from_is_not_evaluated_behind_a_condition_that_is_false() -> None:
    text = """
        var o : option of 0..3 = none
        action a
          when o != none
          then some k in 0..get(o)
               o' = some(k)
    """
    assert steps(text) == []


def test_the_number_of_paths_is_limited() -> None:
    ifs = " ".join(f"if x == 0 {{ y{i}' = 1 }}" for i in range(7))
    variables = " ".join(f"var y{i} : 0..1 = 0" for i in range(7))
    with pytest.raises(SpecError, match="more than 64 paths through action `a`"):
        model_of(f"var x : 0..1 = 0 {variables} action a then {ifs}")


def verdicts(_: object) -> None:
    (check,) = check_file(GROUP).checks
    assert check.violated == ("OneOfThese", "Set") or set(check.violated) == {"OneOfThese", "Set"}


def test_fairness_of_a_group_is_not_that_of_each() -> None:
    verdicts(None)
    each = Mutant(
        "a group is fair by each of its actions",
        temporal.fairness,
        "conditions.append(m.Fairness(strong, tuple(patterns)))",
        "conditions += [m.Fairness(strong, (pattern,)) for pattern in patterns]",
        verdicts,
    )
    first = Mutant(
        "only the first action of a group is fair",
        temporal.fairness,
        "tuple(patterns)",
        "tuple(patterns[1:])",
        verdicts,
    )
    assert noticed(each, [0]) == 0
    assert noticed(first, [0]) == 0


def swapped(kind: str) -> None:
    """Two updates of parts of one variable: which arguments can be taken, and what comes of it."""
    text = {
        "map": """
            var m : map[1..3] of 0..9 = map k in 1..3: k
            action a(i, j in 1..3) when i < 3 and j < 3 then m'[i] = m[j] + 2  m'[j] = m[i]
        """,
        "sequence": """
            var m : seq[3] of 0..9 = [1, 2, 3]
            action a(i, j in 1..2) then m'[i] = m[j] + 2  m'[j] = m[i]
        """,
        "records": """
            record R { n : 0..9, rest : map[1..2] of 0..9 }
            var m : map[1..2] of R = map k in 1..2: R(k, map l in 1..2: 0)
            action a(i, j in 1..2) then m'[i].n = 5  m'[j].n = 6  m'[i].rest[1] = 7  m'[1].rest[j] = 8
        """,
    }[kind]
    model = model_of(text)
    (state,) = initial_states(model)
    found = [
        show(step.state["m"]) if isinstance(step, Transition) else "no value" for step in transitions(model, state)
    ]
    one_two, two_one = {
        "map": ("[1 -> 4, 2 -> 1, 3 -> 3]", "[1 -> 2, 2 -> 3, 3 -> 3]"),
        "sequence": ("[4, 1, 3]", "[2, 3, 3]"),
        "records": (
            "[1 -> R(n = 5, rest = [1 -> 7, 2 -> 8]), 2 -> R(n = 6, rest = [1 -> 0, 2 -> 0])]",
            "[1 -> R(n = 6, rest = [1 -> 8, 2 -> 0]), 2 -> R(n = 5, rest = [1 -> 7, 2 -> 0])]",
        ),
    }[kind]
    assert found == ["no value", one_two, two_one, "no value"]


@pytest.mark.parametrize("kind", ["map", "sequence", "records"])
def test_two_updates_of_parts_happen_at_once_unless_they_are_the_same_part(kind: str) -> None:
    swapped(kind)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('build.logic("and", same, equal, span)', "same"),
        ('build.logic("and", same, equal, span)', "equal"),
        ("return build.boolean(False, span)", "pass"),
    ],
)
def test_a_fault_in_whether_parts_are_the_same_is_noticed(old: str, new: str) -> None:
    more = Mutant("parts are taken for the same, or for different ones", paths._Walk.overlap, old, new, swapped)
    assert noticed(more, ["map", "sequence", "records"]) is not None


def test_an_update_of_a_part_for_the_second_time_is_noticed() -> None:
    fault = Mutant("the number of updates is not looked at", paths._Walk.updated_once, "two, one", "one, one", swapped)
    assert noticed(fault, ["map"]) == "map"
