"""A trace as text for a terminal or a log: the first state in full, after it only what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from skipgate.checker.core.trace import AbstractView, Failure, Step, Trace
from skipgate.checker.core.values import Value
from skipgate.traces.differences import Change, Replaced, state_changes
from skipgate.traces.lines import NARROWEST, Segment, Style, TextLine, laid_out
from skipgate.traces.plain import one_line, shown, visible, whole
from skipgate.traces.prefixes import Above
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

_NUMBER = 4  # columns for the number of a state
_INDENT = _NUMBER + 2  # where the name of an action begins
_DETAIL = _INDENT + 4  # where its changes begin


def render_text(
    trace: Trace, *, colour: bool = False, width: int = 100, full: bool = False, above: Above | None = None
) -> str:
    """The trace as text whose lines are at most `width` columns long, with a newline at its end.

    `colour` adds the escapes of a terminal with eight colours. Nothing in a name, a description or a value
    can add any other: see `traces.plain`. `full` shows every state in full, with all parts of long values. The
    states of `above` are not shown: they were, above.

    Example:
        >>> puzzle = skipgate.check("models/examples/die_hard.gate")["puzzle"]
        >>> text = skipgate.render_text(puzzle.properties["NotSolved"].trace)
        >>> print("\\n".join(text.splitlines()[1:9]))
        invariant NotSolved is violated in state 7
          nobody has measured four gallons
        <BLANKLINE>
           1  initial state
                  small = 0   big = 0
        <BLANKLINE>
           2  fill_big: fill the big jug
                  big: 0 -> 5
    """
    width = max(width, NARROWEST)
    lines = [*_header(trace, width, above), *_steps(trace, width, full, above), *_failure(trace, width)]
    return laid_out(lines, colour=colour, width=width)


def _header(trace: Trace, width: int, above: Above | None) -> list[TextLine]:
    lines = [
        TextLine(((subject(trace), "plain"),)),
        TextLine(((finding(trace), _failure_style(trace.failure)),)),
    ]
    if trace.description:
        lines.append(TextLine(((one_line(trace.description), "plain"),), 2, 2))
    if trace.constants and above is None:
        lines.append(TextLine((("constants", "quiet"),)))
        lines += in_full({constant.name: value for constant, value in trace.constants}, width, 2)
    return lines


def _steps(trace: Trace, width: int, full: bool, above: Above | None) -> list[TextLine]:
    lines: list[TextLine] = []
    previous: Step | None = None
    loop = trace.loop
    if above is not None:
        states = f"states 1 to {above.states} are those of {visible(above.property)}, above"
        lines += [TextLine(()), TextLine(((states, "quiet"),), _INDENT, _INDENT + 2)]
        if loop is not None and loop.start < above.states:
            lines += [TextLine(()), _rule(repetition(trace, loop), "title", width)]
    for index, (step, mark) in enumerate(zip(trace.steps, marks(trace.steps), strict=True)):
        if above is not None and index < above.states:
            previous = step
            continue
        lines.append(TextLine(()))
        if mark:
            lines.append(_rule(mark, mark, width))
        label: Segment = (f"{trace.number(index):>{_NUMBER}}  ", "quiet")
        if previous is None:
            first = "some state, which need not be reachable" if trace.from_anywhere else "initial state"
            lines.append(TextLine((label, (first, "action")), 0, _INDENT))
        else:
            lines += _step(label, step, mark, previous)
            if full:
                lines.append(TextLine((("the state in full", "quiet"),), _DETAIL, _DETAIL))
        if previous is None or full:
            lines += in_full(step.state, width, write=whole if full else shown)
        if trace.abstract is not None:
            lines += _abstract_step(trace.abstract, index, width)
        lines += [_remark(text) for text in remarks(trace, index)]
        if loop is not None and index == loop.start:
            lines += [TextLine(()), _rule(repetition(trace, loop), "title", width)]
        previous = step
    if loop is not None and loop.back is not None and previous is not None:
        (mark,) = marks((loop.back,))
        lines += [
            TextLine(()),
            *_step((f"{trace.number(loop.start):>{_NUMBER}}  ", "title"), loop.back, mark, previous),
        ]
        lines += [TextLine(()), _rule(f"back in state {trace.number(loop.start)}", "title", width)]
    return lines


def _abstract_step(view: AbstractView, index: int, width: int) -> list[TextLine]:
    """What a step is to the model that is refined."""
    place, words = abstract_heading(view, index)
    style: Style = "bad" if index == len(view.steps) - 1 else "quiet" if index == 0 else "action"
    heading = TextLine(((f"{place} ", "quiet"), (words, style)), _INDENT, _INDENT + 2)
    if index == 0:
        return [heading, *in_full(view.steps[0].state, width)]
    return [heading, *map(change_line, state_changes(view.steps[index - 1].state, view.steps[index].state))]


def _step(label: Segment, step: Step, mark: Mark | None, previous: Step) -> list[TextLine]:
    changes = [change_line(change) for change in state_changes(previous.state, step.state)]
    nothing = TextLine((("nothing changes", "quiet"),), _DETAIL, _DETAIL)
    return [TextLine((label, *action(step, mark)), 0, _INDENT + 2), *(changes or [nothing])]


def _remark(text: str) -> TextLine:
    return TextLine((("* ", "quiet"), (one_line(text), "bad")), _DETAIL, _DETAIL + 2)


def _rule(text: str, style: Style, width: int) -> TextLine:
    """A line across the page: in a long log, a crash must be seen before it is read."""
    return TextLine(((f"---- {text} ".ljust(width, "-"), style),))


def action(step: Step, mark: Mark | None) -> list[Segment]:
    """An action as it was taken, with its description."""
    name: Segment = (taken(step), mark or "action")
    description = one_line(step.description or "")
    return [name, (f": {description}", "plain")] if description else [name]


def change_line(change: Change) -> TextLine:
    """What a step changed in one place."""
    place: Segment = (f"{visible(change.place)}: ", "plain")
    if isinstance(change, Replaced):
        parts: list[Segment] = [(shown(change.old), "old"), (" -> ", "plain"), (shown(change.new), "new")]
    else:
        parts = []
        if change.added:
            parts.append(("+ " + ", ".join(map(shown, change.added)), "new"))
        if change.removed:
            parts.append((" - " if parts else "- ", "plain"))
            parts.append((", ".join(map(shown, change.removed)), "old"))
    return TextLine((place, *parts), _DETAIL, _DETAIL + 4)


def in_full(
    state: Mapping[str, Value], width: int, indent: int = _DETAIL, write: Callable[[Value], str] = shown
) -> list[TextLine]:
    """All variables, as many to a line as fit; none is torn apart that fits on a line of its own."""
    lines: list[TextLine] = []
    row: list[str] = []
    used = indent
    for name, value in state.items():
        item = f"{visible(name)} = {write(value)}"
        if row and used + 3 + len(item) > width:
            lines.append(TextLine((("   ".join(row), "plain"),), indent, indent + 4))
            row, used = [], indent
        used += len(item) + (3 if row else 0)
        row.append(item)
    if row:
        lines.append(TextLine((("   ".join(row), "plain"),), indent, indent + 4))
    return lines


def _failure(trace: Trace, width: int) -> list[TextLine]:
    failure = trace.failure
    message = one_line(failure.message)
    lines = [TextLine(()), TextLine((("why: ", "quiet"), (message, _failure_style(failure))), 0, 5)]
    if failure.action is not None:
        lines.append(_detail("taking", [(call(failure.action, failure.arguments), "action")]))
    if failure.conjunct is not None:
        place: list[Segment] = [(f"  ({visible(failure.place)})", "quiet")] if failure.place else []
        lines.append(_detail(of_conjunct(failure.kind), [(one_line(failure.conjunct), "title"), *place]))
    elif failure.place is not None:
        lines.append(_detail("at", [(visible(failure.place), "quiet")]))
    if failure.witnesses:
        lines.append(_detail("for", [(bindings(failure.witnesses), "plain")]))
    label = "where"
    for part in failure.parts:
        lines.append(_detail(label, [(f"{one_line(part.text)} {equals(part)} ", "plain"), (shown(part.value), "new")]))
        label = ""
    if failure.kind == "deadlock" and len(trace) > 1:
        # It reads nothing, or everything: it is about the state as a whole.
        lines += [_detail("state", ()), *in_full(trace.steps[-1].state, width)]
    for note in () if trace.loop is None else trace.loop.notes:
        lines.append(_detail("note", [(one_line(note), "plain")]))
    return lines


def _failure_style(failure: Failure) -> Style:
    return "title" if failure.kind in ("cover", "log", "walk", "test") else "bad"


def _detail(label: str, segments: Iterable[Segment]) -> TextLine:
    return TextLine(((f"{label + ':' if label else '':<8}", "quiet"), *segments), 2, 14)
