"""A trace as data: what happened, step by step, and why the last state (or step) is wrong.

Renderers live in `traces/`; nothing here knows how a trace is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from skipgate.checker.core.datatypes import Type
from skipgate.checker.core.values import Value


def declared_name(name: str) -> str:
    """The name that is declared, of the name of an action with the branches on a path: `put` of `put [else]`."""
    return name.partition(" [")[0]


# Traces of the last three kinds are no failures: they explain a log, are a walk that somebody chose, or a test.
FailureKind = Literal[
    "invariant", "transition", "refinement", "deadlock", "evaluation", "cover", "liveness", "log", "walk", "test"
]


@dataclass(frozen=True)
class Variable:
    """A state variable (or constant) as the specification declares it."""

    name: str
    type: Type
    description: str | None = None


@dataclass(frozen=True)
class Step:
    """A state and how it was reached. The first step of a trace is the initial state and has no action."""

    state: Mapping[str, Value]  # every variable, in the order of declaration
    action: str | None = None
    arguments: tuple[tuple[str, Value], ...] = ()
    description: str | None = None  # the action's description with its {expressions} filled in
    changed: tuple[str, ...] = ()  # the variables whose value differs from the step before
    times: int = 1  # how many steps of the action in a row it stands for


@dataclass(frozen=True)
class Part:
    """A subexpression of the failing conjunct, as written, and its value."""

    text: str
    value: Value


@dataclass(frozen=True)
class Failure:
    """Why the trace ends where it does."""

    kind: FailureKind
    message: str  # one sentence
    conjunct: str | None = None  # the smallest part of the property that is false, as written
    place: str | None = None  # file:line:column of that part
    witnesses: tuple[tuple[str, Value], ...] = ()  # the values of quantified names for which it is false
    parts: tuple[Part, ...] = ()
    # For an evaluation error in an action: the action, and its arguments.
    action: str | None = None
    arguments: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True)
class AbstractView:
    """The same behaviour as one of the model that is refined.

    A step without an action changes nothing. Only the last step may be an exception, if it violates the refinement.
    """

    model: str
    variables: tuple[Variable, ...]
    steps: tuple[Step, ...]  # as many as the trace has


@dataclass(frozen=True)
class Remark:
    """What there is to say of the state with an index in a trace: where a part of a formula begins to fail."""

    state: int
    text: str


@dataclass(frozen=True)
class Loop:
    """How a behaviour that never ends goes on after its last state.

    It goes back to the state with the index `start`, and repeats the states from there for ever. Without a step back it
    stutters: it stays in its last state for ever, and `start` is the index of that state.
    """

    start: int
    back: Step | None  # its state is the one with the index `start`
    notes: tuple[str, ...] = ()  # what could be done in the loop, but is not, and why: sentences
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Trace:
    """A shortest behaviour that violates a property, or reaches a cover.

    If it violates a liveness property, it has a loop and never ends.
    """

    model: str
    check: str
    property: str
    description: str | None  # of the property
    constants: tuple[tuple[Variable, Value], ...]
    variables: tuple[Variable, ...]
    steps: tuple[Step, ...]
    failure: Failure
    reads: tuple[str, ...]  # the variables that the violated property reads
    from_anywhere: bool = False  # the first state need not be reachable: this is what is in the way of a proof
    abstract: AbstractView | None = None  # if it violates a refinement
    loop: Loop | None = None

    def __len__(self) -> int:
        """The number of states, the initial one included, and those that are folded."""
        return self.number(len(self.steps) - 1)

    def number(self, index: int) -> int:
        """The number of the state behind the step with an index, counted from 1."""
        return sum(step.times for step in self.steps[: index + 1])
