"""The state graph of a small check: every state, every step, and which states violate what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from checker.explore import State
from checker.kernels import Kernels
from checker.semantics import Transition, initial_states, transitions
from checker.values import Value, show
from spec.diagnostics import error


@dataclass
class Graph:
    """States in breadth-first order; edges as (from, to, label) by position; violated invariants by state."""

    states: list[dict[str, Value]] = field(default_factory=list)
    edges: list[tuple[int, int, str]] = field(default_factory=list)
    initial: list[int] = field(default_factory=list)
    marked: dict[int, Sequence[str]] = field(default_factory=dict)


def build_graph(kernels: Kernels, limit: int) -> Graph:
    """The reachable states and all steps between them.

    Raises:
        SpecError: there are more than `limit` states.
    """
    model, layout, functions = kernels.model, kernels.layout, kernels.functions
    graph = Graph()
    numbers: dict[State, int] = {}
    out = [0] * (len(model.invariants) + 1)

    def number(values: dict[str, Value]) -> int | None:
        """The number of a state, new ones added; None if it lies outside the constraints."""
        words = layout.pack(values)
        if words not in numbers:
            if functions["inside"](words) != 1:
                return None
            if len(numbers) == limit:
                name = model.check.name.text
                message = f"check `{name}` has more than {limit} states; a picture of them all would not be readable"
                raise error(message, None, "allow more with --max-states, or draw a check with smaller bounds")
            numbers[words] = len(numbers)
            graph.states.append(values)
            found = functions["check"](words, out)
            if found:
                graph.marked[numbers[words]] = [model.invariants[i].name for i in out[:found] if i >= 0]
        return numbers[words]

    for values in initial_states(model):
        first = number(values)
        if first is not None and first not in graph.initial:
            graph.initial.append(first)
    at = 0
    while at < len(graph.states):
        for step in transitions(model, graph.states[at]):
            if isinstance(step, Transition):
                target = number(step.state)
                if target is not None:
                    arguments = ", ".join(show(value) for _, value in step.arguments)
                    label = f"{step.action.name}({arguments})" if arguments else step.action.name
                    graph.edges.append((at, target, label))
        at += 1
    return graph
