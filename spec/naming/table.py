"""What is known of the names while they are resolved."""

from __future__ import annotations

from collections.abc import Mapping

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic, did_you_mean
from skipgate.spec.instances.members import plain
from skipgate.spec.naming.foreign import FOREIGN_TYPES, foreign
from skipgate.spec.source import Span
from skipgate.spec.symbols import (
    FUNCTIONS,
    PROPERTIES,
    Builtin,
    BuiltinProperty,
    DeclaredSymbol,
    GlobalSymbol,
    Symbol,
    TypeSymbol,
    ValueSymbol,
    kind_of,
)
from skipgate.spec.wording import with_article

Scope = Mapping[str, s.Identifier]
"""The local names that can be seen from a place."""


class Table:
    """Symbols, what refers to them, and what is wrong."""

    def __init__(self) -> None:
        self.symbols: dict[str, GlobalSymbol] = dict(FUNCTIONS)
        self.references: dict[s.Node, Symbol] = {}
        self.mappings: dict[s.RefinesDecl, tuple[s.Setting, ...]] = {}
        self.borrowed: Mapping[str, s.EnumDecl | s.Member] = {}  # enums of a refined model, seen where it is mapped
        self.variants: dict[s.ShapeDecl, s.VariantDecl] = {}  # the variant of each shape
        self.diagnostics: list[Diagnostic] = []
        self.elsewhere: Mapping[str, str] = {}  # names that are bound in another part of what is being resolved: a hint
        self.foreign = False  # was a construct of another language reported in this declaration?
        self.unknown: set[str] = set()  # names that were reported as unknown, which is done once each

    def report(self, message: str, span: Span, hint: str | None = None) -> None:
        """Add a diagnostic."""
        self.diagnostics.append(Diagnostic(message, span, hint))

    def report_duplicate(self, name: s.Identifier, before: Span, kind: str) -> None:
        """Report a name that is declared twice."""
        self.report(f"`{name.text}` is declared twice", name.span, f"it is {with_article(kind)} at {before.place}")

    def declare(self, name: s.Identifier, symbol: DeclaredSymbol) -> None:
        """Add a symbol of the whole program."""
        text = plain(name.text)
        before = self.symbols.get(text)
        if name.text == "_":
            self.report("`_` stands for any value in a `match`; it cannot be declared", name.span)
        elif name.text in PROPERTIES:
            self.report(f"`{name.text}` is a property that every model has; choose another name", name.span)
        elif before is not None and not isinstance(before, Builtin):
            self.report_duplicate(name, before.span, kind_of(before))
        else:
            self.symbols[text] = symbol

    def bind(self, name: s.Identifier, scope: Scope) -> Scope:
        """The scope with one more local name. A file that is imported under a name does not see those of the whole."""
        if name.text in scope:
            self.report(f"`{name.text}` is already bound here", name.span, f"at {scope[name.text].span.place}")
        elif name.text in self.symbols and name.span.source.instance is None:
            symbol = self.symbols[name.text]
            if not isinstance(symbol, Builtin):
                message = f"`{name.text}` already means {with_article(kind_of(symbol))}"
                self.report(message, name.span, f"declared at {symbol.span.place}")
        return {**scope, name.text: name}

    def mention(self, node: s.Name | s.Identifier | s.NamedType, text: str, scope: Scope) -> None:
        """Resolve a name in an expression or a type."""
        symbol: Symbol | None = scope.get(text) or self.symbols.get(plain(text)) or self.borrowed.get(text)
        if symbol is not None:
            self.references[node] = symbol
            return
        if text in self.unknown:
            return
        self.unknown.add(text)
        if isinstance(node, s.NamedType):
            types = [t for t, declared in self.symbols.items() if isinstance(declared, TypeSymbol)]
            hint = FOREIGN_TYPES.get(text.lower()) or did_you_mean(text, [*types, "bool", "nat", "int"])
            hint = hint or f"declare it: `type {text} = 0..3`, `sort {text}[3]`, `enum {text} {{ ... }}` or `record`"
            self.report(f"unknown type `{text}`", node.span, hint)
            return
        usable = (TypeSymbol, ValueSymbol, Builtin)
        values = [t for t, declared in self.symbols.items() if isinstance(declared, usable)]
        hint = self.elsewhere.get(text) or foreign(text) or self.value_of_a_sort(text)
        hint = hint or did_you_mean(text, [*scope, *values, *self.borrowed])
        self.report(f"unknown name `{text}`", node.span, hint)

    def report_no_instance(self, span: Span, of: s.AnyExpr, text: str) -> None:
        """Report what only an instance has, of something else: mostly a construct of another language, once each."""
        if self.foreign:
            return
        self.foreign = True
        from skipgate.spec.parsing.recognition import recognise

        known = recognise(span.source, of.span.end, of.span.end + 1)
        if known is not None:
            self.diagnostics.append(known[0])
            return
        hint = 'only files that are imported under a name have names of their own: `import "file.gate" as a`'
        self.report(f"`{of.span.flat}` is no instance, and has no `{text}`", span, hint)

    def value_of_a_sort(self, text: str) -> str | None:
        """A hint if a name is that of a value of a sort in traces."""
        sort = text.rstrip("0123456789")
        if sort == text or not isinstance(self.symbols.get(sort), s.SortDecl):
            return None
        enum = f"`enum {sort} {{ {sort}1, {sort}2 }}`"
        return f"the values of sort {sort} have no names in a model; those of an `enum` have: {enum}"

    def reference(
        self,
        name: s.Identifier,
        wanted: tuple[type, ...],
        what: str,
        kinds: tuple[str, ...] = (),
        also: Mapping[str, BuiltinProperty] | None = None,
    ) -> None:
        """Resolve a name outside expressions, which must be a symbol of certain classes.

        `what` names them in messages. `kinds`, unless empty, restricts properties. The names in `also` are suggested.
        """

        def fits(symbol: Symbol) -> bool:
            if not isinstance(symbol, wanted):
                return False
            return not (isinstance(symbol, s.PropertyDecl) and kinds and symbol.kind not in kinds)

        symbol = self.symbols.get(plain(name.text))
        if symbol is not None and fits(symbol):
            self.references[name] = symbol
            return
        candidates = [text for text, candidate in self.symbols.items() if fits(candidate)] + list(also or ())
        hint = did_you_mean(name.text, candidates) or _form(name.text, what)
        if hint is None and symbol is None and candidates:
            hint = (
                f"there {'are' if len(candidates) > 1 else 'is'}: {', '.join(f'`{each}`' for each in candidates[:8])}"
            )
        if symbol is None:
            self.report(f"there is no {what} `{name.text}`", name.span, hint)
        else:
            message = f"`{name.text}` is {with_article(kind_of(symbol))}, not {with_article(what)}"
            self.report(message, name.span, hint)


def _form(text: str, what: str) -> str | None:
    """A hint at fairness as it is written here, or at how an effect is declared."""
    if what == "effect":
        return f"write what happens once, `effect {text}(k : 0..3) then x' = k`, and use it: `do {text}(1)`"
    if what != "action" or not text.startswith(("WF_", "SF_")):
        return None
    return f"write `{'fair' if text.startswith('WF_') else 'strong fair'} go`, where `go` is an action"
