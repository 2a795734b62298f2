"""Whether a guard can be true at all, and which of its conditions say nothing new.

Variables range over their whole types; which states can be reached is not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import z3

from skipgate.checker.core import model as m
from skipgate.checker.smt.discharging.conjuncts import conjuncts, written
from skipgate.checker.smt.discharging.fingerprint import unit_fingerprint
from skipgate.checker.smt.discharging.sites import units
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.encoder import Encoded
from skipgate.checker.smt.encoding.formulas import TermEncoder
from skipgate.checker.smt.encoding.logic import Bit, and_, implies, not_, or_
from skipgate.checker.smt.encoding.solving import Deadline, NoAnswer, satisfiable
from skipgate.checker.smt.encoding.system import System
from skipgate.spec.diagnostics import SpecError

SECONDS = 2.0  # for one question


# See `Guard.conflict` and `Guard.redundant`; last, whether the solver answered every question.
Answer = tuple[list[int] | None, list[tuple[int, list[int]]], bool]


def study(model: m.Model, deadline: Deadline) -> list[Answer]:
    """For each action: the conditions of its guard that conflict, and those that say nothing new."""
    system = System(model)
    answers: list[Answer] = []
    for unit in units(model):
        if unit.action is None:
            continue
        in_action = [written(unit.action, p) for p in conjuncts(unit.action) if not isinstance(p, m.LetClause)]
        key = unit_fingerprint(unit), tuple(in_action)
        if key not in _KNOWN:
            if len(_KNOWN) >= _MOST_KNOWN:
                _KNOWN.clear()
            _KNOWN[key] = _study(system, unit.action, deadline)
        answers.append(_KNOWN[key])
    return answers


# Checks of one file have most of their actions in common.
_KNOWN: dict[tuple[str, tuple[bool, ...]], Answer] = {}
_MOST_KNOWN = 20_000


def _study(system: System, action: m.Action, deadline: Deadline) -> Answer:
    try:
        guard = Guard(system, action, deadline)
    except (SpecError, NoAnswer):  # it has no formula, or one too long to be written down in time
        return None, [], False
    conflict = guard.conflict()
    if conflict is not None:
        return list(conflict), [], True
    return None, [(number, list(reasons)) for number, reasons in guard.redundant()], guard.decided


@dataclass(frozen=True)
class Condition:
    """A conjunct by its number among the action's (see `conjuncts`): is it true, and has it a value?"""

    number: int
    true: Bit
    defined: Bit
    written: bool  # in the action itself


class Guard:
    """The conditions of an action, for any state of the types and any choice of parameters."""

    def __init__(self, system: System, action: m.Action, deadline: Deadline) -> None:
        self.deadline = deadline
        self.decided = True  # the solver has answered every question so far
        encoder = TermEncoder(system.now, tick=deadline.look)
        chosen: Bit = True
        for parameter in action.parameters:
            (element,), defined = encoder.open_domain(parameter)
            encoder.locals[parameter.variable] = Encoded(element.value, True)
            chosen = and_(chosen, defined, element.present)
        self.conditions: list[Condition] = []
        for number, part in enumerate(conjuncts(action)):
            if isinstance(part, m.LetClause):
                encoder.locals[part.variable] = encoder.encode(part.value)
            else:
                true, defined = encoder.bit(part)
                self.conditions.append(Condition(number, true, defined, written(action, part)))
        self._solver = z3.SimpleSolver(logic.context())
        self._solver.add(logic.expression(system.typed), logic.expression(chosen))

    def conflict(self) -> tuple[int, ...] | None:
        """The numbers of conditions that cannot all be true, none of which can be left out; None if all can be.

        No numbers at all: there is no choice of parameters.
        """
        if self._possible(self.conditions):
            return None
        cores = [self._core(self.conditions), self._core(self.conditions[::-1])]
        return tuple(sorted(condition.number for condition in min(cores, key=len)))

    def _core(self, order: Sequence[Condition]) -> Sequence[Condition]:
        """What is left when every condition that can be left out is, taken in this order."""
        core = order
        for condition in order:
            rest = [c for c in core if c is not condition]
            if not self._possible(rest):
                core = rest
        return core

    def redundant(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """The numbers of conditions without which the guard would be the same in every state, all at once.

        With each, the numbers of conditions that imply it; none, if the types alone do. Of two that imply each other
        the later one is meant.
        """
        kept = list(self.conditions)
        found = []
        for condition in reversed(self.conditions):
            if not condition.written or isinstance(condition.true, bool):
                continue
            rest = [c for c in kept if c is not condition]
            if not self._differ(kept, rest):
                kept = rest
                found.append((condition.number, self._reasons(condition, rest)))
        return tuple(reversed(found))

    def _reasons(self, condition: Condition, others: list[Condition]) -> tuple[int, ...]:
        """The numbers of conditions, none of which can be left out, that imply another."""
        reasons = others
        for other in others:
            rest = [c for c in reasons if c is not other]
            if not self._possible([*rest, replace(condition, true=not_(condition.true))]):
                reasons = rest
        return tuple(reason.number for reason in reasons)

    def _possible(self, conditions: Sequence[Condition]) -> bool:
        """Can all be true in one state? Yes, if the solver cannot tell in time."""
        return self._satisfiable(logic.all_of(and_(c.true, c.defined) for c in conditions))

    def _differ(self, some: Sequence[Condition], others: Sequence[Condition]) -> bool:
        """Is there a state in which one of two guards is true, false or without a value, and the other is not?"""
        true, defined = _conjunction(some)
        other_true, other_defined = _conjunction(others)
        same = and_(logic.equal(defined, other_defined), or_(not_(defined), logic.equal(true, other_true)))
        return self._satisfiable(not_(same))

    def _satisfiable(self, condition: Bit) -> bool:
        self._solver.push()
        try:
            self._solver.add(logic.expression(condition))
            return satisfiable(self._solver, self.deadline.within(SECONDS))
        except NoAnswer:
            self.decided = False
            return True
        finally:
            self._solver.pop()


def _conjunction(conditions: Sequence[Condition]) -> tuple[Bit, Bit]:
    """Is it true, and has it a value: conditions are evaluated one by one, up to the first that is false."""
    true: Bit = True
    defined: Bit = True
    for condition in reversed(conditions):
        true = and_(condition.true, true)
        defined = and_(condition.defined, implies(condition.true, defined))
    return true, defined
