"""A trace as data for the viewer in a browser: nothing but texts and numbers, ready to be shown.

All texts are `visible`, so no name and no value can act. The state after each step is told by the variables that
changed; equal values are written once, in `values`, and referred to by their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NotRequired, TypedDict, assert_never

from skipgate.checker.core.contrast import Contrast
from skipgate.checker.core.datatypes import EnumType, MapType, SortType, Type
from skipgate.checker.core.trace import Failure, Loop, Step, Trace, Variable
from skipgate.checker.core.values import MapValue, Value
from skipgate.traces.contrast_wording import sentences, title, why
from skipgate.traces.differences import Change, Edited, Replaced, Spliced, state_changes
from skipgate.traces.lanes import call_in_lane, lane_types, lanes_of
from skipgate.traces.plain import brief, one_line, shown, visible
from skipgate.traces.wording import (
    abstract_heading,
    call,
    equals,
    finding,
    marks,
    of_conjunct,
    old_and_new,
    repetition,
    subject,
)

Pairs = list[tuple[str, str]]
_ROOM = 48  # characters of a change; the state beside it has the values in full


class ValueView(TypedDict):
    """A value: as one text, and if it is a map whose keys make lanes, with the text of each part."""

    text: str
    parts: NotRequired[list[str]]


class ChangeView(TypedDict):
    """What a part of a variable was and is; of a set or a sequence, what left and what came."""

    variable: int
    place: str
    old: str
    new: str
    edited: NotRequired[Literal[True]]  # `old` left a set or a sequence, and `new` came
    lane: NotRequired[str]  # the key of a map that the change is below, if keys of its type make lanes


class StepView(TypedDict):
    """A step: the action with its arguments, and the variables that have another value after it."""

    action: str
    call: str
    said: NotRequired[str]
    mark: NotRequired[Literal["crash", "restart"]]
    lanes: NotRequired[dict[str, tuple[str, str]]]  # by type, the first argument of it, and the action without that
    changes: list[ChangeView]
    state: dict[int, int]  # the numbers of variables and of their values; of the first step, all
    abstract: NotRequired[AbstractStepView]


class AbstractStepView(TypedDict):
    """The step of the refined model that a step stands for."""

    title: str
    changes: list[ChangeView]


class VariableView(TypedDict):
    """A variable; `lanes` is the type of the keys of a map, if they make lanes."""

    name: str
    read: NotRequired[Literal[True]]  # the property reads it
    lanes: NotRequired[str]


class FailureView(TypedDict):
    """Why the trace ends where it does."""

    message: str
    conjunct: str
    is_: str
    place: str
    witnesses: Pairs
    parts: list[tuple[str, str, str]]


class LoopView(TypedDict):
    """How a behaviour that never ends goes on."""

    start: int
    said: str
    back: StepView | None
    notes: list[str]


class TraceView(TypedDict):
    """All that the viewer shows of a trace."""

    subject: str
    finding: str
    kind: str
    property: str
    description: str
    constants: Pairs
    variables: list[VariableView]
    lanes: dict[str, list[str]]
    values: list[ValueView]
    steps: list[StepView]
    loop: LoopView | None
    failure: FailureView


class RightView(TypedDict):
    """What the other check of a contrast does; without changes, it changes what the left does."""

    call: str
    said: str
    changes: NotRequired[list[ChangeView]]


class RowView(TypedDict):
    """A row of a contrast; its left side is the step of the trace."""

    relation: str
    right: NotRequired[RightView]  # where it is not the same
    reason: NotRequired[str]
    place: NotRequired[str]


class ContrastView(TypedDict):
    """All that the viewer shows of a contrast."""

    title: str
    left: str
    right: str
    sentences: list[str]
    parting: int | None
    rows: list[RowView]


def view(trace: Trace) -> TraceView:
    """A trace as data."""
    return _Viewer(trace).view()


def contrast_view(contrast: Contrast) -> ContrastView:
    """A contrast as data."""
    return {
        "title": title(contrast),
        "left": visible(contrast.trace.check),
        "right": visible(contrast.against),
        "sentences": sentences(contrast),
        "parting": contrast.parting,
        "rows": [_row(contrast, number) for number in range(len(contrast.rows))],
    }


class _Viewer:
    """Collects the values of one trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.names = {variable.name: number for number, variable in enumerate(trace.variables)}
        self.lane_types = lane_types(trace)
        self.types = {variable.name: variable.type for variable in trace.variables}
        self.values: list[ValueView] = []
        self.known: dict[tuple[str, str], int] = {}  # by lanes of the variable and text, the numbers of values

    def view(self) -> TraceView:
        trace = self.trace
        signs = marks(trace.steps)
        befores: list[Step | None] = [None, *trace.steps]
        steps = [self.step(*each) for each in zip(trace.steps, befores, signs, strict=False)]
        if trace.abstract is not None:
            previous: Step | None = None
            for index, (step, abstract) in enumerate(zip(steps, trace.abstract.steps, strict=True)):
                changes = [] if previous is None else state_changes(previous.state, abstract.state)
                said = ": ".join(abstract_heading(trace.abstract, index)).replace("::", ":")
                step["abstract"] = {"title": said, "changes": [change_view(each, -1) for each in changes]}
                previous = abstract
        return {
            "subject": subject(trace),
            "finding": finding(trace),
            "kind": trace.failure.kind,
            "property": visible(trace.property),
            "description": one_line(trace.description or ""),
            "constants": [(visible(constant.name), shown(value)) for constant, value in trace.constants],
            "variables": [self.variable(variable) for variable in trace.variables],
            "lanes": {name: [shown(key) for key in keys] for name, keys in self.lane_types.items()},
            "steps": steps,
            "loop": None if trace.loop is None else self.loop(trace.loop),
            "failure": _failure(trace.failure),
            "values": self.values,
        }

    def variable(self, variable: Variable) -> VariableView:
        found: VariableView = {"name": visible(variable.name)}
        if variable.name in self.trace.reads:
            found["read"] = True
        if (lanes := self.lanes_of(variable.type)) is not None:
            found["lanes"] = lanes
        return found

    def step(self, step: Step, before: Step | None, mark: Literal["crash", "restart"] | None) -> StepView:
        was: Mapping[str, Value] = {} if before is None else before.state
        lanes = {
            type: (homes[0], call_in_lane(step, type)) for type in self.lane_types if (homes := lanes_of(step, type))
        }
        first = "initial state" if not self.trace.from_anywhere else "some state, which need not be reachable"
        found: StepView = {
            "action": visible(step.action or ""),
            "call": first if step.action is None else call(step.action, step.arguments),
            "changes": [
                self.change(name, each)
                for name, value in step.state.items()
                if name in was
                for each in state_changes({name: was[name]}, {name: value})
            ],
            "state": {
                self.names[name]: self.number(name, value)
                for name, value in step.state.items()
                if name not in was or was[name] != value
            },
        }
        if step.description:
            found["said"] = one_line(step.description)
        if mark is not None:
            found["mark"] = mark
        if lanes:
            found["lanes"] = lanes
        return found

    def loop(self, loop: Loop) -> LoopView:
        back = loop.back
        last = self.trace.steps[-1]
        return {
            "start": loop.start,
            "said": repetition(self.trace, loop),
            "back": None if back is None else self.step(back, last, marks((back,))[0]),
            "notes": [one_line(note) for note in loop.notes],
        }

    def change(self, name: str, change: Change) -> ChangeView:
        found = change_view(change, self.names[name])
        lanes = self.lanes_of(self.types[name])
        for key in self.lane_types.get(lanes, ()) if lanes is not None else ():
            if found["place"].startswith(f"{visible(name)}[{shown(key)}]"):
                found["lane"] = shown(key)
        return found

    def number(self, name: str, value: Value) -> int:
        """The number of a value in `values`."""
        lanes = self.lanes_of(self.types[name])
        known = (lanes or "", shown(value))
        if known not in self.known:
            self.known[known] = len(self.values)
            entry: ValueView = {"text": known[1]}
            if lanes is not None and isinstance(value, MapValue):
                entry["parts"] = [shown(part) for _, part in value.items]
            self.values.append(entry)
        return self.known[known]

    def lanes_of(self, type: Type) -> str | None:
        """The type of a map's keys, if they make lanes."""
        if isinstance(type, MapType) and isinstance(type.key, EnumType | SortType) and type.key.name in self.lane_types:
            return type.key.name
        return None


