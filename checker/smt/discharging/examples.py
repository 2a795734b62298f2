"""States in which operations fail, to show what a guard does not rule out."""

from __future__ import annotations

import z3

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.values import show
from skipgate.checker.smt.discharging.obligations import SECONDS, Obligations
from skipgate.checker.smt.discharging.sites import Unit, units, variables_behind
from skipgate.checker.smt.encoding.lifting import read_back
from skipgate.checker.smt.encoding.logic import Bit, and_, any_of, not_
from skipgate.checker.smt.encoding.solving import Deadline, NoAnswer
from skipgate.checker.smt.encoding.symbolic import Endless
from skipgate.spec.diagnostics import SpecError

_MOST_NAMES = 4
_LONGEST = 40  # characters of a value; longer ones are left out


def examples(model: m.Model, wanted: frozenset[t.Term], deadline: Deadline) -> dict[t.Term, str]:
    """For each of the operations, as far as can be told in time, a state in which it fails, as `x = 9, y = 0`.

    No other operation has failed before it there, so it is what a run would stumble over in this state.
    """
    obligations = Obligations(model)
    found: dict[t.Term, str] = {}
    for unit in units(model):
        try:
            conditions = obligations.failures(unit, deadline).conditions
        except (SpecError, NoAnswer):
            continue
        before: Bit = False
        for term, parts in conditions.items():
            fails = any_of(parts)
            if term in wanted and term not in found:
                try:
                    state = obligations.state(and_(fails, not_(before)), deadline.within(SECONDS))
                    if state is not None:
                        found[term] = _text(model, unit, term, obligations, state)
                except (NoAnswer, Endless):
                    pass
            before = any_of([before, fails])
    return {term: text for term, text in found.items() if text}


def _text(model: m.Model, unit: Unit, term: t.Term, obligations: Obligations, state: z3.ModelRef) -> str:
    """The variables that the operation reads, with their values."""
    names = variables_behind(unit, term)
    shown = []
    for variable in model.variables:
        if variable.name in names:
            value = show(read_back(obligations.now[variable.name], variable.type, state))
            if len(value) <= _LONGEST:
                shown.append(f"{variable.name} = {value}")
    return ", ".join(shown[:_MOST_NAMES])
