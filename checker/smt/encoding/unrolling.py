"""A system's behaviours as one formula: a copy of the state's constants for each point in time."""

from __future__ import annotations

from collections.abc import Iterable

import z3

from skipgate.checker.core.datatypes import is_bounded
from skipgate.checker.core.values import Value
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding import symbolic as sym
from skipgate.checker.smt.encoding.lifting import read_back
from skipgate.checker.smt.encoding.logic import Bit
from skipgate.checker.smt.encoding.solving import Deadline, GaveUp, OutOfEffort, satisfiable
from skipgate.checker.smt.encoding.system import ActionInstance, System


class Unrolling:
    """A solver over the states at times 0, 1, ... of a system, and what is known about them.

    Formulas are given in the system's constants and moved to a time with `at`. Models with bounded variables go to
    Z3's solver for finite domains, which turns numbers into bits and is several times as fast; what that cannot do
    (a division, for instance) goes to the general one.
    """

    def __init__(self, system: System, deadline: Deadline) -> None:
        self.system = system
        self.deadline = deadline
        self.effort: int | None = None  # for each question, see `solving.satisfiable`
        self._times: list[tuple[z3.ExprRef, ...]] = []
        self._choices: list[tuple[z3.ExprRef, ...]] = []
        self._levels: list[list[Bit]] = [[]]  # what was added, by nested `push`
        self._finite = self.finite
        self._solver = z3.SolverFor("QF_FD", logic.context()) if self._finite else z3.SimpleSolver(logic.context())

    # ------------------------------------------------------------------------------------------------------ formulas

    def constants(self, time: int) -> tuple[z3.ExprRef, ...]:
        """The constants of the state at a time."""
        while len(self._times) <= time:
            now = len(self._times)
            self._times.append(tuple(z3.Const(f"{c}@{now}", c.sort()) for c in self.system.constants))
        return self._times[time]

    def choices(self, time: int) -> tuple[z3.ExprRef, ...]:
        """The constants for the choices of parameters in the step from a time on."""
        while len(self._choices) <= time:
            now = len(self._choices)
            self._choices.append(tuple(z3.Const(f"{c}@{now}", c.sort()) for c in self.system.choices))
        return self._choices[time]

    def at(self, time: int, formula: Bit, step: bool = False) -> Bit:
        """A formula about the state at a time, or about the step from there to the next."""
        if isinstance(formula, bool):
            return formula
        pairs = list(zip(self.system.constants, self.constants(time), strict=True))
        pairs += zip(self.system.choices, self.choices(time), strict=True)
        if step:
            pairs += zip(self.system.next_constants, self.constants(time + 1), strict=True)
        return z3.substitute(formula, *pairs)

    def take_step(self, time: int) -> None:
        """Let some action lead from the state at a time to the next one."""
        system = self.system
        chosen = self.selectors(time)
        self.add(logic.any_of(chosen))
        for instance, selector in zip(system.instances, chosen, strict=True):
            self.add(logic.implies(selector, self.at(time, instance.enabled, step=True)))
            self.add(logic.implies(selector, self.at(time, system.leads_to(instance), step=True)))

    def selectors(self, time: int) -> list[z3.BoolRef]:
        """For each instance of an action, the constant that says that it makes the step from a time on."""
        return [z3.Bool(f"step {number}@{time}", logic.context()) for number in range(len(self.system.instances))]

    def taken(self, time: int) -> ActionInstance:
        """The action that makes the step from a time on in the behaviour that was found."""
        truths = self.truths(self.selectors(time))
        return next(i for i, true in zip(self.system.instances, truths, strict=True) if true)

    # -------------------------------------------------------------------------------------------------------- solver

    def add(self, *formulas: Bit) -> None:
        """Leave only the behaviours of which these formulas are true."""
        for formula in formulas:
            self._levels[-1].append(formula)
            self._solver.add(logic.expression(formula))

    def push(self) -> None:
        """Remember what was added so far; the next `pop` returns to it."""
        self._levels.append([])
        try:
            self._solver.push()
        except z3.Z3Exception:  # the solver for finite domains only now looks at what it was given
            self._become_general()

    def pop(self) -> None:
        """Forget what was added since the last `push`."""
        self._levels.pop()
        self._solver.pop()

    def satisfiable(self) -> bool:
        """Is there such a behaviour?

        Raises:
            NoAnswer: there was not enough time, or the solver gave up.
        """
        if self._finite:
            try:
                return satisfiable(self._solver, self.deadline, effort=self.effort)
            except OutOfEffort:
                raise
            except (GaveUp, z3.Z3Exception):
                self.deadline.look()
                self._become_general()
        return satisfiable(self._solver, self.deadline, effort=self.effort)

    @property
    def finite(self) -> bool:
        """Are all numbers in the behaviours bounded by their types?"""
        return all(is_bounded(v.type) for v in self.system.model.variables) and not self.system.choices

    def _become_general(self) -> None:
        self._finite = False
        self._solver = z3.SimpleSolver(logic.context())
        for number, level in enumerate(self._levels):
            if number:
                self._solver.push()
            self._solver.add(*map(logic.expression, level))

    # --------------------------------------------------------------------------------------------------------- models

    def truths(self, formulas: Iterable[Bit]) -> list[bool]:
        """Which formulas are true in the behaviour that was found?"""
        model = self._solver.model()
        return [f if isinstance(f, bool) else z3.is_true(model.eval(f, model_completion=True)) for f in formulas]

    def state(self, time: int) -> dict[str, Value]:
        """The state at a time in the behaviour that was found."""
        return self.system.read_back(self._solver.model(), self.constants(time))

    def arguments(self, time: int, instance: ActionInstance) -> tuple[tuple[str, Value], ...]:
        """The values of an instance's parameters (those it has) in the step from a time on."""
        model = self._solver.model()
        pairs = list(zip(self.system.choices, self.choices(time), strict=True))
        chosen = []
        for parameter, (name, value) in zip(instance.action.parameters, instance.arguments, strict=False):
            moved = [c if isinstance(c, bool | int) else z3.substitute(c, *pairs) for c in sym.scalars(value)]
            chosen.append((name, read_back(sym.with_scalars(value, iter(moved)), parameter.variable.type, model)))
        return tuple(chosen)
