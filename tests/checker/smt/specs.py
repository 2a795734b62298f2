"""Specifications as text, elaborated and searched."""

from __future__ import annotations

from skipgate.checker.checks.preparation import prepare
from skipgate.checker.core.model import Model
from skipgate.checker.core.result import EVALUATION
from skipgate.checker.elaborate.elaborate import elaborate
from skipgate.checker.search.explore import Exploration, explore
from skipgate.checker.search.limits import Budget
from skipgate.checker.search.options import SearchOptions
from skipgate.checker.smt.proving.crosscheck import Searched
from tests.checker.specs import specification


def model_of(text: str, check: int = 0) -> Model:
    """The elaborated model of one check of a specification."""
    spec = specification(text)
    return elaborate(spec, spec.checks[check])


def search(model: Model, max_states: int | None = None) -> tuple[Searched, Exploration]:
    """What the explicit search finds."""
    found = explore(prepare(model), SearchOptions(budget=Budget(max_states)))
    lengths = {}
    for name, violation in found.violations.items():
        lengths[name] = len(found.path_to(violation.state)) + (violation.successor is not None)
    if found.initial_error is not None:
        lengths[EVALUATION] = 0
    missed = frozenset(w.of.name for w in found.unseen if w.premise is None)
    return Searched(lengths, missed, found.depth, found.stopped is None), found
