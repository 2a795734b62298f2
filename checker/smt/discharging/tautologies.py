"""Which claims are true of every state of the types, whatever the model does: they say nothing."""

from __future__ import annotations

from collections.abc import Iterable

import z3

from skipgate.checker.core import model as m
from skipgate.checker.core.terms import Term
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.logic import expression, not_
from skipgate.checker.smt.encoding.solving import Deadline, NoAnswer, satisfiable
from skipgate.checker.smt.encoding.system import System
from skipgate.spec.diagnostics import SpecError

_SECONDS = 2.0  # for one claim


def tautologies(model: m.Model, claims: Iterable[Term], deadline: Deadline) -> tuple[list[Term], list[Term]]:
    """Those of some boolean terms over a state, or a step, that have a value and are true for all values of the types;
    and those that the solver does not decide in time.

    Which states can be reached is not asked.
    """
    system = System(model, tick=deadline.look)
    found, left_open = [], []
    for claim in claims:
        try:
            solver = z3.Solver(ctx=logic.context())
            solver.add(expression(system.typed), expression(system.next_typed))
            solver.add(expression(not_(system.predicate(claim).true)))
            if not satisfiable(solver, deadline.within(_SECONDS)):
                found.append(claim)
        except (SpecError, NoAnswer):  # it has no formula, or is too hard
            left_open.append(claim)
    return found, left_open
