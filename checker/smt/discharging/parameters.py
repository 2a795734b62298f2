"""Bounds for parameters that range over all numbers, from the conditions of their actions.

A parameter such as `k in nat` can be enumerated if the guard leaves finitely many values. The bounds found hold in
every state of the types, and for every choice of the other parameters; beyond them the action is neither enabled nor
without a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import z3

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType
from skipgate.checker.smt.discharging.sites import open_parameters
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.formulas import TermEncoder
from skipgate.checker.smt.encoding.logic import Bit, any_of
from skipgate.checker.smt.encoding.solving import Deadline, NoAnswer, satisfiable
from skipgate.checker.smt.encoding.system import System, instances
from skipgate.spec.diagnostics import SpecError

FARTHEST = 2**20  # a bound beyond this is of no use to enumeration
SECONDS = 5.0  # for one question


@dataclass(frozen=True)
class Bounds:
    """Bounds, both included; None where there is none. If `low > high` the action is never enabled."""

    low: int | None
    high: int | None


def ranges(model: m.Model, deadline: Deadline) -> dict[tuple[str, str], Bounds]:
    """By action and parameter, the bounds of each parameter that ranges over all numbers."""
    system = System(model)
    return {
        (action.name, parameter.variable.name): _range(system, action, parameter, deadline)
        for action in model.actions
        for parameter in open_parameters(action)
    }


def _range(system: System, action: m.Action, parameter: t.Binding, deadline: Deadline) -> Bounds:
    try:
        search = _BoundSearch(system, action, parameter, deadline)
        if not search.some(True):
            return Bounds(1, 0)
    except (NoAnswer, SpecError):  # not decided in time, or no formula
        return Bounds(None, None)
    type_ = parameter.variable.type
    assert isinstance(type_, IntType)
    return Bounds(search.least(type_.low), search.greatest(type_.high))


class _BoundSearch:
    """Looks for the least and the greatest value for which the action is enabled or has no value."""

    def __init__(self, system: System, action: m.Action, parameter: t.Binding, deadline: Deadline) -> None:
        self.deadline = deadline
        name = parameter.variable.name
        encoder = TermEncoder(system.now, tick=deadline.look)
        found = [i for i in instances(encoder, action, unroll=False) if name in dict(i.arguments)]
        self.value = dict(found[0].arguments)[name]
        self._solver = z3.SimpleSolver(logic.context())
        self._solver.add(logic.expression(system.typed))
        self._solver.add(logic.expression(any_of(bit for i in found for bit in (i.enabled, i.fails))))

    def some(self, condition: Bit) -> bool:
        """Is there such a value?

        Raises:
            NoAnswer: the solver does not know.
        """
        self._solver.push()
        try:
            self._solver.add(logic.expression(condition))
            return satisfiable(self._solver, self.deadline.within(SECONDS))
        finally:
            self._solver.pop()

    def least(self, known: int | None) -> int | None:
        """The least value; None if there is none or it is not found. `known` is a bound by type."""
        return self._first(lambda n: logic.at_most(self.value, n), -FARTHEST if known is None else known, FARTHEST)

    def greatest(self, known: int | None) -> int | None:
        """The greatest value, likewise."""
        found = self._first(lambda n: logic.at_most(-n, self.value), -FARTHEST if known is None else -known, FARTHEST)
        return None if found is None else -found

    def _first(self, reached: Callable[[int], Bit], low: int, high: int) -> int | None:
        """The least n from low to high with a value that `reached(n)` speaks of, if there is none below low."""
        try:
            if not self.some(reached(high)) or self.some(reached(low - 1)):
                return None
            while low < high:
                middle = (low + high) // 2
                if self.some(reached(middle)):
                    high = middle
                else:
                    low = middle + 1
        except NoAnswer:
            return None
        return low
