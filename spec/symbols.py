"""What names refer to: the result of name resolution.

A symbol is the syntax node that declares it: a top-level declaration, an enum `Member`, or, for a name bound inside an
expression or action, the `Identifier` at its binding. Built-in functions are `Builtin`s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic


@dataclass(frozen=True)
class Builtin:
    """A built-in function, or one of the properties that every model has."""

    name: str


_FUNCTION_NAMES = ("len", "first", "last", "min", "max", "abs", "u64", "get", "elems", "subsets")
FUNCTIONS = {name: Builtin(name) for name in _FUNCTION_NAMES}
PROPERTIES = {name: Builtin(name) for name in ("deadlock", "evaluation")}
Symbol = s.AnyDeclaration | s.Member | s.Identifier | Builtin
TypeSymbol = s.TypeDecl | s.EnumDecl | s.SortDecl | s.RecordDecl


@dataclass(frozen=True, eq=False)
class Names:
    """The symbols of a program and what each mention of a name refers to, keyed by the node of the mention.

    `diagnostics` says what is wrong with them; `well_founded`, that nothing is defined by itself, so that definitions
    can be followed. `mappings` has the settings of each refinement, together with those that go without saying.
    """

    symbols: Mapping[str, Symbol]
    references: Mapping[s.Node, Symbol]
    mappings: Mapping[s.RefinesDecl, tuple[s.Setting, ...]]
    diagnostics: tuple[Diagnostic, ...] = ()
    well_founded: bool = True

    def __getitem__(self, node: s.Node) -> Symbol:
        return self.references[node]


def kind_of(symbol: Symbol) -> str:
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
        case s.VarDecl():
            return "variable"
        case s.DefDecl():
            return "definition"
        case s.ActionDecl():
            return "action"
        case s.PropertyDecl(kind=kind):
            return kind
        case s.LivenessDecl():
            return "liveness property"
        case s.RefinesDecl():
            return "refinement"
        case s.ConstraintDecl():
            return "constraint"
        case s.Identifier():
            return "local name"
        case Builtin():
            return "built-in function"
    return "declaration"
