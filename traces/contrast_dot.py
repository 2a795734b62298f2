"""A contrast as a diagram in the DOT language: two lanes, and the numbers of the states between them.

Time runs downwards. What both checks do goes across both lanes, until they part; from there on each lane says what
changes in it. Nothing rests on colour alone: where they part there is a thick line and a word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from skipgate.checker.core.contrast import Contrast, Reason, differences
from skipgate.checker.core.trace import Step
from skipgate.traces.contrast_wording import ending, names, sentences, title, why
from skipgate.traces.differences import differences as changes
from skipgate.traces.dot import PAGE_HEIGHT, PAGE_WIDTH, SMALL, TEXT
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
from skipgate.traces.flow import GAP, binding, changed, flow, reminder
from skipgate.traces.palette import BLACK, GREY, PALE, VERMILION, WHITE
from skipgate.traces.plain import one_line, visible
from skipgate.traces.wording import Mark, bindings, call, equals, marks, repetition

LANE = 56  # characters of a lane
_SMALL_LANE = LANE * TEXT // SMALL
_WHOLE = 2 * LANE + 6
_ROWS_A_PAGE = 16
_FIGURE_SPACE = "&#8199;"  # as wide as a digit


def contrast_to_dot(contrast: Contrast) -> str:
    """The contrast as the text of a DOT digraph, with a newline at its end; the same contrast gives the same text."""
    pages = -(-len(contrast.rows) // _ROWS_A_PAGE)
    fonts = {"fontname": "Helvetica", "fontsize": f"{TEXT}"}
    size = f"{PAGE_WIDTH:g},{PAGE_HEIGHT * pages:g}"
    out = [
        statement("graph", {"charset": "UTF-8", "margin": "0", "pad": "0.1", "size": size, **fonts}),
        statement("node", {"shape": "plain", **fonts}),
        statement("lanes", {"label": _lanes(contrast)}),
    ]
    return "digraph contrast {\n" + "".join(f"  {line}\n" for line in out) + "}\n"


def _lanes(contrast: Contrast) -> HtmlLabel:
    rows = [row(cell(_title(contrast), colspan=3, cellpadding=4)), _heads(contrast)]
    at = len(contrast.rows) if contrast.parting is None else contrast.parting
    found = marks(tuple(each.left for each in contrast.rows))
    if at:
        trunk = [line for i in range(at) for line in _across(contrast.number(i), contrast.rows[i].left, found[i])]
        rows.append(row(cell(lines(trunk), colspan=3, border=1, color=GREY, cellpadding=4)))
    if at < len(contrast.rows):
        word = font(bold(escaped("here they part")), color=WHITE, point_size=SMALL)
        rows.append(row(cell(word, colspan=3, bgcolor=VERMILION, align="CENTER", cellpadding=2)))
    for i in range(at, len(contrast.rows)):
        rows.append(_row(contrast, i, found[i]))
    return html_label(table([*rows, _endings(contrast)], cellspacing=2))


def _title(contrast: Contrast) -> str:
    note = "Bold: what is not the same on the other side." if contrast.parting is not None else ""
    said = [
        font(escaped(visible(contrast.trace.model)), color=GREY),
        *(font(bold(escaped(line)), point_size=14) for line in wrapped(title(contrast), _WHOLE - 20, 2)),
        *map(escaped, wrapped(contrast.trace.description or "", _WHOLE, 2)),
        "",
        *(escaped(line) for sentence in sentences(contrast) for line in wrapped(sentence, _WHOLE, 4)),
        *_quiet([note] if note else []),
    ]
    return lines(said)


def _heads(contrast: Contrast) -> str:
    """The names of the lanes, and what their checks are about."""
    look: dict[str, AttributeValue] = {"bgcolor": PALE, "border": 1, "color": BLACK, "cellpadding": 3, "valign": "TOP"}
    left, right = (
        cell(lines([font(bold(escaped(name)), point_size=12), *_quiet(wrapped(said or "", LANE, 2))]), **look)
        for name, said in zip(names(contrast), contrast.descriptions, strict=True)
    )
    return row(left, cell(""), right)


def _across(number: int, step: Step, mark: Mark | None) -> list[str]:
    """A step that both take: its number and its name, and beside them its description if there is room."""
    name, *more = _action(step, mark, _WHOLE - 6)
    figure = f"{bold(f'{number:>2}'.replace(' ', _FIGURE_SPACE))}{GAP}"
    room = len(call(step.action or "", step.arguments)) + len(one_line(step.description or "")) < _WHOLE - 20
    if room:
        return [figure + GAP.join([name, *more])]
    return [figure + name, *(GAP * 2 + line for line in more)]


def _row(contrast: Contrast, number: int, mark: Mark | None) -> str:
    """A step in both lanes, and the number of the state that it leads to."""
    each = contrast.rows[number]
    left_before = contrast.rows[number - 1].left if number else None
    right_before = next((r.right for r in reversed(contrast.rows[:number]) if r.right is not None), None)
    now = each.right or right_before
    strong = {found.name for found in differences(each.left.state, now.state)} if now is not None else set()
    left = [*_action(each.left, mark), *_changes(left_before, each.left, strong)]
    if number == len(contrast.trace):
        left += _quiet([f"back in state {contrast.number(number)}"])
    right: list[str] = []
    if each.relation in ("refused", "stopped"):
        said = f"{names(contrast)[1]} {'cannot' if each.relation == 'refused' else 'goes no further'}"
        right += _refusal(said, each.reason)
    if each.right is not None:
        right += _quiet(["instead it can take"]) if each.relation == "refused" else []
        right += [*_action(each.right, mark if each.relation != "refused" else None)]
        right += _changes(right_before, each.right, strong)
    parts_here = number == contrast.parting
    look: dict[str, AttributeValue] = {"border": 1, "color": GREY, "cellpadding": 4, "valign": "TOP"}
    if parts_here:
        look |= {"border": 3, "color": VERMILION}
    figure = cell(bold(str(contrast.number(number))), bgcolor=PALE, align="CENTER", width=24)
    return row(cell(lines(left), **look), figure, cell(lines(right), **look))


def _action(step: Step, mark: Mark | None, columns: int = LANE) -> list[str]:
    if step.action is None:
        return [bold("initial state")]
    word = f"{mark.upper()}  " if mark else ""
    name = [bold(escaped(line)) for line in wrapped(word + call(step.action, step.arguments), columns, 2)]
    return [*name, *map(escaped, wrapped(step.description or "", columns, 2))]


def _changes(before: Step | None, step: Step, strong: Collection[str]) -> list[str]:
    """What a step changes; of an initial state, all there is."""
    if before is None:
        items = [reminder(name, value, strong=name in strong) for name, value in step.state.items()]
    else:
        items = [
            changed(change, LANE, strong=name in strong)
            for name, value in step.state.items()
            for change in changes(name, before.state[name], value)
        ]
    return [font(line, point_size=SMALL) for line in flow(items, _SMALL_LANE) or ["nothing changes"]]


def _refusal(said: str, reason: Reason | None) -> list[str]:
    """Why the right does not follow."""
    if reason is None:
        return [bold(escaped(said))]
    head = [bold(escaped(line)) for line in wrapped(f"{said}, since {why(reason)}", LANE, 3)]
    parts = [binding(one_line(part.text), part.value, _SMALL_LANE, sign=equals(part)) for part in reason.parts]
    where = [*map(escaped, wrapped(bindings(reason.witnesses), _SMALL_LANE, 2)), *flow(parts, _SMALL_LANE)]
    return [*head, *(font(line, point_size=SMALL) for line in where), *_quiet(wrapped(reason.place, LANE, 1))]


def _quiet(text: Iterable[str]) -> list[str]:
    return [font(escaped(line), point_size=SMALL, color=GREY) for line in text]


def _endings(contrast: Contrast) -> str:
    """What the two lanes come to: black is bad."""
    loop = contrast.trace.loop
    again = "" if loop is None else f"{repetition(contrast.trace, loop)}: "
    found = [(again + contrast.trace.failure.message, True)]
    found += [(said, contrast.ending.verdict == "violation") for said in ending(contrast)[-1:]]
    cells = []
    for said, bad in found:
        text = [font(bold(escaped(line)), color=WHITE if bad else BLACK) for line in wrapped(said, LANE, 3)]
        cells.append(cell(lines(text), bgcolor=BLACK if bad else WHITE, border=2, color=BLACK, cellpadding=4))
    return row(cells[0], cell(""), *cells[1:])
