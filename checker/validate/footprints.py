"""What events read and write: two that do not touch what the other writes may happen in either order.

A cell is a part of a variable: an entry of a map, a field of a record, an element of a set, or the whole. Which cells
an event touches depends on its values; those with few possible values are looked at, the others might be anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import SetType, cardinality
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.effort import TooMuchWork
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, by_name, evaluate
from skipgate.checker.validate.rules import Candidate, Rule

Cell = tuple[str, tuple[object, ...]]
"""A variable and the way to a part of it: keys of maps, elements of sets, names of fields."""


@dataclass(frozen=True)
class Footprint:
    """What an event may read and write."""

    reads: frozenset[Cell]
    writes: frozenset[Cell]

    def __or__(self, other: Footprint) -> Footprint:
        return Footprint(self.reads | other.reads, self.writes | other.writes)

    def may_enable(self, other: Footprint) -> bool:
        """Does it write what the other one reads?"""
        return _overlap(self.writes, other.reads)

    def depends_on(self, other: Footprint) -> bool:
        """May the order of the two matter?"""
        return (
            _overlap(self.writes, other.reads)
            or _overlap(self.reads, other.writes)
            or _overlap(self.writes, other.writes)
        )


NOTHING = Footprint(frozenset(), frozenset())


def _overlap(some: frozenset[Cell], others: frozenset[Cell]) -> bool:
    """Is a cell of one side a part of a cell of the other?"""
    return any(a == b and p[: len(q)] == q[: len(p)] for a, p in some for b, q in others)


def telling_fields(rule: Rule, few: int) -> tuple[str, ...]:
    """The fields that may single out a cell: those with so few possible values."""
    return tuple(field.name for field in rule.fields if (cardinality(field.type) or few + 1) <= few)


def footprint(rule: Rule, values: Mapping[str, Value]) -> Footprint:
    """What an event may touch whose telling fields have these values."""
    fields = frozenset(field.name for field in rule.fields)
    found = NOTHING
    for candidate in rule.candidates:
        found = found | _Reader(fields, values).of(candidate)
    return found


class _Reader:
    """Goes through an action. Names stand for what they were bound to; parameters that are open for nothing known."""

    def __init__(self, fields: frozenset[str], values: Mapping[str, Value]) -> None:
        self.fields = fields
        self.scope = Scope(values)
        self.bound: dict[t.LocalVar, t.Term] = {}
        self.reads: set[Cell] = set()
        self.writes: set[Cell] = set()

    def of(self, candidate: Candidate) -> Footprint:
        """The footprint of an action with the conditions that the event adds."""
        action = candidate.step
        for parameter in action.parameters:
            self.read(parameter.domain)
        for clause in action.clauses:
            if isinstance(clause, m.LetClause):
                self.bind(clause.variable, clause.value)
            else:
                self.read(clause)
        for update in action.updates:
            self.write(update.value, (update.variable.name, ()))
        return Footprint(frozenset(self.reads), frozenset(self.writes))

    def bind(self, variable: t.LocalVar, value: t.Term) -> None:
        self.bound[variable] = value
        self.scope = self.scope.bind(variable, by_name(value, self.scope))

    def known(self, term: t.Term) -> Value | None:
        """The value of a term, if it depends on nothing but the values of the event."""
        try:
            return evaluate(term, self.scope)
        except (KeyError, EvaluationError, TooMuchWork):
            return None

    def resolved(self, term: t.Term) -> t.Term:
        """What a name stands for."""
        while isinstance(term, t.Ensure) or (isinstance(term, t.Local) and term.variable in self.bound):
            term = term.operand if isinstance(term, t.Ensure) else self.bound[term.variable]
        return term

    def cell(self, term: t.Term) -> Cell | None:
        """The part of a variable that a term is, if it is one."""
        term = self.resolved(term)
        match term:
            case t.Var(name=name):
                return None if name in self.fields else (name, ())
            case t.Select(operand=operand, index=index):
                inner, key = self.cell(operand), self.known(index)
                return None if inner is None or key is None else (inner[0], (*inner[1], key))
            case t.GetField(operand=operand, field=field):
                inner = self.cell(operand)
                return None if inner is None else (inner[0], (*inner[1], field))
            case _:  # any other term is no part of a variable
                return None

    def read(self, term: t.Term) -> None:
        """Note what the value of a term depends on."""
        term = self.resolved(term)
        cell = self.cell(term)
        if cell is not None:
            self.reads.add(cell)
            return
        match term:
            case t.Let(variable=variable, value=value, body=body):
                self.bind(variable, value)
                self.read(body)
            case t.In(element=element, container=container):
                inside, known = self.cell(container), self.known(element)
                self.read(element)
                if inside is None or known is None:
                    self.read(container)
                else:
                    self.reads.add((inside[0], (*inside[1], known)))
            case t.Select(operand=operand, index=index):
                self.read(index)
                self.select(operand, index)
            case t.Var():
                pass  # a value of the event
            case _:  # any other term depends on what its parts depend on
                for part in t.children(term):
                    self.read(part)

    def select(self, operand: t.Term, index: t.Term) -> None:
        """An element: of a map in which one was replaced, what was there or what it was replaced by."""
        operand = self.resolved(operand)
        key = self.known(index)
        if not isinstance(operand, t.Store) or key is None:
            self.read(operand)
            return
        self.read(operand.index)
        self.read(operand.value)
        inner = self.cell(operand.operand)
        if inner is None:
            self.select(operand.operand, index)
        else:
            self.reads.add((inner[0], (*inner[1], key)))

    def write(self, value: t.Term, cell: Cell) -> None:
        """Note what is written if a cell becomes the value of a term."""
        value = self.resolved(value)
        if self.cell(value) == cell:
            return
        match value:
            case t.Let(variable=variable, value=inner, body=body):
                self.bind(variable, inner)
                self.write(body, cell)
            case t.If(condition=condition, then=then, otherwise=otherwise):
                self.read(condition)
                self.write(then, cell)
                self.write(otherwise, cell)
            case t.Store(operand=operand, index=index, value=stored) if self.known(index) is not None:
                self.read(index)
                self.write(operand, cell)
                self.write(stored, (cell[0], (*cell[1], self.known(index))))
            case t.WithField(operand=operand, field=field, value=stored):
                self.write(operand, cell)
                self.write(stored, (cell[0], (*cell[1], field)))
            case t.SetOperation(
                type=SetType(capacity=None), operator="|" | "-", left=left, right=t.SetLiteral(elements=elements)
            ) if self.cell(left) == cell and all(self.known(element) is not None for element in elements):
                for element in elements:
                    self.read(element)
                    self.writes.add((cell[0], (*cell[1], self.known(element))))
            case _:  # any other term is a new value of the whole cell
                self.writes.add(cell)
                self.read(value)


def classes(footprints: list[Footprint]) -> Iterator[tuple[int, int]]:
    """For each footprint the numbers of those that it depends on, and of those that may enable it, as bit masks."""
    for one in footprints:
        depends = enables = 0
        for number, other in enumerate(footprints):
            depends |= one.depends_on(other) << number
            enables |= other.may_enable(one) << number
        yield depends, enables
