"""Are logs a behaviour of a model? The first event that is not explained, or an explanation."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from skipgate.checker.core.result import EVALUATION
from skipgate.checker.core.trace import Trace
from skipgate.checker.evidence.counterexample import trace_of
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.limits import INTERRUPTED, Stop, out_of_time
from skipgate.checker.validate.events import Clock, Event, EventReader
from skipgate.checker.validate.evidence import refusal, steps_of, trace_of_log, with_names
from skipgate.checker.validate.frontier import Properties, Tracker
from skipgate.checker.validate.history import NO_EVENT, Node
from skipgate.checker.validate.kernels import rule_kernel
from skipgate.checker.validate.result import Refusal, Validation
from skipgate.checker.validate.rules import Rules
from skipgate.checker.validate.values import Json
from skipgate.errors import InputError

_LONGEST_TRACE = 20_000  # states before a violation that are looked at
_OFTEN = 128  # events between two looks at the limits


@dataclass(frozen=True)
class Log:
    """A log: its name, and its objects in order, each with the number of its line."""

    name: str
    objects: Iterable[tuple[int, Json]]

    def place(self, line: int) -> str:
        """How a line is called in messages."""
        return f"{self.name}:{line}"


@dataclass(frozen=True)
class ValidationOptions:
    """Limits: states that are possible at once, seconds. `most_steps` is how long a trace becomes; the last count."""

    max_states: int | None = None
    time_limit: float | None = None
    most_steps: int = 1000


@dataclass(frozen=True)
class ValidationProgress:
    """How far a validation has come."""

    check: str
    events: int
    states: int  # that are possible now
    seconds: float


def validate(
    kernels: Kernels,
    rules: Rules,
    logs: Sequence[Log],
    options: ValidationOptions = ValidationOptions(),
    report: Callable[[ValidationProgress], None] | None = None,
) -> Validation:
    """Are logs, each of which has its own order, together a behaviour of a model?

    Raises:
        InputError: the log is not one of this model: an event that is not known, a value of the wrong kind.
        InternalError: two parts of the tool disagree.
        SpecError: the values of an event are too large.
    """
    (log,) = logs
    validator = _Validator(kernels, rules, log, options, report)
    try:
        return validator.run()
    finally:
        validator.tracker.history.close()


class _Validator:
    def __init__(
        self,
        kernels: Kernels,
        rules: Rules,
        log: Log,
        options: ValidationOptions,
        report: Callable[[ValidationProgress], None] | None,
    ) -> None:
        self.kernels = kernels
        self.model = kernels.model
        self.log = log
        self.options = options
        self.report = report
        self.started = time.perf_counter()
        self.reader = EventReader(kernels, rules)
        self.silent = None if rules.silent is None else rule_kernel(kernels, rules.silent)
        self.tracker = Tracker(
            kernels, self.reader.kernels, self.silent, rules.bound, max_states=options.max_states, tick=self.tick
        )
        self.clock = Clock(rules.clock)
        self.violated: dict[str, str] = {}
        self.place = log.name  # of the last event that was explained

    def run(self) -> Validation:
        refused: Refusal | None = None
        stopped: str | None = None
        try:
            self.tracker.begin()
            for event in self.events():
                if not self.tracker.follow(event):
                    refused = self.refused(event)
                    break
                self.place = event.place
                if self.tracker.violations:
                    self.note_violations(event)
                if not self.tracker.events % _OFTEN:
                    self.tick(self.tracker.events)
        except Stop as stop:
            stopped = str(stop)
        except KeyboardInterrupt:
            stopped = INTERRUPTED
        if not self.tracker.events and refused is None and stopped is None:
            raise InputError(f"{self.log.name} has no events")
        return self.result(refused, stopped)

    def events(self) -> Iterator[Event]:
        """The events of the log that are not ignored."""
        for line, data in self.log.objects:
            place = self.log.place(line)
            if not isinstance(data, dict):
                raise InputError(f"{place}: this is no JSON object")
            self.clock.look(data, place)
            event = self.reader.read(data, place, line)
            if event is not None:
                yield event

    def tick(self, events: int) -> None:
        """Called now and then. Raises `Stop` if time has run out."""
        seconds = time.perf_counter() - self.started
        if self.report is not None:
            self.report(ValidationProgress(self.model.check.name.text, events, len(self.tracker.frontier), seconds))
        limit = self.options.time_limit
        if limit is not None and seconds > limit:
            raise Stop(out_of_time(limit))

    def note_violations(self, event: Event) -> None:
        """Remember after which event no explanation without a violation is left."""
        best = self.tracker.best()
        for name in sorted(best.violated):
            self.violated.setdefault(name, event.place)

    def refused(self, event: Event) -> Refusal:
        states = self.tracker.before
        return refusal(self.kernels, self.reader.kernels, event, states, len(states), self.reader.sorts)

    # -------------------------------------------------------------------------------------------------------- results

    def result(self, refused: Refusal | None, stopped: str | None) -> Validation:
        verdict: str = "refused" if refused is not None else "behaviour" if stopped is None else "unknown"
        trace = None
        if self.tracker.frontier:
            trace = self.trace(refused, stopped)
        assert verdict in ("refused", "behaviour", "unknown")
        return Validation(
            file=self.model.file,
            model=self.model.name,
            check=self.model.check.name.text,
            logs=(self.log.name,),
            verdict=verdict,  # type: ignore[arg-type]
            explained={self.log.name: self.tracker.events},
            violated=self.violated,
            trace=trace,
            refusals=() if refused is None else (refused,),
            stopped=stopped,
            steps=self.tracker.history.count,
            widest=self.tracker.widest,
            seconds=time.perf_counter() - self.started,
            names={sort: tuple(names) for sort, names in self.reader.sorts.known.items()},
        )

    def trace(self, refused: Refusal | None, stopped: str | None) -> Trace:
        """An explanation of what was explained, up to the first violation if all have one."""
        tracker = self.tracker
        best = tracker.best().node
        if self.violated:
            found = self.violation(tracker.history.path(best, _LONGEST_TRACE))
            if found is not None:
                return found
        path = tracker.history.path(best, self.options.most_steps)
        steps = steps_of(self.kernels, self.reader.kernels, self.silent, path, self.place_of, self.reader.sorts)
        left_out = " (the first steps are left out)" if path[0].before >= 0 else ""
        if refused is not None:
            message = f"{refused.place} fits no action{left_out}"
        elif stopped is not None:
            message = f"{self.place} is the last event that was looked at: {stopped}{left_out}"
        else:
            message = f"all events are explained, to {self.place}{left_out}"
        return with_names(trace_of_log(self.model, steps, message), self.reader.sorts)

    def violation(self, path: Sequence[Node]) -> Trace | None:
        """The trace of the first violation on a path that begins in an initial state."""
        properties = Properties(self.kernels)
        for i, node in enumerate(path):
            names = set(properties.of_state(node.state))
            if i:
                names |= properties.of_step(path[i - 1].state, node.state)
            names &= self.violated.keys()
            name = min(names - {EVALUATION}, default=None)
            if name is None:
                continue
            to_here = path[: i + 1]
            steps = steps_of(self.kernels, self.reader.kernels, self.silent, to_here, self.place_of, self.reader.sorts)
            states = [step.state for step in steps]
            actions = {action.name: action for action in self.model.actions}
            taken = [(actions[str(step.action)], step.arguments) for step in steps[1:]]
            trace = trace_of(self.model, name, states, None, taken, from_anywhere=path[0].before >= 0)
            return with_names(replace(trace, steps=tuple(steps), from_anywhere=False), self.reader.sorts)
        return None

    def place_of(self, node: Node) -> str | None:
        """The place of the event that a step is, if it is one."""
        return None if node.line == NO_EVENT else self.log.place(node.line)
