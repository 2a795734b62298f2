"""Proofs by Spacer, Z3's solver for Horn clauses: it looks for the inductive invariant by itself.

A system and a claim are three clauses over the set R of reachable states: R has the initial states; it has the
successors of its states; and no state of it, or step from it, is what the claim excludes. Spacer finds an R that
satisfies them, which is an inductive invariant, or a derivation of a violation. (Komuravelli, Gurfinkel and Chaki,
"SMT-based model checking for recursive programs", CAV 2014; for transition systems it is Bradley's IC3, VMCAI 2011,
with the projections of Bjørner and Janota's model-based quantifier elimination.)

What is known of all reachable states already is put into the clauses, so that Spacer need not find it again. One
clause for all actions was measured against one clause an action: it is better on almost every question.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import z3

from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.logic import Bit, and_
from skipgate.checker.smt.encoding.solving import Deadline, NoAnswer, interrupting, raise_if_interrupted
from skipgate.checker.smt.encoding.system import System
from skipgate.checker.smt.proving.claims import Claim


@dataclass(frozen=True)
class Refuted:
    """The claim does not hold: a violation can be derived. How, is left to whoever looks for a shortest trace."""


@dataclass(frozen=True)
class Invariant:
    """Formulas over the system's constants that every reachable state satisfies and that together imply the claim."""

    parts: tuple[Bit, ...]


def solve(system: System, claim: Claim, known: Bit, deadline: Deadline) -> Invariant | Refuted:
    """Find an invariant that implies the claim, or that there is none. `known` holds in every reachable state.

    Raises:
        NoAnswer: there was not enough time, or Spacer gave up.
    """
    deadline.look()
    states = without_quantifiers(claim.states, deadline)
    fixedpoint = z3.Fixedpoint(ctx=logic.context())
    fixedpoint.set(engine="spacer")
    reachable = z3.Function("reachable", *[c.sort() for c in system.constants], z3.BoolSort(logic.context()))
    violated = z3.Function("violated", z3.BoolSort(logic.context()))
    fixedpoint.register_relation(reachable, violated)
    for constant in (*system.constants, *system.next_constants, *system.choices):
        fixedpoint.declare_var(constant)
    here, there = reachable(*system.constants), reachable(*system.next_constants)
    # A state outside the constraints is one that nothing leads out of.
    step = and_(known, system.inside.true, system.step)
    _rule(fixedpoint, here, and_(system.initial.true, system.typed))
    _rule(fixedpoint, there, here, step)
    if states is not False:
        _rule(fixedpoint, violated(), here, and_(known, states))
    if claim.steps is not False:
        _rule(fixedpoint, violated(), here, and_(step, claim.steps))
    if _query(fixedpoint, violated(), deadline):
        return Refuted()
    # What holds at every level, in terms of the predicate's arguments.
    cover = fixedpoint.get_cover_delta(-1, reachable)
    return Invariant(tuple(_conjuncts(z3.substitute_vars(cover, *system.constants))))


def _conjuncts(formula: z3.ExprRef) -> Iterator[z3.BoolRef]:
    if z3.is_and(formula):
        for part in formula.children():
            yield from _conjuncts(part)
    else:
        assert isinstance(formula, z3.BoolRef)
        yield formula


def without_quantifiers(formula: Bit, deadline: Deadline) -> Bit:
    """The same formula in a form that Spacer takes.

    Raises:
        NoAnswer: it has quantifiers that cannot be eliminated.
    """
    if isinstance(formula, bool) or not _has_quantifier(formula):
        return formula
    with interrupting(deadline):
        try:
            result = z3.Tactic("qe", logic.context())(formula).as_expr()
        except z3.Z3Exception as problem:
            deadline.look()
            raise NoAnswer(f"Z3 gave up: {_text(problem)}") from None
    if _has_quantifier(result):
        raise NoAnswer("Spacer does not take quantifiers")
    return z3.BoolRef(result.ast, result.ctx)


def _has_quantifier(formula: z3.ExprRef) -> bool:
    return bool(z3.Probe("has-quantifiers", logic.context())(_goal(formula)))


def _goal(formula: z3.ExprRef) -> z3.Goal:
    goal = z3.Goal(ctx=logic.context())
    goal.add(formula)
    return goal


def _rule(fixedpoint: z3.Fixedpoint, head: z3.BoolRef, *body: Bit) -> None:
    fixedpoint.rule(head, z3.And(*[logic.expression(part) for part in body]))


def _query(fixedpoint: z3.Fixedpoint, goal: z3.BoolRef, deadline: Deadline) -> bool:
    """Can the goal be derived?"""
    if deadline.left is not None:
        fixedpoint.set(timeout=max(1, int(1000 * deadline.left)))
    with interrupting(deadline):
        try:
            answer = fixedpoint.query(goal)
            reason = fixedpoint.reason_unknown() if answer == z3.unknown else ""
        except z3.Z3Exception as problem:
            answer, reason = z3.unknown, _text(problem)
    if answer == z3.unknown:
        raise_if_interrupted(reason, deadline)
        raise NoAnswer(f"Spacer gave up: {reason}")
    return bool(answer == z3.sat)


def _text(problem: z3.Z3Exception) -> str:
    """What an exception says; Z3 gives some of it as bytes."""
    value = problem.value
    return value.decode() if isinstance(value, bytes) else str(value)
