"""Bounded model checking: every behaviour of up to so many states, by a solver instead of a search.

The lengths are gone through one by one, so the traces found are shortest ones. What counts as a violation is exactly
what it is to the explicit search (see `search.explore`): a state outside the constraints is looked at but not left,
invariants are examined in it as well, covers are not reached there; what cannot be evaluated is a violation of
`evaluation`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from skipgate.checker.core import model as m
from skipgate.checker.core.datatypes import is_bounded
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.core.trace import Trace
from skipgate.checker.core.values import Value
from skipgate.checker.evidence.counterexample import FailedEvaluation, initial_error_trace, trace_of
from skipgate.checker.semantics.effort import SHOWN, TooMuchWork, at_most
from skipgate.checker.semantics.evaluate import EvaluationError, Inexhaustible, Scope, evaluate
from skipgate.checker.smt.encoding.logic import Bit, and_, any_of, not_
from skipgate.checker.smt.encoding.small import small_numbers
from skipgate.checker.smt.encoding.solving import Deadline, GaveUp, NoAnswer
from skipgate.checker.smt.encoding.symbolic import Endless
from skipgate.checker.smt.encoding.system import System
from skipgate.checker.smt.encoding.unrolling import Unrolling

# For each question about small numbers in a trace, in Z3's own units: most of a second. It is no time, so that the
# numbers do not depend on how busy the machine is.
_EFFORT = 5_000_000


@dataclass
class Bounded:
    """What bounded model checking found, by name of property or cover: shortest traces.

    `reached` has the lengths of the behaviours at whose ends something was found, also where no trace was wanted.
    `depth` is the number of states of the longest behaviours that were examined; if `exhausted`, there are none
    longer. `starts` tells whether there is an initial state inside the constraints; None if that is not known.
    `stopped` says why the search did not get as far as it should; `undecided`, by name, why the solver could not tell
    whether there is a trace.
    """

    depth: int = 0
    undecided: dict[str, str] = field(default_factory=dict)
    traces: dict[str, Trace] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    exhausted: bool = False
    starts: bool | None = None
    stopped: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class SearchTarget:
    """Something that is looked for at the end of a behaviour: `formula` speaks of its last state, or last step."""

    name: str  # of the property or cover
    over: Literal["state", "step"]
    formula: Bit
    culprit: FailedEvaluation | None = None
    traced: bool = True  # is a trace wanted?


def targets(system: System) -> list[SearchTarget]:
    """Every violation and every cover, as formulas."""
    model, inside = system.model, system.inside
    result = [SearchTarget(EVALUATION, "state", inside.fails, FailedEvaluation(source="constraint"))]
    for invariant in model.invariants:
        predicate = system.predicate(invariant.term)
        result.append(SearchTarget(invariant.name, "state", and_(not_(inside.fails), predicate.false)))
        culprit = FailedEvaluation(source=invariant.name)
        result.append(SearchTarget(EVALUATION, "state", and_(not_(inside.fails), predicate.fails), culprit))
    for transition in model.transitions:
        predicate = system.predicate(transition.term)
        result.append(SearchTarget(transition.name, "step", predicate.false))
        result.append(SearchTarget(EVALUATION, "step", predicate.fails, FailedEvaluation(source=transition.name)))
    for cover in model.covers:
        predicate = system.predicate(cover.term)
        result.append(SearchTarget(cover.name, "state", and_(inside.true, predicate.true)))
        culprit = FailedEvaluation(source=cover.name)
        result.append(SearchTarget(EVALUATION, "state", and_(not_(inside.fails), predicate.fails), culprit))
    for live in model.liveness:  # no state violates one, but it may have no value in one
        fails = any_of(system.predicate(term).fails for term in live.terms)
        culprit = FailedEvaluation(source=live.name)
        result.append(SearchTarget(EVALUATION, "state", and_(not_(inside.fails), fails), culprit))
        fails = any_of(system.predicate(term).fails for term in live.step_terms)
        result.append(SearchTarget(EVALUATION, "step", fails, culprit))
    for number, action in enumerate(model.actions):
        fails = any_of(i.fails for i in system.instances if i.action is action)
        result.append(SearchTarget(EVALUATION, "state", and_(inside.true, fails), FailedEvaluation(action=number)))
    result.append(
        SearchTarget(EVALUATION, "state", and_(inside.true, system.deadlock.fails), FailedEvaluation(source="terminal"))
    )
    result.append(SearchTarget(DEADLOCK, "state", and_(inside.true, system.deadlock.true)))
    return [target for target in result if target.formula is not False]


def check_bounded(
    model: m.Model,
    depth: int,
    *,
    time_limit: float | None = None,
    only: Collection[str] | None = None,
    report: Callable[[int], None] | None = None,
) -> Bounded:
    """Examine all behaviours of up to `depth` states.

    Args:
        only: the names of the properties and covers to look for; None for all. An initial value that cannot be
            evaluated is reported in any case.
        report: is called with each length before it is examined.

    Raises:
        SpecError: the model has a construct that cannot be translated.
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    deadline = Deadline(time_limit)
    system = System(model, deadline.look)
    try:
        wanted = [t for t in targets(system) if only is None or t.name in only]
    except NoAnswer as problem:  # the formulas alone take too long
        return Bounded(stopped=str(problem), seconds=deadline.passed)
    search = BoundedSearch(system, wanted, report)
    search.deepen(depth, deadline)
    search.found.seconds = deadline.passed
    return search.found


