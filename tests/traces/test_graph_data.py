"""Graphs of states for other programs: JSON against its schema, GraphML read back by the rules of its schema."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from skipgate.checker.core.values import EnumValue, Value
from skipgate.traces.graph_data import graph_to_graphml, graph_to_json
from skipgate.traces.state_graph import Counts, StateGraph
from tests.traces.samples import HOSTILE

NS = "{http://graphml.graphdrawing.org/xmlns}"
SCHEMA = json.loads(Path("skipgate/schemas/graph-1.json").read_text("utf-8"))

ON, OFF = EnumValue("Mode", 0, "on"), EnumValue("Mode", 1, "off")
PLAIN = StateGraph(
    "clock/c",
    [{"x": 0, "mode": ON, "up": True}, {"x": 1, "mode": OFF, "up": False}],
    [(0, 1, "tick(1)"), (1, 1, "stay"), (0, 1, "jump")],
    [0],
    {1: ["Low"]},
    wrong={(0, 1): ["Grows"]},
)
GROUPED = StateGraph(
    "clock/c",
    [{"x": 0}, {"x": 1}],
    [(0, 1, "tick"), (1, 1, "stay")],
    [0],
    {1: ["Low"]},
    "5 states",
    {(0, 1): ["Grows"]},
    Counts([2, 3], {0: 2}, {(1, "Low"): 2}, {(0, 1, "tick"): 4, (1, 1, "stay"): 1}, {(0, 1, "Grows"): 3}),
)


def read_graphml(text: str) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Nodes and edges with their attributes, as a reader of GraphML takes them: keys are declared, values typed."""
    root = ElementTree.fromstring(text)
    assert root.tag == f"{NS}graphml"
    read = {"long": int, "boolean": lambda text: {"true": True, "false": False}[text], "string": str}
    keys = {}
    for key in root.findall(f"{NS}key"):
        keys[key.attrib["id"]] = key.attrib["for"], key.attrib["attr.name"], read[key.attrib["attr.type"]]
    assert len({entry[:2] for entry in keys.values()}) == len(keys)
    (graph,) = root.findall(f"{NS}graph")
    assert graph.attrib["edgedefault"] == "directed"

    def element(each: ElementTree.Element, what: str) -> dict[str, object]:
        found: dict[str, object] = dict(each.attrib)
        for data in each.findall(f"{NS}data"):
            of, name, convert = keys[data.attrib["key"]]
            assert of == what
            found[name] = convert(data.text or "")
        return found

    nodes = [element(each, "node") for each in graph.findall(f"{NS}node")]
    edges = [element(each, "edge") for each in graph.findall(f"{NS}edge")]
    assert len(nodes) + len(edges) == len(graph)
    names = {each["id"] for each in nodes}
    assert len(names) == len(nodes) and all({each["source"], each["target"]} <= names for each in edges)
    return nodes, edges


def test_json() -> None:
    found = json.loads(graph_to_json(PLAIN))
    jsonschema.validate(found, SCHEMA)
    assert (found["title"], found["grouped"]) == ("clock/c", False)
    assert found["nodes"][1] == {
        "id": 2,
        "values": {"x": {"#bigint": "1"}, "mode": "off", "up": False},
        "states": 1,
        "initial": 0,
        "violates": {"Low": 1},
    }
    assert found["edges"][0] == {"source": 1, "target": 2, "action": "tick(1)", "steps": 1}
    assert found["wrong"] == [{"source": 1, "target": 2, "violates": {"Grows": 1}}]


def test_json_of_groups() -> None:
    found = json.loads(graph_to_json(GROUPED))
    jsonschema.validate(found, SCHEMA)
    assert found["grouped"]
    assert [(each["states"], each["initial"], each["violates"]) for each in found["nodes"]] == [
        (2, 2, {}),
        (3, 0, {"Low": 2}),
    ]
    assert [each["steps"] for each in found["edges"]] == [4, 1]
    assert found["wrong"][0]["violates"] == {"Grows": 3}


def test_graphml() -> None:
    nodes, edges = read_graphml(graph_to_graphml(PLAIN))
    assert nodes[0] == {
        "id": "n1",
        "state.x": 0,
        "state.mode": "on",
        "state.up": True,
        "label": "x = 0, mode = on, up = true",
        "states": 1,
        "initial": 1,
    }
    assert nodes[1]["violates"] == "Low"
    assert [(each["source"], each["target"], each["action"], each.get("violates")) for each in edges] == [
        ("n1", "n2", "tick(1)", "Grows"),
        ("n2", "n2", "stay", None),
        ("n1", "n2", "jump", "Grows"),
    ]


def test_graphml_of_groups() -> None:
    nodes, edges = read_graphml(graph_to_graphml(GROUPED))
    assert [(each["states"], each["initial"]) for each in nodes] == [(2, 2), (3, 0)]
    assert [each["steps"] for each in edges] == [4, 1]


def test_numbers_that_are_too_large_for_graphml_are_texts() -> None:
    nodes, _ = read_graphml(graph_to_graphml(StateGraph("t", [{"x": 2**63}, {"x": 1}], [])))
    assert [each["state.x"] for each in nodes] == [str(2**63), "1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text: str) -> None:
    states: list[dict[str, Value]] = [{text: EnumValue("E", 0, text)}]
    graph = StateGraph(text, states, [(0, 0, text)], [0], {0: [text]}, wrong={(0, 0): [text]})
    nodes, edges = read_graphml(graph_to_graphml(graph))
    assert len(nodes) == len(edges) == 1
    jsonschema.validate(json.loads(graph_to_json(graph)), SCHEMA)


def test_an_empty_graph() -> None:
    assert read_graphml(graph_to_graphml(StateGraph("t", [], []))) == ([], [])
