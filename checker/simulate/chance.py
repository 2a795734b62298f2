"""Values and initial states chosen at random, by the numbers that also decide the steps of a walk."""

from __future__ import annotations

from itertools import count, islice

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import (
    SetType,
    cardinality,
)
from skipgate.checker.core.values import Value
from skipgate.checker.native import walks
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate, message_unbounded, ordered
from skipgate.checker.semantics.random_values import Choose, random_value
from skipgate.checker.semantics.steps import initial_states, may_go_on

_MOST = 2**62
_FEW = 10_000  # initial states to choose from, where conditions leave few
_ATTEMPTS = 100  # at an initial state, where a choice may leave nothing to choose from for a later variable


def choices(seed: int, number: int) -> Choose:
    """The choices of a walk before its first step, one after the other."""
    places = count(1)
    return lambda n: walks.choose(walks.key_of(seed, number), -next(places), min(n, _MOST))


def initial_state(model: m.Model, choose: Choose) -> dict[str, Value] | None:
    """An initial state, each variable's value chosen from those it can have beside the values before it.

    Raises:
        EvaluationError: an initial value cannot be evaluated.
    """
    attempts = (_attempt(model, choose) for _ in range(_ATTEMPTS))
    found = next((state for state in attempts if state is not None), None)
    if found is not None or not model.initially:
        return found
    # The conditions leave few states: one of the first of them.
    few = list(islice(initial_states(model), _FEW))
    return few[choose(len(few))] if few else None


def has_one_initial_state(model: m.Model) -> bool:
    """Do all walks begin in the same state?"""
    return not any(variable.choice for variable in model.variables)


def _attempt(model: m.Model, choose: Choose) -> dict[str, Value] | None:
    state: dict[str, Value] = {}
    if not may_go_on(model, state):
        return None
    for variable in model.variables:
        if not variable.choice:
            state[variable.name] = evaluate(variable.initial, Scope(state))
        else:
            chosen = _element(variable.initial, Scope(state), choose)
            if chosen is None:
                return None
            state[variable.name] = chosen
        if not may_go_on(model, state):
            return None
    return state


def _element(domain: t.Term, scope: Scope, choose: Choose) -> Value | None:
    """One of the elements of a set, of which a whole type is not listed; None if there is none."""
    if isinstance(domain, t.Universe):
        assert isinstance(domain.type, SetType)
        kind = domain.type.element
        size = cardinality(kind)
        if size is None:
            raise EvaluationError(message_unbounded(kind), domain.span)
        return random_value(kind, choose) if size else None
    elements = list(ordered(domain, scope))
    return elements[choose(len(elements))] if elements else None
