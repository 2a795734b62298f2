"""The states that are possible after each event of one log.

This is the search with the log as a further variable: its position. All states at one position are the frontier, so a
state is the same as another if its words are. How each was reached is in the history, and memory holds the frontier
alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from skipgate.checker.core.result import EVALUATION
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.limits import Stop
from skipgate.checker.semantics.evaluate import EvaluationError
from skipgate.checker.semantics.steps import initial_states
from skipgate.checker.validate.events import Event
from skipgate.checker.validate.history import NO_EVENT, History
from skipgate.checker.validate.kernels import RuleKernel, Words

INITIAL = -1  # the rule of an initial state
SILENT = -2  # and of a step without an event


@dataclass(slots=True)
class Reached:
    """How a state was reached: a node of the history, and the properties that are violated on this way."""

    node: int
    violated: frozenset[str]


Frontier = dict[Words, Reached]
_NONE: frozenset[str] = frozenset()


class Properties:
    """Which invariants a state violates, and which transition properties a step violates."""

    def __init__(self, kernels: Kernels) -> None:
        self.check = kernels.functions["check"] if kernels.model.invariants else None
        self.check_step = kernels.functions["check_step"] if kernels.model.transitions else None
        self.invariants = kernels.checked
        self.transitions = [p.name for p in kernels.model.transitions]
        self.out = [0] * kernels.scratch
        self.before: tuple[Words, Words] | None = None

    def of_state(self, state: Words) -> frozenset[str]:
        """The invariants that are false in a state."""
        if self.check is None:
            return _NONE
        count = self.check(state, self.out)
        return frozenset(self.named(self.invariants, self.out[:count])) if count else _NONE

    def of_step(self, before: Words, after: Words) -> frozenset[str]:
        """The transition properties that are false in a step."""
        if self.check_step is None:
            return _NONE
        count = self.check_step(before, after, self.out)
        return frozenset(self.named(self.transitions, self.out[:count])) if count else _NONE

    def named(self, names: Iterable[str], numbers: list[int]) -> Iterable[str]:
        """The properties with these numbers."""
        listed = [*names]
        return (listed[number] if number >= 0 else EVALUATION for number in numbers)


class Tracker:
    """Follows one log."""

    def __init__(
        self,
        kernels: Kernels,
        rules: list[RuleKernel],
        silent: RuleKernel | None,
        bound: int,
        *,
        max_states: int | None = None,
        tick: Callable[[int], None] = lambda events: None,
    ) -> None:
        self.kernels = kernels
        self.rules = rules
        self.silent = silent
        self.bound = bound
        self.max_states = max_states
        self.tick = tick
        self.properties = Properties(kernels)
        event_words = max((kernel.fields.words for kernel in rules if kernel.fields is not None), default=0)
        self.history = History(kernels.layout.words, event_words)
        self.out = [0] * max(kernel.room for kernel in [*rules, *([silent] if silent else [])])
        self.frontier: Frontier = {}
        self.before: Frontier = {}  # all states in which the last event may have happened
        self.events = 0
        self.widest = 0
        self.violations = False  # was there any, in some explanation?

    def begin(self) -> None:
        """The initial states.

        Raises:
            Stop: one cannot be evaluated.
        """
        pack = self.kernels.layout.pack
        try:
            for state in initial_states(self.kernels.model):
                words = pack(state)
                if words not in self.frontier:
                    self.limit(len(self.frontier))
                    node = self.history.add(-1, 0, NO_EVENT, INITIAL, 0, words, ())
                    violated = self.properties.of_state(words)
                    self.frontier[words] = Reached(node, violated)
                    self.violations = self.violations or bool(violated)
        except EvaluationError as problem:
            raise Stop(f"an initial value has no value: {problem.message}") from None
        self.widest = len(self.frontier)

    def limit(self, states: int) -> None:
        """End it if too many states are possible at once."""
        if self.max_states is not None and states > self.max_states:
            raise Stop(f"more than {self.max_states} states were possible at once")

    def follow(self, event: Event) -> bool:
        """Is there a state in which the event may happen? If so, the frontier is what it may lead to."""
        self.before = self.with_silent_steps() if self.silent is not None and self.bound else self.frontier
        found: Frontier = {}
        line = event.line
        for state, reached in self.before.items():
            for alternative in event.alternatives:
                self.take(alternative.rule, state, reached, alternative.words, line, found)
        if not found:
            return False
        self.frontier = found
        self.events += 1
        if len(found) > self.widest:
            self.widest = len(found)
        return True

    def take(self, number: int, state: Words, reached: Reached, event: Words, line: int, found: Frontier) -> None:
        """Every step from a state that a rule allows."""
        kernel = self.silent if number == SILENT else self.rules[number]
        assert kernel is not None
        out, entry, words = self.out, kernel.entry, kernel.words
        count = kernel.expand(state + event, out)
        for i in range(0, count, entry):
            if out[i] < 0:
                continue  # it cannot be evaluated, so it is not known to be possible
            after = tuple(out[i + 1 : i + 1 + words])
            known = found.get(after)
            if known is not None and not known.violated:
                continue
            violated = reached.violated
            step = self.properties.of_step(state, after)
            if step:
                violated = violated | step
            if after != state:
                wrong = self.properties.of_state(after)
                if wrong:
                    violated = violated | wrong
            if violated:
                if known is not None and len(known.violated) <= len(violated):
                    continue
                self.violations = True
            self.limit(len(found))
            node = self.history.add(reached.node, 0, line, number, out[i], after, event)
            found[after] = Reached(node, violated)

    def with_silent_steps(self) -> Frontier:
        """The frontier, and what is reached from it without an event.

        A state that was reached with a violation is looked at again if it is reached without one.
        """
        found = dict(self.frontier)
        level = found
        for _ in range(self.bound):
            reached: Frontier = {}
            for state, how in level.items():
                self.take(SILENT, state, how, (), NO_EVENT, reached)
            level = {
                state: how
                for state, how in reached.items()
                if state not in found or (found[state].violated and not how.violated)
            }
            if not level:
                break
            found.update(level)
            self.limit(len(found))
            self.tick(self.events)
        self.widest = max(self.widest, len(found))
        return found

    def best(self) -> Reached:
        """The way to a state of the frontier with the fewest violations."""
        return min(self.frontier.values(), key=lambda reached: (len(reached.violated), reached.node))
