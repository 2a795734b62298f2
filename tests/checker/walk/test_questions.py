"""Expressions put to the states of a behaviour."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.checker.checks.preparation import load_check
from skipgate.checker.core.values import MapValue, SortValue
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


NODES = """sort Node[2]
var up : map[Node] of bool = map n in Node: n == n
action crash(n in Node) when up[n] then up'[n] = false
check c expect holds
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("up[Node2]", False),
        ("up[Node1] and not up[Node2]", True),
        ("{n for n in Node where up[n]}", frozenset({SortValue("Node", 0)})),
        ("Node1 == Node2", False),
        ("{Node1}", frozenset({SortValue("Node", 0)})),
        # A name of one's own is what one says it is.
        ("exists Node1 in Node: not up[Node1]", True),
    ],
)
def test_values_of_sorts_have_the_names_that_traces_show(tmp_path: Path, text: str, expected: object) -> None:
    (tmp_path / "nodes.gate").write_text(NODES)
    spec = read(tmp_path / "nodes.gate")
    model = load_check(spec, "c")
    crashed = {"up": MapValue(((SortValue("Node", 0), True), (SortValue("Node", 1), False)))}
    assert answer(ask(spec, model, text), None, crashed) == expected
    with pytest.raises(SpecError, match="unknown name `Node3`"):
        ask(spec, model, "up[Node3]")


def test_a_declared_name_is_what_the_model_says(tmp_path: Path) -> None:
    (tmp_path / "nodes.gate").write_text(NODES + "def Node1 = 7\n")
    spec = read(tmp_path / "nodes.gate")
    assert answer(ask(spec, load_check(spec, "c"), "Node1 + 1"), None, {}) == 8


def test_variables_of_instances(tmp_path: Path) -> None:
    (tmp_path / "node.gate").write_text("var x : 0..2 = 0\naction up when x < 2 then x' = x + 1\n")
    (tmp_path / "all.gate").write_text('sort N[2]\nimport "node.gate" as node[n in N]\ncheck c expect holds\n')
    spec = read(tmp_path / "all.gate")
    model = load_check(spec, "c")
    state = {"node[_].x": MapValue(((SortValue("N", 0), 1), (SortValue("N", 1), 2)))}
    assert answer(ask(spec, model, "node[N2].x"), None, state) == 2
    assert answer(ask(spec, model, "sum n in N: node[n].x"), None, state) == 3
    with pytest.raises(SpecError):
        ask(spec, model, "node[N2].y")
