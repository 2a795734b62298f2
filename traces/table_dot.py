"""A long trace as a table in the DOT language: a row for each step, so that 50 steps are seen at a glance.

With lanes there is a column for each value of a type, such as the nodes of a system: a step stands in the lane of its
node, and what it changed in the lane where it is. Without, the action is on the left and its changes on the right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from skipgate.checker.core.datatypes import MapType
from skipgate.checker.core.trace import Step, Trace
from skipgate.checker.core.values import Value
from skipgate.traces.differences import Change, state_changes
from skipgate.traces.dot import Page, figure_of, heading, initial_state, reasons
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
from skipgate.traces.flow import GAP, LONGEST, Item, changed, flow
from skipgate.traces.lanes import call_in_lane, lane_types, lanes_of
from skipgate.traces.palette import BLACK, BLUE, GREY, PALE, VERMILION, WHITE
from skipgate.traces.plain import brief, one_line, shown, visible
from skipgate.traces.wording import Mark, marks, remarks, repetition, taken

_TEXT = 8.5  # points
_COLUMNS = 200  # characters beside each other
_LANE = 26  # characters of a lane, at least
_ACTION = 76  # characters of an action without lanes
_MARKS: dict[Mark, str] = {"crash": VERMILION, "restart": BLUE}


def trace_table_to_dot(trace: Trace, type: str | None = None) -> str:
    """The trace as the text of a DOT digraph, with a newline at its end; `type` is one of its `lane_types`.

    The same trace gives the same text. A trace that shows another model's view of each step is shown without that.
    """
    fonts = {"fontname": "Helvetica", "fontsize": f"{_TEXT:g}"}
    out = [
        statement("graph", {"charset": "UTF-8", "margin": "0", "pad": "0.04", **fonts}),
        statement("node", {"shape": "plain", **fonts}),
        statement("steps", {"label": _Table(trace, type).label()}),
    ]
    return "digraph trace {\n" + "".join(f"  {line}\n" for line in out) + "}\n"


class _Table:
    def __init__(self, trace: Trace, type: str | None) -> None:
        self.trace, self.type = trace, type
        self.lanes = [] if type is None else [shown(value) for value in lane_types(trace)[type]]
        self.keyed = {
            variable.name
            for variable in trace.variables
            if isinstance(variable.type, MapType) and getattr(variable.type.key, "name", "") == type
        }
        self.columns = len(self.lanes) + 1 if self.lanes else 2
        self.room = max(_LANE, _COLUMNS // self.columns)
        self.page = Page(_COLUMNS)

    def label(self) -> HtmlLabel:
        trace = self.trace
        rows = [self.across(lines(heading(trace, self.page)), cellpadding=3), self.heads()]
        previous: Step | None = None
        for index, (step, mark) in enumerate(zip(trace.steps, marks(trace.steps), strict=True)):
            if trace.loop is not None and index == trace.loop.start:
                rows.append(self.across(self.said(repetition(trace, trace.loop))))
            rows.append(self.row(str(trace.number(index)), step, mark, previous, last=index == len(trace.steps) - 1))
            rows += [self.across(self.said(text), figure="") for text in remarks(trace, index)]
            previous = step
        if trace.loop is not None and trace.loop.back is not None and previous is not None:
            (mark,) = marks((trace.loop.back,))
            rows.append(self.row(f"↺ {trace.number(trace.loop.start)}", trace.loop.back, mark, previous, last=False))
        bad, figure = figure_of(trace)
        look: dict[str, AttributeValue] = {"border": 2, "color": BLACK, "cellpadding": 3}
        rows.append(self.across(lines(self.why()), figure=figure, bad=bad, **look))
        return html_label(table(rows, cellspacing=0, cellpadding=1))

    def across(self, markup: str, *, figure: str = "", bad: bool = False, **look: AttributeValue) -> str:
        """Something beside the column of numbers that is as wide as all others."""
        number = cell(figure, align="CENTER", **({"bgcolor": BLACK if bad else PALE} if figure else {}))
        return row(number, cell(markup, colspan=self.columns, **look))

    def why(self) -> list[str]:
        """Why the last state is wrong: a label, and what belongs to it."""
        found = []
        for label, (first, *more) in reasons(self.trace, self.page):
            found.append(font(f"{label}:{GAP}", color=GREY) + first)
            found += [GAP * 2 + line for line in more]
        return found

    def heads(self) -> str:
        names = [*self.lanes, "others"] if self.lanes else ["action", "changes"]
        look: dict[str, AttributeValue] = {"bgcolor": PALE, "sides": "LB", "border": 1, "color": GREY, "cellpadding": 2}
        return row(cell("", width=26), *(cell(bold(escaped(visible(name))), **look) for name in names))

    def row(self, number: str, step: Step, mark: Mark | None, previous: Step | None, *, last: bool) -> str:
        """A step. What is wrong in the end has its number on black, so it is found without reading."""
        look: dict[str, AttributeValue] = {"bgcolor": BLACK} if last and figure_of(self.trace)[0] else {"bgcolor": PALE}
        figure = font(bold(number), color=WHITE if look["bgcolor"] == BLACK else BLACK)
        left = cell(figure, align="CENTER", valign="TOP", **look)
        if previous is None:
            inside = [line for part in initial_state(self.trace, self.page, step.state) for line in part]
            return row(left, cell(lines(inside), colspan=self.columns, **_edge(bottom=True)))
        changes = state_changes(previous.state, step.state)
        cells = self.in_lanes(step, mark, changes) if self.lanes else self.side_by_side(step, mark, changes)
        return row(left, *(cell(markup, valign="TOP", **_edge()) for markup in cells))

    def side_by_side(self, step: Step, mark: Mark | None, changes: Sequence[Change]) -> list[str]:
        words, said = taken(step), one_line(step.description or "")
        text = [bold(escaped(line)) for line in wrapped(words, _ACTION, 2)]
        if said and len(text) == 1 and len(words) + len(said) + 2 <= _ACTION:
            text[0] += f"{GAP}{escaped(said)}"
        elif said:
            text += map(escaped, wrapped(said, _ACTION, 2))
        return [_tagged(mark, text), lines(self.changed(changes, _COLUMNS - _ACTION))]

    def in_lanes(self, step: Step, mark: Mark | None, changes: Sequence[Change]) -> list[str]:
        assert self.type is not None
        home = next(iter(lanes_of(step, self.type)), "")
        words = next(
            (words for write in (shown, brief) if len(words := self.words(step, home, write)) <= self.room),
            self.words(step, home, brief),
        )
        places: dict[str, list[Change]] = {lane: [] for lane in (*self.lanes, "")}
        for change in changes:
            lane, inside = self.lane_of(change)
            places[lane].append(inside)
        found = []
        for lane, here in places.items():
            items = [changed(each, self.room, strong=self.is_read(each)) for each in here]
            if lane != home:
                found.append(lines(flow(items, self.room)))
                continue
            name, *more = wrapped(words, self.room, LONGEST)
            head = [Item([bold(escaped(name)), *(bold(escaped(line)) for line in more)], len(name))]
            found.append(_tagged(mark, flow([*head, *items], self.room) or ["nothing changes"]))
        return found

    def words(self, step: Step, home: str, write: Callable[[Value], str]) -> str:
        """The action as it was taken; in its lane, without the node whose lane that is."""
        return call_in_lane(step, self.type, write) if home and self.type is not None else taken(step, write)

    def lane_of(self, change: Change) -> tuple[str, Change]:
        """The lane of a change, and the change without what the lane says already."""
        for lane in self.lanes:
            for name in self.keyed:
                if visible(change.place).startswith(f"{visible(name)}[{lane}]"):
                    return lane, replace(change, place=visible(change.place).replace(f"[{lane}]", "", 1))
        return "", change

    def changed(self, changes: Iterable[Change], columns: int) -> list[str]:
        items = [changed(change, columns, strong=self.is_read(change)) for change in changes]
        return flow(items, columns) or ["nothing changes"]

    def is_read(self, change: Change) -> bool:
        """Does the property read the variable?"""
        return any(
            change.place == name or change.place.startswith((f"{name}[", f"{name}.")) for name in self.trace.reads
        )

    def said(self, text: str) -> str:
        return lines(font(bold(escaped(line)), color=VERMILION) for line in wrapped(text, _COLUMNS, 3))


def _tagged(mark: Mark | None, text: list[str]) -> str:
    """A step that is a crash or a restart says so, in a word and not in a colour alone."""
    if mark is not None:
        text = [f"{font(bold(mark.upper()), color=_MARKS[mark])}{GAP}{text[0]}", *text[1:]]
    return lines(text)


def _edge(*, bottom: bool = False) -> dict[str, AttributeValue]:
    return {"border": 1, "sides": "LB" if bottom else "L", "color": "#c8c8c8"}
