from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from skipgate.checker.core.values import MapValue, RecordValue, SortValue, Value
from skipgate.traces.render import to_svg
from skipgate.traces.state_graph import Counts, StateGraph, graph_to_dot
from tests.traces.samples import HOSTILE
from tests.traces.svg import element, parsed, texts


def jugs() -> StateGraph:
    """Die hard, explored in full by a few lines of its own: 16 states."""
    actions: dict[str, Callable[[int, int], tuple[int, int]]] = {
        "fill_small": lambda small, big: (3, big),
        "fill_big": lambda small, big: (small, 5),
        "empty_small": lambda small, big: (0, big),
        "empty_big": lambda small, big: (small, 0),
        "small_to_big": lambda small, big: (small - min(small, 5 - big), big + min(small, 5 - big)),
        "big_to_small": lambda small, big: (small + min(big, 3 - small), big - min(big, 3 - small)),
    }
    index = {(0, 0): 0}
    queue = [(0, 0)]
    edges = []
    for state in queue:
        for name, action in actions.items():
            after = action(*state)
            if after not in index:
                index[after] = len(index)
                queue.append(after)
            edges.append((index[state], index[after], name))
    return StateGraph(
        title="die_hard, check puzzle: all states",
        states=[{"small": small, "big": big, "open": True} for small, big in queue],
        edges=edges,
        initial=[0],
        marked={number: ["NotSolved"] for number, (_, big) in enumerate(queue) if big == 4},
    )


def arrows(dot: str) -> dict[tuple[str, str], str]:
    return {(a, b): label for a, b, label in re.findall(r"state_(\d+) -> state_(\d+) \[label=(<.*>)[^>]*\];", dot)}


def words(dot: str) -> dict[tuple[str, str], str]:
    """The actions that the boxes tell of: by the state they are in, and where they lead to."""
    return {
        (number, target): labels
        for number, box in re.findall(r"^  state_(\d+) \[label=(.*)\];", dot, re.MULTILINE)
        for target, labels in re.findall(r">to (\d+): ([^<]*)<", box)
    }


def test_all_states_and_all_arrows() -> None:
    graph = jugs()
    dot = graph_to_dot(graph)
    assert dot == graph_to_dot(graph)
    assert len(re.findall(r"^  state_\d+ \[", dot, re.MULTILINE)) == 16
    expected = {(str(a + 1), str(b + 1)) for a, b, _ in graph.edges if a != b}
    assert set(arrows(dot)) | set(words(dot)) == expected
    assert not set(arrows(dot)) & set(words(dot))
    # Breadth first, states 1 to 3 are in the first two rows; 4 to 6 in the third; and so on, two a row.
    assert {("2", "1"), ("6", "3"), ("8", "6"), ("15", "13")} <= set(arrows(dot))
    assert {("8", "3"): "fill_big", ("15", "16"): "small_to_big", ("16", "1"): "empty_big"}.items() <= words(
        dot
    ).items()
    assert dot.count("start_1 ->") == 1
    seen = texts(to_svg(dot))
    assert seen.count("NotSolved") == 2
    assert seen.count("small = 3") == 6  # with 0 to 5 gallons in the other
    assert "In every state: open = true" in seen and "open = true" not in seen


def test_parallel_actions_share_an_arrow_and_loops_are_words() -> None:
    states: list[dict[str, Value]] = [{"x": 0}, {"x": 1}]
    dot = graph_to_dot(StateGraph("t", states, [(0, 1, "a"), (0, 1, "b"), (0, 1, "a"), (1, 1, "c"), (1, 1, "d")], [0]))
    assert list(arrows(dot)) == [("1", "2")]
    assert texts(to_svg(dot)).count("a") == 1
    assert {"a", "b", "stays: c, d"} <= set(texts(to_svg(dot)))


def test_many_labels_are_cut() -> None:
    states: list[dict[str, Value]] = [{"x": 0}, {"x": 1}]
    seen = texts(to_svg(graph_to_dot(StateGraph("t", states, [(0, 1, f"a{i}") for i in range(9)], [0]))))
    assert {"a0", "a4", "and 4 more"} <= set(seen) and "a5" not in seen


def test_only_parts_that_vary_are_shown() -> None:
    def state(phase: int) -> dict[str, Value]:
        phases = MapValue(((SortValue("P", 0), phase), (SortValue("P", 1), 0)))
        return {"phase": phases, "r": RecordValue("R", (("f", 7), ("g", -phase)))}

    seen = texts(to_svg(graph_to_dot(StateGraph("t", [state(1), state(2)], [(0, 1, "go")], [0]))))
    assert {"phase[P1] = 1", "r.g = -1", "phase[P1] = 2", "r.g = -2"} <= set(seen)
    assert "In every state: phase[P2] = 0, r.f = 7" in seen


