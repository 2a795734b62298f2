"""The elaborated model: one specification under the constants of one check.

Every back end reads this and nothing before it. Types have their bounds, constants are values, actions keep their
parameters and domains, and every term carries the span that it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from checker.datatypes import SortType, Type
from checker.terms import Binding, LocalVar, Term
from checker.trace import FailureKind, Variable
from checker.values import Value
from spec.source import Span
from spec.syntax import Anchor, CheckDecl


@dataclass(frozen=True, eq=False)
class StateVariable:
    """A variable and its initial value, or, if `choice`, the set of its initial values.

    The initial term may mention variables declared before this one.
    """

    variable: Variable
    initial: Term
    choice: bool
    span: Span

    @property
    def name(self) -> str:
        return self.variable.name

    @property
    def type(self) -> Type:
        return self.variable.type


@dataclass(frozen=True, eq=False)
class LetClause:
    """A name for a value, by name, between the clauses of an action."""

    variable: LocalVar
    value: Term


@dataclass(frozen=True, eq=False)
class Update:
    """The new value of a whole variable."""

    variable: StateVariable
    value: Term
    span: Span


Fairness = Literal["none", "weak", "strong"]


@dataclass(frozen=True, eq=False)
class Action:
    """For each choice of parameters: if every condition among the clauses is true, all updates happen at once."""

    name: str
    description: tuple[str | Term, ...] | None  # text and terms over the old state, in turn
    parameters: tuple[Binding, ...]
    clauses: tuple[Term | LetClause, ...]  # a term is a condition
    updates: tuple[Update, ...]
    fairness: Fairness
    anchors: tuple[Anchor, ...]
    span: Span


PropertyKind = Literal["invariant", "transition", "cover"]


@dataclass(frozen=True, eq=False)
class Premise:
    """The A of an `A => B` in a property, closed over the quantifiers around it: it must be true somewhere."""

    text: str
    term: Term


@dataclass(frozen=True, eq=False)
class Refinement:
    """A model that is refined, and what stands for its variables."""

    abstract: Model
    images: tuple[tuple[str, Term], ...]


@dataclass(frozen=True, eq=False)
class Property:
    """A predicate on states (invariant, cover) or on steps (transition).

    A refinement is two properties of one name, see `checker.refinement`.
    """

    name: str
    kind: PropertyKind
    description: str | None
    term: Term
    premises: tuple[Premise, ...]
    anchors: tuple[Anchor, ...]
    span: Span
    lemma: bool = False  # an invariant that is there only because it helps to prove the others
    refinement: Refinement | None = None

    @property
    def failure_kind(self) -> FailureKind:
        """What is declared, for people."""
        return self.kind if self.refinement is None else "refinement"


@dataclass(frozen=True, eq=False)
class Constraint:
    name: str
    term: Term


@dataclass(frozen=True, eq=False)
class Model:
    """Everything that a back end needs to know."""

    file: str
    name: str
    check: CheckDecl
    description: str | None
    constants: tuple[tuple[Variable, Value], ...]
    variables: tuple[StateVariable, ...]
    actions: tuple[Action, ...]
    properties: tuple[Property, ...]
    constraints: tuple[Constraint, ...]
    terminal: Term | None
    symmetry: tuple[SortType, ...] = ()  # the sorts whose values the check treats as interchangeable

    @property
    def invariants(self) -> tuple[Property, ...]:
        return tuple(p for p in self.properties if p.kind == "invariant")

    @property
    def transitions(self) -> tuple[Property, ...]:
        return tuple(p for p in self.properties if p.kind == "transition")

    @property
    def covers(self) -> tuple[Property, ...]:
        return tuple(p for p in self.properties if p.kind == "cover")
