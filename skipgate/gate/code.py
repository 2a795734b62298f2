"""Source files as the gate sees them: symbols with fingerprints and text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from skipgate.gate.fingerprint import bytes_digest, declaration_tokens, digest, shape, tokens
from skipgate.gate.grammars import Grammar, grammar_for

if TYPE_CHECKING:
    from tree_sitter import Node

    from skipgate.gate.declarations import CodeDeclaration

LARGEST = 4_000_000  # bytes that are parsed; what is larger was not written by hand


@dataclass(frozen=True, eq=False)
class Symbol:
    """A declared name, or a whole file (then `name` is empty).

    What it means is worked out when somebody asks: most symbols are only looked up.
    """

    path: str
    name: str
    kind: str
    line: int
    end_line: int
    nodes: tuple[Node, ...] = field(repr=False)  # of the syntax tree; none for a file in an unknown language
    _text: Callable[[], str] = field(repr=False)
    _tokens: Callable[[], list[str] | bytes] = field(repr=False)

    @property
    def key(self) -> str:
        """How a symbol is written in one line: `kv/fsm.go :: kvFSM.Apply`."""
        return key_of(self.path, self.name)

    @cached_property
    def text(self) -> str:
        """The code of the symbol."""
        return self._text()

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """Its meaning in tokens; empty for a file in an unknown language."""
        row = self._tokens()
        return () if isinstance(row, bytes) else tuple(row)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of its meaning."""
        row = self._tokens()
        return bytes_digest(row) if isinstance(row, bytes) else digest(row)

    @cached_property
    def shape(self) -> str:
        """Its fingerprint apart from its name."""
        return shape(self.tokens, self.name) if self.tokens else self.fingerprint


def key_of(path: str, name: str) -> str:
    """The name of a symbol in the lock."""
    return f"{path} :: {name}" if name else path


@dataclass(frozen=True, eq=False)
class CodeFile:
    """A file and its symbols. `grammar` is None if its language is not known, or if it is too large to parse."""

    path: str
    content: bytes = field(repr=False)

    @cached_property
    def grammar(self) -> Grammar | None:
        """The grammar of its language."""
        return grammar_for(self.path) if len(self.content) <= LARGEST else None

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """Every symbol that is declared in it."""
        if self.grammar is None:
            return ()
        from skipgate.gate.declarations import declarations

        try:
            return tuple(self._symbol(each, self.grammar) for each in declarations(self.root, self.grammar))
        except RecursionError:
            return ()  # nested as no person nests: no anchor into it resolves

    def _symbol(self, declaration: CodeDeclaration, grammar: Grammar) -> Symbol:
        shown = [node for node in declaration.nodes if node.start_byte >= declaration.node.start_byte]
        return Symbol(
            self.path,
            declaration.name,
            declaration.kind,
            shown[0].start_point.row + 1,
            shown[-1].end_point.row + 1,
            tuple(shown),
            lambda: "\n".join((node.text or b"").decode("utf-8", "replace") for node in shown),
            lambda: declaration_tokens(declaration, grammar),
        )

    @cached_property
    def whole(self) -> Symbol:
        """The file as one symbol."""
        return Symbol(
            self.path,
            "",
            "file",
            1,
            max(1, self.content.count(b"\n")),
            () if self.grammar is None else (self.root,),
            lambda: self.content.decode("utf-8", "replace"),
            lambda: self.content if self.grammar is None else list(tokens(self.root, self.grammar)),
        )

    @cached_property
    def damaged(self) -> bool:
        """Does the parser not understand all of it?"""
        return self.grammar is not None and self.root.has_error

    @cached_property
    def root(self) -> Node:
        """Its syntax tree."""
        assert self.grammar is not None
        return self.grammar.parser().parse(self.content).root_node

    def named(self, name: str) -> list[Symbol]:
        """The symbols of this name."""
        return [symbol for symbol in self.symbols if symbol.name == name]
