"""A trace as a diagram in the DOT language, made for the reviewer of a change.

Time runs downwards along the left side. A box is a state: what changed, and what the violated property reads.
The arrow into it is the action. Nothing rests on colour alone: crashes, restarts and the failure differ in
weight, in dashes and in words, so a grey print says the same. The colours are those of Okabe and Ito.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from checker.trace import Part, Step, Trace
from checker.values import Value
from traces.differences import Change, Replaced, differences
from traces.dot_language import (
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
from traces.palette import BLACK, BLUE, GREY, PALE, VERMILION, WHITE
from traces.plain import clipped, one_line, shown, visible
from traces.wording import Mark, bindings, call, headline, marks, subject

PAGE_WIDTH = 7.5  # inches: an A4 page less its margins
PAGE_HEIGHT = 10.9
STATES_A_PAGE = 13  # the initial state and 12 steps

NUMBER_WIDTH = 28  # points
TEXT = 10
SMALL = 9
COLUMNS = 104  # characters of TEXT that fit beside each other
SMALL_COLUMNS = 114
LONGEST = 3  # lines for one value; the text and the ITF file have it in full

GAP = "&nbsp;" * 4

Attributes = Mapping[str, AttributeValue]


@dataclass(frozen=True)
class _Look:
    """How a state is drawn that a crash, a restart or any other action led to, and the arrow into it."""

    box: Attributes
    figure: Attributes  # the cell with the number of the state
    figure_colour: str
    arrow: Mapping[str, str]
    tag: Attributes  # the cell with the word CRASH or RESTART


_LOOKS: Mapping[Mark | None, _Look] = {
    None: _Look(
        box={"border": 1, "color": BLACK},
        figure={"bgcolor": PALE},
        figure_colour=BLACK,
        arrow={"color": BLACK},
        tag={},
    ),
    "crash": _Look(
        box={"border": 2, "color": VERMILION, "style": "dashed"},
        figure={"bgcolor": VERMILION},
        figure_colour=WHITE,
        arrow={
            "color": VERMILION,
            "penwidth": "2",
            "style": "dashed",
            "arrowhead": "tee",
            "arrowsize": "0.9",
        },
        tag={"bgcolor": VERMILION, "border": 1, "color": VERMILION},
    ),
    "restart": _Look(
        box={"border": 2, "color": BLUE, "style": "rounded"},
        figure={},
        figure_colour=BLUE,
        # Two parallel lines: the one between them is not drawn.
        arrow={"color": f"{BLUE}:invis:{BLUE}", "arrowhead": "empty", "arrowsize": "0.8"},
        tag={"border": 1, "color": BLUE},
    ),
}


def to_dot(trace: Trace) -> str:
    """The trace as the text of a DOT digraph, with a newline at its end.

    The same trace gives the same text. All text of the trace is shown as it stands, save that long text is
    shortened and unprintable characters become escapes. Up to 12 steps are scaled to one A4 page, longer
    traces to the height of as many pages as they need.
    """
    pages = -(-len(trace) // STATES_A_PAGE)
    common = {"fontname": "Helvetica", "fontsize": f"{TEXT:g}"}
    graph = {
        "charset": "UTF-8",
        "nodesep": "0.1",
        "ranksep": "0.03",
        "margin": "0",
        "pad": "0.1",
        "size": f"{PAGE_WIDTH:g},{PAGE_HEIGHT * pages:g}",
        **common,
    }
    out = [
        statement("graph", graph),
        statement("node", {"shape": "plain", **common}),
        statement("edge", {"arrowsize": "0.6", **common}),
    ]
    # The title is a node above the first state: as a label of the graph, it would centre the states under it.
    out += [
        statement("title", {"label": _title(trace)}),
        statement("title:at:s -> state_1:at:n", {"style": "invis", "minlen": "1"}),
    ]
    previous: Step | None = None
    for number, (step, mark) in enumerate(zip(trace.steps, marks(trace.steps), strict=True), start=1):
        out.append(statement(f"state_{number}", {"label": _state(trace, number, step, previous, _LOOKS[mark])}))
        if previous is not None:
            arrow = {"label": _action(step, mark), **_LOOKS[mark].arrow}
            out.append(statement(f"state_{number - 1}:at:s -> state_{number}:at:n", arrow))
        previous = step
    out += _failure(trace)
    return "digraph trace {\n" + "".join(f"  {line}\n" for line in out) + "}\n"


# ---------------------------------------------------------------- the title


def _title(trace: Trace) -> HtmlLabel:
    text = [
        escaped(subject(trace)),
        font(bold(escaped(f"{headline(trace)} in state {len(trace)}")), point_size=14),
        *map(escaped, wrapped(trace.description or "", COLUMNS, 3)),
    ]
    notes = wrapped(_constants(trace), SMALL_COLUMNS, 3)
    if any(name in trace.reads for name in trace.steps[0].state):
        notes.append("Bold: the variables that the property reads. In grey: their values where they did not change.")
    text += [font(escaped(line), point_size=SMALL, color=GREY) for line in notes]
    return html_label(table([row(cell("", port="at", width=NUMBER_WIDTH), cell(lines(text), cellpadding=2))]))


def _constants(trace: Trace) -> str:
    pairs = tuple((constant.name, value) for constant, value in trace.constants)
    return f"Constants: {bindings(pairs)}" if pairs else ""


# ---------------------------------------------------------------- a state


@dataclass(frozen=True)
class _Item:
    """A piece of a box: its lines in markup, and how many columns they take."""

    lines: list[str]
    columns: int


def _state(trace: Trace, number: int, step: Step, previous: Step | None, look: _Look) -> HtmlLabel:
    """The box of a state: its number, and beside it what there is to know."""
    parts = _initial(trace, step.state) if previous is None else _later(trace, previous.state, step.state)
    figure = font(bold(str(number)), color=look.figure_colour)
    return _box(figure, [cell(lines(part)) for part in parts if part], look.figure, look.box)


def _box(figure: str, cells: Iterable[str], figure_look: Attributes, look: Attributes) -> HtmlLabel:
    """A narrow cell on the left, which arrows go to, and cells one under the other on its right."""
    left = cell(figure, **{"port": "at", "width": NUMBER_WIDTH, "align": "CENTER", **figure_look})
    right = cell(table(map(row, cells)), cellpadding=2)
    return html_label(table([row(left, right)], **look))


def _initial(trace: Trace, state: Mapping[str, Value]) -> list[list[str]]:
    """The first state in full: first what the property reads, the rest smaller."""
    read = [name for name in state if name in trace.reads]
    rest = [name for name in state if name not in trace.reads]
    if not read:
        return [_flow([_binding(name, state[name], COLUMNS) for name in rest], COLUMNS)]
    small = _flow([_binding(name, state[name], SMALL_COLUMNS) for name in rest], SMALL_COLUMNS)
    return [
        _flow([_binding(name, state[name], COLUMNS, strong=True) for name in read], COLUMNS),
        [font(line, point_size=SMALL) for line in small],
    ]


def _later(trace: Trace, before: Mapping[str, Value], after: Mapping[str, Value]) -> list[list[str]]:
    """What changed, and under it in grey what the property reads that did not."""
    changes: list[_Item] = []
    same: list[_Item] = []
    for name, value in after.items():
        found = differences(name, before[name], value)
        changes += [_change(change, strong=name in trace.reads) for change in found]
        if not found and name in trace.reads:
            same.append(_binding(name, value, SMALL_COLUMNS, strong=True))
    return [
        _flow(changes, COLUMNS) or ["nothing changes"],
        [font(line, point_size=SMALL, color=GREY) for line in _flow(same, SMALL_COLUMNS)],
    ]


def _binding(name: str, value: Value, columns: int, *, strong: bool = False) -> _Item:
    """`name = value`."""
    text = shown(value)
    length = len(visible(name)) + 3 + len(text)
    label = _name(name, strong)
    if length <= columns:
        return _Item([f"{label} = {escaped(text)}"], length)
    return _Item([f"{label} =", *(GAP + escaped(line) for line in wrapped(text, columns - 4, LONGEST))], columns)


def _change(change: Change, *, strong: bool) -> _Item:
    """What a part of a variable was and became."""
    label = _name(change.place, strong)
    if isinstance(change, Replaced):
        old, new = shown(change.old), shown(change.new)
        length = len(visible(change.place)) + len(old) + len(new) + 5
        if length <= COLUMNS:
            return _Item([f"{label}: {font(escaped(old), color=GREY)} → {escaped(new)}"], length)
        was = [GAP + font(escaped(line), color=GREY) for line in wrapped(old, COLUMNS - 8, LONGEST)]
        now = [GAP + escaped(line) for line in wrapped(f"→ {new}", COLUMNS - 8, LONGEST)]
        return _Item([f"{label}:", *was, *now], COLUMNS)
    signed = [("+", change.added), ("−", change.removed)]
    text = "  ".join(f"{sign} {', '.join(map(shown, values))}" for sign, values in signed if values)
    length = len(visible(change.place)) + 2 + len(text)
    if length <= COLUMNS:
        return _Item([f"{label}: {escaped(text)}"], length)
    return _Item([f"{label}:", *(GAP + escaped(line) for line in wrapped(text, COLUMNS - 4, LONGEST))], COLUMNS)


def _name(name: str, strong: bool) -> str:
    text = escaped(clipped(visible(name), COLUMNS))
    return bold(text) if strong else text


def _flow(items: Iterable[_Item], columns: int) -> list[str]:
    """The items in lines, as many beside each other as fit; one of several lines stands alone."""
    found: list[str] = []
    used: int | None = None  # columns taken of the last line; None if nothing may join it
    for item in items:
        if used is not None and len(item.lines) == 1 and used + 4 + item.columns <= columns:
            found[-1] += GAP + item.lines[0]
            used += 4 + item.columns
        else:
            found += item.lines
            used = item.columns if len(item.lines) == 1 else None
    return found


# ---------------------------------------------------------------- an action


def _action(step: Step, mark: Mark | None) -> HtmlLabel:
    """The action beside its arrow, with its description."""
    name = call(step.action or "", step.arguments)
    description = one_line(step.description or "")
    beside = len(name) + len(description) + 2 <= COLUMNS - 12
    head = [bold(escaped(line)) for line in wrapped(name, COLUMNS - 12, 2)]
    under: list[str] = []
    if beside and head:
        head[0] += f"{GAP}{escaped(description)}" if description else ""
    else:
        under = [escaped(line) for line in wrapped(description, COLUMNS - 4, 2)]
    cells = [cell(GAP)]
    if mark is not None:
        look = _LOOKS[mark].tag
        word = font(bold(mark.upper()), color=WHITE if "bgcolor" in look else BLACK, point_size=SMALL)
        cells += [cell(word, **{"cellpadding": 1, **look}), cell(GAP)]
    rows = [row(*cells, cell(lines(head)))]
    if under:
        rows.append(row(*[cell("") for _ in cells], cell(lines(under))))
    return html_label(table(rows))


# ---------------------------------------------------------------- the failure


def _failure(trace: Trace) -> list[str]:
    """The box at the bottom that says why the last state, or the step into it, is wrong; and its line."""
    failure = trace.failure
    bad = failure.kind != "cover"
    figure = font(bold("!"), color=WHITE, point_size=TEXT + 4) if bad else bold("=")
    label = _box(
        figure,
        [cell(table(_reasons(trace), cellpadding=1))],
        {"bgcolor": BLACK} if bad else {"bgcolor": PALE},
        {"border": 3 if bad else 2, "color": BLACK},
    )
    arrow = {"style": "dashed", "dir": "none", "penwidth": "1.5"}
    if failure.action is not None:
        text = wrapped(f"{call(failure.action, failure.arguments)} cannot be evaluated", COLUMNS - 10, 2)
        arrow["label"] = html_label(table([row(cell(GAP), cell(lines(bold(escaped(line)) for line in text)))]))
    return [
        statement("failure", {"label": label}),
        statement(f"state_{len(trace)}:at:s -> failure:at:n", arrow),
    ]


def _reasons(trace: Trace) -> list[str]:
    """Rows of a label and what belongs to it."""
    failure = trace.failure
    columns = COLUMNS - 10
    verdict = {"cover": "true", "evaluation": "in"}.get(failure.kind, "false")
    conjunct = one_line(failure.conjunct or "")
    place = visible(failure.place or "")
    head = [bold(escaped(line)) for line in wrapped(conjunct, columns, 4)]
    where = [font(escaped(line), color=GREY) for line in wrapped(place, columns, 2)]
    if len(head) == 1 and where and len(conjunct) + len(place) + 4 <= columns - 10:
        head, where = [f"{head[0]}{GAP}{where[0]}"], []
    parts = [_part(part, columns) for part in failure.parts]
    # Nothing is read by a deadlock: it is about the state as a whole.
    state = {} if parts or trace.reads else trace.steps[-1].state
    found = [
        ("why", [escaped(line) for line in wrapped(failure.message, columns, 3)]),
        (verdict, head),
        ("at", where),
        ("for", [escaped(line) for line in wrapped(bindings(failure.witnesses), columns, LONGEST)]),
        # A few values read best one under the other; more of them would take too much of the page.
        (
            "where",
            [line for part in parts for line in part.lines] if len(parts) <= 4 else _flow(parts, columns),
        ),
        ("state", _flow([_binding(name, value, columns) for name, value in state.items()], columns)),
    ]
    return [row(cell(font(label + GAP, color=GREY), valign="TOP"), cell(lines(text))) for label, text in found if text]


def _part(part: Part, columns: int) -> _Item:
    text = wrapped(f"{one_line(part.text)} = {shown(part.value)}", columns, LONGEST)
    return _Item([escaped(line) for line in text], len(text[0]))
