"""Colours for models in documentation and terminals: a lexer for Pygments, which finds it by its entry point."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
)

DECLARATIONS = (
    *("action", "assume", "check", "const", "constraint", "cover", "def", "effect", "enum", "fair", "group", "import"),
    *("initially", "invariant", "lemma", "liveness", "model", "ordered", "record", "refines", "sort", "strong"),
    *("terminal", "transition", "type", "unmodelled", "var", "variant"),
)
CLAUSES = (
    *("anchor", "as", "case", "deadlock", "depth", "do", "elif", "else", "examine", "expect", "for", "from"),
    *("generated", "holds", "if", "ignore", "let", "match", "proved", "states", "symmetry", "tag", "then", "to"),
    *("unreachable", "vacuous", "violation", "when", "where", "with"),
)
OPERATORS = (
    *("always", "and", "count", "div", "enabled", "eventually", "exists", "fold", "forall", "in", "leads", "max"),
    *("min", "mod", "not", "or", "subset", "sum", "taken", "unless", "until"),
)
TYPES = ("bag", "bool", "int", "map", "nat", "of", "option", "seq", "set")
CONSTANTS = ("false", "none", "some", "true")


class GateLexer(RegexLexer):
    """The lexer of `.gate` files."""

    name = "skipgate model"
    aliases: ClassVar[list[str]] = ["gate", "skipgate"]
    filenames: ClassVar[list[str]] = ["*.gate"]
    url = "https://github.com/skipgate/skipgate"

    tokens: ClassVar = {
        "root": [
            (r"[ \t\r\n]+", Whitespace),
            (r"#[^\n]*", Comment.Single),
            (r'"', String, "string"),
            (r"[0-9]+(?:_[0-9]+)*(?![A-Za-z0-9_])", Number.Integer),
            # A field may be called as a reserved word is.
            (r"(\.)([A-Za-z_][A-Za-z0-9_]*)", bygroups(Punctuation, Name.Attribute)),
            (words(DECLARATIONS, prefix=r"\b", suffix=r"\b"), Keyword.Declaration),
            (words(CLAUSES, prefix=r"\b", suffix=r"\b"), Keyword),
            (words(OPERATORS, prefix=r"\b", suffix=r"\b"), Operator.Word),
            (words(TYPES, prefix=r"\b", suffix=r"\b"), Keyword.Type),
            (words(CONSTANTS, prefix=r"\b", suffix=r"\b"), Keyword.Constant),
            (r"[A-Z][A-Za-z0-9_]*", Name.Class),
            (r"[A-Za-z_][A-Za-z0-9_]*", Name),
            (r"<=>|=>|==|!=|<=|>=|\.\.|[<>=+\-*&|']", Operator),
            (r"::|[()\[\]{},.:]", Punctuation),
        ],
        "string": [
            (r'"', String, "#pop"),
            (r"\\.", String.Escape),
            (r"\{[^}\"\n]*\}", String.Interpol),
            (r'[^"\\{\n]+|\{', String),
            (r"\n", Whitespace, "#pop"),
        ],
    }
