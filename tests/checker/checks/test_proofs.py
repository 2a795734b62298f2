"""Checks that expect proofs: what a proof is worth if there is nothing that it speaks about."""

from __future__ import annotations

import pytest

from skipgate.checker.checks.proofs import prove_check
from tests.checker.specs import model_of

NOTHING = "there is no initial state, so nothing was proved"


@pytest.mark.parametrize(
    ("initial", "constraint", "problems"),
    [
        ("in 4..6", "x < 9", ()),
        ("in A", "x < 9", (NOTHING,)),  # A is empty: no behaviour, of which everything is true
        ("in 4..6", "x < 4", (NOTHING,)),  # every initial state is outside, so no step is looked at
        ("in 3..4", "x < 4", ()),
    ],
)
@pytest.mark.parametrize("x", ["nat", "0..9"])
def test_what_has_no_initial_state_is_not_proved_in_silence(
    initial: str, constraint: str, problems: tuple[str, ...], x: str
) -> None:
    model = model_of(f"""
        const A : set of 0..9 = {{}}
        var x : {x} {initial}
        terminal when true
        constraint C {constraint}
        invariant Positive x > 0
        check c expect proved
    """)
    result = prove_check(model)
    assert result.problems == problems
    assert result.as_expected == (not problems)


def test_behind_an_initial_value_without_a_value_nothing_is_proved() -> None:
    result = prove_check(model_of("var x : 0..3 = 7 terminal when true invariant Small x < 4 check c expect proved"))
    assert result.violated == ("evaluation",)
    assert result.properties["Small"].verdict == "unknown"
    assert result.properties["Small"].reason == "an initial value has no value, so there are no states"