def test_a_single_state_shows_everything() -> None:
    assert "x = 1" in texts(to_svg(graph_to_dot(StateGraph("t", [{"x": 1}], [], [0]))))


def test_an_empty_graph() -> None:
    assert "nothing" in texts(to_svg(graph_to_dot(StateGraph("nothing", [], []))))


def test_in_a_graph_of_many_arrows_those_that_lead_far_back_are_words() -> None:
    # A line of 50 states, with an action to the one before and to the first from each.
    edges = [(i, i + 1, "on") for i in range(49)]
    edges += [(i, i - 1, "back") for i in range(2, 50)] + [(i, 0, "reset") for i in range(1, 50)]
    dot = graph_to_dot(StateGraph("t", [{"x": i} for i in range(50)], edges, [0]))
    forward = [(str(i), str(i + 1)) for i in range(1, 50)]
    assert sorted(arrows(dot)) == sorted([*forward, *((b, a) for a, b in forward)])
    assert words(dot) == {(str(i), "1"): "reset" for i in range(3, 51)}
    # What leads back does not decide which row a state is in.
    assert dot.count('constraint="false"') == 49


def test_in_a_small_graph_all_are_arrows() -> None:
    edges = [(i, i + 1, "on") for i in range(9)] + [(i, 0, "reset") for i in range(1, 10)]
    dot = graph_to_dot(StateGraph("t", [{"x": i} for i in range(10)], edges, [0]))
    assert len(arrows(dot)) == 18 and not words(dot)


@pytest.mark.parametrize("edge", [(0, 1, "x"), (-1, 0, "x")])
def test_an_edge_out_of_the_graph(edge: tuple[int, int, str]) -> None:
    with pytest.raises(IndexError):
        graph_to_dot(StateGraph("t", [{"x": 1}], [edge]))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text: str) -> None:
    states: list[dict[str, Value]] = [{text: 0, "v": RecordValue(text, ((text, True),))}, {text: 1, "v": 0}]
    graph = StateGraph(
        text, states, [(0, 1, text), (1, 1, text)], [0], {1: [text]}, text, {(0, 1): [text], (1, 1): [text]}
    )
    parsed(to_svg(graph_to_dot(graph)))


def test_marks_are_not_told_by_colour_alone() -> None:
    dot = graph_to_dot(StateGraph("t", [{"x": 0}, {"x": 1}], [], [], {1: ["deadlock"]}))
    boxes = re.findall(r"state_\d+ \[label=<<TABLE ([^>]*)>", dot)
    assert 'STYLE="dashed"' not in boxes[0] and 'STYLE="dashed"' in boxes[1]
    assert "deadlock" in texts(to_svg(dot))
    assert element(to_svg(dot), "title") is None


def test_a_wrong_step_is_told_in_words_and_drawn_dashed() -> None:
    edges = [(0, 1, "up"), (1, 0, "down"), (1, 1, "stay")]
    graph = StateGraph("t", [{"x": 0}, {"x": 1}], edges, [0], wrong={(1, 0): ["Monotone"], (1, 1): ["Moves"]})
    dot = graph_to_dot(graph)
    assert "violates Monotone" in arrows(dot)["2", "1"]
    assert "violates" not in arrows(dot)["1", "2"]
    assert [line for line in dot.splitlines() if "dashed" in line] == [
        line for line in dot.splitlines() if "state_2 -> state_1" in line
    ]
    assert "stays: violates Moves, stay" in texts(to_svg(dot))


def test_groups_say_how_many_states_and_steps_they_stand_for() -> None:
    counts = Counts([1, 2000], {0: 1}, {(1, "Low"): 3}, {(0, 1, "on"): 1, (0, 1, "up"): 1500}, {(0, 1, "Grows"): 2})
    edges = [(0, 1, "on"), (0, 1, "up")]
    graph = StateGraph("t", [{"x": 0}, {"x": 1}], edges, [0], {1: ["Low"]}, "note", {(0, 1): ["Grows"]}, counts)
    seen = texts(to_svg(graph_to_dot(graph)))
    assert {"1 state", "2,000 states", "Low: 3 of 2,000", "on", "up × 1,500", "violates Grows × 2", "note"} <= set(seen)
