"""States in groups by some of their variables: what is counted, and that nothing of the full graph is missing."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from skipgate.checker.search.graph import Graph, build_graph
from skipgate.checker.search.quotient import Quotient, build_quotient
from skipgate.spec.diagnostics import SpecError
from tests.checker.random_models import model_text
from tests.checker.specs import kernels_of

# A clock that a step of its own resets, and which can be on or off.
#   states: x in 0..2, on or off: 6, all reachable; initial: x = 0 with both.
CLOCK = """
var x : 0..2 = 0
var on : bool in {false, true}
action up when x < 2 then x' = x + 1
action reset when x == 2 and on then x' = 0
action turn then on' = not on
transition Grows x' >= x
invariant Low x < 2
"""


def test_a_quotient_computed_by_hand() -> None:
    found = build_quotient(kernels_of(CLOCK), ["x"], 10)
    assert found.groups == [{"x": 0}, {"x": 1}, {"x": 2}]
    assert (found.sizes, found.states) == ([2, 2, 2], 6)
    assert found.initial == {0: 2}
    assert found.steps == {
        (0, 1, "up"): 2,
        (1, 2, "up"): 2,
        (2, 0, "reset"): 1,  # only where it is on
        (0, 0, "turn"): 2,
        (1, 1, "turn"): 2,
        (2, 2, "turn"): 2,
    }
    assert found.marked == {(2, "Low"): 2}
    assert found.wrong == {(2, 0, "Grows"): 1}


def test_a_path_of_a_quotient_need_not_be_one_of_the_model() -> None:
    # By `on` alone there is one step that resets, from where it is on; that x has to be 2 there is not seen.
    found = build_quotient(kernels_of(CLOCK), ["on"], 10)
    assert found.groups == [{"on": False}, {"on": True}]
    assert found.steps == {
        (0, 0, "up"): 2,
        (1, 1, "up"): 2,
        (1, 1, "reset"): 1,
        (0, 1, "turn"): 3,
        (1, 0, "turn"): 3,
    }


def test_all_variables_give_the_full_graph_and_none_a_single_group() -> None:
    found = build_quotient(kernels_of(CLOCK), ["x", "on"], 10)
    assert found.sizes == [1] * 6
    assert build_quotient(kernels_of(CLOCK), [], 1).sizes == [6]


def test_too_many_groups() -> None:
    with pytest.raises(SpecError, match=r"more than 2 groups of states by `x` \(after 4 states\)") as raised:
        build_quotient(kernels_of(CLOCK), ["x"], 2)
    assert "--max-states" in (raised.value.diagnostics[0].hint or "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("var x : 0..2 = 1\nvar y : 0..2 = 2 div (x - 1)", "an initial value has no value"),
        ("var x : 0..3 in {}", "has no initial state"),
    ],
)
def test_without_a_first_state(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        build_quotient(kernels_of(text), ["x"], 10)


def test_a_state_that_cannot_be_evaluated_counts_once() -> None:
    # Both the action and the invariant have no value in x = 0, and both choices of the action.
    text = """
    var x : 0..2 in {0, 1, 2}
    action go(d in {1, 2}) then x' = d div x
    invariant Ok 1 div x >= 0
    """
    assert build_quotient(kernels_of(text), [], 10).marked == {(0, "evaluation"): 1}


def grouped(graph: Graph, names: list[str]) -> Quotient:
    """The quotient of a full graph, which the evaluator made, by a few lines of their own."""
    found = Quotient(tuple(names))
    groups: dict[tuple[object, ...], int] = {}
    of = [groups.setdefault(tuple(state[name] for name in names), len(groups)) for state in graph.states]
    found.groups = [dict(zip(names, key, strict=True)) for key in groups]  # type: ignore[arg-type]
    found.sizes = [Counter(of)[group] for group in range(len(groups))]
    found.initial = Counter(of[state] for state in graph.initial)
    for source, target, label in graph.edges:
        found.steps[of[source], of[target], label.partition("(")[0]] += 1
    for state, violated in graph.marked.items():
        found.marked.update((of[state], name) for name in violated)
    return found


@pytest.mark.differential
@pytest.mark.random
def test_a_quotient_is_that_of_the_full_graph() -> None:
    """Every step of the full graph, and so every path, is one of the quotient, and nothing else is."""
    compared = 0
    for seed in range(40):
        random = Random(seed)
        try:
            kernels = kernels_of(model_text(random))
            graph = build_graph(kernels, 100)
        except SpecError:
            continue
        names = [each.name for each in kernels.model.variables if random.random() < 0.4]
        expected, found = grouped(graph, names), build_quotient(kernels, names, 100)
        places = [expected.groups.index(group) for group in found.groups]
        assert len(places) == len(expected.groups), seed
        assert found.sizes == [expected.sizes[place] for place in places], seed
        assert {places[at]: count for at, count in found.initial.items()} == expected.initial, seed
        steps = {(places[a], places[b], name): count for (a, b, name), count in found.steps.items()}
        assert steps == expected.steps, seed
        assert {(places[at], name): count for (at, name), count in found.marked.items()} == expected.marked, seed
        compared += len(found.groups) > 1
    assert compared > 10
