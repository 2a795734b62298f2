"""A graph of states for other programs: as JSON, in the form of `schemas/graph-1.json`, and as GraphML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TypedDict
from xml.etree import ElementTree

from skipgate.checker.core.values import Value
from skipgate.traces.itf_values import Json, value_to_itf
from skipgate.traces.plain import visible, whole
from skipgate.traces.state_graph import StateGraph

SCHEMA = "skipgate.graph/1"
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"


class Node(TypedDict):
    """A state, or so many that agree on the values of some variables."""

    id: int
    values: dict[str, Json]
    states: int
    initial: int  # how many of the states are initial ones
    violates: dict[str, int]  # by property, how many of the states violate it


class Edge(TypedDict):
    """An action from one node to another, and how many steps of the model that is."""

    source: int
    target: int
    action: str
    steps: int


class Wrong(TypedDict):
    """Steps from one node to another that violate properties: by property, how many."""

    source: int
    target: int
    violates: dict[str, int]


def graph_to_json(graph: StateGraph) -> str:
    """The graph as a JSON object, with a newline at its end. Values are as in ITF."""
    found = {
        "schema": SCHEMA,
        "title": graph.title,
        "grouped": graph.counts is not None,
        "nodes": list(_nodes(graph)),
        "edges": list(_edges(graph)),
        "wrong": list(_wrong(graph)),
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def graph_to_graphml(graph: StateGraph) -> str:
    """The graph as a GraphML document, with a newline at its end.

    A variable `x` is the attribute `state.x` of nodes, so its name is none of ours. Numbers and truth values are such
    there, too; other values are written as in the language.
    """
    root = ElementTree.Element("graphml", xmlns=_GRAPHML)
    keys: dict[tuple[str, str], str] = {}

    def declare(what: str, name: str, kind: str) -> None:
        keys[what, name] = f"d{len(keys)}"
        attributes = {"id": keys[what, name], "for": what, "attr.name": visible(name), "attr.type": kind}
        ElementTree.SubElement(root, "key", attributes)

    def say(element: ElementTree.Element, name: str, value: str) -> None:
        ElementTree.SubElement(element, "data", key=keys[element.tag, name]).text = value

    for name in graph.states[0] if graph.states else ():
        declare("node", f"state.{name}", _kind([state[name] for state in graph.states]))
    for name, kind in (("label", "string"), ("states", "long"), ("initial", "long"), ("violates", "string")):
        declare("node", name, kind)
    for name, kind in (("action", "string"), ("steps", "long"), ("violates", "string")):
        declare("edge", name, kind)
    top = ElementTree.SubElement(root, "graph", id="states", edgedefault="directed")
    for node, state in zip(_nodes(graph), graph.states, strict=True):
        element = ElementTree.SubElement(top, "node", id=f"n{node['id']}")
        for name, value in state.items():
            say(element, f"state.{name}", whole(value))
        say(element, "label", ", ".join(f"{visible(name)} = {whole(value)}" for name, value in state.items()))
        say(element, "states", str(node["states"]))
        say(element, "initial", str(node["initial"]))
        if node["violates"]:
            say(element, "violates", visible(", ".join(node["violates"])))
    wrong = {(each["source"], each["target"]): each["violates"] for each in _wrong(graph)}
    for edge in _edges(graph):
        ends = {"source": f"n{edge['source']}", "target": f"n{edge['target']}"}
        element = ElementTree.SubElement(top, "edge", ends)
        say(element, "action", visible(edge["action"]))
        say(element, "steps", str(edge["steps"]))
        if violated := wrong.get((edge["source"], edge["target"])):
            say(element, "violates", visible(", ".join(violated)))
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _kind(values: list[Value]) -> str:
    """The type of an attribute that has these values."""
    if all(isinstance(value, bool) for value in values):
        return "boolean"
    small = all(type(value) is int and abs(value) < 2**63 for value in values)
    return "long" if small else "string"


def _nodes(graph: StateGraph) -> Iterator[Node]:
    counts = graph.counts
    for index, state in enumerate(graph.states):
        violated = graph.marked.get(index, ())
        yield {
            "id": index + 1,
            "values": {name: value_to_itf(value) for name, value in state.items()},
            "states": counts.states[index] if counts else 1,
            "initial": counts.initial.get(index, 0) if counts else int(index in graph.initial),
            "violates": {name: counts.marked[index, name] if counts else 1 for name in violated},
        }


def _edges(graph: StateGraph) -> Iterator[Edge]:
    for source, target, label in graph.edges:
        steps = graph.counts.steps[source, target, label] if graph.counts else 1
        yield {"source": source + 1, "target": target + 1, "action": label, "steps": steps}


def _wrong(graph: StateGraph) -> Iterator[Wrong]:
    counts = graph.counts
    for (source, target), names in graph.wrong.items():
        violated = {name: counts.wrong[source, target, name] if counts else 1 for name in names}
        yield {"source": source + 1, "target": target + 1, "violates": violated}
