"""The syntax tree of a `.gate` file: immutable, a span on every node.

Nodes compare by identity, so that the later passes can attach what they find (what a name refers to, what type an
expression has) in tables keyed by node.

All classes are in this one file although it is long: types, expressions and descriptions refer to each other, and a new
class is to be seen beside the unions at the end, where it has to be added.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Literal, cast

from skipgate.spec.data import dataclass
from skipgate.spec.source import Source, Span


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """Anything with a place in the source."""

    span: Span


# ---------------------------------------------------------------------------------------------------- small parts


@dataclass(frozen=True, eq=False, slots=True)
class Identifier(Node):
    """A name where it is declared or mentioned outside an expression."""

    text: str


@dataclass(frozen=True, eq=False, slots=True)
class Description(Node):
    """A string after a name. `parts` alternates literal text and the expressions that stood in braces."""

    parts: tuple[str | AnyExpr, ...]

    @property
    def plain(self) -> str:
        """The description with `{expressions}` left as they were written."""
        return "".join(part if isinstance(part, str) else "{" + part.span.flat + "}" for part in self.parts)


EVERY_CALL = 2**31  # the depth of `with callees`


@dataclass(frozen=True, eq=False, slots=True)
class Anchor(Node):
    """The code that a declaration speaks about: a file or glob, and symbols in it if there are any.

    `depth` says how many calls deep its callees belong to it: 0, a number, or `EVERY_CALL`.
    """

    file: str
    symbols: tuple[str, ...]
    depth: int


# -------------------------------------------------------------------------------------------------------- types


@dataclass(frozen=True, eq=False, slots=True)
class TypeExpr(Node):
    """A type as written."""


@dataclass(frozen=True, eq=False, slots=True)
class PrimitiveType(TypeExpr):
    """`bool`, `nat` or `int`."""

    name: Literal["bool", "nat", "int"]


@dataclass(frozen=True, eq=False, slots=True)
class NamedType(TypeExpr):
    """A type by its name."""

    name: str


@dataclass(frozen=True, eq=False, slots=True)
class RangeType(TypeExpr):
    """`low..high`."""

    low: AnyExpr
    high: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class OptionType(TypeExpr):
    """`option of element`: `none`, or `some` value."""

    element: AnyType


@dataclass(frozen=True, eq=False, slots=True)
class SetType(TypeExpr):
    """`set of element`, or `set[capacity] of element`: at most so many."""

    capacity: AnyExpr | None
    element: AnyType


@dataclass(frozen=True, eq=False, slots=True)
class BagType(TypeExpr):
    """`bag[capacity] of element`: at most so many, of which some may be the same."""

    capacity: AnyExpr
    element: AnyType


@dataclass(frozen=True, eq=False, slots=True)
class SeqType(TypeExpr):
    """`seq[capacity] of element`."""

    capacity: AnyExpr
    element: AnyType


@dataclass(frozen=True, eq=False, slots=True)
class MapType(TypeExpr):
    """`map[key] of value`: total, so every key has a value."""

    key: AnyType
    value: AnyType


# -------------------------------------------------------------------------------------------------- expressions


@dataclass(frozen=True, eq=False, slots=True)
class Expr(Node):
    """An expression."""


@dataclass(frozen=True, eq=False, slots=True)
class Number(Expr):
    """A whole number; a minus sign before it is part of it."""

    value: int


@dataclass(frozen=True, eq=False, slots=True)
class Boolean(Expr):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, eq=False, slots=True)
class Name(Expr):
    """A name; with a prime it stands for the value after the step.

    `of` is the instance whose name it is (see `ImportDecl`), as in `node[n].x'`. Without prime or arguments that is a
    `FieldAccess` until it is known to be no field. Nothing of an instance is left after `spec.instances`.
    """

    text: str
    primed: bool = False
    of: AnyExpr | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Argument(Node):
    """An argument of a call; `name` is set in `Record(field = value)`."""

    name: Identifier | None
    value: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class Call(Expr):
    """A call of a definition, a built-in function or a record's constructor."""

    function: Identifier
    arguments: tuple[Argument, ...]
    primed: bool = False
    of: AnyExpr | None = None  # the instance whose function it is