def change_view(change: Change, variable: int) -> ChangeView:
    """A change as data. `variable` is the number of its variable, or -1 if that is of no interest."""
    place = visible(change.place)
    match change:
        case Replaced(_, old, new):
            old_text, new_text = old_and_new(old, new, _ROOM)
            return {"variable": variable, "place": place, "old": old_text, "new": new_text}
        case Edited(_, removed, added) | Spliced(_, removed, added):
            short = sum(len(shown(value)) for value in (*removed, *added)) <= _ROOM
            old_text, new_text = (", ".join(map(shown if short else brief, values)) for values in (removed, added))
            return {"variable": variable, "place": place, "old": old_text, "new": new_text, "edited": True}
        case _:
            assert_never(change)


def _failure(failure: Failure) -> FailureView:
    return {
        "message": one_line(failure.message),
        "conjunct": one_line(failure.conjunct or ""),
        "is_": of_conjunct(failure.kind),
        "place": visible(failure.place or ""),
        "witnesses": [(visible(name), shown(value)) for name, value in failure.witnesses],
        "parts": [(one_line(part.text), equals(part), shown(part.value)) for part in failure.parts],
    }


def _row(contrast: Contrast, number: int) -> RowView:
    row = contrast.rows[number]
    found: RowView = {"relation": row.relation}
    if row.relation != "same" and row.right is not None:
        left_before = contrast.rows[number - 1].left if number else None
        right_before = next((each.right for each in reversed(contrast.rows[:number]) if each.right is not None), None)
        found["right"] = {
            "call": "initial state" if row.right.action is None else call(row.right.action, row.right.arguments),
            "said": one_line(row.right.description or ""),
        }
        changes = _changes(right_before, row.right)
        if changes != _changes(left_before, row.left):
            found["right"]["changes"] = [change_view(each, -1) for each in changes]
    if row.reason is not None:
        found["reason"] = why(row.reason)
        found["place"] = visible(row.reason.place)
    return found


def _changes(before: Step | None, step: Step) -> list[Change]:
    return [] if before is None else state_changes(before.state, step.state)
