"""Several logs without a common clock: each has its own order, and the search looks for an order of them all.

The positions in the logs are variables beside those of the model. The search goes depth first, since one order is
enough, and knows what it has seen. Of events that may happen in either order it tries one order only: at each state it
takes a set of logs such that no other log can have anything to do with their next events before they happen (a
stubborn set). This finds every state in which nothing is possible any more, and so an order of all events if there is
one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.limits import Stop
from skipgate.checker.semantics.evaluate import EvaluationError
from skipgate.checker.semantics.steps import initial_states
from skipgate.checker.validate.events import Event
from skipgate.checker.validate.footprints import NOTHING, Footprint, classes, footprint, telling_fields
from skipgate.checker.validate.frontier import INITIAL, SILENT, Properties
from skipgate.checker.validate.history import NO_EVENT, History
from skipgate.checker.validate.kernels import RuleKernel, Words

Positions = tuple[int, ...]
_MOST_KEPT = 500  # states in which an event is not possible
_OFTEN = 1024  # states between two looks at the limits


@dataclass(slots=True)
class _Open:
    """A state on the way that is being tried, and the steps from it that are left to try."""

    positions: Positions
    state: Words
    silent: int  # steps without an event since the last one
    node: int
    rest: Iterator[tuple[Positions, Words, int, int]]


class Interleaving:
    """Looks for an order of the events of several logs."""

    def __init__(
        self,
        kernels: Kernels,
        rules: Sequence[RuleKernel],
        silent: RuleKernel | None,
        bound: int,
        logs: Sequence[Sequence[Event]],
        *,
        clean: bool = False,
        max_states: int | None = None,
        tick: Callable[[int], None] = lambda events: None,
    ) -> None:
        """If `clean` is true, the order must violate no property."""
        self.kernels = kernels
        self.rules = rules
        self.silent = silent if bound else None
        self.bound = bound
        self.logs = logs
        self.ends = tuple(map(len, logs))
        self.clean = clean
        self.max_states = max_states
        self.tick = tick
        self.properties = Properties(kernels)
        widths = [kernel.fields.words for kernel in rules if kernel.fields is not None]
        self.history = History(kernels.layout.words, max(widths, default=0))
        self.out = [0] * max(kernel.room for kernel in [*rules, *([silent] if silent else [])])
        self.seen: dict[tuple[Positions, Words], int] = {}
        self.found: int | None = None  # the last node of an order of all events
        self.furthest = [0] * len(logs)  # how many events of each log were explained in some order
        self.deepest: tuple[int, int] = (-1, -1)  # the most events that were explained together, and the node
        self.deepest_at: Positions = (0,) * len(logs)
        self.stuck: dict[int, deque[Words]] = {}  # of each log: states in which its next event is not possible
        self.avoided = False  # was a step not taken since it violates a property?
        # Silent steps are counted between events, so the order of the two matters.
        self.independence = None if self.silent or clean else _Independence(rules, logs)

    def search(self) -> bool:
        """Is there an order?

        Raises:
            Stop: a limit was reached.
        """
        zero = (0,) * len(self.logs)
        for state in self.initial():
            if self.clean and self.properties.of_state(state):
                self.avoided = True
                continue
            node = self.history.add(-1, 0, NO_EVENT, INITIAL, 0, state, ())
            if self.from_state(zero, state, node):
                return True
        return False

    def deepest_state(self) -> tuple[Positions, Words]:
        """How far the logs were explained together, and the state there."""
        return self.deepest_at, self.history.node(self.deepest[1]).state

    def initial(self) -> Iterator[Words]:
        """The initial states."""
        try:
            yield from dict.fromkeys(map(self.kernels.layout.pack, initial_states(self.kernels.model)))
        except EvaluationError as problem:
            raise Stop(f"an initial value has no value: {problem.message}") from None

    def from_state(self, positions: Positions, state: Words, node: int) -> bool:
        """Search depth first."""
        path: list[_Open] = []
        if self.enter(positions, state, 0, node, path):
            return True
        while path:
            top = path[-1]
            following = next(top.rest, None)
            if following is None:
                path.pop()
            elif self.enter(*following, path):
                return True
        return False

    def enter(self, positions: Positions, state: Words, silent: int, node: int, path: list[_Open]) -> bool:
        """Arrive in a state; is it the end of all logs? If it is new, what follows is to be tried."""
        key = (positions, state)
        known = self.seen.get(key)
        if known is not None and known <= silent:
            return False
        self.seen[key] = silent
        if known is None:
            self.note(positions, node)
        if positions == self.ends:
            self.found = node
            return True
        path.append(_Open(positions, state, silent, node, self.steps(positions, state, silent, node)))
        return False

    def note(self, positions: Positions, node: int) -> None:
        """Remember how far the logs were explained, and look at the limits now and then."""
        count = len(self.seen)
        if self.max_states is not None and count > self.max_states:
            raise Stop(f"more than {self.max_states} states of the logs together were looked at")
        if not count % _OFTEN:
            self.tick(sum(positions))
        together = sum(positions)
        if together > self.deepest[0]:
            self.deepest, self.deepest_at = (together, node), positions
        for log, position in enumerate(positions):
            if position > self.furthest[log]:
                self.furthest[log] = position
                self.stuck.pop(log, None)

    def steps(
        self, positions: Positions, state: Words, silent: int, node: int
    ) -> Iterator[tuple[Positions, Words, int, int]]:
        """The steps from a state that have to be tried."""
        taken: list[list[tuple[Words, int, int, Words]]] = []
        for log, position in enumerate(positions):
            possible = [] if position == self.ends[log] else self.take(self.logs[log][position], state)
            taken.append(possible)
            if not possible and position == self.furthest[log] < self.ends[log]:
                self.stuck.setdefault(log, deque(maxlen=_MOST_KEPT)).append(state)
        chosen: Sequence[int] = range(len(positions))
        if self.independence is not None:
            chosen = self.independence.stubborn(positions, self.ends, [bool(each) for each in taken])
        order = sorted(chosen, key=lambda log: self.rank(log, positions[log]))
        for log in order:
            after = (*positions[:log], positions[log] + 1, *positions[log + 1 :])
            line = self.logs[log][positions[log]].line if taken[log] else NO_EVENT
            for words, rule, candidate, event in taken[log]:
                following = self.history.add(node, log, line, rule, candidate, words, event)
                yield after, words, 0, following
        if self.silent is not None and silent < self.bound:
            for words, candidate in self.silent_steps(state):
                following = self.history.add(node, 0, NO_EVENT, SILENT, candidate, words, ())
                yield positions, words, silent + 1, following

    def rank(self, log: int, position: int) -> tuple[float, int]:
        """Which log goes first: the one whose clock is behind, or of which least was explained."""
        if position >= self.ends[log]:
            return (float("inf"), log)
        time = self.logs[log][position].time
        return (position / self.ends[log] if time is None else time, log)

    def take(self, event: Event, state: Words) -> list[tuple[Words, int, int, Words]]:
        """What a state may become by an event: with the rule, the candidate and the event's values."""
        found: dict[Words, tuple[Words, int, int, Words]] = {}
        for alternative in event.alternatives:
            kernel = self.rules[alternative.rule]
            for words, candidate in self.run(kernel, state, alternative.words):
                found.setdefault(words, (words, alternative.rule, candidate, alternative.words))
        return list(found.values())

    def silent_steps(self, state: Words) -> list[tuple[Words, int]]:
        """What a state may become without an event."""
        assert self.silent is not None
        return [(words, candidate) for words, candidate in self.run(self.silent, state, ()) if words != state]

    def run(self, kernel: RuleKernel, state: Words, event: Words) -> list[tuple[Words, int]]:
        """What a state may become by a kernel, each time with the number of the candidate."""
        out, entry, width = self.out, kernel.entry, kernel.words
        found = []
        for i in range(0, kernel.expand(state + event, out), entry):
            if out[i] < 0:
                continue  # it cannot be evaluated, so it is not known to be possible
            words = tuple(out[i + 1 : i + 1 + width])
            if self.clean and (self.properties.of_step(state, words) or self.properties.of_state(words)):
                self.avoided = True
                continue
            found.append((words, out[i]))
        return found


