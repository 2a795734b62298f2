"""A trace in lanes: a column for each value of a type, such as the nodes of a system.

A step stands in the lane of its first argument of that type, and what it changed in a map whose keys are of that type
in the lane of the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from skipgate.checker.core.datatypes import EnumType, MapType, SortType
from skipgate.checker.core.trace import Step, Trace
from skipgate.checker.core.values import EnumValue, SortValue, Value
from skipgate.traces.differences import Change, state_changes
from skipgate.traces.mermaid import LINE, change_text, escaped
from skipgate.traces.plain import clipped, one_line, shown, visible
from skipgate.traces.wording import finding, headline, repetition, subject, taken

MOST = 8  # lanes; more columns than this are no lanes any more
_NARROWEST = 12  # columns for a lane


@dataclass
class LaneRow:
    """A step: its number, and the texts in each lane, in order; those that belong in none are under ""."""

    number: int
    cells: dict[str, list[str]]
    home: str  # the lane of the step
    targets: tuple[str, ...] = field(default=())  # the lanes of its other arguments


def lane_types(trace: Trace) -> dict[str, Sequence[Value]]:
    """The enums and sorts that are keys of a variable and stand for a few things, each with its values."""
    found: dict[str, Sequence[Value]] = {}
    for variable in trace.variables:
        if isinstance(variable.type, MapType) and isinstance(variable.type.key, EnumType | SortType):
            key = variable.type.key
            size = key.size if isinstance(key, SortType) else len(key.members)
            if 1 < size <= MOST:
                found[key.name] = (
                    [SortValue(key.name, index) for index in range(size)]
                    if isinstance(key, SortType)
                    else [key.value(member) for member in key.members]
                )
    return found


def main_lanes(trace: Trace) -> str | None:
    """The type whose lanes tell the most of a trace: most steps have an argument of it. None if there is none."""
    steps = [step for step in trace.steps if step.action is not None]
    homes = {type: sum(bool(lanes_of(step, type)) for step in steps) for type in lane_types(trace)}
    best = max(homes, key=lambda type: homes[type], default=None)
    return best if best is not None and homes[best] * 2 > len(steps) else None


def lanes_of(step: Step, type: str) -> list[str]:
    """The lanes that the arguments of a step are in, in order."""
    values = [value for _, value in step.arguments if isinstance(value, EnumValue | SortValue)]
    return [shown(each) for each in values if (each.enum if isinstance(each, EnumValue) else each.sort) == type]


def call_in_lane(step: Step, type: str, write: Callable[[Value], str] = shown) -> str:
    """The action of a step in its lane, without the argument that says which lane that is."""
    words, lane = taken(step, write), lanes_of(step, type)[0]
    for name, value in step.arguments:
        argument = f"{visible(name)} = {shown(value)}"
        if shown(value) == lane and isinstance(value, EnumValue | SortValue):
            # An index of an instance is part of the action's name, and stays.
            return (
                words.replace(f"({argument})", "", 1).replace(f"{argument}, ", "", 1).replace(f", {argument})", ")", 1)
            )
    return words


def rows(trace: Trace, type: str) -> list[LaneRow]:
    """The steps of a trace in the lanes of a type, which is one of `lane_types`."""
    lanes = [shown(value) for value in lane_types(trace)[type]]
    keyed = [v.name for v in trace.variables if isinstance(v.type, MapType) and getattr(v.type.key, "name", "") == type]
    found: list[LaneRow] = []
    before: Mapping[str, Value] | None = None
    for index, step in enumerate(trace.steps):
        home, *others = lanes_of(step, type) or [""]
        cells: dict[str, list[str]] = {lane: [] for lane in (*lanes, "")}
        cells[home].append("initial state" if step.action is None else taken(step))
        if before is not None:
            for change in state_changes(before, step.state):
                cells[_lane(change, lanes, keyed)].append(change_text(change))
        targets = tuple(lane for lane in dict.fromkeys(others) if lane != home)
        found.append(LaneRow(trace.number(index), cells, home, targets))
        before = step.state
    return found


def _lane(change: Change, lanes: Sequence[str], keyed: Sequence[str]) -> str:
    place = visible(change.place)
    return next((lane for lane in lanes for name in keyed if place.startswith(f"{visible(name)}[{lane}]")), "")


def render_lanes(trace: Trace, type: str, *, width: int = 100) -> str:
    """The trace as a table of text whose lines are at most `width` columns long, if that is possible."""
    found = rows(trace, type)
    names = [*found[0].cells] if found else []
    room = max(_NARROWEST, (width - 5) // max(1, len(names)) - 2)
    out = [subject(trace), finding(trace), "", _line("", [name or "others" for name in names], room)]
    out.append("-" * len(out[-1]))
    for row in found:
        columns = [[line for text in row.cells[name] for line in wrap(text, room) or [""]] for name in names]
        for number in range(max(map(len, columns), default=0)):
            cells = [column[number] if number < len(column) else "" for column in columns]
            out.append(_line(str(row.number) if number == 0 else "", cells, room))
        out.append("")
    if trace.loop is not None:
        out.append(repetition(trace, trace.loop))
    out.append(one_line(trace.failure.message))
    return "".join(f"{line.rstrip()}\n" for line in out)


def _line(number: str, cells: Sequence[str], room: int) -> str:
    return f"{number:>4} " + "  ".join(f"{cell:<{room}}" for cell in cells)


def to_sequence_diagram(trace: Trace, type: str) -> str:
    """The trace as a Mermaid sequence diagram: a participant for each value of a type.

    A step with two arguments of the type is an arrow from the first to the second; what it changed is noted where that
    is.
    """
    found = rows(trace, type)
    names = [name for name in (found[0].cells if found else ()) if name]
    places = {name: f"p{number}" for number, name in enumerate(names, start=1)}
    all_of_them = ",".join(dict.fromkeys((places[names[0]], places[names[-1]]))) if names else ""
    out = ["sequenceDiagram"]
    out += [f"  participant {place} as {escaped(visible(name))}" for name, place in places.items()]
    for row in found:
        head = f"{row.number}: {row.cells[row.home][0]}"
        for target in row.targets[:1]:
            out.append(f"  {places[row.home]}->>{places[target]}: {_text(head)}")
        if not row.targets:
            out.append(f"  Note over {places.get(row.home, all_of_them)}: {_text(head)}")
        for name, cells in row.cells.items():
            changes = cells[1:] if name == row.home else cells
            if changes:
                text = "<br/>".join(map(_text, changes))
                out.append(f"  Note over {places.get(name, all_of_them)}: {text}")
    ending = headline(trace) if trace.loop is None else f"{headline(trace)}: {repetition(trace, trace.loop)}"
    out.append(f"  Note over {all_of_them}: {_text(ending)}")
    return "".join(f"{line}\n" for line in out)


def _text(text: str) -> str:
    return escaped(clipped(text, LINE))
