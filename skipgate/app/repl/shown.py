"""What the terminal shows of a walk: lines of text, made of the same pieces as those of a trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skipgate.checker.core.trace import Part, Step, declared_name
from skipgate.checker.walk.walks import Obstacle, Possible, Standing
from skipgate.traces.differences import state_changes
from skipgate.traces.lines import Segment, TextLine
from skipgate.traces.plain import one_line, shown, visible
from skipgate.traces.text import action, change_line, in_full
from skipgate.traces.wording import call, equals, marks

_MOST_SHOWN = 20  # choices of an action, unless it is asked for by name
_INDENT = 6
_DETAIL = 10


def state(number: int, step: Step, width: int) -> list[TextLine]:
    """A state in full."""
    return [_numbered(number, [("the state in full", "title")]), *in_full(step.state, width)]


def step(number: int, before: Step | None, taken: Step, width: int) -> list[TextLine]:
    """A step, and what it changed; of an initial state, all there is."""
    if before is None or taken.action is None:
        return [_numbered(number, [("initial state", "action")]), *in_full(taken.state, width)]
    (mark,) = marks((taken,))
    return [_numbered(number, action(taken, mark)), *_changes(before, taken)]


def actions(possible: Sequence[Possible], at: Step, only: str | None = None) -> Iterator[TextLine]:
    """What can happen, by numbers, and then what cannot and why."""
    number = 0
    for each in possible:
        numbered = list(enumerate(each.steps, start=number + 1))
        number += len(numbered)
        if only not in (None, declared_name(each.action)):
            continue
        most = len(numbered) if only is not None or len(numbered) == _MOST_SHOWN + 1 else _MOST_SHOWN
        for at_number, offer in numbered[:most]:
            (mark,) = marks((offer,))
            yield _numbered(at_number, action(offer, mark))
            yield from _changes(at, offer)
        if len(numbered) > most:
            more = f"and {len(numbered) - most} more: `actions {visible(declared_name(each.action))}` lists them"
            yield _numbered(None, [(more, "quiet")])
        if each.more:
            yield _numbered(None, [(f"{visible(each.action)} has more choices than are offered", "quiet")])
    for each in possible:
        if each.obstacle is not None and only in (None, declared_name(each.action)):
            yield from _obstacle(each.action, each.obstacle)


def standing(each: Standing) -> list[TextLine]:
    """How a property stands."""
    value: Segment = (each.value, "plain")
    if each.kind == "cover":
        value = ("reached", "title") if each.value == "true" else ("not here", "quiet")
    elif each.value == "false":
        value = ("false", "bad")
    lines = [_numbered(None, [(f"{visible(each.name)}: ", "plain"), value])]
    if each.kind != "cover" and each.message:
        lines.append(TextLine(((one_line(each.message), "plain"),), _DETAIL, _DETAIL + 2))
        lines += map(_part, each.parts)
    return lines


def _obstacle(name: str, obstacle: Obstacle) -> Iterator[TextLine]:
    said = f"`{one_line(obstacle.text)}` {obstacle.message}" if obstacle.text else obstacle.message
    place = f"  ({visible(obstacle.place)})" if obstacle.place else ""
    words = call(name, obstacle.arguments)
    yield _numbered("-", [(words, "quiet"), (f": {one_line(said)}", "plain"), (place, "quiet")])
    yield from map(_part, obstacle.parts)


def _part(part: Part) -> TextLine:
    return TextLine(((f"{one_line(part.text)} {equals(part)} ", "plain"), (shown(part.value), "new")), _DETAIL, 12)


def _changes(before: Step, after: Step) -> list[TextLine]:
    nothing = TextLine((("nothing changes", "quiet"),), _DETAIL, _DETAIL)
    return [change_line(change) for change in state_changes(before.state, after.state)] or [nothing]


def _numbered(number: int | str | None, segments: Sequence[Segment]) -> TextLine:
    return TextLine(((f"{'' if number is None else number:>4}  ", "quiet"), *segments), 0, _INDENT + 2)
