"""From a violation that an engine found to a trace that people read.

The engine names states only. The steps between them are found again by the evaluator, which shares nothing with the
generated kernels; so every trace is also a test that the two agree on the behaviour shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import is_bounded
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.places import call
from skipgate.checker.core.result import DEADLOCK, EVALUATION
from skipgate.checker.core.trace import AbstractView, Failure, Part, Step, Trace
from skipgate.checker.core.values import Value, show
from skipgate.checker.kernel.layout import Layout
from skipgate.checker.search.explore import Exploration, Violation
from skipgate.checker.semantics.abstraction import refinement_failure
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, bindings, evaluate, holds
from skipgate.checker.semantics.explain import blocker, explain
from skipgate.checker.semantics.steps import (
    FailedTransition,
    Transition,
    action_transition,
    action_transitions,
    bound,
    description_of,
    is_initial,
    transitions,
)

_MOST_CHOICES = 10_000  # of an action in a deadlock, that are looked at

_Values = Mapping[str, Value]
Arguments = tuple[tuple[str, Value], ...]


def build_trace(model: m.Model, layout: Layout, found: Exploration, name: str, violation: Violation) -> Trace:
    """The trace of a property's first violation.

    Raises:
        InternalError: the evaluator does not see what the engine saw.
    """
    path = found.path_to(violation.state)
    if violation.successor is not None:
        path.append(violation.successor)
    failed = FailedEvaluation(violation.action, violation.source)
    return trace_of(model, name, [layout.unpack(words) for words in path], failed)


@dataclass(frozen=True)
class FailedEvaluation:
    """What cannot be evaluated at the end of a trace: the action with a number, or what `source` names."""

    action: int | None = None
    source: str | None = None
    arguments: Arguments | None = None  # of the action, if the engine knows them


def trace_of(
    model: m.Model,
    name: str,
    states: Sequence[Mapping[str, Value]],
    failed: FailedEvaluation | None = None,
    taken: Sequence[tuple[m.Action, Arguments]] | None = None,
    from_anywhere: bool = False,
) -> Trace:
    """The trace of a property that is violated, or a cover that is reached, at the end of these states.

    `taken` are the steps between the states where the engine knows them; else they are looked for, which needs
    parameters with finite domains. The first state must be an initial one, unless the trace is `from_anywhere`.

    Raises:
        InternalError: the evaluator does not see what the engine saw.
    """
    declared = next((p for p in model.properties if p.name == name), None)
    reads: frozenset[str] = frozenset()
    view: AbstractView | None = None
    if declared is not None:
        reads = t.variables_read(declared.term)
        if declared.refinement is None:
            failure = _property_failure(declared, states)
        else:
            reads = frozenset().union(*(t.variables_read(image) for _, image in declared.refinement.images))
            view, failure = refinement_failure(declared, states)
    elif name == DEADLOCK:
        failure = _deadlock_failure(model, states[-1])
    else:
        failure = _evaluation_failure(model, states, failed or FailedEvaluation())
    description = None if declared is None else declared.description
    if states and not from_anywhere and not is_initial(model, states[0]):
        raise InternalError(f"a trace of check {model.check.name.text} begins in a state that is not initial")
    trace = new_trace(model, name, description, steps_through(model, states, taken), failure, reads)
    return replace(trace, from_anywhere=from_anywhere, abstract=view)


def initial_error_trace(model: m.Model, problem: EvaluationError) -> Trace:
    """The empty trace of an initial value that cannot be evaluated."""
    failure = Failure("evaluation", f"an initial value has no value: {problem.message}",
                      conjunct=problem.span.flat, place=problem.span.place)  # fmt: skip
    return new_trace(model, EVALUATION, None, [], failure, frozenset())


def new_trace(
    model: m.Model,
    name: str,
    description: str | None,
    steps: Sequence[Step],
    failure: Failure,
    reads: frozenset[str],
) -> Trace:
    """A trace of a property."""
    return Trace(
        model=model.name,
        check=model.check.name.text,
        property=name,
        description=description,
        constants=model.constants,
        variables=tuple(v.variable for v in model.variables),
        steps=tuple(steps),
        failure=failure,
        reads=tuple(v.name for v in model.variables if v.name in reads),
    )


def steps_through(
    model: m.Model, states: Sequence[_Values], known: Sequence[tuple[m.Action, Arguments]] | None = None
) -> list[Step]:
    """The first state, and a step to each of the others.

    Raises:
        InternalError: there is no such step.
    """
    steps = [Step(state) for state in states[:1]]
    for i, (before, after) in enumerate(pairwise(states)):
        if known is None:
            attempts: Iterable[Transition | FailedTransition | None] = transitions(model, before)
        else:
            action, arguments = known[i]
            attempts = [action_transition(action, before, dict(arguments))]
        taken = next((x for x in attempts if isinstance(x, Transition) and x.state == after), None)
        if taken is None:
            raise InternalError(f"a trace of check {model.check.name.text} has a step that no action allows")
        steps.append(step_of(taken, before))
    return steps


def step_of(taken: Transition, before: _Values) -> Step:
    """A transition as a step of a trace."""
    changed = tuple(name for name, value in taken.state.items() if value != before[name])
    return Step(taken.state, taken.action.name, taken.arguments, description_of(taken), changed)


def _property_failure(declared: m.Property, states: Sequence[_Values]) -> Failure:
    if declared.kind == "transition":
        scope = Scope(states[-2], states[-1])
        message = f"the last step violates `{declared.name}`"
    else:
        scope = Scope(states[-1])
        verb = "reaches" if declared.kind == "cover" else "violates"
        message = f"the last state {verb} `{declared.name}`"
    if holds(declared.term, scope) is not (declared.kind == "cover"):
        raise InternalError(f"the engines disagree on `{declared.name}` in the last state of a trace")
    why = explain(declared.term, scope)
    return Failure(
        declared.kind,
        message,
        conjunct=why.span.flat,
        place=why.span.place,
        witnesses=why.witnesses,
        parts=why.parts,
    )


def _deadlock_failure(model: m.Model, state: _Values) -> Failure:
    """No action is enabled. For each action, the choice that came furthest and the condition that stopped it, nearest
    first."""
    # Of parameters without bounds it cannot be tried out that none enables the action.
    finite = [a for a in model.actions if all(is_bounded(p.variable.type) for p in a.parameters)]
    if any(True for action in finite for _ in action_transitions(action, state)):
        raise InternalError("the engines disagree: an action is enabled in a state found to be a deadlock")
    stopped = [found for action in finite if (found := _nearest(action, state)) is not None]
    parts = [part for part, _ in sorted(stopped, key=lambda found: -found[1])]
    return Failure("deadlock", "no action is enabled here, and the state is not terminal", parts=tuple(parts))


def _nearest(action: m.Action, state: _Values) -> tuple[Part, int] | None:
    """What stopped the choice of an action's parameters that came furthest, and how many conditions it had passed.

    None if all that stopped any is that other branches are taken: then another path has the reason.
    """
    declared = action.parameters[: len(action.parameters) - action.choices]
    furthest: tuple[Part, int] | None = None
    any_choice = False
    # Where nothing can be chosen inside the action, a condition before the choice may be the reason.
    for parameters in (action.parameters, declared) if action.choices else (declared,):
        for scope in islice(bindings(Scope(state), *parameters), _MOST_CHOICES):
            found = blocker(action, scope)
            any_choice |= found is not None
            if found is not None and not found.branch and (furthest is None or found.passed > furthest[1]):
                values = [show(bound(scope, p.variable)) for p in parameters]
                taken = call(action.name, values, [p.variable.name for p in parameters])
                furthest = Part(f"{taken}: {found.why.span.flat}", False), found.passed
        if any_choice:
            return furthest
    domains = " and ".join(f"{p.variable.name} in {p.domain.span.flat}" for p in action.parameters)
    return Part(f"{action.name}: there is {domains}", False), -1


def _evaluation_failure(model: m.Model, states: Sequence[_Values], failed: FailedEvaluation) -> Failure:
    if failed.action is not None:
        wanted = model.actions[failed.action]
        attempts: Iterable[Transition | FailedTransition | None] = (
            action_transitions(wanted, states[-1])
            if failed.arguments is None
            else [action_transition(wanted, states[-1], dict(failed.arguments))]
        )
        for attempt in attempts:
            if isinstance(attempt, FailedTransition):
                problem = attempt.error
                return Failure(
                    "evaluation",
                    f"action `{wanted.name}` cannot be evaluated here: {problem.message}",
                    conjunct=problem.span.flat,
                    place=problem.span.place,
                    action=wanted.name,
                    arguments=attempt.arguments,
                )
        raise InternalError(f"the engines disagree: action `{wanted.name}` can be evaluated where it could not")
    for term, what, is_step in terms_that_may_fail(model, failed.source):
        if is_step and len(states) < 2:
            continue  # it is the half of a refinement that speaks of states
        scope = Scope(states[-2], states[-1]) if is_step else Scope(states[-1])
        try:
            evaluate(term, scope)
        except EvaluationError as problem:
            return Failure(
                "evaluation",
                f"{what} cannot be evaluated here: {problem.message}",
                conjunct=problem.span.flat,
                place=problem.span.place,
            )
    raise InternalError(f"the engines disagree: {failed.source} can be evaluated where it could not")


def terms_that_may_fail(model: m.Model, source: str | None) -> list[tuple[t.Term, str, bool]]:
    """The terms that an evaluation error may lie in, how to call them, and whether they speak of steps."""
    if source == "constraint":
        return [(c.term, f"constraint `{c.name}`", False) for c in model.constraints]
    if source == "terminal":
        return [] if model.terminal is None else [(model.terminal, "the terminal condition", False)]
    named = [p for p in model.properties if p.name == source]
    return [
        *((p.term, f"{p.failure_kind} `{p.name}`", p.kind == "transition") for p in named),
        *((term, f"liveness `{p.name}`", False) for p in model.liveness if p.name == source for term in p.terms),
        *((term, f"liveness `{p.name}`", True) for p in model.liveness if p.name == source for term in p.step_terms),
    ]
