"""Expressions put to the states of a behaviour."""

from __future__ import annotations

import pytest

from skipgate.checker.checks.preparation import load_check
from skipgate.checker.core.values import SortValue
from skipgate.checker.walk.questions import NoAnswer, answer, answers, ask
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.passes import read

JUGS = read("models/examples/die_hard.gate")
PUZZLE = load_check(JUGS, "puzzle")
STATES = [{"small": 0, "big": 0}, {"small": 0, "big": 5}, {"small": 3, "big": 2}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("big", [0, 5, 2]),
        ("small + big", [0, 5, 5]),
        ("{small, big}", [frozenset({0}), frozenset({0, 5}), frozenset({3, 2})]),
        ("big == 5 and small == 0", [False, True, False]),
        ("if big > small then some(big) else none == none", None),
        ("exists n in 0..5: n > big and n == 5", [True, False, True]),
    ],
)
def test_any_expression_has_an_answer_in_each_state(text: str, expected: list[object] | None) -> None:
    if expected is None:
        with pytest.raises(SpecError):
            ask(JUGS, PUZZLE, text)
    else:
        assert answers(ask(JUGS, PUZZLE, text), STATES) == expected


def test_primes_ask_of_the_step_that_leads_to_a_state() -> None:
    question = ask(JUGS, PUZZLE, "big' - big")
    assert answers(question, STATES) == [NoAnswer("there is no step before the first state"), 5, -3]


def test_what_has_no_value_says_why() -> None:
    question = ask(JUGS, PUZZLE, "6 div small")
    assert answer(question, None, STATES[2]) == 2
    found = answer(question, None, STATES[0])
    assert found == NoAnswer("division by zero")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no expression"),
        ("smal", "unknown name `smal`"),
        ("big +", "the text ends after this"),
        ("big and small", "bool"),
        ("big + true", "integer"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        ask(JUGS, PUZZLE, text)


def test_definitions_sorts_and_constants_of_the_model_are_known() -> None:
    spec = read("models/examples/mutual_exclusion.gate")
    model = load_check(spec, "peterson")
    state = {"place": None, "turn": SortValue("Process", 1)} | {}
    assert answer(ask(spec, model, "turn"), None, state) == SortValue("Process", 1)  # type: ignore[arg-type]
    assert answer(ask(spec, model, "use_turn and len({p for p in Process}) == 2"), None, state) is True  # type: ignore[arg-type]
