"""From the nodes of a history to a trace that people read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skipgate.checker.core.result import EVALUATION
from skipgate.checker.core.trace import Step, Trace
from skipgate.checker.evidence.counterexample import trace_of
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.validate.events import Event, EventReader
from skipgate.checker.validate.evidence import refusal, steps_of, trace_of_log, with_names
from skipgate.checker.validate.frontier import Properties
from skipgate.checker.validate.history import NO_EVENT, Node
from skipgate.checker.validate.kernels import RuleKernel, Words
from skipgate.checker.validate.log import Log
from skipgate.checker.validate.result import Refusal


class Explainer:
    """Explains logs, with their places and the names in them."""

    def __init__(self, kernels: Kernels, reader: EventReader, silent: RuleKernel | None, logs: Sequence[Log]) -> None:
        self.kernels = kernels
        self.reader = reader
        self.silent = silent
        self.logs = logs

    def refusal(self, event: Event, states: Sequence[Words]) -> Refusal:
        """Why an event is possible in none of these states."""
        return refusal(self.kernels, self.reader.kernels, event, states, len(states), self.reader.sorts)

    def trace(self, path: Sequence[Node], message: str) -> Trace:
        """What happened, as far as the path goes. `message` says why it ends."""
        left_out = " (the first steps are left out)" if path[0].before >= 0 else ""
        trace = trace_of_log(self.kernels.model, self.steps(path), f"{message}{left_out}")
        return with_names(trace, self.reader.sorts)

    def violated(self, path: Sequence[Node]) -> list[tuple[int, frozenset[str]]]:
        """The properties that each state of a path, or the step into it, violates, where there are any."""
        properties = Properties(self.kernels)
        found = []
        for i, node in enumerate(path):
            names = properties.of_state(node.state)
            if i:
                names |= properties.of_step(path[i - 1].state, node.state)
            if names:
                found.append((i, names))
        return found

    def violation(self, path: Sequence[Node]) -> Trace | None:
        """The trace of the first violation on a path; None if it is only that something cannot be evaluated."""
        model = self.kernels.model
        for i, names in self.violated(path):
            name = min(names - {EVALUATION}, default=None)
            if name is None:
                continue
            steps = self.steps(path[: i + 1])
            states = [step.state for step in steps]
            actions = {action.name: action for action in model.actions}
            taken = [(actions[str(step.action)], step.arguments) for step in steps[1:]]
            trace = trace_of(model, name, states, None, taken, from_anywhere=path[0].before >= 0)
            return with_names(replace(trace, steps=tuple(steps), from_anywhere=False), self.reader.sorts)
        return None

    def place(self, node: Node) -> str | None:
        """The place of the event that a step is, if it is one."""
        return None if node.line == NO_EVENT else self.logs[node.log].place(node.line)

    def steps(self, path: Sequence[Node]) -> list[Step]:
        """The steps along a path."""
        return steps_of(self.kernels, self.reader.kernels, self.silent, path, self.place, self.reader.sorts)
