"""Declarations that are defined by themselves, or nested too deeply once their definitions are unfolded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from skipgate.spec import syntax as s
from skipgate.spec.loader import Program
from skipgate.spec.naming.table import Table
from skipgate.spec.symbols import Symbol, kind_of

DEEPEST = 150  # levels of nesting, definitions unfolded

Unfolded = (
    s.ConstDecl
    | s.TypeDecl
    | s.RecordDecl
    | s.VariantDecl
    | s.SortDecl
    | s.DefDecl
    | s.ActionDecl
    | s.EffectDecl
    | s.GroupDecl
)
"""Declarations that are replaced by what they are declared as; an action, where it is asked whether it is possible."""


def report_recursion(table: Table, program: Program) -> None:
    """Report each cycle among declarations, and what is nested too deeply."""
    search = _Search(table)
    for file in program.files:
        for declaration in file.declarations:
            search.depth(declaration)
    for cycle in search.cycles:
        first = cycle[0]
        hint = None
        if isinstance(first, s.DefDecl):
            hint = "a definition is an abbreviation; `sum`, `min`, `max` or a comprehension may say the same"
        if isinstance(first, s.VariantDecl):
            hint = "what contains its like is a map of them, in which they refer to each other by key"
        message = f"{kind_of(first)} `{first.name.text}` is defined by itself: {_chain(cycle)}"
        table.report(message, first.name.span, hint)
    for declaration in search.too_deep:
        message = f"this is nested too deeply: more than {DEEPEST} levels, with the definitions that it uses"
        table.report(message, getattr(declaration, "name", declaration).span)


def report_circular_settings(table: Table, check: s.CheckDecl) -> None:
    """Report values of constants that depend on each other in a circle, in this check only."""
    settings: dict[s.ConstDecl, s.Setting] = {}
    for setting in check.settings:
        symbol = table.references.get(setting.name)
        if isinstance(symbol, s.ConstDecl):
            settings.setdefault(symbol, setting)
    search = _Search(table, {symbol: setting.value for symbol, setting in settings.items()})
    for constant in settings:
        search.depth(constant)
    for cycle in search.cycles:
        first = next(each for each in cycle if isinstance(each, s.ConstDecl) and each in settings)
        at = cycle.index(first)
        chain = _chain([*cycle[at:], *cycle[:at]])
        message = f"the value of `{first.name.text}` depends on itself in check `{check.name.text}`: {chain}"
        table.report(message, settings[first].value.span)


class _Search:
    """A depth-first search of what declarations mention."""

    def __init__(self, table: Table, settings: Mapping[s.ConstDecl, s.AnyExpr] | None = None) -> None:
        """`settings` gives constants a value that replaces their default."""
        self.table = table
        self.settings = settings or {}
        self.cycles: list[list[Unfolded]] = []
        self.too_deep: list[s.AnyDeclaration] = []
        self.depths: dict[s.AnyDeclaration, int] = {}
        self.open: list[s.AnyDeclaration] = []

    def depth(self, declaration: s.AnyDeclaration) -> int:
        """How deeply a declaration is nested if those that it mentions are unfolded."""
        if declaration in self.depths:
            return self.depths[declaration]
        if declaration in self.open:
            cycle = self.open[self.open.index(declaration) :]
            self.cycles.append([each for each in cycle if isinstance(each, Unfolded)])  # all of them are
            return 0
        deepest = 0
        if len(self.open) < DEEPEST:
            self.open.append(declaration)
            for depth, target in self.mentions(declaration):
                if isinstance(target, Unfolded):
                    depth += self.depth(target)
                deepest = max(deepest, depth)
            self.open.pop()
        if deepest > DEEPEST or len(self.open) == DEEPEST:
            self.too_deep.append(declaration)
            deepest = 0  # those that mention it are not reported as well
        self.depths[declaration] = deepest
        return deepest

    def mentions(self, node: s.AnyNode, depth: int = 1) -> Iterator[tuple[int, Symbol | None]]:
        """For every node below a node, how deep it is and what it refers to."""
        parts: Iterable[s.AnyNode] = s.children(node)
        if isinstance(node, s.ConstDecl) and node in self.settings:
            parts = (node.type, self.settings[node])
        for part in parts:
            if not isinstance(part, s.Description):
                yield depth, self.mentioned(part)
                yield from self.mentions(part, depth + _levels(part))

    def mentioned(self, node: s.AnyNode) -> Symbol | None:
        """What a node refers to; instead of a shape its variant, since that is what has to be known."""
        symbol = self.table.references.get(node)
        return self.table.variants[symbol] if isinstance(symbol, s.ShapeDecl) else symbol


def _levels(node: s.AnyNode) -> int:
    """How many levels a node is deep above its parts: one, unless elaboration nests the parts in each other."""
    match node:
        case s.If(branches=parts) | s.Match(cases=parts) | s.Let(bindings=parts) | s.Updated(changes=parts):
            return len(parts)
    return 1


def _chain(cycle: Sequence[Unfolded]) -> str:
    return " -> ".join(f"`{part.name.text}`" for part in [*cycle, cycle[0]])
