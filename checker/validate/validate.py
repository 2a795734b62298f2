"""Are logs a behaviour of a model? The first event that is not explained, or an explanation."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from skipgate.checker.core.trace import Trace
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.limits import INTERRUPTED, Stop, out_of_time
from skipgate.checker.validate.events import Event, EventReader, ReadValue
from skipgate.checker.validate.explainer import Explainer
from skipgate.checker.validate.frontier import Tracker
from skipgate.checker.validate.history import History
from skipgate.checker.validate.interleaving import Interleaving
from skipgate.checker.validate.kernels import Words, rule_kernel
from skipgate.checker.validate.log import Log
from skipgate.checker.validate.result import Refusal, Validation, ValidationVerdict
from skipgate.checker.validate.rules import Rules
from skipgate.errors import InputError

_OFTEN = 128  # events between two looks at the limits
_LONGEST_TRACE = 20_000  # states before a violation that are looked at


@dataclass(frozen=True)
class ValidationOptions:
    """Limits: states that are possible at once, or that are looked at in all with several logs; seconds.

    `most_steps` is how long a trace becomes; of a longer one there is the end.
    """

    max_states: int | None = None
    time_limit: float | None = None
    most_steps: int = 1000


@dataclass(frozen=True)
class ValidationProgress:
    """How far a validation has come."""

    check: str
    events: int
    states: int  # that are possible now, or that were looked at
    seconds: float


def validate(
    kernels: Kernels,
    rules: Rules,
    logs: Sequence[Log],
    options: ValidationOptions = ValidationOptions(),
    report: Callable[[ValidationProgress], None] | None = None,
    read_value: ReadValue | None = None,
) -> Validation:
    """Are logs, each of which has its own order, together a behaviour of a model?

    Raises:
        InputError: a log is not one of this model: an event that is not known, a value of the wrong kind.
        InternalError: two parts of the tool disagree.
        SpecError: the values of an event are too large.
    """
    validator = _Validator(kernels, rules, logs, options, report, read_value)
    found = validator.one_log() if len(logs) == 1 else validator.several_logs()
    return replace(found, seconds=time.perf_counter() - validator.started)


class _Validator:
    def __init__(
        self,
        kernels: Kernels,
        rules: Rules,
        logs: Sequence[Log],
        options: ValidationOptions,
        report: Callable[[ValidationProgress], None] | None,
        read_value: ReadValue | None,
    ) -> None:
        self.kernels = kernels
        self.rules = rules
        self.logs = logs
        self.options = options
        self.report = report
        self.started = time.perf_counter()
        self.reader = EventReader(kernels, rules, read_value)
        self.silent = None if rules.silent is None else rule_kernel(kernels, rules.silent)
        self.explainer = Explainer(kernels, self.reader, self.silent, logs)
        self.states: Callable[[], int] = lambda: 0

    def tick(self, events: int) -> None:
        """Called now and then. Raises `Stop` if time has run out."""
        seconds = time.perf_counter() - self.started
        if self.report is not None:
            name = self.kernels.model.check.name.text
            self.report(ValidationProgress(name, events, self.states(), seconds))
        limit = self.options.time_limit
        if limit is not None and seconds > limit:
            raise Stop(out_of_time(limit))

    def result(
        self,
        verdict: ValidationVerdict,
        explained: Mapping[str, int],
        *,
        trace: Trace | None,
        refusals: Sequence[Refusal] = (),
        violated: Mapping[str, str] | None = None,
        stopped: str | None = None,
        widest: int,
    ) -> Validation:
        """What was found."""
        model = self.kernels.model
        return Validation(
            file=model.file,
            model=model.name,
            check=model.check.name.text,
            logs=tuple(log.name for log in self.logs),
            verdict=verdict,
            explained=explained,
            violated=violated or {},
            trace=trace,
            refusals=tuple(refusals),
            stopped=stopped,
            widest=widest,
            names={sort: tuple(names) for sort, names in self.reader.sorts.known.items()},
        )

    # ------------------------------------------------------------------------------------------------------- one log

    def one_log(self) -> Validation:
        """Follow one log, event by event."""
        (log,) = self.logs
        options = self.options
        tracker = Tracker(
            self.kernels,
            self.reader.kernels,
            self.silent,
            self.rules.bound,
            max_states=options.max_states,
            tick=self.tick,
        )
        self.states = lambda: len(tracker.frontier)
        violated: dict[str, str] = {}
        refused: Refusal | None = None
        stopped: str | None = None
        place = log.name
        try:
            try:
                tracker.begin()
                for event in log.events(self.reader, self.rules.clock):
                    if not tracker.follow(event):
                        refused = self.explainer.refusal(event, [*tracker.before])
                        break
                    place = event.place
                    if tracker.violations:  # if so in every explanation, from this event on
                        for name in sorted(tracker.best().violated):
                            violated.setdefault(name, place)
                    if not tracker.events % _OFTEN:
                        self.tick(tracker.events)
            except Stop as stop:
                stopped = str(stop)
            except KeyboardInterrupt:
                stopped = INTERRUPTED
            if not tracker.events and refused is None and stopped is None:
                raise InputError(f"{log.name} has no events")
            trace = self.trace_of_one(tracker, violated, refused, place, stopped)
        finally:
            tracker.history.close()
        return self.result(
            "refused" if refused is not None else "unknown" if stopped is not None else "behaviour",
            {log.name: tracker.events},
            trace=trace,
            refusals=() if refused is None else (refused,),
            violated=violated,
            stopped=stopped,
            widest=tracker.widest,
        )

    def trace_of_one(
        self,
        tracker: Tracker,
        violated: Mapping[str, str],
        refused: Refusal | None,
        place: str,
        stopped: str | None,
    ) -> Trace | None:
        """An explanation, up to the first violation if all have one."""
        if not tracker.frontier:
            return None
        best = tracker.best().node
        if violated:
            found = self.explainer.violation(tracker.history.path(best, _LONGEST_TRACE))
            if found is not None:
                return found
        path = tracker.history.path(best, self.options.most_steps)
        if refused is not None:
            return self.explainer.trace(path, f"{refused.place} fits no action")
        if stopped is not None:
            return self.explainer.trace(path, f"{place} is the last event that was looked at: {stopped}")
        return self.explainer.trace(path, f"all events are explained, to {place}")

    # -------------------------------------------------------------------------------------------------- several logs

    def several_logs(self) -> Validation:
        """Look for an order of all events."""
        events = [[*log.events(self.reader, self.rules.clock)] for log in self.logs]
        empty = [log.name for log, several in zip(self.logs, events, strict=True) if not several]
        if empty:
            raise InputError(f"{empty[0]} has no events")
        histories: list[History] = []
        try:
            return self.interleaved(events, histories)
        finally:
            for history in histories:
                history.close()

    def interleaved(self, events: Sequence[Sequence[Event]], histories: list[History]) -> Validation:
        """Look for an order, and if it violates a property, for one that does not."""
        search = self.begun(events, histories, clean=False)
        found, stopped = self.run(search)
        explained = {log.name: count for log, count in zip(self.logs, search.furthest, strict=True)}
        if stopped is not None or not found:
            path = search.history.path(max(search.deepest[1], 0), self.options.most_steps)
            refusals = [] if stopped is not None else self.refused(search)
            if stopped is not None:
                message = f"no order of the logs was found: {stopped}"
            else:
                message = f"{', '.join(refusal.place for refusal in refusals)} can happen in no order of the logs"
            return self.result(
                "refused" if stopped is None else "unknown",
                explained,
                trace=self.explainer.trace(path, message) if search.deepest[1] >= 0 else None,
                refusals=refusals,
                stopped=stopped,
                widest=len(search.seen),
            )
        assert search.found is not None
        everything = search.history.path(search.found)
        wrong = self.explainer.violated(everything)
        violated: dict[str, str] = {}
        if wrong:
            clean = self.begun(events, histories, clean=True)
            without, stopped = self.run(clean)
            if without:
                search = clean
            else:
                for i, names in wrong:
                    place = next((self.explainer.place(node) for node in everything[i::-1] if node.line >= 0), None)
                    violated |= dict.fromkeys(sorted(names - violated.keys()), place or self.logs[0].name)
        assert search.found is not None
        if violated and stopped is not None:
            listed = ", ".join(violated)
            stopped = f"the order that was found violates {listed}, and whether each does is not known: {stopped}"
            violated = {}
        path = search.history.path(search.found, self.options.most_steps)
        trace = self.explainer.violation(everything) if violated else None
        return self.result(
            "unknown" if stopped is not None else "behaviour",
            explained,
            trace=trace or self.explainer.trace(path, "all events are explained"),
            violated=violated,
            stopped=stopped,
            widest=len(search.seen),
        )

    def begun(self, events: Sequence[Sequence[Event]], histories: list[History], *, clean: bool) -> Interleaving:
        """A search for an order."""
        search = Interleaving(
            self.kernels,
            self.reader.kernels,
            self.silent,
            self.rules.bound,
            events,
            clean=clean,
            max_states=self.options.max_states,
            tick=self.tick,
        )
        histories.append(search.history)
        self.states = lambda: len(search.seen)
        return search

    def run(self, search: Interleaving) -> tuple[bool, str | None]:
        """Was an order found, and if that is not known, why not?"""
        try:
            return search.search(), None
        except Stop as stop:
            return False, str(stop)
        except KeyboardInterrupt:
            return False, INTERRUPTED

    def refused(self, search: Interleaving) -> list[Refusal]:
        """The events that are possible in no order; or those that stop each other."""
        refusals = []
        for log, furthest in enumerate(search.furthest):
            if furthest < search.ends[log]:
                states: list[Words] = [*search.stuck.get(log, ())]
                refusals.append(self.explainer.refusal(search.logs[log][furthest], states))
        if not refusals:
            positions, state = search.deepest_state()
            for log, position in enumerate(positions):
                if position < search.ends[log]:
                    refusals.append(self.explainer.refusal(search.logs[log][position], [state]))
        return refusals
