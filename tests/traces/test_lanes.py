"""A trace with a column for each node."""

from __future__ import annotations

import pytest

from skipgate.checker.core.trace import Step
from skipgate.checker.core.values import Value
from skipgate.traces.lanes import call_in_lane, lane_types, render_lanes, rows, to_sequence_diagram
from tests.traces.samples import HOSTILE, NODE1, NODE2, SAMPLES, in_lanes


def test_a_step_is_in_the_lane_of_its_first_argument_and_a_change_where_its_key_is() -> None:
    trace = in_lanes("Node")
    first, second = rows(trace, "Node")
    assert first.cells == {"Node1": [], "Node2": [], "": ["initial state"]}
    assert second.cells == {
        "Node1": ["Node(Node = Node1, to = Node2)"],
        "Node2": ["Node[Node2]: 0 → 1"],
        "": ["x: 0 → 1"],
    }
    assert (second.home, second.targets) == ("Node1", ("Node2",))


def test_as_text() -> None:
    assert render_lanes(in_lanes("Node"), "Node", width=80).splitlines()[3:] == [
        "     Node1                    Node2                    others",
        "-" * 78,
        "   1                                                   initial state",
        "",
        "   2 Node(Node = Node1, to =  Node[Node2]: 0 → 1       x: 0 → 1",
        "     Node2)",
        "",
        "Node",
    ]


def test_as_a_sequence_diagram() -> None:
    assert to_sequence_diagram(in_lanes("Node"), "Node").splitlines() == [
        "sequenceDiagram",
        "  participant p1 as Node1",
        "  participant p2 as Node2",
        "  Note over p1,p2: 1#58; initial state",
        "  p1->>p2: 2#58; Node#40;Node = Node1, to = Node2#41;",
        "  Note over p2: Node#91;Node2#93;#58; 0 #8594; 1",
        "  Note over p1,p2: x#58; 0 #8594; 1",
        "  Note over p1,p2: invariant Node is violated",
    ]


def test_a_behaviour_that_never_ends_says_so() -> None:
    trace = SAMPLES["lasso"]()
    assert "repeat" in render_lanes(trace, "Node") and "repeat" in to_sequence_diagram(trace, "Node")


def test_what_makes_no_lanes() -> None:
    assert lane_types(SAMPLES["die_hard"]()) == {}


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.strip()][:-2])
def test_hostile_text_stays_on_its_line(text: str) -> None:
    trace = in_lanes(text)
    diagram = to_sequence_diagram(trace, text).splitlines()
    assert len(diagram) == 8
    assert all(
        line.startswith(("sequenceDiagram", "  participant p", "  Note over p", "  p1->>p2: ")) for line in diagram
    )
    assert all(line.isprintable() for line in render_lanes(trace, text).splitlines())


def test_in_its_lane_an_action_does_not_name_the_node_again() -> None:
    def taken(*arguments: tuple[str, Value]) -> Step:
        return Step({}, "send", arguments)

    assert call_in_lane(taken(("n", NODE1)), "Node") == "send"
    assert call_in_lane(taken(("n", NODE1), ("to", NODE2)), "Node") == "send(to = Node2)"
    assert call_in_lane(taken(("x", 7), ("n", NODE2)), "Node") == "send(x = 7)"
    assert call_in_lane(Step({}, "node[_].send", (("n", NODE1), ("x", 7))), "Node") == "node[Node1].send(x = 7)"
