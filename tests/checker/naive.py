"""A second exploration, written to be obviously right: states are dictionaries, terms are evaluated one by one.

It shares the elaborated model and the evaluator with the engines and nothing else. It counts as TLC does:

- `generated` is one for each initial state and each enabled choice of an action's parameters;
- a state outside a constraint is generated and checked, but is neither distinct nor explored;
- an initial state has depth 1;
- a state is a deadlock if no action is enabled in it (an action that cannot be evaluated is no deadlock but an error)
  and the terminal condition is not true.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from skipgate.checker.core.model import Model, Property
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.core.terms import Term
from skipgate.checker.core.values import Value
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.explore import Exploration
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, holds
from skipgate.checker.semantics.steps import FailedTransition, Transition, initial_states, transitions

State = tuple[Value, ...]
Lengths = dict[str, int]
Witness = tuple[str, int | None]  # a cover, or a property and the number of one of its premises


@dataclass
class Findings:
    """Everything that an engine may be asked about."""

    distinct: int = 0
    generated: int = 0
    depth: int = 0
    violations: Lengths = field(default_factory=dict)  # each violated property and the length of its shortest trace
    fired: frozenset[str] = frozenset()
    unseen: frozenset[Witness] = frozenset()  # covers and premises that were true nowhere
    initial_error: bool = False
    complete: bool = True


def explore(model: Model, *, most_states: int) -> Findings:
    """Search breadth first; `complete` is false if there are more states than that."""
    return _Naive(model).run(most_states)


class _Naive:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.found = Findings()
        self.visited: set[State] = set()
        self.next_level: list[dict[str, Value]] = []
        self.fired: set[str] = set()
        self.seen: set[Witness] = set()

    def run(self, most_states: int) -> Findings:
        found = self.found
        try:
            for state in initial_states(self.model):
                found.generated += 1
                self.arrive(state, 1)
        except EvaluationError:
            found.initial_error = True
            self.next_level = []
        while self.next_level:
            found.depth += 1
            level, self.next_level = self.next_level, []
            for state in level:
                self.leave(state, found.depth)
                if len(self.visited) > most_states:
                    found.complete = False
                    return found
        found.distinct = len(self.visited)
        found.fired = frozenset(self.fired)
        found.unseen = frozenset(self.witnesses()) - self.seen
        return found

    def leave(self, state: dict[str, Value], length: int) -> None:
        """Take every step from a state, at the end of a path of `length` states."""
        taken = list(transitions(self.model, state))
        if not taken and self.truth("terminal", self.model.terminal, Scope(state), length) is False:
            self.violated(DEADLOCK, length)
        for step in taken:
            match step:
                case FailedTransition():
                    self.violated(EVALUATION, length)
                case Transition(action=action, state=successor):
                    self.found.generated += 1
                    self.fired.add(action.name)
                    scope = Scope(state, successor)
                    self.look(self.model.transitions, scope, length + 1)
                    self.witness(self.model.transitions, scope)
                    self.arrive(successor, length + 1)

    def arrive(self, state: dict[str, Value], length: int) -> None:
        """A generated state, at the end of a path of `length` states."""
        key = tuple(state[variable.name] for variable in self.model.variables)
        if key in self.visited:
            return
        try:
            inside = all(holds(constraint.term, Scope(state)) for constraint in self.model.constraints)
        except EvaluationError:
            self.violated(EVALUATION, length)
            return
        self.look(self.model.invariants, Scope(state), length)
        for cover in self.model.covers:
            self.truth(cover.name, cover.term, Scope(state), length)
        if inside:
            self.visited.add(key)
            self.next_level.append(state)
            self.witness((*self.model.invariants, *self.model.covers), Scope(state))

    def look(self, properties: Iterable[Property], scope: Scope, length: int) -> None:
        for declared in properties:
            if self.truth(declared.name, declared.term, scope, length) is False:
                self.violated(declared.name, length)

    def truth(self, name: str, term: Term | None, scope: Scope, length: int) -> bool | None:
        """The value of a condition (false if there is none to ask); None, after reporting it, if it has none."""
        try:
            return term is not None and holds(term, scope)
        except EvaluationError:
            self.violated(EVALUATION, length)
            return None

    def witness(self, properties: Iterable[Property], scope: Scope) -> None:
        for declared in properties:
            for key, term in _conditions(declared):
                try:
                    if holds(term, scope):
                        self.seen.add(key)
                except EvaluationError:
                    pass  # reported by the property itself

    def witnesses(self) -> Iterable[Witness]:
        return (key for declared in self.model.properties for key, _ in _conditions(declared))

    def violated(self, name: str, length: int) -> None:
        self.found.violations[name] = min(length, self.found.violations.get(name, length))


def _conditions(declared: Property) -> list[tuple[Witness, Term]]:
    """What must be true somewhere for a property to say anything."""
    if declared.kind == "cover":
        return [((declared.name, None), declared.term)]
    return [((declared.name, number), premise.term) for number, premise in enumerate(declared.premises)]


def findings(kernels: Kernels, found: Exploration) -> Findings:
    """What an engine found, in the same terms."""
    model = kernels.model
    return Findings(
        distinct=found.distinct,
        generated=found.generated,
        depth=found.depth,
        violations={
            name: len(found.path_to(violation.state)) + (violation.successor is not None)
            for name, violation in found.violations.items()
        },
        fired=frozenset(model.actions[number].name for number in found.fired),
        unseen=frozenset(
            (w.of.name, None if w.premise is None else w.of.premises.index(w.premise)) for w in found.unseen
        ),
        initial_error=found.initial_error is not None,
    )
