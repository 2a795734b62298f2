"""Which operations of a model never fail, whatever the state.

Only types and the conditions around an operation are made use of: the guard of its action, what `and`, `if` and
quantifiers have decided before it. Which states can be reached is not asked. So what is proved holds of every state
that kernels may be given, and they need no test of it.

The kernels do not stop at a failure. They go on with some value, and look at the result in the end only. So a proof may
not rest on the success of an earlier operation: a failed one is taken to have any value at all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import z3

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.smt.discharging.fingerprint import unit_fingerprint
from skipgate.checker.smt.discharging.sites import Unit, sites_of, units
from skipgate.checker.smt.encoding import logic, relations
from skipgate.checker.smt.encoding import symbolic as sym
from skipgate.checker.smt.encoding.formulas import TermEncoder
from skipgate.checker.smt.encoding.logic import Bit, and_, any_of, not_
from skipgate.checker.smt.encoding.solving import Deadline, NoAnswer, satisfiable
from skipgate.checker.smt.encoding.symbolic import Symbolic
from skipgate.checker.smt.encoding.system import System, instances
from skipgate.spec.diagnostics import SpecError

SECONDS = 0.5  # for one operation


class Failures:
    """A watcher that notes under which conditions operations fail."""

    def __init__(self) -> None:
        self.conditions: dict[t.Term, list[Bit]] = {}

    def site(self, term: t.Term, path: Bit, succeeds: Bit, value: Symbolic) -> Symbolic:
        """Note when the operation fails; after a failure its value is any."""
        self.conditions.setdefault(term, []).append(and_(path, not_(succeeds)))
        return value if succeeds is True else relations.choose(succeeds, value, sym.any_like(value))


class Obligations:
    """The operations of a model, and a solver that knows the types of its variables."""

    def __init__(self, model: m.Model) -> None:
        self.model = model
        self._system = System(model)
        self.now = self._system.now
        self._solver = z3.SimpleSolver(logic.context())
        self._solver.add(logic.expression(self._system.typed))
        if model.transitions or model.liveness_step_terms:
            self._solver.add(logic.expression(self._system.next_typed))

    def proved(self, deadline: Deadline, seconds: float = SECONDS) -> frozenset[t.Term]:
        """The operations that never fail. When the time is up, those found until then.

        An operation that is part of several units must not fail in any of them.
        """
        all_sites: set[t.Term] = set()
        open_: set[t.Term] = set()
        for unit in units(self.model):
            mine = sites_of(unit)
            all_sites.update(mine)
            if not mine:
                continue
            key = unit_fingerprint(unit)
            if key not in _KNOWN:
                if len(_KNOWN) >= _MOST_KNOWN:
                    _KNOWN.clear()
                try:
                    found = self.not_proved(unit, deadline, seconds)
                except NoAnswer:  # the formula alone takes too long
                    open_.update(mine)
                    continue
                _KNOWN[key] = tuple(i for i, term in enumerate(mine) if term in found)
            open_.update(mine[i] for i in _KNOWN[key])
        return frozenset(all_sites - open_)

    def not_proved(self, unit: Unit, deadline: Deadline, seconds: float) -> set[t.Term]:
        """The operations of a unit that may fail, or of which the solver cannot tell."""
        try:
            failures = self.failures(unit, deadline)
        except SpecError:  # something in it has no formula
            return set(sites_of(unit))
        conditions = {term: any_of(conditions) for term, conditions in failures.conditions.items()}
        return self._not_proved(conditions, deadline, seconds)

    def failures(self, unit: Unit, deadline: Deadline) -> Failures:
        """The conditions under which the operations of a unit fail.

        Raises:
            SpecError: the unit has no formula.
            NoAnswer: there was not enough time to write it down.
        """
        deadline.look()
        failures = Failures()
        encoder = TermEncoder(self._system.now, self._system.next, failures, tick=deadline.look)
        if unit.action is not None:
            deque(instances(encoder, unit.action, unroll=False), maxlen=0)
        else:
            encoder.bit(*unit.terms)
        return failures

    def _not_proved(self, conditions: Mapping[t.Term, Bit], deadline: Deadline, seconds: float) -> set[t.Term]:
        open_: set[t.Term] = set()
        while rest := {term: bit for term, bit in conditions.items() if term not in open_ and bit is not False}:
            try:
                state = self.state(any_of(rest.values()), deadline.within(seconds))
            except NoAnswer:
                if len(rest) == 1:
                    return {*open_, *rest}
                # Ask for each half by itself: so one hard question does not spoil the others.
                terms = list(rest)
                for half in (terms[: len(terms) // 2], terms[len(terms) // 2 :]):
                    open_ |= self._not_proved({term: rest[term] for term in half}, deadline, seconds)
                return open_
            if state is None:
                return open_
            # One state often shows of several operations that they may fail.
            failed = {term for term, bit in rest.items() if _is_true(state, bit)}
            open_ |= failed or set(rest)
        return open_

    def state(self, condition: Bit, deadline: Deadline) -> z3.ModelRef | None:
        """A state in which a condition holds; None if there is none.

        Raises:
            NoAnswer: the solver cannot tell in time.
        """
        self._solver.push()
        try:
            self._solver.add(logic.expression(condition))
            return self._solver.model() if satisfiable(self._solver, deadline) else None
        finally:
            self._solver.pop()


# The numbers of the operations that are not proved, by unit: checks of one file have most of their actions in common.
_KNOWN: dict[str, tuple[int, ...]] = {}
_MOST_KNOWN = 20_000


def _is_true(state: z3.ModelRef, condition: Bit) -> bool:
    return condition if isinstance(condition, bool) else bool(z3.is_true(state.eval(condition, True)))
