"""A contrast as text for a terminal or a log: the steps that both take once, after the parting each side by itself."""

from __future__ import annotations

from skipgate.checker.core.contrast import Contrast, ContrastRow
from skipgate.checker.core.trace import Step
from skipgate.traces.contrast_wording import ending, names, sentences, title, why
from skipgate.traces.differences import state_changes
from skipgate.traces.lines import NARROWEST, Segment, TextLine, laid_out
from skipgate.traces.plain import one_line, shown, visible
from skipgate.traces.text import action, change_line, in_full
from skipgate.traces.wording import bindings, equals, marks, repetition

_NUMBER = 4  # columns for the number of a state
_INDENT = _NUMBER + 2
_DETAIL = _INDENT + 4


def render_contrast(contrast: Contrast, *, colour: bool = False, width: int = 100) -> str:
    """The contrast as text whose lines are at most `width` columns long, with a newline at its end."""
    left, right = names(contrast)
    width = max(width, NARROWEST)
    lines = [
        TextLine(((f"{visible(contrast.trace.model)}, checks {left} and {right}", "plain"),)),
        TextLine(((title(contrast), "bad"),)),
        *(TextLine(((one_line(said), "plain"),), 2, 2) for said in (contrast.trace.description,) if said),
        TextLine(()),
        *(TextLine(((sentence, "plain"),)) for sentence in sentences(contrast)),
        TextLine(()),
    ]
    before: ContrastRow | None = None
    loop = contrast.trace.loop
    for number, row in enumerate(contrast.rows):
        if number == contrast.parting:
            lines.append(TextLine(((f"---- {left} and {right} part ".ljust(width, "-"), "bad"),)))
        lines += _row(contrast, number, row, before, width)
        if loop is not None and number == loop.start:
            said = repetition(contrast.trace, loop)
            lines.append(TextLine(((f"---- in {left}, {said} ".ljust(width, "-"), "title"),)))
        before = row
    return laid_out([*lines, *_endings(contrast)], colour=colour, width=width)


def render_summary(contrast: Contrast, *, colour: bool = False, width: int = 100) -> str:
    """The contrast in a few sentences, to be read below the trace."""
    lines = [TextLine(((f"compared with check {names(contrast)[1]}", "quiet"),))]
    lines += [TextLine(((sentence, "plain"),), 2, 2) for sentence in sentences(contrast)]
    return laid_out(lines, colour=colour, width=width)


def _row(contrast: Contrast, number: int, row: ContrastRow, before: ContrastRow | None, width: int) -> list[TextLine]:
    mark = marks(tuple(each.left for each in contrast.rows))[number]
    label: Segment = (f"{contrast.number(number):>{_NUMBER}}  ", "quiet")
    if row.relation == "same":
        taken: list[Segment] = [("initial state", "action")] if before is None else action(row.left, mark)
        return [TextLine((label, *taken), 0, _INDENT + 2)]
    left, right = names(contrast)
    lines = [TextLine((label, *_said(left, row.left, "takes")), 0, _INDENT + 2)]
    lines += _changes(None if before is None else before.left, row.left, width)
    if row.relation == "stopped":
        return [*lines, *_refusal(row, right, "goes no further")]
    if row.relation == "refused":
        lines += _refusal(row, right, "cannot")
        if row.right is not None:
            lines.append(TextLine(tuple(_said(right, row.right, "can take")), _INDENT, _INDENT + 2))
    elif _is_alike(row, before, _right_before(contrast, number)):
        return [*lines, TextLine(((f"{right} does the same", "quiet"),), _INDENT, _INDENT + 2)]
    elif row.right is not None:
        lines.append(TextLine(tuple(_said(right, row.right, "takes")), _INDENT, _INDENT + 2))
    return lines if row.right is None else [*lines, *_changes(_right_before(contrast, number), row.right, width)]


def _right_before(contrast: Contrast, number: int) -> Step | None:
    """Where the right was before a row."""
    return next((row.right for row in reversed(contrast.rows[:number]) if row.right is not None), None)


def _is_alike(row: ContrastRow, before: ContrastRow | None, right_before: Step | None) -> bool:
    """Does the same step change the same on both sides?"""
    if before is None or row.right is None or right_before is None:
        return False
    changed = [state_changes(was.state, now.state) for was, now in ((before.left, row.left), (right_before, row.right))]
    return row.left.description == row.right.description and changed[0] == changed[1]


def _said(check: str, step: Step, verb: str) -> list[Segment]:
    if step.action is None:
        return [(f"{check} ", "title"), ("begins", "plain")]
    return [(f"{check} ", "title"), (f"{verb} ", "plain"), *action(step, None)]


def _changes(before: Step | None, step: Step, width: int) -> list[TextLine]:
    if before is None:
        return in_full(step.state, width)
    found = [change_line(change) for change in state_changes(before.state, step.state)]
    return found or [TextLine((("nothing changes", "quiet"),), _DETAIL, _DETAIL)]


def _refusal(row: ContrastRow, check: str, verb: str) -> list[TextLine]:
    head: list[Segment] = [(f"{check} ", "title"), (verb, "plain")]
    reason = row.reason
    if reason is None:
        return [TextLine(tuple(head), _INDENT, _INDENT + 2)]
    head += [(", since ", "plain"), (why(reason), "new"), (f"  ({visible(reason.place)})", "quiet")]
    lines = [TextLine(tuple(head), _INDENT, _INDENT + 2)]
    if reason.witnesses:
        lines.append(TextLine((("for ", "quiet"), (bindings(reason.witnesses), "plain")), _DETAIL, _DETAIL + 4))
    for part in reason.parts:
        segments: tuple[Segment, ...] = (
            (f"{one_line(part.text)} {equals(part)} ", "plain"),
            (shown(part.value), "new"),
        )
        lines.append(TextLine(segments, _DETAIL, _DETAIL + 4))
    return lines


def _endings(contrast: Contrast) -> list[TextLine]:
    left, right = names(contrast)
    hang = max(len(left), len(right)) + 2
    said: list[tuple[str, Segment]] = [(left, (one_line(contrast.trace.failure.message), "bad"))]
    said += [(right, (sentence, "title")) for sentence in ending(contrast)[-1:]]
    return [TextLine(()), *(TextLine(((f"{check:<{hang}}", "quiet"), text), 0, hang) for check, text in said)]
