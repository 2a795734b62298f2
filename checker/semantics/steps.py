"""Initial states and steps of a model, computed directly by the evaluator.

Slow and simple: the engines must agree with it. It also replays the steps of a trace, to name them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from skipgate.checker.core import model as m
from skipgate.checker.core.datatypes import BOOL, SetType
from skipgate.checker.core.terms import Binding, Const, In, LocalVar, Term, variables_read
from skipgate.checker.core.values import Value, show
from skipgate.checker.semantics.effort import IN_PASSING, INITIAL, TooMuchWork, at_most
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, State, by_name, evaluate, holds, ordered


@dataclass(frozen=True)
class Transition:
    """An enabled action with the values of its parameters, and the state that it leads to."""

    action: m.Action
    arguments: tuple[tuple[str, Value], ...]
    scope: Scope  # the old state with the parameters and lets bound: descriptions are evaluated in it
    state: dict[str, Value]


@dataclass(frozen=True)
class FailedTransition:
    """An action that cannot be evaluated for some values of its parameters."""

    action: m.Action
    arguments: tuple[tuple[str, Value], ...]
    error: EvaluationError


def initial_states(model: m.Model, begun: Mapping[str, Value] | None = None) -> Iterator[dict[str, Value]]:
    """Every combination of initial values that satisfies the initial conditions, duplicates included.

    `begun` has values of the first variables, which satisfy the conditions that are asked of them.

    Raises:
        EvaluationError: an initial value, or a condition, cannot be evaluated.
        TooMuchWork: that takes too long.
    """

    def extend(state: dict[str, Value]) -> Iterator[dict[str, Value]]:
        if len(state) == len(model.variables):
            yield state
            return
        variable = model.variables[len(state)]
        for value in _initial_values(variable, Scope(state)):
            longer = {**state, variable.name: value}
            if may_go_on(model, longer):
                yield from extend(longer)

    if begun:
        yield from extend(dict(begun))
    elif may_go_on(model, {}):
        yield from extend({})


def may_go_on(model: m.Model, state: State) -> bool:
    """Are the initial conditions true that are asked when these variables, and no others, have values?

    Raises:
        EvaluationError: one cannot be evaluated.
    """
    return all(_is_true(condition, state) for condition in model.initially if condition.after == len(state))


def _is_true(condition: m.InitialCondition, state: State) -> bool:
    """Is an initial condition true of the values that variables have?"""
    try:
        with at_most(INITIAL):
            return holds(condition.term, Scope(state))
    except TooMuchWork as problem:
        raise TooMuchWork(problem.steps, condition.term.span) from None
    except EvaluationError as problem:
        read = variables_read(condition.term)
        values = ", ".join(f"{name} = {show(value)}" for name, value in state.items() if name in read)
        raise EvaluationError(
            f"{problem.message}, where {values}" if values else problem.message, problem.span
        ) from None


def _initial_values(variable: m.StateVariable, scope: Scope) -> Iterable[Value]:
    """What a variable can begin with."""
    try:
        with at_most(INITIAL):
            return ordered(variable.initial, scope) if variable.choice else [evaluate(variable.initial, scope)]
    except TooMuchWork as problem:
        raise TooMuchWork(problem.steps, variable.initial.span) from None


def is_initial(model: m.Model, state: State) -> bool:
    """Is this one of the initial states?

    Raises:
        EvaluationError: an initial value cannot be evaluated.
    """
    names = [variable.name for variable in model.variables]
    first = [{name: state[name] for name in names[:count]} for count in range(len(names) + 1)]
    return may_go_on(model, {}) and all(
        can_begin(variable, state) and may_go_on(model, begun)
        for variable, begun in zip(model.variables, first[1:], strict=True)
    )


def can_begin(variable: m.StateVariable, state: State) -> bool:
    """Can a variable begin with its value in this state, given the values of the variables before it?

    Raises:
        EvaluationError: its initial value cannot be evaluated.
    """
    value, scope = state[variable.name], Scope(state)
    if variable.choice:
        return is_element(value, variable.initial, scope)
    return value == evaluate(variable.initial, scope)


def transitions(model: m.Model, state: State) -> Iterator[Transition | FailedTransition]:
    """Every enabled action for every value of its parameters, in the order of declaration."""
    for action in model.actions:
        yield from action_transitions(action, state)


def action_transitions(action: m.Action, state: State) -> Iterator[Transition | FailedTransition]:
    """The action for every value of its parameters. A domain that cannot be evaluated is a single failure."""
    yield from _instances(action, Scope(state), action.parameters)


def _instances(action: m.Action, scope: Scope, rest: Sequence[Binding]) -> Iterator[Transition | FailedTransition]:
    """The action for the values that the parameters before `rest` have in a scope."""
    before = action.parameters[: len(action.parameters) - len(rest)]
    arguments = tuple((p.variable.name, bound(scope, p.variable)) for p in before)
    try:
        taken = None if rest else _take(action, scope)
        choices = ordered(rest[0].domain, scope) if rest else []
    except EvaluationError as problem:
        yield FailedTransition(action, arguments, problem)
        return
    for choice in choices:
        yield from _instances(action, scope.bind(rest[0].variable, choice), rest[1:])
    if taken is not None:
        inner, new_values = taken
        yield Transition(action, arguments, inner, {**scope.state, **new_values})


def action_transition(
    action: m.Action, state: State, arguments: Mapping[str, Value]
) -> Transition | FailedTransition | None:
    """The action for one choice of parameters, whose domains may be without bounds; None if it is not enabled.

    Parameters may be missing where the domain of the next one cannot be evaluated.
    """
    scope = Scope(state)
    chosen = tuple(arguments.items())
    try:
        for parameter in action.parameters:
            if parameter.variable.name not in arguments:
                evaluate(parameter.domain, scope)
                return None
            value = arguments[parameter.variable.name]
            if not is_element(value, parameter.domain, scope):
                return None
            scope = scope.bind(parameter.variable, value)
        taken = _take(action, scope)
    except EvaluationError as problem:
        return FailedTransition(action, chosen, problem)
    return None if taken is None else Transition(action, chosen, taken[0], {**state, **taken[1]})


def description_of(taken: Transition) -> str | None:
    """The action's description with its {expressions} filled in."""
    if taken.action.description is None:
        return None
    words: list[str] = []
    for part in taken.action.description:
        if isinstance(part, str):
            words.append(part)
            continue
        try:
            with at_most(IN_PASSING):
                words.append(show(evaluate(part, taken.scope)))
        except (EvaluationError, TooMuchWork):
            words.append("?")  # an expression without a value in a description must not end the run
    return "".join(words)


def is_element(value: Value, domain: Term, scope: Scope) -> bool:
    """Does a value belong to the domain of a parameter?"""
    assert isinstance(domain.type, SetType)
    element = Const(domain.type.element, domain.span, value)
    return holds(In(BOOL, domain.span, element, domain), scope)


def bound(scope: Scope, variable: LocalVar) -> Value:
    """The value of a parameter that is bound."""
    value = scope.locals[variable]
    assert not callable(value)
    return value


def _take(action: m.Action, scope: Scope) -> tuple[Scope, dict[str, Value]] | None:
    """The new values of the updated variables, or None if the action is not enabled."""
    for clause in action.clauses:
        if isinstance(clause, m.LetClause):
            scope = scope.bind(clause.variable, by_name(clause.value, scope))
        elif not holds(clause, scope):
            return None
    return scope, {update.variable.name: evaluate(update.value, scope) for update in action.updates}
