"""The elaborated model: one specification under the constants of one check.

Every back end reads this and nothing before it. Types have their bounds, constants are values, actions keep their
parameters and domains, and every term carries the span that it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from skipgate.checker.core.datatypes import SortType, Type
from skipgate.checker.core.formulas import Formula, state_terms, step_terms
from skipgate.checker.core.terms import Binding, LocalVar, Term
from skipgate.checker.core.trace import FailureKind, Variable, declared_name
from skipgate.checker.core.values import Value
from skipgate.spec.data import dataclass
from skipgate.spec.source import Span
from skipgate.spec.syntax import Anchor, CheckDecl


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
        """The name that is declared."""
        return self.variable.name

    @property
    def type(self) -> Type:
        """The type that is declared."""
        return self.variable.type


@dataclass(frozen=True, eq=False)
class InitialCondition:
    """A condition on initial states, asked as soon as the first `after` variables have values."""

    term: Term
    after: int


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


@dataclass(frozen=True, eq=False)
class Branch:
    """A branch of an `if` or `match` in an action, which is taken where its conditions are true."""

    text: str  # such as `else`, or `case Vote(t)`
    conditions: tuple[Term, ...]
    span: Span
    says: bool  # is there anything in it?


@dataclass(frozen=True, eq=False)
class Action:
    """For each choice of parameters: if every condition among the clauses is true, all updates happen at once.

    An action that is declared with branches is several of these: one for each path through it. The last of the
    parameters are the choices on the path.
    """

    name: str  # as declared, and the branches of the path: `put [else]`
    description: tuple[str | Term, ...] | None  # text and terms over the old state, in turn
    parameters: tuple[Binding, ...]
    clauses: tuple[Term | LetClause, ...]  # a term is a condition
    updates: tuple[Update, ...]
    anchors: tuple[Anchor, ...]
    span: Span
    branches: tuple[Branch, ...] = ()
    choices: int = 0  # how many of the parameters are not declared as such

    @property
    def declared(self) -> str:
        """The name that is declared."""
        return declared_name(self.name)

    def call(self, arguments: tuple[Value, ...]) -> tuple[str, tuple[Value, ...]]:
        """The name and the arguments that a step has as declared, without what is chosen on the path."""
        return self.declared, arguments[: len(arguments) - self.choices]


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

    A refinement is two properties of one name, see `checker.elaborate.refinement`.
    """

    name: str
    kind: PropertyKind
    description: str | None
    term: Term
    premises: tuple[Premise, ...]
    anchors: tuple[Anchor, ...]
    span: Span
    lemma: bool = False  # an invariant that is there only because it helps to prove the others
    says_nothing: str | None = None  # why it holds whatever the states are, if that is known without looking at any
    refinement: Refinement | None = None
    about_actions: bool = False  # it asks what actions can do, so it says something even if all states satisfy it

    @property
    def failure_kind(self) -> FailureKind:
        """What is declared, for people."""
        return self.kind if self.refinement is None else "refinement"


@dataclass(frozen=True, eq=False)
class LivenessInstance:
    """What a liveness property says of one choice of its parameters."""

    arguments: tuple[tuple[str, Value], ...]
    formula: Formula

    @property
    def terms(self) -> tuple[Term, ...]:
        """Its conditions on states, in the order in which engines number them."""
        return state_terms(self.formula)

    @property
    def step_terms(self) -> tuple[Term, ...]:
        """Its conditions on steps, in the order in which engines number them."""
        return step_terms(self.formula)


@dataclass(frozen=True, eq=False)
class Liveness:
    """What must happen sooner or later, in every behaviour that is fair, for every choice of the parameters."""

    name: str
    description: str | None
    instances: tuple[LivenessInstance, ...]
    premises: tuple[Premise, ...]  # that some P of a `P leads to Q` or `P => Q` is true
    anchors: tuple[Anchor, ...]
    span: Span
    fair_when: tuple[Term, ...] = ()  # the conditions in the fairness of the model, on which its verdict depends

    @property
    def terms(self) -> tuple[Term, ...]:
        """The conditions of all its instances, then those of fairness, in the order in which engines number them."""
        return (*(term for instance in self.instances for term in instance.terms), *self.fair_when)

    @property
    def step_terms(self) -> tuple[Term, ...]:
        """The conditions on steps of all its instances."""
        return tuple(term for instance in self.instances for term in instance.step_terms)


@dataclass(frozen=True, eq=False)
class StepPattern:
    """The steps of an action with certain arguments, from states in which a condition is true. None stands for any."""

    action: Action
    arguments: tuple[Value | None, ...]
    condition: Term | None = None

    def matches(self, action: Action, arguments: Sequence[Value]) -> bool:
        """Is this a step of the pattern, if it begins where the condition is true?"""
        if action is not self.action:
            return False
        return all(wanted in (None, given) for wanted, given in zip(self.arguments, arguments, strict=True))


@dataclass(frozen=True, eq=False)
class Fairness:
    """A condition on behaviours: the steps of these patterns are not put off for ever.

    Weak: if from some moment on such a step is always possible, one is taken. Strong: if such a step is possible again
    and again, one is taken. `separately`: this is so for each choice of arguments by itself. (What is chosen inside the
    action is no argument: any choice will do.)
    """

    strong: bool
    patterns: tuple[StepPattern, ...]
    separately: bool = False


def fairness_terms(fairness: Iterable[Fairness]) -> tuple[Term, ...]:
    """The conditions in the patterns of fairness, each once."""
    conditions = (pattern.condition for fair in fairness for pattern in fair.patterns)
    return tuple({id(condition): condition for condition in conditions if condition is not None}.values())


@dataclass(frozen=True, eq=False)
class Constraint:
    """A condition: states that violate it are not explored further."""

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
    liveness: tuple[Liveness, ...]
    fairness: tuple[Fairness, ...]
    initially: tuple[InitialCondition, ...] = ()  # in the order in which they are asked
    symmetry: tuple[SortType, ...] = ()  # the sorts whose values the check treats as interchangeable
    sorts: tuple[SortType, ...] = ()  # all of them, in the order of declaration
    ignored: tuple[str, ...] = ()  # what the check does not examine; it is not in `properties`

    @property
    def invariants(self) -> tuple[Property, ...]:
        """The properties of single states."""
        return tuple(p for p in self.properties if p.kind == "invariant")

    @property
    def transitions(self) -> tuple[Property, ...]:
        """The properties of single steps."""
        return tuple(p for p in self.properties if p.kind == "transition")

    @property
    def covers(self) -> tuple[Property, ...]:
        """What is to be reachable."""
        return tuple(p for p in self.properties if p.kind == "cover")

    @property
    def fair_when(self) -> tuple[Term, ...]:
        """The conditions in the fairness of the model, each once."""
        return fairness_terms(self.fairness)

    @property
    def liveness_terms(self) -> tuple[Term, ...]:
        """The conditions on states of all liveness properties, in the order in which engines number them."""
        return tuple(term for declared in self.liveness for term in declared.terms)

    @property
    def liveness_step_terms(self) -> tuple[Term, ...]:
        """The conditions on steps of all liveness properties, in the order in which engines number them."""
        return tuple(term for declared in self.liveness for term in declared.step_terms)