_FEW = (64, 8)  # values of a field that are told apart
_MOST_CLASSES = 400  # footprints that are told apart


class _Independence:
    """Which events may happen in either order."""

    def __init__(self, rules: Sequence[RuleKernel], logs: Sequence[Sequence[Event]]) -> None:
        few = next((each for each in _FEW if self.count(rules, logs, each) <= _MOST_CLASSES), 0)
        telling = [telling_fields(kernel.rule, few) for kernel in rules]
        numbers: dict[object, int] = {}
        footprints: list[Footprint] = []
        known: dict[tuple[int, Words], int] = {}  # of an alternative
        self.classes: list[list[int]] = []  # of each event of each log, as a bit mask

        def number(rule: int, words: Words) -> int:
            if (rule, words) not in known:
                kernel = rules[rule]
                values = kernel.unpack(words)
                told = {name: values[name] for name in telling[rule]}
                key = (rule, tuple(told.items()))
                if key not in numbers:
                    touched = footprint(kernel.rule, told)
                    if touched in footprints:
                        numbers[key] = footprints.index(touched)
                    else:
                        numbers[key] = len(footprints)
                        footprints.append(touched)
                known[rule, words] = numbers[key]
            return known[rule, words]

        for log in logs:
            self.classes.append(
                [sum({1 << number(each.rule, each.words) for each in event.alternatives}) for event in log]
            )
        pairs = list(classes(footprints or [NOTHING]))
        self.depends = [depends for depends, _ in pairs]
        self.enabled_by = [enables for _, enables in pairs]
        self.known: dict[tuple[int, bool], int] = {}
        self.left: list[list[int]] = []  # the classes of each event of a log and of all after it
        for masks in self.classes:
            left = [0]
            for mask in reversed(masks):
                left.append(left[-1] | mask)
            self.left.append(left[::-1])

    @staticmethod
    def count(rules: Sequence[RuleKernel], logs: Sequence[Sequence[Event]], few: int) -> int:
        """How many footprints there may be if so many values of a field are told apart."""
        telling = [telling_fields(kernel.rule, few) for kernel in rules]
        seen: set[object] = set()
        for words, rule in {(each.words, each.rule) for log in logs for event in log for each in event.alternatives}:
            values = rules[rule].unpack(words)
            seen.add((rule, *(values[name] for name in telling[rule])))
        return len(seen)

    def stubborn(self, positions: Positions, ends: Positions, possible: Sequence[bool]) -> list[int]:
        """The smallest set of logs that is closed: nothing else can have to do with their next events.

        There are the logs of which something is possible, or none is closed and there are all.
        """
        best: list[int] | None = None
        for start, is_possible in enumerate(possible):
            if not is_possible:
                continue
            closed = self.closure(start, positions, ends, possible)
            if best is None or len(closed) < len(best):
                best = closed
                if len(best) == 1:
                    break
        return [] if best is None else best

    def closure(self, start: int, positions: Positions, ends: Positions, possible: Sequence[bool]) -> list[int]:
        inside = {start}
        todo = [start]
        while todo:
            log = todo.pop()
            if positions[log] == ends[log]:
                continue
            relevant = self.relevant(self.classes[log][positions[log]], possible[log])
            for other in range(len(positions)):
                if other not in inside and self.left[other][positions[other]] & relevant:
                    inside.add(other)
                    todo.append(other)
        return [log for log in inside if possible[log]]

    def relevant(self, mask: int, possible: bool) -> int:
        """The classes that have to do with an event: if it is possible, what it depends on; else what may enable it."""
        if (mask, possible) not in self.known:
            table = self.depends if possible else self.enabled_by
            found = 0
            for number, classes in enumerate(table):
                if mask >> number & 1:
                    found |= classes
            self.known[mask, possible] = found
        return self.known[mask, possible]
