"""Inductive invariants checked by plain solver calls, whoever found them.

Nothing here knows how an invariant was found. It comes as expressions of the language, of which formulas are made as
of everything that a model says; so what is checked is what is shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import z3

from skipgate.checker.core import terms as t
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.logic import Bit, and_, not_
from skipgate.checker.smt.encoding.solving import Deadline, satisfiable
from skipgate.checker.smt.encoding.system import System
from skipgate.checker.smt.proving.claims import Claim


def flaw(system: System, invariant: Sequence[t.Term], known: Bit, claim: Claim, deadline: Deadline) -> str | None:
    """What is wrong with an invariant that is said to imply a claim; None if nothing is.

    `known` holds in every reachable state, for reasons that were checked before.

    Raises:
        NoAnswer: there was not enough time, or the solver gave up.
    """
    here = logic.all_of(system.predicate(term).true for term in invariant)
    if _possible(deadline, system.typed, system.initial.true, not_(here)):
        return "an initial state does not satisfy it"
    if _possible(deadline, *_step(system, known, here), not_(primed(system, here))):
        return "a step leads out of it"
    if _possible(deadline, system.typed, known, here, claim.states):
        return "it does not imply the property"
    if _possible(deadline, *_step(system, known, here), claim.steps):
        return "a step from it violates the property"
    return None


def core(system: System, invariant: Sequence[Bit], known: Bit, claim: Claim, deadline: Deadline) -> list[Bit]:
    """The parts of an inductive invariant that the claim needs, and that those need to be inductive, and so on.

    Only for brevity: what comes out still has to be checked. (Of an invariant that is none, all parts are returned.)

    Raises:
        NoAnswer: there was not enough time, or the solver gave up.
    """
    labels = {z3.Bool(f"part {i}", logic.context()): part for i, part in enumerate(invariant)}
    solver = z3.Solver(ctx=logic.context())
    for label, part in labels.items():
        solver.add(z3.Implies(label, logic.expression(part)))
    solver.add(logic.expression(system.typed), logic.expression(known))

    def needed(*formulas: Bit) -> set[z3.BoolRef] | None:
        solver.push()
        solver.add(*map(logic.expression, formulas))
        possible = satisfiable(solver, deadline, *labels)
        reasons = None if possible else set(solver.unsat_core())
        solver.pop()
        return reasons

    step = _step(system, known, True)
    kept: set[z3.BoolRef] = set()
    todo: list[tuple[Bit, ...]] = [(claim.states,), (*step, claim.steps)]
    while todo:
        reasons = needed(*todo.pop())
        if reasons is None:
            return list(invariant)
        for label in reasons - kept:
            kept.add(label)
            todo.append((*step, not_(primed(system, labels[label]))))
    return [part for label, part in labels.items() if label in kept]


def primed(system: System, formula: Bit) -> Bit:
    """A formula about the state as one about its successor."""
    if isinstance(formula, bool):
        return formula
    return z3.substitute(formula, *zip(system.constants, system.next_constants, strict=True))


def _step(system: System, known: Bit, here: Bit) -> tuple[Bit, ...]:
    """A step from a state that may be left, between states of which `known` holds."""
    return (system.typed, known, here, system.inside.true, system.step, primed(system, and_(system.typed, known)))


def _possible(deadline: Deadline, *formulas: Bit) -> bool:
    solver = z3.Solver(ctx=logic.context())
    solver.add(*map(logic.expression, formulas))
    return satisfiable(solver, deadline)