@dataclass(frozen=True, eq=False, slots=True)
class Index(Expr):
    """`base[index]`: an element of a sequence or map; a slice if the index is a `Range`."""

    base: AnyExpr
    index: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class FieldAccess(Expr):
    """`base.field`."""

    base: AnyExpr
    field: Identifier


UnaryOperator = Literal["not", "-"]
BinaryOperator = Literal[
    "<=>", "=>", "or", "and", "==", "!=", "<", "<=", ">", ">=", "in", "subset", "+", "-", "|", "*", "div", "mod", "&"
]  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class Unary(Expr):
    """`not a` or `-a`."""

    operator: UnaryOperator
    operand: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class Binary(Expr):
    """`a + b` and the like."""

    operator: BinaryOperator
    left: AnyExpr
    right: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class Range(Expr):
    """`low..high`: the set of the integers from `low` to `high`, both included; empty if `low > high`."""

    low: AnyExpr
    high: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class TypeDomain(Expr):
    """A type where a binder wants a set: all its values."""

    type: AnyType


@dataclass(frozen=True, eq=False, slots=True)
class NoneValue(Expr):
    """`none`."""


@dataclass(frozen=True, eq=False, slots=True)
class SomeOf(Expr):
    """`some(value)`."""

    value: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class SeqLiteral(Expr):
    """`[a, b]`."""

    elements: tuple[AnyExpr, ...]


