"""A trace as a Mermaid diagram, which code review sites draw in the middle of a comment.

A box is a state: its number and what changed in it. The arrow into it is the action. As in the Graphviz picture,
nothing rests on colour alone. Text cannot act: what is no letter or digit is written as a character code.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping

from skipgate.checker.core.trace import Loop, Trace
from skipgate.checker.core.values import Value
from skipgate.traces.differences import Change, Replaced, state_changes
from skipgate.traces.palette import BLACK, BLUE, PALE, VERMILION, WHITE
from skipgate.traces.plain import brief, clipped, one_line, shortened, visible
from skipgate.traces.wording import call, headline, marks, taken

# GitHub does not draw more than 50,000 characters; a review comment holds several diagrams in little more.
LIMIT = 20_000
LINE = 90  # characters for one value or action
LINES = 12  # for one state

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 =,")
_CLASSES = {
    "state": f"fill:{WHITE},stroke:{BLACK},color:{BLACK}",
    "crash": f"fill:{PALE},stroke:{VERMILION},color:{BLACK},stroke-width:2px,stroke-dasharray:6 3",
    "restart": f"fill:{PALE},stroke:{BLUE},color:{BLACK},stroke-width:2px",
    "bad": f"fill:{WHITE},stroke:{VERMILION},color:{BLACK},stroke-width:4px",
    "gap": f"fill:{WHITE},stroke:{WHITE},color:{BLACK}",
}


def to_mermaid(trace: Trace, limit: int = LIMIT) -> str:
    """The diagram, at most `limit` characters long: states in the middle of a long trace are left out.

    The first states say where it begins, the last ones why it ends; a reader misses the middle least.
    """
    if not trace.steps:
        return _written([f'  failure["{_label(_reason(trace))}"]', "  class failure bad"])
    states = [_State(trace, index) for index in range(len(trace.steps))]
    text = _diagram(trace, states, len(states))
    if len(text) <= limit:
        return text
    # Each further state makes it longer, so the largest number that fits is found by bisection.
    fitting = bisect_right(range(3, len(states)), limit, key=lambda shown: len(_diagram(trace, states, shown)))
    if fitting:
        return _diagram(trace, states, 2 + fitting)
    return _diagram(trace, states, min(2, len(states)), lines=1)


class _State:
    """What is said of one state, and of the step into it."""

    def __init__(self, trace: Trace, index: int) -> None:
        step = trace.steps[index]
        self.index = index
        self.number = trace.number(index)
        self.mark = marks(trace.steps)[index]
        if index == 0:
            self.arrow = ""
            self.details = _in_full(step.state)
        else:
            description = one_line(step.description or "")
            head = taken(step)
            self.arrow = clipped(f"{head}: {description}" if description else head, LINE)
            changes = state_changes(trace.steps[index - 1].state, step.state)
            self.details = [shortened(change_text(each), LINE) for each in changes] or ["nothing changes"]

    def label(self, extra: Iterable[str], lines: int) -> str:
        mark = f" ({self.mark})" if self.mark else ""
        shown = self.details[:lines]
        more = [f"… {len(self.details) - lines} more"] if len(self.details) > lines else []
        head = "initial state" if self.index == 0 else f"state {self.number}{mark}"
        return _label([head, *shown, *more, *extra])


def _diagram(trace: Trace, states: list[_State], shown: int, lines: int = LINES) -> str:
    first = len(states) if shown >= len(states) else max(1, shown // 4)
    kept = [state for state in states if state.index < first or state.index >= len(states) - (shown - first)]
    reason = _reason(trace)
    out: list[str] = []
    before: _State | None = None
    for state in kept:
        last = state.index == len(states) - 1
        out.append(f'  s{state.number}["{state.label(reason if last else (), lines)}"]')
        if before is not None and before.index + 1 < state.index:
            left_out = state.index - before.index - 1
            out.append(f'  gap["{escaped(f"… {left_out} states left out")}"]')
            out.append(f"  s{before.number} -.-> gap")
            out.append("  class gap gap")
            out.append(f"  gap -.-> s{state.number}")
        elif before is not None:
            line = "-.->" if state.mark == "crash" else "==>" if last else "-->"
            out.append(f'  s{before.number} {line}|"{escaped(state.arrow)}"| s{state.number}')
        out.append(f"  class s{state.number} {'bad' if last else state.mark or 'state'}")
        before = state
    if trace.loop is not None:
        out.append(_back(trace, trace.loop, {state.index for state in kept}))
    return _written(out)


def _written(statements: Iterable[str]) -> str:
    """The text of a diagram."""
    styles = (f"  classDef {name} {style}" for name, style in _CLASSES.items())
    return "".join(f"{line}\n" for line in ("flowchart TD", *statements, *styles))


def _reason(trace: Trace) -> list[str]:
    """Why the trace ends where it does."""
    return [clipped(headline(trace), LINE), clipped(one_line(trace.failure.message), LINE)]


def _label(lines: Iterable[str]) -> str:
    return "<br/>".join(map(escaped, lines))


def _back(trace: Trace, loop: Loop, shown: Collection[int]) -> str:
    """The arrow from the last state to the one that the behaviour goes back to."""
    start = trace.number(loop.start)
    target = f"s{start}" if loop.start in shown else "gap"
    if loop.back is None:
        words = "nothing happens any more: it stutters for ever"
    else:
        words = f"{call(loop.back.action or '?', loop.back.arguments)}, back in state {start}"
    return f'  s{len(trace)} ==>|"{escaped(clipped(words, LINE))}"| {target}'


def _in_full(state: Mapping[str, Value]) -> list[str]:
    return [shortened(f"{visible(name)} = {brief(value)}", LINE) for name, value in state.items()]


def change_text(change: Change) -> str:
    """What changed, on one line."""
    place = visible(change.place)
    if isinstance(change, Replaced):
        return f"{place}: {brief(change.old)} → {brief(change.new)}"
    signed = [("+", change.added), ("−", change.removed)]
    return f"{place}: " + "  ".join(f"{sign} {', '.join(map(brief, values))}" for sign, values in signed if values)


def escaped(text: str) -> str:
    """`text` as Mermaid shows it literally: every character that could mean something is a code."""
    return "".join(char if char in _PLAIN else f"#{ord(char)};" for char in visible(text))