class BoundedSearch:
    """A search that can be continued to greater depths, and for less than before: see `pending`."""

    def __init__(
        self, system: System, wanted: Iterable[SearchTarget], report: Callable[[int], None] | None = None
    ) -> None:
        self.model = system.model
        self.system = system
        self.pending = list(wanted)
        self.found = Bounded()
        self.report = report
        self.unrolled = Unrolling(system, Deadline())
        self.length = 0  # of the behaviours that the solver knows of

    def deepen(self, depth: int, deadline: Deadline) -> None:
        """Examine all behaviours of up to `depth` states. `found.stopped` says why that did not succeed."""
        self.unrolled.deadline = deadline
        self.found.stopped = None
        try:
            self.run(depth)
        except NoAnswer as problem:
            self.found.stopped = str(problem)
        except Endless:
            self.found.stopped = "Z3 found a behaviour with a set that has no end, which is none of the model"

    def run(self, depth: int) -> None:
        """The same without a limit of time."""
        while self.found.depth < depth and not self.found.exhausted:
            self.unrolled.deadline.look()
            if self.length == self.found.depth and not self.lengthen():
                return
            self.pending = self.look_for(self.pending, self.length)
            self.found.depth = self.length if self.pending else depth
            if not self.pending:
                return

    def lengthen(self) -> bool:
        """Go on to behaviours with one state more; False if there are none."""
        system, unrolled = self.system, self.unrolled
        if self.report is not None:
            self.report(self.length + 1)
        if self.length == 0:
            if self.fails_initially():
                self.pending = []
                return False
            unrolled.add(unrolled.at(0, system.typed), unrolled.at(0, system.initial.true))
            self.found.starts = self.starts()
        else:
            self.extend(self.length - 1)
        self.length += 1
        self.found.exhausted = self.length > 1 and self.no_more()
        return not self.found.exhausted

    def starts(self) -> bool | None:
        """Is there an initial state that is not outside the constraints?"""
        self.unrolled.push()
        try:
            self.unrolled.add(self.unrolled.at(0, self.system.inside.true))
            return self.unrolled.satisfiable()
        except GaveUp:
            return None
        finally:
            self.unrolled.pop()

    def extend(self, last: int) -> None:
        """Make the behaviours one step longer than to the time `last`, whose state must be one that is left."""
        system, unrolled = self.system, self.unrolled
        unrolled.add(unrolled.at(last, system.inside.true))
        unrolled.take_step(last)
        unrolled.add(unrolled.at(last + 1, system.typed))

    def no_more(self) -> bool:
        """Is there no behaviour as long as this?"""
        try:
            return not self.unrolled.satisfiable()
        except GaveUp:
            return False

    def look_for(self, pending: list[SearchTarget], length: int) -> list[SearchTarget]:
        """Find as many targets as there are at the end of behaviours of this length; those that are left."""
        here = [target for target in pending if target.over == "state" or length > 1]
        try:
            self.find_all(here, length)
        except GaveUp:
            for target in here:
                try:
                    self.find_all([target], length)
                except GaveUp as problem:
                    self.found.undecided.setdefault(target.name, str(problem))
        settled = {*self.found.reached, *self.found.undecided}
        return [target for target in pending if target.name not in settled]

    def find_all(self, wanted: list[SearchTarget], length: int) -> None:
        """Find as many targets as there are; one behaviour often ends in several."""
        unrolled = self.unrolled
        while wanted := [target for target in wanted if target.name not in self.found.reached]:
            formulas = [
                unrolled.at(length - 1, target.formula)
                if target.over == "state"
                else unrolled.at(length - 2, target.formula, step=True)
                for target in wanted
            ]
            unrolled.push()
            try:
                unrolled.add(any_of(formulas))
                if not unrolled.satisfiable():
                    return
                truths = unrolled.truths(formulas) if len(wanted) > 1 else [True]
                reached = {t: formula for t, formula, true in zip(wanted, formulas, truths, strict=True) if true}
                if not reached:
                    raise GaveUp("Z3 gave up: its model does not tell what is violated")
                if unrolled.finite:
                    self.note(reached, length)
            finally:
                unrolled.pop()
            if not unrolled.finite:
                self.note(reached, length, small=True)

    def note(self, reached: Mapping[SearchTarget, Bit], length: int, small: bool = False) -> None:
        """Note what was found at the end of a behaviour, if that is a new one; formulas say where it was."""
        for target, formula in reached.items():
            if target.name not in self.found.reached:
                if target.traced:
                    trace = self.small_trace(target, formula, length) if small else self.trace(target, length)
                    self.found.traces[target.name] = trace
                self.found.reached[target.name] = length

    def small_trace(self, target: SearchTarget, formula: Bit, length: int) -> Trace:
        """A trace that ends in what a formula says, with small numbers unless that takes too much effort or time."""
        unrolled = self.unrolled
        unrolled.push()
        try:
            unrolled.add(formula)
            if not unrolled.satisfiable():
                raise GaveUp("Z3 contradicts itself")
            any_trace = self.trace_or_reason(target, length)
            unrolled.effort = _EFFORT
            try:
                with small_numbers(unrolled, length):
                    return self.trace(target, length)
            except NoAnswer:
                if isinstance(any_trace, GaveUp):
                    raise any_trace from None
                return any_trace
        finally:
            unrolled.effort = None
            unrolled.pop()

    def trace_or_reason(self, target: SearchTarget, length: int) -> Trace | GaveUp:
        """The trace in the behaviour that was found, or why it cannot be shown."""
        try:
            return self.trace(target, length)
        except GaveUp as problem:
            return problem

    def trace(self, target: SearchTarget, length: int) -> Trace:
        """The trace of a target in the behaviour that the solver has found."""
        unrolled = self.unrolled
        states = [unrolled.state(time) for time in range(length)]
        taken = [self.step_taken(time) for time in range(length - 1)]
        culprit = target.culprit
        if culprit is not None and culprit.action is not None:
            culprit = self.failed_action(culprit.action, length - 1)
        try:
            with at_most(SHOWN):
                return trace_of(self.model, target.name, states, culprit, taken)
        except (Inexhaustible, TooMuchWork) as problem:
            raise GaveUp(f"it seems to be violated, but that cannot be shown: {problem}") from None

    def step_taken(self, time: int) -> tuple[m.Action, tuple[tuple[str, Value], ...]]:
        """The action that makes the step from a time on, and the values of its parameters."""
        instance = self.unrolled.taken(time)
        return instance.action, self.unrolled.arguments(time, instance)

    def failed_action(self, number: int, time: int) -> FailedEvaluation:
        """The action of a number that cannot be evaluated at a time, with the values of its parameters."""
        action = self.model.actions[number]
        if all(is_bounded(p.variable.type) for p in action.parameters):
            return FailedEvaluation(action=number)  # the evaluator finds the first choice that fails
        unrolled = self.unrolled
        mine = [i for i in self.system.instances if i.action is action]
        for instance, true in zip(mine, unrolled.truths(unrolled.at(time, i.fails) for i in mine), strict=True):
            if true:
                return FailedEvaluation(number, None, unrolled.arguments(time, instance))
        return FailedEvaluation(action=number)

    def fails_initially(self) -> bool:
        """Is there an initial value that cannot be evaluated?"""
        system, unrolled = self.system, self.unrolled
        if system.initial.fails is False:
            return False
        unrolled.push()
        unrolled.add(unrolled.at(0, system.typed), unrolled.at(0, system.initial.fails))
        fails = unrolled.satisfiable()
        if fails:
            scope = Scope(unrolled.state(0))
            self.found.traces[EVALUATION] = initial_error_trace(self.model, self.initial_error(scope))
            self.found.reached[EVALUATION] = 0
        unrolled.pop()
        return fails

    def initial_error(self, scope: Scope) -> EvaluationError:
        """What is wrong with the initial values of a state, as the evaluator says it."""
        for variable in self.model.variables:
            if variable.choice and not is_bounded(variable.initial.type):
                continue  # a type or range without an end
            try:
                evaluate(variable.initial, scope)
            except EvaluationError as problem:
                return problem
        for condition in self.model.initially:
            try:
                evaluate(condition.term, scope)
            except EvaluationError as problem:
                return problem
        raise InternalError("Z3 found an initial value that cannot be evaluated where all can")