@dataclass(frozen=True, eq=False, slots=True)
class SetLiteral(Expr):
    """`{a, b}`."""

    elements: tuple[AnyExpr, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Binder(Node):
    """`x, y in S`: each name ranges over the domain, which sees the binders before it."""

    names: tuple[Identifier, ...]
    domain: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class SetComprehension(Expr):
    """`{element for x in S where condition}`."""

    element: AnyExpr
    binders: tuple[Binder, ...]
    where: AnyExpr | None


@dataclass(frozen=True, eq=False, slots=True)
class SeqComprehension(Expr):
    """`[element for x in S where condition]` over a sequence or a range, in its order."""

    element: AnyExpr
    binder: Binder
    where: AnyExpr | None


@dataclass(frozen=True, eq=False, slots=True)
class BagLiteral(Expr):
    """`bag {a, a, b}`."""

    elements: tuple[AnyExpr, ...]


@dataclass(frozen=True, eq=False, slots=True)
class BagComprehension(Expr):
    """`bag {element for x in S where condition}`: as many as there are elements of a set, bag, sequence or range."""

    element: AnyExpr
    binder: Binder
    where: AnyExpr | None


@dataclass(frozen=True, eq=False, slots=True)
class Fold(Expr):
    """`fold x in S where condition from initial as accumulator: body` over a sequence, a range or an ordered set."""

    name: Identifier
    domain: AnyExpr
    where: AnyExpr | None
    initial: AnyExpr
    accumulator: Identifier
    body: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class MapComprehension(Expr):
    """`map k in K: value`: the map that takes every key of the type K to a value."""

    binders: tuple[Binder, ...]
    value: AnyExpr


QuantifierKind = Literal["forall", "exists", "count", "sum", "min", "max"]


@dataclass(frozen=True, eq=False, slots=True)
class Quantifier(Expr):
    """`forall`, `exists`, `count`, `sum`, `min`, `max` over binders."""

    kind: QuantifierKind
    binders: tuple[Binder, ...]
    where: AnyExpr | None
    body: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class If(Expr):
    """`if`, any number of `elif`, `else`."""

    branches: tuple[tuple[AnyExpr, AnyExpr], ...]
    otherwise: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class LetBinding(Node):
    """`name = value` in a `let`."""

    name: Identifier
    value: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class Let(Expr):
    """`let x = e, y = f: body`; a binding sees those before it."""

    bindings: tuple[LetBinding, ...]
    body: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class Pattern(Node):
    """A member or shape (`name`), a shape with names for its fields, `none`, `some(name)`, or `_` (`kind` is "any")."""

    kind: Literal["member", "shape", "none", "some", "any"]
    name: Identifier | None
    fields: tuple[Identifier, ...] = ()  # `_` is a field that has no name here


@dataclass(frozen=True, eq=False, slots=True)
class Case(Node):
    """`case p, q: body`."""

    patterns: tuple[Pattern, ...]
    body: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class Match(Expr):
    """`match e case p: a case q: b` on an enum, an option or a variant."""

    subject: AnyExpr
    cases: tuple[Case, ...]


@dataclass(frozen=True, eq=False, slots=True)
class FieldStep(Node):
    """`.field` in the path of an update."""

    field: Identifier


@dataclass(frozen=True, eq=False, slots=True)
class IndexStep(Node):
    """`[index]` in the path of an update."""

    index: AnyExpr


PathStep = FieldStep | IndexStep


@dataclass(frozen=True, eq=False, slots=True)
class Change(Node):
    """`path = value` in an update of a value."""

    path: tuple[PathStep, ...]
    value: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class Updated(Expr):
    """`{base with field = e, [key] = f}`: `base` with parts replaced, from left to right."""

    base: AnyExpr
    changes: tuple[Change, ...]


# ------------------------------------------------------------------------------------------------- declarations


@dataclass(frozen=True, eq=False, slots=True)
class Declaration(Node):
    """A top-level declaration. Its span is the whole of it."""


@dataclass(frozen=True, eq=False, slots=True)
class ModelDecl(Declaration):
    """`model name`: what the file is about."""

    name: Identifier
    description: Description | None
    anchors: tuple[Anchor, ...]


@dataclass(frozen=True, eq=False, slots=True)
class ImportDecl(Declaration):
    """`import "path"`: the declarations of another file. Its span is that of the path.

    With a name, `import "path" as name[n in S] with x = e`, it is an instance of that file: one for each value that the
    binder ranges over, or a single one. Its names begin with that of the instance.
    """

    path: str
    name: Identifier | None = None
    binder: Binder | None = None
    settings: tuple[Setting, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class ConstDecl(Declaration):
    """`const name : type = default`: each check may choose another value."""

    name: Identifier
    type: AnyType
    default: AnyExpr | None
    description: Description | None


@dataclass(frozen=True, eq=False, slots=True)
class TypeDecl(Declaration):
    """`type name = type`."""

    name: Identifier
    type: AnyType
    description: Description | None


@dataclass(frozen=True, eq=False, slots=True)
class Member(Node):
    """A value of an enum."""

    name: Identifier
    description: Description | None


@dataclass(frozen=True, eq=False, slots=True)
class EnumDecl(Declaration):
    """`enum Name { a, b }`: the values that there are, in order."""

    name: Identifier
    description: Description | None
    members: tuple[Member, ...]


@dataclass(frozen=True, eq=False, slots=True)
class SortDecl(Declaration):
    """`sort Node[3]`: interchangeable identities, shown as Node1, Node2, Node3."""

    name: Identifier
    size: AnyExpr
    description: Description | None


@dataclass(frozen=True, eq=False, slots=True)
class FieldDecl(Node):
    """A field of a record or of a shape."""

    name: Identifier
    type: AnyType
    description: Description | None


@dataclass(frozen=True, eq=False, slots=True)
class RecordDecl(Declaration):
    """`record Name { a : type, b : type }`; an `ordered` one can be compared field by field."""

    name: Identifier
    ordered: bool
    description: Description | None
    fields: tuple[FieldDecl, ...]


@dataclass(frozen=True, eq=False, slots=True)
class ShapeDecl(Node):
    """A shape of a variant: `Name(a : type)`, or `Name` alone."""

    name: Identifier
    fields: tuple[FieldDecl, ...]
    description: Description | None


@dataclass(frozen=True, eq=False, slots=True)
class VariantDecl(Declaration):
    """`variant Name { A(x : type), B }`: a value is of one of the shapes, and has the fields of that shape."""

    name: Identifier
    description: Description | None
    shapes: tuple[ShapeDecl, ...]


@dataclass(frozen=True, eq=False, slots=True)
class VarDecl(Declaration):
    """A state variable. If `choice` is true, `initial` is a set, and any element of it may be the initial value."""

    name: Identifier
    type: AnyType
    initial: AnyExpr
    choice: bool
    description: Description | None


@dataclass(frozen=True, eq=False, slots=True)
class AssumeDecl(Declaration):
    """`assume condition`: what the constants of every check satisfy."""

    condition: AnyExpr
    description: Description | None


@dataclass(frozen=True, eq=False, slots=True)
class Parameter(Node):
    """A parameter of a definition."""

    name: Identifier
    type: AnyType


@dataclass(frozen=True, eq=False, slots=True)
class DefDecl(Declaration):
    """`def name(parameters) : result = body`: an abbreviation, so it cannot mention itself."""

    name: Identifier
    parameters: tuple[Parameter, ...]
    result: AnyType | None
    description: Description | None
    anchors: tuple[Anchor, ...]
    body: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class Update(Node):
    """`target'path = value`; or, if `choice`, `target'path in value`: any element of a set.

    `of` is the instance whose variable it is.
    """

    target: Identifier
    path: tuple[PathStep, ...]
    value: AnyExpr
    choice: bool
    of: AnyExpr | None = None

    @property
    def part(self) -> str:
        """What is updated, as it is written: `m'[k].at`."""
        steps = (f".{p.field.text}" if isinstance(p, FieldStep) else f"[{p.index.span.flat}]" for p in self.path)
        return f"{self.target.text}'{''.join(steps)}"


@dataclass(frozen=True, eq=False, slots=True)
class WhenClause(Node):
    """`when condition`: a guard."""

    condition: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class LetClause(Node):
    """`let x = e` between the clauses of an action, which all later clauses see."""

    bindings: tuple[LetBinding, ...]


@dataclass(frozen=True, eq=False, slots=True)
class ChoiceClause(Node):
    """`some x in S where p`: the step is taken for any such element, which all later clauses of its block see."""

    binders: tuple[Binder, ...]
    where: AnyExpr | None


@dataclass(frozen=True, eq=False, slots=True)
class BranchBlock(Node):
    """What happens if a condition is true."""

    condition: AnyExpr
    clauses: Block


@dataclass(frozen=True, eq=False, slots=True)
class IfClause(Node):
    """`if p { ... } else if q { ... } else { ... }` around clauses."""

    branches: tuple[BranchBlock, ...]
    otherwise: Block


@dataclass(frozen=True, eq=False, slots=True)
class CaseBlock(Node):
    """What happens if one of the patterns fits."""

    patterns: tuple[Pattern, ...]
    clauses: Block


@dataclass(frozen=True, eq=False, slots=True)
class MatchClause(Node):
    """`match subject { case pattern: ... }` around clauses."""

    subject: AnyExpr
    cases: tuple[CaseBlock, ...]


@dataclass(frozen=True, eq=False, slots=True)
class DoClause(Node):
    """`do name(arguments)`: what an effect says, with the arguments in place of its parameters.

    `of` is the instance whose effect it is.
    """

    effect: Identifier
    arguments: tuple[AnyExpr, ...]
    of: AnyExpr | None = None


ActionClause = WhenClause | LetClause | Update | ChoiceClause | IfClause | MatchClause | DoClause
Block = tuple[ActionClause, ...]
Fairness = Literal["none", "weak", "strong"]


@dataclass(frozen=True, eq=False, slots=True)
class ActionDecl(Declaration):
    """`action name(parameters)`: the steps that it describes, for each choice of the parameters."""

    name: Identifier
    fairness: Fairness
    parameters: tuple[Binder, ...]
    description: Description | None
    anchors: tuple[Anchor, ...]
    clauses: Block


@dataclass(frozen=True, eq=False, slots=True)
class EffectDecl(Declaration):
    """`effect name(parameters)`: a piece of an action that several actions use. It cannot use itself."""

    name: Identifier
    parameters: tuple[Parameter, ...]
    description: Description | None
    anchors: tuple[Anchor, ...]
    clauses: Block


@dataclass(frozen=True, eq=False, slots=True)
class GroupDecl(Declaration):
    """`group name(parameters) = a(x), b(x)`: a name for the steps of several actions."""

    name: Identifier
    fairness: Fairness
    parameters: tuple[Binder, ...]
    description: Description | None
    anchors: tuple[Anchor, ...]
    steps: tuple[StepsLike, ...]


@dataclass(frozen=True, eq=False, slots=True)
class StepsLike(Node):
    """The steps of an action, or of a group, with certain arguments; None is any. `of` is their instance."""

    action: Identifier
    arguments: tuple[AnyExpr | None, ...]
    of: AnyExpr | None = None


@dataclass(frozen=True, eq=False, slots=True)
class StepsTest(Expr):
    """`enabled A(e)`: such a step is possible. `taken A(e)`: the step is one of these, and changes something."""

    kind: Literal["enabled", "taken"]
    steps: StepsLike


TemporalOperator = Literal["always", "eventually", "leads to", "until", "unless"]


@dataclass(frozen=True, eq=False, slots=True)
class Temporal(Expr):
    """A formula about behaviours: `always p` and `eventually p` have one operand, the others two."""

    operator: TemporalOperator
    operands: tuple[AnyExpr, ...]


@dataclass(frozen=True, eq=False, slots=True)
class FairnessDecl(Declaration):
    """Fairness of the steps of several actions together, separately for each choice of the names.

    With a condition only steps from states in which it is true count.
    """

    fairness: Fairness
    binders: tuple[Binder, ...]
    condition: AnyExpr | None
    steps: tuple[StepsLike, ...]


PropertyKind = Literal["invariant", "transition", "lemma", "cover"]


@dataclass(frozen=True, eq=False, slots=True)
class PropertyDecl(Declaration):
    """An `invariant` (of states), a `transition` (of steps), a `cover` (must be reachable), or a `lemma`.

    A lemma is an invariant that helps to prove the others and has no purpose of its own.
    """

    kind: PropertyKind
    name: Identifier
    description: Description | None
    anchors: tuple[Anchor, ...]
    condition: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class ConstraintDecl(Declaration):
    """States outside a constraint are checked but not explored further."""

    name: Identifier
    description: Description | None
    condition: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class InitiallyDecl(Declaration):
    """A condition on initial states, beside the initial values of the variables."""

    condition: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class TerminalDecl(Declaration):
    """States in which it is right that nothing can happen any more."""

    condition: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class LivenessDecl(Declaration):
    """A temporal property, of each choice of its parameters."""

    name: Identifier
    parameters: tuple[Binder, ...]
    description: Description | None
    anchors: tuple[Anchor, ...]
    formula: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class Setting(Node):
    """`name = value`: a constant in a check, or what is given to a model that is refined, or to an instance."""

    name: Identifier
    value: AnyExpr


@dataclass(frozen=True, eq=False, slots=True)
class RefinesDecl(Declaration):
    """Every behaviour is one of the model in `file` (a path) if its variables have the values that are given here."""

    name: Identifier
    file: Identifier
    description: Description | None
    anchors: tuple[Anchor, ...]
    settings: tuple[Setting, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Pin(Node):
    """A pinned count. `number` is the span of the digits, which `--update` rewrites."""

    kind: Literal["states", "generated", "depth"]
    value: int
    number: Span


ExpectationKind = Literal["holds", "violation", "proved", "unreachable action", "unreachable cover", "vacuous"]


@dataclass(frozen=True, eq=False, slots=True)
class Expectation(Node):
    """One `expect` clause.

    `expect deadlock` is a violation of the property named `deadlock`. `expect proved` without names speaks of all
    properties that are not expected to be violated.
    """

    kind: ExpectationKind
    names: tuple[Identifier, ...]
    pins: tuple[Pin, ...]


ScopeKind = Literal["examine", "ignore"]


@dataclass(frozen=True, eq=False, slots=True)
class Scope(Node):
    """What a check examines: these properties alone, or all but these."""

    kind: ScopeKind
    names: tuple[Identifier, ...]


@dataclass(frozen=True, eq=False, slots=True)
class CheckDecl(Declaration):
    """`check name`: values for the constants, and what is expected then. Without a scope it examines everything."""

    name: Identifier
    description: Description | None
    tags: tuple[Identifier, ...]
    scope: Scope | None
    settings: tuple[Setting, ...]
    symmetry: tuple[Identifier, ...]
    expectations: tuple[Expectation, ...]
    given: tuple[str, ...] = ()  # the settings that come from outside the file (see `spec.given`)

    def examines(self, name: str) -> bool:
        """Does the check examine the property, cover or refinement of this name?"""
        if self.scope is None or name == "evaluation":
            return True
        return any(name == each.text for each in self.scope.names) == (self.scope.kind == "examine")


@dataclass(frozen=True, eq=False, slots=True)
class UnmodelledDecl(Declaration):
    """Files, or symbols of a file, that no model speaks about, and why that is right. Checks ignore them."""

    file: str
    symbols: tuple[str, ...]
    reason: str


@dataclass(frozen=True, eq=False, slots=True)
class File:
    """A parsed file: its declarations in order of appearance."""

    source: Source
    declarations: tuple[AnyDeclaration, ...]


# ------------------------------------------------------------------------------------------------------- unions
# A dispatch over one of these ends in `assert_never`, or names the type of what is left, so mypy finds every place that
# does not know a new class. A new class is added to a union by hand; a test fails if it is forgotten.

PlainType = PrimitiveType | RangeType | OptionType | SetType | BagType | SeqType | MapType
AnyType = NamedType | PlainType

Mention = Name | Call
"""Expressions that mention a name of the program themselves."""

Binding = SetComprehension | SeqComprehension | BagComprehension | Fold | MapComprehension | Quantifier | Let | Match
"""Expressions that bind names, which some of their parts see."""

PlainExpr = (
    Number
    | Boolean
    | Index
    | FieldAccess
    | Unary
    | Binary
    | Range
    | TypeDomain
    | NoneValue
    | SomeOf
    | SeqLiteral
    | SetLiteral
    | BagLiteral
    | If
    | Updated
    | Temporal
)
"""Expressions that neither mention nor bind a name: all names in them are those in their parts."""

AnyExpr = Mention | Binding | StepsTest | PlainExpr

AnyDeclaration = (
    ModelDecl
    | ImportDecl
    | ConstDecl
    | TypeDecl
    | EnumDecl
    | SortDecl
    | RecordDecl
    | VariantDecl
    | VarDecl
    | AssumeDecl
    | DefDecl
    | ActionDecl
    | EffectDecl
    | GroupDecl
    | FairnessDecl
    | PropertyDecl
    | ConstraintDecl
    | InitiallyDecl
    | TerminalDecl
    | LivenessDecl
    | RefinesDecl
    | CheckDecl
    | UnmodelledDecl
)


AnyPart = (
    Identifier
    | Description
    | Anchor
    | Argument
    | Binder
    | LetBinding
    | Pattern
    | Case
    | PathStep
    | Change
    | Member
    | FieldDecl
    | ShapeDecl
    | Parameter
    | ActionClause
    | BranchBlock
    | CaseBlock
    | StepsLike
    | Setting
    | Pin
    | Scope
    | Expectation
)
"""Nodes that are part of an expression or a declaration, but neither of them themselves."""

AnyNode = AnyType | AnyExpr | AnyDeclaration | AnyPart


# --------------------------------------------------------------------------------------------------- traversal


def children(node: Node) -> Iterator[AnyNode]:
    """The nodes directly below a node, in the order of the source."""
    for field in fields(node):
        yield from _nodes_in(getattr(node, field.name))


def _nodes_in(value: object) -> Iterator[AnyNode]:
    if isinstance(value, Node):
        yield cast("AnyNode", value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


def walk(node: AnyNode) -> Iterator[AnyNode]:
    """A node and all nodes below it, in the order of the source."""
    yield node
    for child in children(node):
        yield from walk(child)
