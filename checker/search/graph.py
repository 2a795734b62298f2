"""The state graph of a small check: every state, every step, and which of them violate what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from skipgate.checker.core.places import call
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.core.values import Value, show
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.explore import State
from skipgate.checker.semantics.effort import SHOWN, TooMuchWork, at_most
from skipgate.checker.semantics.evaluate import EvaluationError
from skipgate.checker.semantics.steps import Transition, initial_states, transitions
from skipgate.spec.diagnostics import error


@dataclass
class Graph:
    """States in breadth-first order; edges as (from, to, label) by position; what is violated, by state and by step."""

    states: list[dict[str, Value]] = field(default_factory=list)
    edges: list[tuple[int, int, str]] = field(default_factory=list)
    initial: list[int] = field(default_factory=list)
    marked: dict[int, list[str]] = field(default_factory=dict)
    wrong: dict[tuple[int, int], list[str]] = field(default_factory=dict)

    def mark(self, at: int, name: str) -> None:
        """Note what a state violates."""
        _note(self.marked.setdefault(at, []), name)


def build_graph(kernels: Kernels, limit: int) -> Graph:
    """The reachable states and all steps between them.

    What lies outside the constraints is left out; what it violates is not shown.

    Raises:
        SpecError: there is no initial state, or one has no value, or there are more than `limit` states.
    """
    builder = _GraphBuilder(kernels, limit)
    try:
        for values in initial_states(kernels.model):
            first = builder.number(values)
            if first is not None and first not in builder.graph.initial:
                builder.graph.initial.append(first)
    except EvaluationError as problem:
        raise error(f"an initial value has no value: {problem.message}", problem.span) from None
    except TooMuchWork as problem:
        raise error(str(problem)) from None
    if not builder.graph.states:
        raise error(f"check `{kernels.model.check.name.text}` has no initial state, so there is nothing to draw")
    at = 0
    while at < len(builder.graph.states):
        builder.leave(at)
        at += 1
    return builder.graph


class _GraphBuilder:
    def __init__(self, kernels: Kernels, limit: int) -> None:
        model = kernels.model
        self.model, self.layout, self.functions = model, kernels.layout, kernels.functions
        self.limit = limit
        self.graph = Graph()
        self.numbers: dict[State, int] = {}
        self.out = [0] * kernels.room

    def number(self, values: dict[str, Value]) -> int | None:
        """The number of a state, new ones added; None if it lies outside the constraints."""
        words = self.layout.pack(values)
        if words in self.numbers:
            return self.numbers[words]
        if self.functions["inside"](words) != 1:
            return None
        at = len(self.numbers)
        if at == self.limit:
            name = self.model.check.name.text
            message = f"check `{name}` has more than {self.limit} states; a picture of them all would not be readable"
            raise error(
                message,
                None,
                "draw states that agree on some variables as one with --by VAR, or allow more with --max-states",
            )
        self.numbers[words] = at
        self.graph.states.append(values)
        for name in self.violated("check", [p.name for p in self.model.invariants], words):
            self.graph.mark(at, name)
        return at

    def leave(self, at: int) -> None:
        """Add all steps from a state, and mark it if there is none or one that cannot be evaluated."""
        values = self.graph.states[at]
        try:
            with at_most(SHOWN):
                steps = list(transitions(self.model, values))
        except TooMuchWork as problem:
            raise error(f"a step takes too long to be drawn: {problem}") from None
        for step in steps:
            if not isinstance(step, Transition):
                self.graph.mark(at, EVALUATION)
                continue
            target = self.number(step.state)
            if target is not None:
                label = call(step.action.name, [show(value) for _, value in step.arguments])
                self.graph.edges.append((at, target, label))
                self.examine_step(at, target)
            elif self.functions["inside"](self.layout.pack(step.state)) < 0:
                self.graph.mark(at, EVALUATION)
        if not steps and (terminal := self.functions["terminal"](self.layout.pack(values))) != 1:
            self.graph.mark(at, DEADLOCK if terminal == 0 else EVALUATION)

    def examine_step(self, at: int, target: int) -> None:
        """Note what a step violates."""
        if not self.model.transitions:
            return
        before, after = (self.layout.pack(self.graph.states[each]) for each in (at, target))
        for name in self.violated("check_step", [p.name for p in self.model.transitions], before, after):
            _note(self.graph.wrong.setdefault((at, target), []), name)

    def violated(self, kernel: str, names: list[str], *words: State) -> Iterable[str]:
        """The violated properties; `evaluation` if one, or a cover, cannot be evaluated."""
        found = self.out[: self.functions[kernel](*words, self.out)]
        return [names[i] if i >= 0 else EVALUATION for i in found]


def _note(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)
