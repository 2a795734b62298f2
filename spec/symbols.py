"""What names refer to: the result of name resolution.

A symbol is the syntax node that declares it: a top-level declaration, an enum `Member`, or, for a name bound inside an
expression or action, the `Identifier` at its binding. Built-in functions and the properties that every model has are
symbols without a node.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never, get_args

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic

FunctionName = Literal[
    "len", "first", "last", "front", "tail", "min", "max", "abs", "u64", "get", "elems", "subsets", "permutations"
]
PropertyName = Literal["deadlock", "evaluation"]


@dataclass(frozen=True)
class Builtin:
    """A built-in function."""

    name: FunctionName


@dataclass(frozen=True)
class BuiltinProperty:
    """One of the properties that every model has."""

    name: PropertyName


FUNCTIONS: Mapping[str, Builtin] = {name: Builtin(name) for name in get_args(FunctionName)}
PROPERTIES: Mapping[str, BuiltinProperty] = {name: BuiltinProperty(name) for name in get_args(PropertyName)}

TypeSymbol = s.TypeDecl | s.EnumDecl | s.SortDecl | s.RecordDecl | s.VariantDecl
ValueSymbol = s.ConstDecl | s.Member | s.ShapeDecl | s.VarDecl | s.DefDecl
PropertySymbol = s.PropertyDecl | s.LivenessDecl | s.RefinesDecl
StepSymbol = s.ActionDecl | s.EffectDecl | s.GroupDecl
DeclaredSymbol = TypeSymbol | ValueSymbol | PropertySymbol | StepSymbol | s.ConstraintDecl | s.ImportDecl
GlobalSymbol = DeclaredSymbol | Builtin
Symbol = GlobalSymbol | s.Identifier | BuiltinProperty


@dataclass(frozen=True, eq=False)
class Names:
    """The symbols of a program and what each mention of a name refers to, keyed by the node of the mention.

    `mappings` has the settings of each refinement, together with those that are implied. `diagnostics` says what is
    wrong with the names. `well_founded` is true if nothing is defined by itself, so that definitions can be followed.
    """

    symbols: Mapping[str, GlobalSymbol]
    references: Mapping[s.Node, Symbol]
    mappings: Mapping[s.RefinesDecl, tuple[s.Setting, ...]]
    diagnostics: tuple[Diagnostic, ...] = ()
    well_founded: bool = True

    def __getitem__(self, node: s.Node) -> Symbol:
        return self.references[node]


def kind_of(symbol: Symbol) -> str:  # noqa: C901 - a table: one case for each class of symbol
    """What a symbol is, for messages."""
    match symbol:
        case s.ConstDecl():
            return "constant"
        case s.TypeDecl():
            return "type"
        case s.EnumDecl():
            return "enum"
        case s.Member():
            return "enum member"
        case s.SortDecl():
            return "sort"
        case s.RecordDecl():
            return "record"
        case s.VariantDecl():
            return "variant"
        case s.ShapeDecl():
            return "shape"
        case s.VarDecl():
            return "variable"
        case s.DefDecl():
            return "definition"
        case s.ActionDecl():
            return "action"
        case s.EffectDecl():
            return "effect"
        case s.GroupDecl():
            return "group of actions"
        case s.PropertyDecl(kind=kind):
            return kind
        case s.LivenessDecl():
            return "liveness property"
        case s.RefinesDecl():
            return "refinement"
        case s.ConstraintDecl():
            return "constraint"
        case s.ImportDecl():
            return "instance"
        case s.Identifier():
            return "local name"
        case Builtin():
            return "built-in function"
        case BuiltinProperty():
            return "property of every model"
    assert_never(symbol)
