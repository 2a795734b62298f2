"""The words that all renderers share: what a trace shows, how an action was taken, what is a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, assert_never

from skipgate.checker.core import places
from skipgate.checker.core.trace import AbstractView, FailureKind, Loop, Part, Step, Trace
from skipgate.checker.core.values import Value
from skipgate.traces.plain import brief, shortened, shown, visible

Mark = Literal["crash", "restart"]

_FORMER = 24  # characters for a value that is gone

_ALWAYS_RESTART = ("restart", "recover", "reboot")


def headline(trace: Trace) -> str:
    """What the trace shows, in a few words: `invariant NotSolved is violated`."""
    name = visible(trace.property)
    if trace.from_anywhere:
        return f"{name} is not inductive: it is violated"
    match trace.failure.kind:
        case "invariant":
            return f"invariant {name} is violated"
        case "transition":
            return f"transition {name} is violated"
        case "refinement":
            return f"refinement {name} is violated"
        case "cover":
            return f"cover {name} is reached"
        case "liveness":
            return f"liveness {name} is violated"
        case "deadlock":
            return "deadlock"
        case "evaluation":
            return "an expression has no value"
        case "log":
            return "the log is explained"
        case "walk":
            return "a walk"
        case "test":
            return "a behaviour to try"
        case kind:
            assert_never(kind)


def of_conjunct(kind: FailureKind) -> str:
    """What the part of a property that a failure names is: true, false, or where the error is."""
    match kind:
        case "cover":
            return "true"
        case "evaluation":
            return "in"
        case "invariant" | "transition" | "refinement" | "liveness" | "deadlock" | "log" | "walk" | "test":
            return "false"
        case _:
            assert_never(kind)


def finding(trace: Trace) -> str:
    """What the trace shows, and where: `invariant NotSolved is violated in state 7`."""
    if trace.failure.kind == "log":
        return f"{headline(trace)} by {len(trace)} state{'s' * (len(trace) != 1)}"
    if trace.failure.kind in ("walk", "test"):
        return f"{headline(trace)} of {len(trace)} state{'s' * (len(trace) != 1)}"
    if trace.loop is not None:
        return f"{headline(trace)} by a behaviour that never ends"
    return f"{headline(trace)} in state {len(trace)}" if trace.steps else f"{headline(trace)} before the first state"


def repetition(trace: Trace, loop: Loop) -> str:
    """How a behaviour with a loop goes on for ever."""
    start, length = trace.number(loop.start), len(trace)
    if loop.back is None:
        return f"stuttering: nothing happens any more after state {length}"
    if start == length:
        return f"state {length} repeats for ever"
    return f"states {start} to {length} repeat for ever"


def remarks(trace: Trace, index: int) -> list[str]:
    """What there is to say of a state."""
    return [] if trace.loop is None else [each.text for each in trace.loop.remarks if each.state == index]


def subject(trace: Trace) -> str:
    """What was checked: the model and the check."""
    return f"{visible(trace.model)}, check {visible(trace.check)}"


def bindings(pairs: tuple[tuple[str, Value], ...]) -> str:
    """Names and their values: `n = Node1, i = 2`."""
    return ", ".join(f"{visible(name)} = {shown(value)}" for name, value in pairs)


def equals(part: Part) -> str:
    """What stands between a part of an expression and its value: `x = 1`, `x == 1 is false`."""
    return "is" if isinstance(part.value, bool) and " " in part.text.strip() else "="


def old_and_new(old: Value, new: Value, room: int) -> tuple[str, str]:
    """A value and the one that took its place, in so many characters if that is possible.

    What does not fit is written with the fields of records by position; if that is too long as well, the old value is
    shortened, since it was shown where it came to be.
    """
    for write in (shown, brief):
        was, now = write(old), write(new)
        if len(was) + len(now) <= room:
            break
    else:
        was = shortened(was, _FORMER)
    return was, now


def call(action: str, arguments: tuple[tuple[str, Value], ...], write: Callable[[Value], str] = shown) -> str:
    """An action as it was taken: `apply(n = Node1)`, or `crash` alone if it has no parameters."""
    names, values = [visible(name) for name, _ in arguments], [write(value) for _, value in arguments]
    return places.call(visible(action), values, names)


def taken(step: Step, write: Callable[[Value], str] = shown) -> str:
    """The action of a step; of several in a row, how many they are: `tick x 10`."""
    words = call(step.action or "?", step.arguments, write)
    return words if step.times == 1 else f"{words} x {step.times}"


def abstract_heading(view: AbstractView, index: int) -> tuple[str, str]:
    """How to call a step of the abstract view of a trace, whose last step or only state is what is wrong with it."""
    step = view.steps[index]
    place = f"as {visible(view.model)}:"
    if index == len(view.steps) - 1:
        return place, "no step" if index else "no initial state"
    if index == 0:
        return place, "initial state"
    return place, "nothing changes" if step.action is None else call(step.action, step.arguments)


def marks(steps: tuple[Step, ...]) -> list[Mark | None]:
    """For each step, whether its action is a crash or a restart, as far as its name tells.

    A name that contains `crash` is a crash; one that begins with `restart`, `recover` or `reboot` is a
    restart, and so is one that begins with `start` while something that crashed is still down
    (`start_election` of a process that never crashed is none).
    """
    found: list[Mark | None] = []
    down = 0
    for step in steps:
        name = (step.action or "").rpartition(".")[2].lower()
        mark: Mark | None = None
        if "crash" in name:
            mark = "crash"
            down += 1
        elif name.startswith(_ALWAYS_RESTART) or (down and name.startswith("start")):
            mark = "restart"
            down = max(0, down - 1)
        found.append(mark)
    return found
