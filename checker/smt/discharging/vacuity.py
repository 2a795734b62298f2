"""Claims that are true of every state of the types, such as `len(log) >= 0`: they hold, but say nothing.

Nearly every claim is false of some state that is made up at random, which is found out at once. The solver is asked
about the others only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import Type, cardinality
from skipgate.checker.core.model import Model
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate
from skipgate.checker.semantics.random_values import random_value
from skipgate.checker.smt.discharging.discharge import always_true

_SAMPLES = 60
_MOST_WORK = 5_000  # parts of a claim that are evaluated in one state; of larger ones nothing is said
_MOST_BITS = 10_000  # of a state


def true_by_type(model: Model) -> list[str]:
    """The invariants and transitions that are true of all states, or steps, of the types, as far as is found out."""
    return study(model)[0]


def study(model: Model, *, again: bool = False) -> tuple[list[str], dict[str, str]]:
    """The invariants and transitions that are true of all states, or steps, of the types; and those of which this was
    not examined, each with the reason. What was not decided in an earlier run is asked `again`, if that is true.

    States of variables without bounds cannot be made up: of models with such variables nothing is said.
    """
    # A lemma is no claim of its own: it may be there for the sake of other checks.
    claims = [
        p for p in model.properties if p.kind != "cover" and p.refinement is None and not (p.lemma or p.about_actions)
    ]
    left_open = {p.name: "they are too large" for p in claims if _work(p.term) > _MOST_WORK}
    suspects = [p for p in claims if p.name not in left_open]
    sizes = [cardinality(variable.type) for variable in model.variables]
    if not suspects:
        return [], left_open
    if not all(sizes) or sum(size.bit_length() for size in sizes if size) > _MOST_BITS:
        reason = "the states are too large" if all(sizes) else "there are variables without bounds"
        return [], left_open | {p.name: reason for p in suspects}
    for now, then in _steps(model):
        suspects = [p for p in suspects if _holds(p.term, now, then)]
        if not suspects:
            return [], left_open
    certain, undecided = always_true(model, [p.term for p in suspects], again=again)
    left_open |= {p.name: "the solver did not decide it" for p in suspects if p.term in undecided}
    return [p.name for p in suspects if p.term in certain], left_open


def _work(term: t.Term) -> int:
    """How many parts of a term are evaluated, at most, or some number above the limit."""
    below = 1
    for part in t.children(term):
        below += _work(part)
        if below > _MOST_WORK:
            return below
    match term:
        case t.Quantified(binding=binding):
            types: list[Type] = [binding.variable.type]
        case t.Aggregate(bindings=bindings) | t.SetComprehension(bindings=bindings):
            types = [binding.variable.type for binding in bindings]
        case t.MakeMap(variable=variable) | t.SeqComprehension(variable=variable):
            types = [variable.type]
        case t.Universe(type=sets) | t.Subsets(type=sets):
            types = [sets.element]
        case _:  # any other term is evaluated once
            types = []
    for type_ in types:
        size = cardinality(type_)
        below *= _MOST_WORK + 1 if size is None else min(max(size, 1), _MOST_WORK + 1)
    return below


def _steps(model: Model) -> Iterator[tuple[Mapping[str, Value], Mapping[str, Value]]]:
    """Pairs of states that are made up. The second differs from the first in some variables only."""
    rng = Random(0)
    choose = rng.randrange
    for _ in range(_SAMPLES):
        now = {v.name: random_value(v.type, choose) for v in model.variables}
        changed = {v.name: random_value(v.type, choose) for v in model.variables if rng.random() < 0.5}
        yield now, now | changed


def _holds(term: t.Term, now: Mapping[str, Value], then: Mapping[str, Value]) -> bool:
    try:
        return evaluate(term, Scope(now, then)) is True
    except EvaluationError:
        return False
