"""State graphs: what is in them, and that they show all that a search finds."""

from __future__ import annotations

from random import Random

import pytest

from skipgate.checker.search.explore import explore
from skipgate.checker.search.graph import Graph, build_graph
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from skipgate.spec.diagnostics import SpecError
from tests.checker.random_models import model_text
from tests.checker.specs import kernels_of

# x counts to 4, from 3 also back to 1. In 2, y can become 2 once; after that it would be 4.
COUNTER = """
var x : 0..4 = 0
var y : 0..2 = 0
action up when x < 4 then x' = x + 1
action back when x == 3 then x' = 1
action bad when x == 2 then y' = y + x
transition Monotone x' >= x
transition Below x' != 4
invariant NotThree x != 3
"""


def graph_of(text: str) -> Graph:
    return build_graph(kernels_of(text), 100)


def by_state(graph: Graph) -> dict[tuple[object, ...], list[str]]:
    return {tuple(graph.states[at].values()): names for at, names in graph.marked.items()}


def test_states_and_steps_are_marked_with_what_they_violate() -> None:
    graph = graph_of(COUNTER)
    assert len(graph.states) == 9  # x from 0 to 4 with y = 0, and from 1 to 4 with y = 2
    assert by_state(graph) == {
        (3, 0): ["NotThree"],
        (3, 2): ["NotThree"],
        (4, 0): ["deadlock"],
        (4, 2): ["deadlock"],
        (2, 2): ["evaluation"],
    }
    wrong = {
        (graph.states[a]["x"], graph.states[b]["x"], graph.states[a]["y"]): names
        for (a, b), names in graph.wrong.items()
    }
    assert wrong == {
        (3, 4, 0): ["Below"],
        (3, 4, 2): ["Below"],
        (3, 1, 0): ["Monotone"],
        (3, 1, 2): ["Monotone"],
    }


@pytest.mark.parametrize(
    ("rest", "marks"),
    [
        ("", ["deadlock"]),
        ("terminal when x == 1", None),
        ("terminal when x == 0", ["deadlock"]),
        ("terminal when 1 div (x - 1) == 0", ["evaluation"]),
        # A step out of the constraint prevents a deadlock, and so does one that changes nothing.
        ("action out when x == 1 then x' = 2\nconstraint Small x < 2", None),
        ("action out when x == 1 then x' = 2\nconstraint Small 1 div (2 - x) >= 0", ["evaluation"]),
        ("action stay when x == 1 then x' = 1", None),
        ("invariant One x != 1\nterminal when x == 1", ["One"]),
        ("invariant One x != 1", ["One", "deadlock"]),
        ("invariant One 1 div (1 - x) == 1\nterminal when x == 1", ["evaluation"]),
        ("cover One 1 div (1 - x) == 3\nterminal when x == 1", ["evaluation"]),
    ],
)
def test_a_state_without_steps(rest: str, marks: list[str] | None) -> None:
    graph = graph_of(f"var x : 0..2 = 0\naction up when x == 0 then x' = 1\n{rest}")
    assert [state["x"] for state in graph.states] == [0, 1]
    assert graph.marked == ({} if marks is None else {1: marks})


def test_an_initial_value_without_a_value_is_an_error() -> None:
    with pytest.raises(SpecError, match="an initial value has no value"):
        graph_of("var x : 0..2 = 1\nvar y : 0..2 = 2 div (x - 1)")


@pytest.mark.parametrize("text", ["var x : 0..3 in {}", "var x : 0..3 = 2 constraint Low x < 2"])
def test_nothing_is_drawn_of_nothing(text: str) -> None:
    with pytest.raises(SpecError, match="has no initial state"):
        graph_of(text)


def test_graphs_show_what_searches_find() -> None:
    compared = 0
    for seed in range(50):
        try:
            kernels = kernels_of(model_text(Random(seed)))
            found = explore(kernels, SearchOptions(budget=Budget(60)))
            if found.stopped is not None or found.initial_error is not None:
                continue
            graph = build_graph(kernels, 100)
        except SpecError:
            continue
        assert len(graph.states) == found.distinct
        shown = {name for names in (*graph.marked.values(), *graph.wrong.values()) for name in names}
        assert shown <= set(found.violations), seed
        if not kernels.model.constraints:
            assert shown == set(found.violations), seed
            compared += bool(shown)
    assert compared > 20
