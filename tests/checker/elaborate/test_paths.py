"""The paths through actions, worked out by hand; and faults in them that are noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.elaborate import temporal
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
