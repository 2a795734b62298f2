"""From a violation that an engine found to a trace that people read.

The engine names states only. The steps between them are found again by the evaluator, which shares nothing with the
generated kernels; so every trace is also a test that the two agree on the behaviour shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from checker import model as m
from checker import terms as t
from checker.errors import InternalError
from checker.evaluate import EvaluationError, Scope, bindings, evaluate, holds
from checker.explain import explain
from checker.explore import Exploration, Violation
from checker.layout import Layout
from checker.result import DEADLOCK, EVALUATION
from checker.semantics import FailedTransition, Transition, initial_states, transitions
from checker.trace import Failure, Part, Step, Trace
from checker.values import Value, show

_Values = dict[str, Value]


def build_trace(model: m.Model, layout: Layout, found: Exploration, name: str, violation: Violation) -> Trace:
    """The trace of a property's first violation.

    Raises:
        InternalError: the evaluator does not see what the engine saw.
    """
    path = found.path_to(violation.state)
    if violation.successor is not None:
        path.append(violation.successor)
    states = [layout.unpack(words) for words in path]
    properties = {p.name: p for p in model.properties}
    declared = properties.get(name)
    reads: frozenset[str] = frozenset()
    if declared is not None:
        reads = t.variables_read(declared.term)
        failure = _property_failure(declared, states)
    elif name == DEADLOCK:
        failure = _deadlock_failure(model, states[-1])
    else:
        failure = _evaluation_failure(model, states, violation)
    return _trace(model, name, None if declared is None else declared.description, states, failure, reads)


def initial_error_trace(model: m.Model, problem: EvaluationError) -> Trace:
    """The empty trace of an initial value that cannot be evaluated."""
    failure = Failure("evaluation", f"an initial value has no value: {problem.message}",
                      conjunct=problem.span.flat, place=problem.span.place)  # fmt: skip
    return _trace(model, EVALUATION, None, [], failure, frozenset())


def _trace(
    model: m.Model,
    name: str,
    description: str | None,
    states: Sequence[_Values],
    failure: Failure,
    reads: frozenset[str],
) -> Trace:
    return Trace(
        model=model.name,
        check=model.check.name.text,
        property=name,
        description=description,
        constants=model.constants,
        variables=tuple(v.variable for v in model.variables),
        steps=tuple(_steps(model, states)),
        failure=failure,
        reads=tuple(v.name for v in model.variables if v.name in reads),
    )


def _steps(model: m.Model, states: Sequence[_Values]) -> list[Step]:
    if states and not any(state == states[0] for state in initial_states(model)):
        raise InternalError(f"a trace of check {model.check.name.text} begins in a state that is not initial")
    steps = [Step(state) for state in states[:1]]
    for before, after in pairwise(states):
        taken = next((x for x in transitions(model, before) if isinstance(x, Transition) and x.state == after), None)
        if taken is None:
            raise InternalError(f"a trace of check {model.check.name.text} has a step that no action allows")
        changed = tuple(name for name in after if after[name] != before[name])
        steps.append(Step(after, taken.action.name, taken.arguments, _describe(taken), changed))
    return steps


def _describe(taken: Transition) -> str | None:
    """The action's description with its {expressions} filled in."""
    if taken.action.description is None:
        return None
    words: list[str] = []
    for part in taken.action.description:
        if isinstance(part, str):
            words.append(part)
            continue
        try:
            words.append(show(evaluate(part, taken.scope)))
        except EvaluationError:
            words.append("?")  # a description is for people; an expression without a value must not end the run
    return "".join(words)


def _property_failure(declared: m.Property, states: Sequence[_Values]) -> Failure:
    if declared.kind == "transition":
        scope = Scope(states[-2], states[-1])
        message = f"the last step violates `{declared.name}`"
    else:
        scope = Scope(states[-1])
        message = f"the last state violates `{declared.name}`"
    if holds(declared.term, scope):
        raise InternalError(f"the engines disagree: `{declared.name}` holds where its violation was found")
    why = explain(declared.term, scope)
    return Failure(
        "transition" if declared.kind == "transition" else "invariant",
        message,
        conjunct=why.span.flat,
        place=why.span.place,
        witnesses=why.witnesses,
        parts=why.parts,
    )


def _deadlock_failure(model: m.Model, state: _Values) -> Failure:
    """No action is enabled. For each action, the condition that is in its way (if one is for all parameters)."""
    if any(True for _ in transitions(model, state)):
        raise InternalError("the engines disagree: an action is enabled in a state found to be a deadlock")
    parts = []
    for action in model.actions:
        blockers = {_blocker(action, scope) for scope in bindings(Scope(state), *action.parameters)}
        if len(blockers) == 1:
            parts.append(Part(f"{action.name}: {blockers.pop()}", False))
    return Failure("deadlock", "no action is enabled here, and the state is not terminal", parts=tuple(parts))


def _blocker(action: m.Action, scope: Scope) -> str:
    """The part of an action's conditions that is false."""
    for clause in action.clauses:
        if isinstance(clause, m.LetClause):
            value, outer = clause.value, scope
            scope = scope.bind(clause.variable, lambda value=value, outer=outer: evaluate(value, outer))  # type: ignore[misc]
        elif not holds(clause, scope):
            return explain(clause, scope).span.flat
    raise InternalError(f"action `{action.name}` is enabled in a state found to be a deadlock")


def _evaluation_failure(model: m.Model, states: Sequence[_Values], violation: Violation) -> Failure:
    if violation.action is not None:
        wanted = model.actions[violation.action]
        for attempt in transitions(model, states[-1]):
            if isinstance(attempt, FailedTransition) and attempt.action is wanted:
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
    for term, what in _culprits(model, violation.source):
        scope = Scope(states[-1])
        if violation.successor is not None and len(states) > 1:
            scope = Scope(states[-2], states[-1]) if what.startswith("transition") else scope
        try:
            evaluate(term, scope)
        except EvaluationError as problem:
            return Failure(
                "evaluation",
                f"{what} cannot be evaluated here: {problem.message}",
                conjunct=problem.span.flat,
                place=problem.span.place,
            )
    raise InternalError(f"the engines disagree: {violation.source} can be evaluated where it could not")


def _culprits(model: m.Model, source: str | None) -> list[tuple[t.Term, str]]:
    """The terms that an evaluation error may lie in, and how to call them."""
    if source == "constraint":
        return [(c.term, f"constraint `{c.name}`") for c in model.constraints]
    if source == "terminal":
        return [] if model.terminal is None else [(model.terminal, "the terminal condition")]
    return [(p.term, f"{p.kind} `{p.name}`") for p in model.properties if p.name == source]
