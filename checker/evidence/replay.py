"""The schedule of a counterexample, replayed under another check of the same file: where the two part, and why.

Everything is computed by the plain evaluator. What is said of the other check is said of this one schedule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import copy
from itertools import islice
from math import prod

from skipgate.checker.core import model as m
from skipgate.checker.core.contrast import Contrast, ContrastRow, Ending, Reason, Relation, ValueDifference, differences
from skipgate.checker.core.datatypes import cardinality, contains
from skipgate.checker.core.expectations import expected_violations
from skipgate.checker.core.result import DEADLOCK, EVALUATION, Verdict
from skipgate.checker.core.trace import Loop, Part, Step, Trace
from skipgate.checker.core.values import Value, show
from skipgate.checker.evidence.counterexample import Arguments, step_of
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate, holds
from skipgate.checker.semantics.explain import Blocker, Explanation, blocker, explain
from skipgate.checker.semantics.lassos import neglected, violates
from skipgate.checker.semantics.steps import (
    FailedTransition,
    Transition,
    action_transition,
    action_transitions,
    initial_states,
    is_element,
    is_initial,
    transitions,
)

_MOST_INITIAL_STATES = 1000  # among which the one nearest to another is looked for
_MOST_CHOICES = 1000  # of the parameters of an action, so that all can be tried out
_MOST_ROUNDS = 50  # of a loop, until the right repeats itself

_State = Mapping[str, Value]


def contrast(trace: Trace, left: m.Model, right: m.Model) -> Contrast:
    """Replay a counterexample of one model under another, for which it `is_replayable`.

    The right takes every action of the schedule that it can. Where it cannot, it takes another that the left could not
    take, if there is one that does the most similar; else nothing.
    """
    constants = differing_constants(left, right)
    replay = _Replay(left, right, {each.name: each.right for each in constants})
    loop = trace.loop
    for step in (*trace.steps, *([loop.back] if loop is not None and loop.back is not None else [])):
        replay.rows.append(replay.row(step))
    return Contrast(
        trace,
        right.check.name.text,
        (left.description, right.description),
        constants,
        tuple(replay.rows),
        replay.ending(trace),
        tuple(expected_violations(right.check)),
    )


def is_replayable(trace: Trace, model: m.Model) -> bool:
    """Does a trace speak of the variables and actions of this model, and are its states states of it?"""
    names = {variable.name for variable in model.variables}
    actions = {None, *(action.name for action in model.actions)}
    known = all(step.action in actions and names == step.state.keys() for step in trace.steps)
    return bool(trace.steps) and known and not misfits(trace, model)


def misfits(trace: Trace, model: m.Model) -> list[m.StateVariable]:
    """The variables that have values in a trace which are not of their types."""
    return [v for v in model.variables if not all(contains(v.type, step.state[v.name]) for step in trace.steps)]


def differing_constants(left: m.Model, right: m.Model) -> tuple[ValueDifference, ...]:
    """The constants of two checks that have different values."""
    return differences(*({c.name: value for c, value in each.constants} for each in (left, right)))


class _Replay:
    def __init__(self, left: m.Model, right: m.Model, constants: Mapping[str, Value]) -> None:
        self.left = {action.name: action for action in left.actions}
        self.right = {action.name: action for action in right.actions}
        self.model = right
        self.constants = constants  # that differ, with their values on the right
        self.rows: list[ContrastRow] = []

    # ------------------------------------------------------------------------------------------------ step by step

    def row(self, step: Step) -> ContrastRow:
        """What comes of the next step of the schedule on the right."""
        if step.action is None:
            return self.first_row(step)
        if self.rows[-1].relation == "stopped":
            return ContrastRow(step, None, "stopped")
        state = self.state
        if (outside := self.outside(state)) is not None:
            return ContrastRow(step, None, "stopped", outside)
        action = self.right[step.action]
        taken = action_transition(action, state, dict(step.arguments))
        parted = any(row.relation != "same" for row in self.rows)
        if isinstance(taken, Transition):
            relation: Relation = "follows" if parted else "same" if taken.state == step.state else "differs"
            return ContrastRow(step, step_of(taken, state), relation)
        why = self.refusal(action, state, step.arguments) if taken is None else _no_value(taken.error)
        return ContrastRow(step, self.instead(step, state, parted), "refused", why)

    def first_row(self, step: Step) -> ContrastRow:
        """The initial state, if it is one on the right; else one that differs in as little as possible."""
        try:
            if is_initial(self.model, step.state):
                return ContrastRow(step, step, "same")
            candidates = list(islice(initial_states(self.model), _MOST_INITIAL_STATES))
        except EvaluationError as problem:
            return ContrastRow(step, None, "stopped", _no_value(problem))
        nearest = min(candidates, key=lambda state: len(differences(step.state, state)), default=None)
        return ContrastRow(step, None, "stopped") if nearest is None else ContrastRow(step, Step(nearest), "differs")

    @property
    def state(self) -> _State:
        """Where the right is."""
        return next(row.right.state for row in reversed(self.rows) if row.right is not None)

    def outside(self, state: _State) -> Reason | None:
        """Why nothing is explored beyond a state: it lies outside a constraint."""
        scope = Scope(state)
        for constraint in self.model.constraints:
            try:
                if not holds(constraint.term, scope):
                    return self.reason(explain(constraint.term, scope), f"is false (constraint `{constraint.name}`)")
            except EvaluationError as problem:
                return _no_value(problem)
        return None

    def refusal(self, action: m.Action, state: _State, arguments: Arguments) -> Reason:
        """Why an action cannot be taken with these arguments."""
        values = dict(arguments)
        scope = Scope(state)
        for place, parameter in enumerate(action.parameters):
            name, domain = parameter.variable.name, parameter.domain
            # A condition before a choice comes first: where it is false, there is nothing to choose from.
            before = blocker(action, scope) if place >= len(action.parameters) - action.choices else None
            if before is not None:
                return self.blocked(before)
            if not is_element(values[name], domain, scope):
                said = f"does not contain {show(values[name])}"
                return Reason(domain.span.flat, said, domain.span.place, lacking=True)
            scope = scope.bind(parameter.variable, values[name])
        found = blocker(action, scope)
        assert found is not None
        return self.blocked(found)

    def blocked(self, found: Blocker) -> Reason:
        """The condition that keeps an action from being taken. One between branches may be true, for another one."""
        return self.reason(found.why, "leads to another branch" if found.branch else "is false")

    def instead(self, step: Step, state: _State, parted: bool) -> Step | None:
        """What the right can take and the left could not: what changes most variables to what the step makes them.

        Once the two have parted, their states differ anyway, and only what does part of the same will do.
        """
        before = self.rows[-1].left.state
        found = [
            step_of(taken, state)
            for taken in _transitions(self.model, state)
            if isinstance(taken, Transition)
            and not isinstance(
                action_transition(self.left[taken.action.name], before, dict(taken.arguments)), Transition
            )
        ]
        best = max(found, key=lambda other: _agreement(step, other), default=None)
        return None if best is None or (parted and not _agreement(step, best)) else best

    def reason(self, why: Explanation, message: str) -> Reason:
        """An explanation, with those of the differing constants that it mentions."""
        words = set(re.findall(r"\w+", why.span.flat))
        constants = (Part(name, value) for name, value in self.constants.items() if name in words)
        return Reason(why.span.flat, message, why.span.place, why.witnesses, (*why.parts, *constants))

    # ------------------------------------------------------------------------------------------------ how it ends

    def ending(self, trace: Trace) -> Ending:
        """What becomes of the property on the right."""
        if not self.model.check.examines(trace.property):
            return Ending("unknown", len(self.rows) - 1)
        if trace.loop is not None:
            return self.lasso(trace, trace.loop)
        steps = [(number, step) for number, row in enumerate(self.rows) if (step := row.right) is not None]
        if trace.property == DEADLOCK:
            return self.deadlock() if steps else Ending("holds")
        before: Step | None = None
        for number, step in steps:
            if (verdict := self.verdict(trace.property, before, step)) != "holds":
                return Ending(verdict, number)
            before = step
        failed = trace.failure
        if before is None or self.rows[-1].relation == "stopped":
            return Ending("holds")
        all_tried = trace.property != EVALUATION or all(map(_can_be_tried_out, self.model.actions))
        other = Ending("holds") if all_tried else Ending("unknown", len(self.rows) - 1)
        if failed.action is None:
            return other
        action, arguments = self.right[failed.action], dict(failed.arguments)
        attempt = action_transition(action, before.state, arguments)
        if isinstance(attempt, Transition):
            return Ending("holds", step=step_of(attempt, before.state))
        if isinstance(attempt, FailedTransition):
            return Ending("violation", len(self.rows) - 1)
        if len(arguments) < len(action.parameters):
            return other
        return Ending("holds", reason=self.refusal(action, before.state, failed.arguments))

    def lasso(self, trace: Trace, loop: Loop) -> Ending:
        """Can the right go on for ever as the left does, fairly, and does that violate the property as well?"""
        unknown = Ending("unknown", len(self.rows) - 1)
        if self.rows[-1].relation == "stopped":
            return Ending("holds")
        if not all(map(_can_be_tried_out, self.model.actions)):
            return unknown
        try:
            repeated = self.repetition(trace, loop)
            if repeated is None:
                return unknown
            states, start = repeated
            if any(self.outside(state) is not None for state in states):
                return Ending("holds")
            steps = [list(map(_succeeded, transitions(self.model, state))) for state in states[start:]]
            missed = neglected(self.model, states[start:], steps)
            if missed is not None:
                return Ending("holds", step=step_of(missed, missed.scope.state))
            declared = next(each for each in self.model.liveness if each.name == trace.property)
            bad = any(violates(instance, states, start) for instance in declared.instances)
        except EvaluationError:
            return unknown
        return Ending("violation" if bad else "holds")

    def repetition(self, trace: Trace, loop: Loop) -> tuple[list[_State], int] | None:
        """The behaviour of the right that takes the steps of the loop again and again: its states, and the index of the
        one that it goes back to. None if that takes too long."""
        cycle = () if loop.back is None else (*trace.steps[loop.start + 1 :], loop.back)
        ahead = copy(self)
        ahead.rows = self.rows[: loop.start + 1]
        seen: dict[tuple[Value, ...], int] = {}  # where the right was when a round began
        for _ in range(_MOST_ROUNDS):
            path = [row.right.state for row in ahead.rows if row.right is not None]
            here = tuple(path[-1].values())
            if here in seen:
                # Without a step in between it stays where it is; else the last state is the first of the cycle again.
                return (path, seen[here]) if seen[here] == len(path) - 1 else (path[:-1], seen[here])
            seen[here] = len(path) - 1
            for step in cycle:
                ahead.rows.append(ahead.row(step))
                if ahead.rows[-1].relation == "stopped":
                    return None
        return None

    def verdict(self, name: str, before: Step | None, after: Step) -> Verdict:
        """Does a property hold in a state, or on the step to it?"""
        if name == EVALUATION:
            return "holds" if self.has_values(before, after.state) else "violation"
        for declared in (p for p in self.model.properties if p.name == name):
            scope = Scope(after.state)
            if declared.kind == "transition":
                if before is None:
                    continue
                scope = Scope(before.state, after.state)
            try:
                if not holds(declared.term, scope):
                    return "violation"
            except EvaluationError:
                return "unknown"
        return "holds"

    def has_values(self, before: Step | None, state: _State) -> bool:
        """Can everything be evaluated that a search evaluates in a state and on the step to it?"""
        terms = [p.term for p in self.model.properties if p.kind != "transition"]
        terms += [constraint.term for constraint in self.model.constraints]
        taken = list(_transitions(self.model, state))
        if self.model.terminal is not None and not taken:
            terms.append(self.model.terminal)
        try:
            for term in terms:
                evaluate(term, Scope(state))
            if before is not None:
                for declared in self.model.transitions:
                    evaluate(declared.term, Scope(before.state, state))
        except EvaluationError:
            return False
        return not any(isinstance(each, FailedTransition) for each in taken)

    def deadlock(self) -> Ending:
        """Is the right stuck as well where its schedule ends?"""
        scope = Scope(self.state)
        try:
            if self.model.terminal is not None and holds(self.model.terminal, scope):
                return Ending("holds", reason=self.reason(explain(self.model.terminal, scope), "is true (`terminal`)"))
        except EvaluationError:
            return Ending("unknown", len(self.rows) - 1)
        taken = next((x for x in _transitions(self.model, self.state) if isinstance(x, Transition)), None)
        if taken is None:
            all_tried = all(map(_can_be_tried_out, self.model.actions))
            return Ending("violation" if all_tried else "unknown", len(self.rows) - 1)
        return Ending("holds", step=step_of(taken, self.state))


def _succeeded(taken: Transition | FailedTransition) -> Transition:
    """A step that can be evaluated.

    Raises:
        EvaluationError: it cannot.
    """
    if isinstance(taken, FailedTransition):
        raise taken.error
    return taken


def _transitions(model: m.Model, state: _State) -> Iterator[Transition | FailedTransition]:
    """What can happen in a state, as far as it can be tried out."""
    for action in filter(_can_be_tried_out, model.actions):
        yield from action_transitions(action, state)


def _can_be_tried_out(action: m.Action) -> bool:
    sizes = [cardinality(p.variable.type) for p in action.parameters]
    return prod(_MOST_CHOICES + 1 if size is None else size for size in sizes) <= _MOST_CHOICES


def _agreement(a: Step, b: Step) -> int:
    """How many variables both steps change, and to the same value."""
    return sum(name in b.changed and a.state[name] == b.state[name] for name in a.changed)


def _no_value(problem: EvaluationError) -> Reason:
    return Reason(problem.span.flat, f"has no value: {problem.message}", problem.span.place)
