"""Formulas about behaviours, whose leaves are conditions on states and on steps.

A condition on steps is only ever asked of all steps that change something, or of some step that does. So whether a
formula is true of a behaviour does not depend on how often nothing happens in it, as in TLA+: `Steps("always", P)` is
`[][P]_vars`, `Steps("eventually", P)` is `<><<P>>_vars`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from skipgate.checker.core.terms import Term
from skipgate.spec.data import dataclass
from skipgate.spec.source import Span
from skipgate.spec.syntax import TemporalOperator


@dataclass(frozen=True, eq=False, slots=True)
class FormulaBase:
    """What every formula has."""

    span: Span


@dataclass(frozen=True, eq=False, slots=True)
class Now(FormulaBase):
    """A condition is true of the first state."""

    term: Term


@dataclass(frozen=True, eq=False, slots=True)
class Steps(FormulaBase):
    """A condition is true of all steps that change something, or of one of them."""

    operator: Literal["always", "eventually"]
    term: Term


@dataclass(frozen=True, eq=False, slots=True)
class Negation(FormulaBase):
    """A formula is false."""

    operand: Formula


@dataclass(frozen=True, eq=False, slots=True)
class Junction(FormulaBase):
    """All formulas are true, or one of them is. Of none at all, `and` is true and `or` is false."""

    operator: Literal["and", "or"]
    operands: tuple[Formula, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Temporal(FormulaBase):
    """One or two formulas are true of the right rests of the behaviour. `p unless q` is `p until q` or `always p`."""

    operator: TemporalOperator
    operands: tuple[Formula, ...]


Formula = Now | Steps | Negation | Junction | Temporal


def walk(formula: Formula) -> Iterator[Formula]:
    """A formula and all formulas below it."""
    yield formula
    match formula:
        case Negation(operand=operand):
            yield from walk(operand)
        case Junction(operands=operands) | Temporal(operands=operands):
            for each in operands:
                yield from walk(each)
        case Now() | Steps():
            pass


def state_terms(formula: Formula) -> tuple[Term, ...]:
    """The conditions on states, from left to right."""
    return tuple(part.term for part in walk(formula) if isinstance(part, Now))


def step_terms(formula: Formula) -> tuple[Term, ...]:
    """The conditions on steps, from left to right."""
    return tuple(part.term for part in walk(formula) if isinstance(part, Steps))


SimpleKind = Literal["eventually", "always eventually", "eventually always", "leads to"]


@dataclass(frozen=True, slots=True)
class Simple:
    """A formula of one of the forms that need no automaton; `premise` is the P of `P leads to Q`."""

    kind: SimpleKind
    premise: Term | None
    goal: Term


def simple(formula: Formula) -> Simple | None:
    """The simple form of a formula, if it has one."""
    match formula:
        case Temporal(operator="eventually", operands=(Now(term=goal),)):
            return Simple("eventually", None, goal)
        case Temporal(operator="always", operands=(Temporal(operator="eventually", operands=(Now(term=goal),)),)):
            return Simple("always eventually", None, goal)
        case Temporal(operator="eventually", operands=(Temporal(operator="always", operands=(Now(term=goal),)),)):
            return Simple("eventually always", None, goal)
        case Temporal(operator="leads to", operands=(Now(term=premise), Now(term=goal))):
            return Simple("leads to", premise, goal)
    return None
