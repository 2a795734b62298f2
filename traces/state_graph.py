"""The reachable states of a small model as a graph in the DOT language: to see the whole of it at once.

What is the same in all states is said once, above the graph; an action that leaves the state as it is stands
in the box, not on a loop; and actions between the same two states share an arrow. Each row is one step further
away from the initial states. In a graph of many arrows, those that lead back by more than a row are words in the
boxes too. So a hundred states can still be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from skipgate.checker.core.values import (
    BagValue,
    EnumValue,
    MapValue,
    Nothing,
    RecordValue,
    Some,
    SortValue,
    Value,
    VariantValue,
    show,
)
from skipgate.traces.dot_language import (
    AttributeValue,
    HtmlLabel,
    bold,
    cell,
    escaped,
    font,
    html_label,
    lines,
    row,
    statement,
    table,
    wrapped,
)
from skipgate.traces.palette import BLACK, GREY, PALE, VERMILION, WHITE
from skipgate.traces.plain import brief, clipped, one_line, shown, visible

TEXT = 10
SMALL = 8
COLUMNS = 34  # characters of a box
_TITLE_COLUMNS = 100
_LINES = 10  # of a box
_LABELS = 6  # of an arrow
_MOST_ARROWS = 40  # above it, those that lead far back are words
_MOST_BETWEEN_GROUPS = 15  # the same of groups: each arrow has several names


@dataclass(frozen=True)
class Counts:
    """How many states each state of a graph stands for, and how many of these violate what; the same of its edges."""

    states: Sequence[int]
    initial: Mapping[int, int]
    marked: Mapping[tuple[int, str], int]
    steps: Mapping[tuple[int, int, str], int]
    wrong: Mapping[tuple[int, int, str], int]


@dataclass(frozen=True)
class StateGraph:
    """States, counted from 0 here and shown counted from 1, and the actions between them.

    Every state maps the same variables to their values. `marked` says which properties a state violates, `wrong` which
    ones the steps between two states violate.

    If there are `counts`, each of these states stands for all that agree on its variables, and an edge for all steps of
    an action between two of them.
    """

    title: str
    states: Sequence[Mapping[str, Value]]
    edges: Sequence[tuple[int, int, str]]  # from, to, the action as it was taken
    initial: Collection[int] = ()
    marked: Mapping[int, Sequence[str]] = field(default_factory=dict)
    note: str | None = None  # such as how many states are left out
    wrong: Mapping[tuple[int, int], Sequence[str]] = field(default_factory=dict)
    counts: Counts | None = None


def graph_to_dot(graph: StateGraph) -> str:
    """The graph as the text of a DOT digraph, with a newline at its end.

    Initial states have an arrow from nowhere and a double border. What violates a property is thick and dashed: of a
    state the border, with the name on black; of a step the arrow, with the name beside it. Raises IndexError if an edge
    leads to a state that is not there.
    """
    common, varying = _split(graph.states)
    between, stays = _merged(graph)
    said: dict[int, list[str]] = {index: [f"stays: {', '.join(labels)}"] for index, labels in stays.items()}
    depth = _depths(graph.initial, between)
    back = {pair for pair in between if depth.get(pair[1], 0) <= depth.get(pair[0], 0)}
    if len(between) > (_MOST_BETWEEN_GROUPS if graph.counts else _MOST_ARROWS):
        # To the state just above, an arrow is short; any further and it would cross the whole graph.
        far = [pair for pair in between if pair in back and depth.get(pair[1], 0) != depth.get(pair[0], 0) - 1]
        for source, target in far:
            labels = between.pop((source, target))
            said.setdefault(source, []).append(f"to {target + 1}: {', '.join(labels)}")
    fonts = {"fontname": "Helvetica", "fontsize": f"{TEXT}"}
    label = {"labelloc": "t", "labeljust": "l", "label": _title(graph, common)}
    out = [
        statement("graph", {"charset": "UTF-8", "nodesep": "0.2", "ranksep": "0.3", "pad": "0.1", **label, **fonts}),
        statement("node", {"shape": "plain", **fonts}),
        statement("edge", {"arrowsize": "0.6", "color": BLACK, "fontname": "Helvetica", "fontsize": f"{SMALL}"}),
    ]
    for index, state in enumerate(varying):
        initial = index in graph.initial
        box = _box(graph, index, state, said.get(index, []))
        out.append(statement(f"state_{index + 1}", {"label": box}))
        if initial:
            out.append(statement(f"start_{index + 1}", {"shape": "point", "width": "0.08", "label": ""}))
            out.append(statement(f"start_{index + 1} -> state_{index + 1}", {"penwidth": "2"}))
    for (source, target), labels in between.items():
        # A row for each distance from the initial states: what leads back must not pull its state down.
        arrow = {"label": _arrow(labels), **({"constraint": "false"} if (source, target) in back else {})}
        if (source, target) in graph.wrong:
            arrow |= {"color": VERMILION, "penwidth": "3", "style": "dashed"}
        out.append(statement(f"state_{source + 1} -> state_{target + 1}", arrow))
    return "digraph states {\n" + "".join(f"  {line}\n" for line in out) + "}\n"


def _depths(initial: Collection[int], edges: Collection[tuple[int, int]]) -> dict[int, int]:
    """How many steps each state is away from the initial ones; others are left out."""
    after: dict[int, list[int]] = {}
    for source, target in edges:
        after.setdefault(source, []).append(target)
    depth = dict.fromkeys(initial, 0)
    queue = list(depth)
    for state in queue:
        for target in after.get(state, []):
            if target not in depth:
                depth[target] = depth[state] + 1
                queue.append(target)
    return depth


def _leaves(place: str, value: Value) -> Iterator[tuple[str, Value]]:
    """The parts of maps and records, each with its place: often only some of them vary."""
    match value:
        case MapValue(items):
            for key, part in items:
                yield from _leaves(f"{place}[{show(key)}]", part)
        case RecordValue(_, fields):
            for name, part in fields:
                yield from _leaves(f"{place}.{name}", part)
        case bool() | int() | EnumValue() | SortValue() | VariantValue() | Some() | Nothing():
            yield place, value
        case BagValue() | frozenset() | tuple():
            yield place, value
        case _:
            assert_never(value)


def _split(states: Sequence[Mapping[str, Value]]) -> tuple[dict[str, Value], list[dict[str, Value]]]:
    """The parts that have one value in all states, by place; and for each state those that have not."""
    if len(states) < 2:
        return {}, list(map(dict, states))  # a state alone shows all it has
    parts = [{place: part for name, value in state.items() for place, part in _leaves(name, value)} for state in states]
    first = parts[0]
    common = {
        place: value
        for place, value in first.items()
        if all(place in state and state[place] == value for state in parts)
    }
    return common, [{place: value for place, value in state.items() if place not in common} for state in parts]


def _merged(graph: StateGraph) -> tuple[dict[tuple[int, int], list[str]], dict[int, list[str]]]:
    """The labels of the edges between each two states, and of those that stay in a state, each label once."""
    between: dict[tuple[int, int], list[str]] = {}
    loops: dict[int, list[str]] = {}
    for source, target, label in graph.edges:
        if not (0 <= source < len(graph.states) and 0 <= target < len(graph.states)):
            raise IndexError(f"the edge {label} from {source} to {target} leaves the graph")
        labels = loops.setdefault(source, []) if source == target else between.setdefault((source, target), [])
        if graph.counts is not None and (steps := graph.counts.steps[source, target, label]) > 1:
            label = f"{label} × {steps:,}"
        if label not in labels:
            labels.append(label)
    for pair, names in graph.wrong.items():
        # First of all: of many labels, the last ones are not shown.
        labels = loops[pair[0]] if pair[0] == pair[1] else between[pair]
        times = [f" × {graph.counts.wrong[(*pair, name)]:,}" if graph.counts else "" for name in names]
        labels[:0] = [f"violates {name}{count}" for name, count in zip(names, times, strict=True)]
    return between, loops


def _title(graph: StateGraph, common: Mapping[str, Value]) -> HtmlLabel:
    same = ", ".join(f"{visible(name)} = {shown(value)}" for name, value in common.items())
    notes = [
        *wrapped(graph.note or "", _TITLE_COLUMNS, 2),
        *(wrapped(f"In every state: {same}", _TITLE_COLUMNS, 3) if same else []),
    ]
    head = [font(bold(escaped(line)), point_size=14) for line in wrapped(graph.title, _TITLE_COLUMNS - 20, 2)]
    return html_label(
        table([row(cell(lines([*head, *(font(escaped(line), color=GREY) for line in notes)]), cellpadding=2))])
    )


def _box(graph: StateGraph, index: int, state: Mapping[str, Value], said: Sequence[str]) -> HtmlLabel:
    """A state: its number, the values that tell it from others, and what it is marked with."""
    violated = [_violated(graph, index, name) for name in graph.marked.get(index, ())]
    text = [
        escaped(line)
        for place, value in state.items()
        for line in wrapped(f"{visible(place)} = {brief(value)}", COLUMNS, 2)
    ]
    if len(text) > _LINES:
        text = [*text[: _LINES - 1], "…"]
    if graph.counts is not None:
        size = graph.counts.states[index]
        text.append(font(f"{size:,} state{'s' * (size != 1)}", color=GREY))
    listed = [line for sentence in said for line in wrapped(sentence, COLUMNS + 8, 2)]
    text += [font(escaped(line), color=GREY, point_size=SMALL) for line in listed]
    rows = []
    if violated:
        names = wrapped(", ".join(map(one_line, violated)), COLUMNS, 3)
        markup = lines(font(bold(escaped(line)), color=WHITE) for line in names)
        rows.append(row(cell(markup, bgcolor=BLACK, cellpadding=2, colspan=2)))
    number = cell(bold(str(index + 1)), bgcolor=PALE, width=22, align="CENTER")
    values = table((row(cell(line)) for line in text), cellspacing=1)
    rows.append(row(number, cell(values, cellpadding=2)))
    look: dict[str, AttributeValue] = {"border": 1, "color": BLACK}
    if violated:
        look = {"border": 3, "color": VERMILION, "style": "dashed"}
    box = table(rows, **look)
    if index in graph.initial:
        box = table([row(cell(box, cellpadding=2))], border=1, color=BLACK)
    return html_label(box)


def _violated(graph: StateGraph, index: int, name: str) -> str:
    """A property that is violated here; of several states, in how many of them."""
    if graph.counts is None or graph.counts.states[index] == 1:
        return name
    return f"{name}: {graph.counts.marked[index, name]:,} of {graph.counts.states[index]:,}"


def _arrow(labels: Sequence[str]) -> HtmlLabel:
    text = [clipped(one_line(label), COLUMNS) for label in labels]
    if len(text) > _LABELS:
        text = [*text[: _LABELS - 1], f"and {len(text) - _LABELS + 1} more"]
    return html_label(table([row(cell(lines(escaped(line) for line in text), cellpadding=2))]))
