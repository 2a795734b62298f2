"""Random walks through a model whose states are too many to be searched.

The walks are made by `checker.native.walks`, under CPython at first and by machine code when it is ready. They note
which properties are violated, and in which walk; that walk is then made once more to show how. Nothing is remembered of
the states that were seen, so nothing is ever said to hold.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from skipgate.checker.core.deadline import OutOfTime, deadline
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.expectations import expectation, expected_violations, property_descriptions, property_kinds
from skipgate.checker.core.result import DEADLOCK, EVALUATION, Expectation, PropertyResult, Verdict
from skipgate.checker.core.trace import Failure, Trace
from skipgate.checker.evidence.counterexample import (
    FailedEvaluation,
    initial_error_trace,
    new_trace,
    steps_through,
    trace_of,
)
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native.compilation import Compilation
from skipgate.checker.native.threads import StillAtWork
from skipgate.checker.native.walkers import Walkers, unit
from skipgate.checker.native.walks import FINISHED, REACHED
from skipgate.checker.search.explore import Search, State, Violation
from skipgate.checker.search.limits import FIRST_VIOLATION, INTERRUPTED, Budget, Stop, out_of_time
from skipgate.checker.search.options import EngineName
from skipgate.checker.semantics.evaluate import EvaluationError
from skipgate.checker.simulate import chance
from skipgate.checker.simulate.cutting import cut
from skipgate.spec.diagnostics import error

if TYPE_CHECKING:
    from skipgate.checker.native.machine import MachineCode

DEEPEST = 1_000_000  # states of a walk
MOST_WALKS = 2**62

_ROUND = 2**14  # steps of the walks that are made together, more or less; limits are looked at after them
_LEAST = 32  # walks that are made together


@dataclass(frozen=True)
class SimulationOptions:
    """Which walks to make: of at most `depth` states each, numbered from `first` on. The first few are to be kept."""

    seed: int
    depth: int = 100
    count: int = 10_000
    first: int = 1
    stop_at_first: bool = False  # make no more after a violation
    time_limit: float | None = None
    keep: int = 0


@dataclass(frozen=True)
class SimulationProgress:
    """How far the walks have come."""

    check: str
    walks: int
    steps: int
    violated: int
    seconds: float


@dataclass(frozen=True)
class Simulation:
    """What random walks have found. Every verdict is `violation` or `unknown`."""

    file: str
    model: str
    check: str
    expected: Expectation
    wanted: SimulationOptions
    walks: int  # that came to their end
    longest: int  # states of the longest of them
    taken: Mapping[str, int]  # how often each action was taken,
    possible: Mapping[str, int]  # and how often it could have been, one for each choice of parameters
    covers: Mapping[str, bool]  # was it reached?
    vacuous: Mapping[str, str]  # the properties with a premise that was never true, and the premise
    properties: dict[str, PropertyResult]
    found_in: Mapping[str, int]  # for each violated property, the walk that its trace is taken from
    uncut: tuple[str, ...]  # those in whose traces steps may be left that are not needed: the effort is limited
    missing: tuple[str, ...]  # properties whose violation is expected and was not found
    unexamined: tuple[str, ...]  # the liveness properties, of which a walk that ends tells nothing
    stopped: str | None  # why there are fewer walks than were wanted
    engine: str
    seconds: float
    kept: tuple[Trace, ...] = ()  # the first walks, as many as were to be kept

    @property
    def violated(self) -> tuple[str, ...]:
        """The names of the violated properties."""
        return tuple(name for name, result in self.properties.items() if result.verdict == "violation")

    @property
    def steps(self) -> int:
        """How many steps all walks have made."""
        return sum(self.taken.values())


def simulate(
    kernels: Kernels,
    wanted: SimulationOptions,
    *,
    engine: EngineName = "auto",
    threads: int | None = None,
    report: Callable[[SimulationProgress], None] | None = None,
) -> Simulation:
    """Make random walks. The same walks find the same, whatever the engine and the number of threads.

    For each violated property there is a trace: of the walks with the shortest way to a violation the first, cut down
    until no step can be left out.

    Raises:
        InternalError: two parts of the tool disagree.
        SpecError: `engine` is "native" and there is no machine code.
    """
    simulator = _Simulator(kernels, wanted, engine, threads, report)
    try:
        simulator.run()
    finally:
        simulator.compilation.close()
    return simulator.result()


class _Simulator:
    def __init__(
        self,
        kernels: Kernels,
        wanted: SimulationOptions,
        engine: EngineName,
        threads: int | None,
        report: Callable[[SimulationProgress], None] | None,
    ) -> None:
        from skipgate.checker.native.engine import default_threads

        self.kernels = kernels
        self.model = kernels.model
        self.wanted = wanted
        self.engine = engine
        self.report = report
        self.started = time.perf_counter()
        self.stopped: str | None = None
        self.no_start: tuple[int, EvaluationError] | None = None  # a walk whose initial state cannot be evaluated
        self.uncut: list[str] = []
        self.one_start = chance.has_one_initial_state(self.model)
        crew = 1 if engine == "python" else threads or default_threads()
        self.walkers = Walkers(kernels, seed=wanted.seed, depth=wanted.depth, threads=crew)
        self.compilation = Compilation(partial(unit, kernels))
        self.code: MachineCode | None = None

    def run(self) -> None:
        wanted = self.wanted
        number, end = wanted.first, wanted.first + wanted.count
        size = max(_LEAST, _ROUND // wanted.depth)
        try:
            if self.engine == "native":
                self.code = self.compilation.now()
                if self.code is None:
                    hint = "choose `--engine auto` or `--engine python`"
                    raise error(
                        f"there is no machine code for the native engine: {self.compilation.problem}", None, hint
                    )
            while number < end and self.stopped is None:
                number = self.round(number, min(size, end - number))
                if wanted.stop_at_first and any(True for _ in self.walkers.events):
                    self.stopped = FIRST_VIOLATION
        except Stop as stop:
            self.stopped = str(stop)
        except StillAtWork as problem:  # after `tick`, unless the user is impatient
            if problem.__cause__ is not None:
                self.stopped = INTERRUPTED
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED

    def round(self, first: int, count: int) -> int:
        """Make so many walks. The result is the number of the next one."""
        number, end = first, first + count
        starts = [self.start(each) for each in range(first, first + 1 if self.one_start else end)]
        while number < end and not self.tick():
            if self.code is not None and not self.walkers.native:
                self.walkers.use(self.code)
            left = starts if self.one_start else starts[number - first :]
            number = self.walkers.walk(number, end - number, left, self.tick)
        return number

    def start(self, number: int) -> State:
        """The initial state of a walk."""
        try:
            state = chance.initial_state(self.model, chance.choices(self.wanted.seed, number))
        except EvaluationError as problem:
            self.no_start = number, problem
            raise Stop("an initial value has no value") from None
        if state is None:
            raise Stop("no initial state was found")
        return self.kernels.layout.pack(state)

    def tick(self) -> bool:
        """Called now and then; are the walks to be cut off?"""
        seconds = time.perf_counter() - self.started
        if self.report is not None:
            walks, violated = sum(self.walkers.get(FINISHED)), len(list(self.walkers.events))
            steps = sum(self.walkers.counts("TAKEN").values())
            self.report(SimulationProgress(self.model.check.name.text, walks, steps, violated, seconds))
        limit = self.wanted.time_limit
        if limit is not None and seconds > limit:
            self.stopped = f"the time limit of {limit:g} s was reached"
        elif self.engine == "auto" and self.code is None:
            self.code = self.compilation.poll()
            if self.code is not None:
                self.walkers.pause()
        return self.stopped is not None

    # -------------------------------------------------------------------------------------------------------- results

    def result(self) -> Simulation:
        model, walkers = self.model, self.walkers
        traces = self.traces()
        kept = self.kept()
        descriptions = property_descriptions(model)
        properties = {}
        for name, kind in property_kinds(model).items():
            trace = traces[name][1] if name in traces else None
            verdict: Verdict = "unknown" if trace is None else "violation"
            properties[name] = PropertyResult(name, kind, verdict, descriptions.get(name), trace)
        unexamined = tuple(p.name for p in model.liveness)
        known = {*traces, *unexamined}
        unseen = walkers.unseen
        missed = {witness.of.name for witness in unseen if witness.premise is None}
        return Simulation(
            file=model.file,
            model=model.name,
            check=model.check.name.text,
            expected=expectation(model.check),
            wanted=self.wanted,
            walks=sum(walkers.get(FINISHED)),
            longest=max(walkers.get(REACHED)),
            taken=walkers.counts("TAKEN"),
            possible=walkers.counts("POSSIBLE"),
            covers={cover.name: cover.name not in missed for cover in model.covers},
            vacuous={w.of.name: w.premise.text for w in reversed(unseen) if w.premise is not None},
            properties=properties,
            found_in={name: number for name, (number, _) in traces.items()},
            uncut=tuple(self.uncut),
            missing=tuple(name for name in expected_violations(model.check) if name not in known),
            unexamined=unexamined,
            stopped=self.stopped,
            engine="native" if walkers.native else "python",
            seconds=time.perf_counter() - self.started,
            kept=kept,
        )

    def kept(self) -> tuple[Trace, ...]:
        """The first walks as traces, as many as are wanted and were made, as far as the time goes."""
        first, limit = self.wanted.first, self.wanted.time_limit
        end = first + min(self.wanted.keep, sum(self.walkers.get(FINISHED)))
        found: list[Trace] = []
        if first == end:
            return ()
        try:
            with deadline(Budget(time_limit=limit).left_for_traces(time.perf_counter() - self.started)):
                for number in range(first, end):
                    found.append(self.whole_walk(number))
        except (KeyboardInterrupt, OutOfTime) as end_:
            self.stopped = self.stopped or (out_of_time(limit or 0) if isinstance(end_, OutOfTime) else INTERRUPTED)
        return tuple(found)

    def whole_walk(self, number: int) -> Trace:
        """A walk from its initial state to its last one."""
        again = self.once_more(number, self.wanted.depth)
        states = [self.kernels.layout.unpack(words) for words in again.path(*again.get(REACHED))]
        failure = Failure("walk", f"walk {number} with seed {self.wanted.seed} ends here")
        steps = steps_through(self.model, states)
        return new_trace(self.model, f"walk_{number}", None, steps, failure, frozenset())

    def once_more(self, number: int, depth: int) -> Walkers:
        """Make a walk once more, of at most so many states."""
        again = Walkers(self.kernels, seed=self.wanted.seed, depth=depth)
        if self.code is not None:
            again.use(self.code)
        again.walk(number, 1, [self.start(number)], lambda: False)
        return again

    def traces(self) -> dict[str, tuple[int, Trace]]:
        """For each violated property a trace, and the walk that it is taken from."""
        names = [p.name for p in (*self.model.invariants, *self.model.transitions)]
        names += [DEADLOCK, EVALUATION, EVALUATION]
        found: dict[str, tuple[int, Trace]] = {}
        if self.no_start is not None:
            number, problem = self.no_start
            found[EVALUATION] = number, initial_error_trace(self.model, problem)
        try:
            for length, number, event in sorted(self.walkers.events):
                name = names[event]
                if name not in found:
                    found[name] = number, self.trace(name, number, length)
        except KeyboardInterrupt:  # those that are there count
            self.stopped = INTERRUPTED
        return found

    def trace(self, name: str, number: int, length: int) -> Trace:
        """The trace of a property that a walk violates at the end of so many states, without needless steps."""
        again = self.once_more(number, length)
        path, violation = self.violation(name, again.path(min(length, *again.get(REACHED))), length)
        states = shortened(self.kernels, path if violation.state == path[-1] else [*path, violation.state])
        if violation.successor is not None:
            states.append(violation.successor)
        unpacked = [self.kernels.layout.unpack(words) for words in states]
        failed = FailedEvaluation(violation.action, violation.source)
        left = cut(self.model, name, unpacked, failed)
        if not left.minimal:
            self.uncut.append(name)
        return trace_of(self.model, name, left.states, failed, left.taken)

    def violation(self, name: str, path: list[State], length: int) -> tuple[list[State], Violation]:
        """What exactly violates a property, and the way there: the last state of a walk, or what follows it."""
        ways = [path[:1], path] if length == 1 else [path[: length - 1], path]
        for i, way in enumerate(ways):
            search = Search(self.kernels, reduced=False)
            if length == 1 and i == 0:
                search.arrive(way[-1], None)
            else:
                search.found.predecessors[way[-1]] = None
                search.expand_level(way[-1:])
            if name in search.found.violations:
                return way, search.found.violations[name]
        raise InternalError(f"the engines disagree: a walk violates `{name}` under one of them only")


def shortened(kernels: Kernels, path: list[State]) -> list[State]:
    """A shortest way from the first of these states to the last by way of the others."""
    expand, entry = kernels.functions["expand"], kernels.entry
    out = [0] * kernels.room
    known = set(path)
    before: dict[State, State | None] = {path[0]: None}
    queue = deque(path[:1])
    while path[-1] not in before:
        state = queue.popleft()
        for i in range(0, expand(state, out), entry):
            successor = tuple(out[i + 1 : i + entry])
            if out[i] >= 0 and successor in known and successor not in before:
                before[successor] = state
                queue.append(successor)
    way = [path[-1]]
    while (previous := before[way[-1]]) is not None:
        way.append(previous)
    return way[::-1]
