"""A trace as a diagram in the DOT language, made for the reviewer of a change.

Time runs downwards along the left side. A box is a state: what changed, and what the violated property reads.
The arrow into it is the action. Nothing rests on colour alone: crashes, restarts and the failure differ in
weight, in dashes and in words, so a grey print says the same. The colours are those of Okabe and Ito.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from skipgate.checker.core.trace import AbstractView, Loop, Part, Step, Trace
from skipgate.checker.core.values import Value
from skipgate.traces.differences import differences, state_changes
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
from skipgate.traces.flow import GAP, LONGEST, Item, binding, changed, flow, reminder
from skipgate.traces.palette import BLACK, BLUE, GREY, PALE, VERMILION, WHITE
from skipgate.traces.plain import one_line, visible
from skipgate.traces.wording import (
    Mark,
    abstract_heading,
    bindings,
    call,
    equals,
    finding,
    marks,
    of_conjunct,
    remarks,
    repetition,
    subject,
    taken,
)

PAGE_WIDTH = 7.5  # inches: an A4 page less its margins
PAGE_HEIGHT = 10.9
STATES_A_PAGE = 13  # the initial state and 12 steps

NUMBER_WIDTH = 28  # points
TEXT = 10
SMALL = 9


@dataclass(frozen=True)
class Page:
    """How many characters stand beside each other, of TEXT and of SMALL size."""

    columns: int

    @property
    def small(self) -> int:
        """The same of SMALL size."""
        return self.columns * TEXT // SMALL

    @classmethod
    def of(cls, states: int) -> Page:
        """More for a long trace on one page: it is made smaller to fit the height, which leaves width to use."""
        return cls(max(96, 9 * states) if states <= STATES_A_PAGE else 104)


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
    pages = max(1, -(-len(trace.steps) // STATES_A_PAGE))
    page = Page.of(len(trace.steps))
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
    first = "state_1" if trace.steps else "failure"
    out += [
        statement("title", {"label": _title(trace, page)}),
        statement(f"title:at:s -> {first}:at:n", {"style": "invis", "minlen": "1"}),
    ]
    previous: Step | None = None
    since: dict[str, int] = {}  # in which state each variable got its value
    for index, (step, mark) in enumerate(zip(trace.steps, marks(trace.steps), strict=True)):
        number = trace.number(index)
        since |= dict.fromkeys(step.state if previous is None else step.changed, number)
        label = _state(trace, page, index, previous, _LOOKS[mark], since)
        out.append(statement(f"state_{number}", {"label": label}))
        if previous is not None:
            arrow = {"label": _action(page, step, mark), **_LOOKS[mark].arrow}
            out.append(statement(f"state_{trace.number(index - 1)}:at:s -> state_{number}:at:n", arrow))
        previous = step
    last = f"state_{len(trace)}" if trace.steps else None
    if trace.loop is not None:
        out += _again(trace, trace.loop, page, since)
        last = "again"
    out += _failure(trace, page, last)
    return "digraph trace {\n" + "".join(f"  {line}\n" for line in out) + "}\n"


# ---------------------------------------------------------------- the title


def heading(trace: Trace, page: Page) -> list[str]:
    """What the trace shows, and the constants."""
    text = [
        escaped(subject(trace)),
        font(bold(escaped(finding(trace))), point_size=14),
        *map(escaped, wrapped(trace.description or "", page.columns, 3)),
    ]
    constants = [binding(constant.name, value, page.small) for constant, value in trace.constants]
    notes = flow([Item(["Constants:"], 10), *constants], page.small) if constants else []
    if trace.steps and any(name in trace.reads for name in trace.steps[0].state):
        notes.append("Bold: the variables that the property reads. In grey: their values where they did not change.")
    return [*text, *(font(line, point_size=SMALL, color=GREY) for line in notes)]


def _title(trace: Trace, page: Page) -> HtmlLabel:
    text = heading(trace, page)
    return html_label(
        table(
            [
                row(
                    cell("", port="at", width=NUMBER_WIDTH),
                    cell(table((row(cell(line)) for line in text), cellspacing=1)),
                )
            ]
        )
    )


# ---------------------------------------------------------------- a state


def _state(
    trace: Trace,
    page: Page,
    index: int,
    previous: Step | None,
    look: _Look,
    since: Mapping[str, int],
) -> HtmlLabel:
    """The box of a state: its number, and beside it what there is to know."""
    step = trace.steps[index]
    if previous is None:
        parts = initial_state(trace, page, step.state)
    else:
        parts = _later(trace, page, previous.state, step.state, since)
    if trace.abstract is not None:
        parts.append(_abstract(trace.abstract, page, index))
    parts += [
        [font(escaped(line), point_size=SMALL, color=VERMILION) for line in wrapped(text, page.small, 2)]
        for text in remarks(trace, index)
    ]
    figure = font(bold(str(trace.number(index))), color=look.figure_colour)
    return _box(figure, [cell(line) for part in parts for line in part], look.figure, look.box)


def _box(figure: str, cells: Iterable[str], figure_look: Attributes, look: Attributes) -> HtmlLabel:
    """A narrow cell on the left, which arrows go to, and cells one under the other on its right."""
    left = cell(figure, **{"port": "at", "width": NUMBER_WIDTH, "align": "CENTER", **figure_look})
    right = cell(table(map(row, cells), cellspacing=1), cellpadding=1)
    return html_label(table([row(left, right)], **look))


def initial_state(trace: Trace, page: Page, state: Mapping[str, Value]) -> list[list[str]]:
    """The first state in full: first what the property reads, the rest smaller."""
    read = [name for name in state if name in trace.reads]
    rest = [name for name in state if name not in trace.reads]
    if not read:
        return [flow([binding(name, state[name], page.columns) for name in rest], page.columns)]
    small = flow([binding(name, state[name], page.small) for name in rest], page.small)
    return [
        flow([binding(name, state[name], page.columns, strong=True) for name in read], page.columns),
        [font(line, point_size=SMALL) for line in small],
    ]


def _later(
    trace: Trace, page: Page, before: Mapping[str, Value], after: Mapping[str, Value], since: Mapping[str, int]
) -> list[list[str]]:
    """What changed, and under it in grey what the property reads that did not."""
    changes: list[Item] = []
    same: list[Item] = []
    for name, value in after.items():
        found = differences(name, before[name], value)
        changes += [changed(change, page.columns, strong=name in trace.reads) for change in found]
        if not found and name in trace.reads:
            same.append(reminder(name, value, strong=True, since=since.get(name)))
    return [
        flow(changes, page.columns) or ["nothing changes"],
        [font(line, point_size=SMALL, color=GREY) for line in flow(same, page.small)],
    ]


def _abstract(view: AbstractView, page: Page, index: int) -> list[str]:
    """What a state, and the step to it, are to the model that is refined."""
    place, words = abstract_heading(view, index)
    state = view.steps[index].state
    items = [Item([f"{escaped(place)} {bold(escaped(words))}"], len(place) + 1 + len(words))]
    if index == 0:
        items += [binding(name, value, page.small) for name, value in state.items()]
    else:
        items += [changed(change, page.small) for change in state_changes(view.steps[index - 1].state, state)]
    return [font(line, point_size=SMALL, color=BLUE) for line in flow(items, page.small)]


# ---------------------------------------------------------------- what repeats for ever


def _again(trace: Trace, loop: Loop, page: Page, since: Mapping[str, int]) -> list[str]:
    """Under the last state the one that the behaviour goes back to once more, and the line back up to it."""
    words = font(bold(escaped(repetition(trace, loop))), color=VERMILION)
    last, first = trace.steps[-1], trace.number(loop.start)
    parts: list[list[str]] = []
    arrow: dict[str, str] = {"style": "dashed", "label": html_label(table([row(cell(GAP), cell("no step"))]))}
    if loop.back is not None:
        parts = _later(trace, page, last.state, loop.back.state, since)
        (mark,) = marks((loop.back,))
        arrow = {"label": _action(page, loop.back, mark), **_LOOKS[mark].arrow}
    look: Attributes = {"border": 2, "color": VERMILION, "style": "dashed"}
    cells = [cell(line) for part in [*parts, [words]] for line in part]
    box = _box(font(bold(str(first)), color=VERMILION), cells, {}, look)
    # From above to below, so that the ranks stay as they are, but drawn from below to above.
    back = {"dir": "back", "color": VERMILION, "penwidth": "2.5", "weight": "0"}
    return [
        statement("again", {"label": box}),
        statement(f"state_{len(trace)}:at:s -> again:at:n", arrow),
        statement(f"state_{first}:at:w -> again:at:w", back),
    ]


# ---------------------------------------------------------------- an action


def _action(page: Page, step: Step, mark: Mark | None) -> HtmlLabel:
    """The action beside its arrow, with its description."""
    name = taken(step)
    description = one_line(step.description or "")
    beside = len(name) + len(description) + 2 <= page.columns - 12
    head = [bold(escaped(line)) for line in wrapped(name, page.columns - 12, 2)]
    under: list[str] = []
    if beside and head:
        head[0] += f"{GAP}{escaped(description)}" if description else ""
    else:
        under = [escaped(line) for line in wrapped(description, page.columns - 4, 2)]
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


def _failure(trace: Trace, page: Page, last: str | None) -> list[str]:
    """The box at the bottom that says why the last state, or the step into it, is wrong; and the line from it."""
    failure = trace.failure
    bad, figure = figure_of(trace)
    why = [
        row(cell(font(label + GAP, color=GREY), valign="TOP"), cell(lines(text)))
        for label, text in reasons(trace, page)
    ]
    label = _box(
        figure,
        [cell(table(why, cellpadding=1))],
        {"bgcolor": BLACK} if bad else {"bgcolor": PALE},
        {"border": 3 if bad else 2, "color": BLACK},
    )
    arrow = {"style": "dashed", "dir": "none", "penwidth": "1.5"}
    if failure.action is not None:
        text = wrapped(f"{call(failure.action, failure.arguments)} cannot be evaluated", page.columns - 10, 2)
        arrow["label"] = html_label(table([row(cell(GAP), cell(lines(bold(escaped(line)) for line in text)))]))
    box = statement("failure", {"label": label})
    return [box] if last is None else [box, statement(f"{last}:at:s -> failure:at:n", arrow)]


def figure_of(trace: Trace) -> tuple[bool, str]:
    """Is the end of a trace bad, and the sign for it."""
    if trace.failure.kind in ("cover", "log", "walk", "test"):
        return False, bold("=")
    return True, font(bold("!"), color=WHITE, point_size=TEXT + 4)


def reasons(trace: Trace, page: Page) -> list[tuple[str, list[str]]]:
    """Why the trace ends where it does: labels, and the lines that belong to each."""
    failure = trace.failure
    columns = page.columns - 10
    conjunct = one_line(failure.conjunct or "")
    place = visible(failure.place or "")
    head = [bold(escaped(line)) for line in wrapped(conjunct, columns, 4)]
    where = [font(escaped(line), color=GREY) for line in wrapped(place, columns, 2)]
    if len(head) == 1 and where and len(conjunct) + len(place) + 4 <= columns - 10:
        head, where = [f"{head[0]}{GAP}{where[0]}"], []
    parts = [_part(part, columns) for part in failure.parts]
    # A deadlock reads nothing, or everything: it is about the state as a whole.
    state = trace.steps[-1].state if failure.kind == "deadlock" and len(trace) > 1 else {}
    notes = () if trace.loop is None else trace.loop.notes
    found = [
        ("why", [escaped(line) for line in wrapped(failure.message, columns, 3)]),
        (of_conjunct(failure.kind), head),
        ("at", where),
        ("for", [escaped(line) for line in wrapped(bindings(failure.witnesses), columns, LONGEST)]),
        # A few values read best one under the other; more of them would take too much of the page.
        (
            "where",
            [line for part in parts for line in part.lines] if len(parts) <= 4 else flow(parts, columns),
        ),
        ("state", flow([binding(name, value, columns) for name, value in state.items()], columns)),
        *(("note", [escaped(line) for line in wrapped(note, columns, 2)]) for note in notes),
    ]
    return [(label, text) for label, text in found if text]


def _part(part: Part, columns: int) -> Item:
    return binding(one_line(part.text), part.value, columns, sign=equals(part))
