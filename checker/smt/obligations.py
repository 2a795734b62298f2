"""Which operations of a model never fail, whatever the state.

Only types and the conditions around an operation are made use of: the guard of its action, what `and`, `if` and
quantifiers have decided before it. Which states can be reached is not asked. So what is proved holds of every state
that kernels may be given, and they need no test of it.

The kernels do not stop at a failure. They go on with some value, and look at the result in the end only. So a proof may
not rest on the success of an earlier operation: a failed one is taken to have any value at all.
"""

from __future__ import annotations

from collections.abc import Iterable

import z3

from checker import model as m
from checker import terms as t
from checker.smt import logic
from checker.smt import symbolic as sym
from checker.smt.encoding import Encoder
from checker.smt.logic import Bit, and_, any_of, not_
from checker.smt.sites import Unit, sites, units
from checker.smt.solving import Deadline, NoAnswer, satisfiable
from checker.smt.symbolic import Symbolic
from checker.smt.system import System, instances
from spec.diagnostics import SpecError

SECONDS = 0.5  # for one operation


class Failures:
    """A watcher that notes under which conditions operations fail."""

    def __init__(self) -> None:
        self.conditions: dict[t.Term, list[Bit]] = {}

    def site(self, term: t.Term, path: Bit, succeeds: Bit, value: Symbolic) -> Symbolic:
        self.conditions.setdefault(term, []).append(and_(path, not_(succeeds)))
        return value if succeeds is True else sym.choose(succeeds, value, sym.any_like(value))


class Obligations:
    """The conditions under which the operations of a model fail, and a solver that knows the types of variables."""

    def __init__(self, model: m.Model) -> None:
        self.model = model
        self.system = System(model)
        self.failures = Failures()
        self.unknown: set[t.Term] = set()  # in what has no formula
        self.by_unit = {unit: self._failing(unit) for unit in units(model)}
        self._solver = z3.SimpleSolver()
        self._solver.add(logic.expression(self.system.typed))
        if model.transitions:
            self._solver.add(logic.expression(self.system.next_typed))

    def _failing(self, unit: Unit) -> tuple[t.Term, ...]:
        """The operations of a unit that may fail, as far as can be seen without a solver."""
        before = {term: len(conditions) for term, conditions in self.failures.conditions.items()}
        encoder = Encoder(self.system.now, self.system.next, self.failures)
        try:
            if unit.action is not None:
                list(instances(encoder, unit.action, unroll=False))
            else:
                encoder.bit(*unit.terms)
        except SpecError:
            mine = (part for term in unit.terms for part in t.walk(term))
            self.unknown.update(mine)
            return ()
        conditions = self.failures.conditions
        return tuple(term for term in conditions if len(conditions[term]) > before.get(term, 0))

    def fails(self, terms: Iterable[t.Term]) -> Bit:
        """Some of the operations fails."""
        return any_of(condition for term in terms for condition in self.failures.conditions.get(term, ()))

    def failing(self, terms: Iterable[t.Term], deadline: Deadline) -> z3.ModelRef | None:
        """A state in which some of the operations fails; None if there is none.

        Raises:
            NoAnswer: the solver cannot tell in time.
        """
        self._solver.push()
        try:
            self._solver.add(logic.expression(self.fails(terms)))
            return self._solver.model() if satisfiable(self._solver, deadline) else None
        finally:
            self._solver.pop()

    def proved(self, deadline: Deadline, seconds: float = SECONDS) -> frozenset[t.Term]:
        """The operations that never fail. When the time is up, those found until then."""
        open_: set[t.Term] = set(self.unknown)
        for terms in self.by_unit.values():
            open_ |= self._not_proved([term for term in terms if term not in open_], deadline, seconds)
        return frozenset(term for term in sites(self.model) if term not in open_)

    def _not_proved(self, terms: list[t.Term], deadline: Deadline, seconds: float) -> set[t.Term]:
        """Those of the operations that may fail, or of which the solver cannot tell."""
        open_: set[t.Term] = set()
        while rest := [term for term in terms if term not in open_]:
            try:
                state = self.failing(rest, deadline.within(seconds))
            except NoAnswer:
                if len(rest) == 1:
                    return {*open_, *rest}
                # Ask for each half by itself: so one hard question does not spoil the others.
                for half in (rest[: len(rest) // 2], rest[len(rest) // 2 :]):
                    open_ |= self._not_proved(half, deadline, seconds)
                return open_
            if state is None:
                return open_
            failed = {term for term in rest if _is_true(state, self.fails([term]))}
            open_ |= failed or set(rest)
        return open_


def _is_true(state: z3.ModelRef, condition: Bit) -> bool:
    return condition if isinstance(condition, bool) else bool(z3.is_true(state.eval(condition, True)))
