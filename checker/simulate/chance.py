"""Values and initial states chosen at random, by the numbers that also decide the steps of a walk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import assert_never

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import (
    BoolType,
    EnumType,
    IntType,
    MapType,
    NeverType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    cardinality,
    values,
)
from skipgate.checker.core.values import NONE, EnumValue, MapValue, RecordValue, Some, SortValue, Value
from skipgate.checker.native import walks
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate, message_unbounded, ordered

Choose = Callable[[int], int]  # from a positive number n to one of 0, ..., n - 1

_MOST = 2**62
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
    return next((state for state in attempts if state is not None), None)


def has_one_initial_state(model: m.Model) -> bool:
    """Do all walks begin in the same state?"""
    return not any(variable.choice for variable in model.variables)


def _attempt(model: m.Model, choose: Choose) -> dict[str, Value] | None:
    state: dict[str, Value] = {}
    for variable in model.variables:
        if not variable.choice:
            state[variable.name] = evaluate(variable.initial, Scope(state))
            continue
        chosen = _element(variable.initial, Scope(state), choose)
        if chosen is None:
            return None
        state[variable.name] = chosen
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


def random_value(type_: Type, choose: Choose) -> Value:
    """A value of a type that has some, any as likely as any other; but the length of a sequence is chosen first."""
    pick = partial(random_value, choose=choose)
    match type_:
        case BoolType():
            return bool(choose(2))
        case IntType(low, high):
            assert low is not None and high is not None
            return low + choose(high - low + 1)
        case EnumType(name, members):
            i = choose(len(members))
            return EnumValue(name, i, members[i])
        case SortType(name, size):
            return SortValue(name, choose(size))
        case RecordType(name, fields, _):
            return RecordValue(name, tuple((field, pick(kind)) for field, kind in fields))
        case OptionType(element):
            return Some(pick(element)) if choose((cardinality(element) or 0) + 1) else NONE
        case MapType(key, value):
            return MapValue(tuple((k, pick(value)) for k in values(key)))
        case SetType(element):
            return frozenset(e for e in values(element) if choose(2))
        case SeqType(capacity, element):
            longest = capacity if cardinality(element) else 0
            return tuple(pick(element) for _ in range(choose(longest + 1)))
        case NeverType():
            raise AssertionError(f"{type_} has no values")
        case _:
            assert_never(type_)
