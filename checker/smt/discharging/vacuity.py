"""Claims that are true of every state of the types, such as `len(log) >= 0`: they hold, but say nothing.

Nearly every claim is false of some state that is made up at random, which is found out at once. The solver is asked
about the others only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import cardinality
from skipgate.checker.core.model import Model
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate
from skipgate.checker.semantics.random_values import random_value
from skipgate.checker.smt.discharging.discharge import always_true

_SAMPLES = 60


def true_by_type(model: Model) -> list[str]:
    """The invariants and transitions that are true of all states, or steps, of the types.

    States of variables without bounds cannot be made up: of models with such variables nothing is said.
    """
    suspects = [p for p in model.properties if p.kind != "cover" and p.refinement is None]
    if not suspects or any(cardinality(variable.type) in (None, 0) for variable in model.variables):
        return []
    for now, then in _steps(model):
        suspects = [p for p in suspects if _holds(p.term, now, then)]
        if not suspects:
            return []
    certain = always_true(model, [p.term for p in suspects])
    return [p.name for p in suspects if p.term in certain]


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
