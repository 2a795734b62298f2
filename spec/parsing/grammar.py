"""Lark with our grammar: its lexer, its parser, and the texts of its terminals."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.spec.cache import cache_folder

if TYPE_CHECKING:
    from lark import Lark, Token

_GRAMMAR = Path(__file__).with_name("grammar.lark")


@cache
def lark_parser() -> Lark:
    """The parser for whole files (`start`), expressions in descriptions (`expression`), and `settings` from outside."""
    from lark import Lark

    text = grammar_text()
    return Lark(
        text,
        parser="lalr",
        lexer="basic",
        start=["start", "expression", "settings"],
        propagate_positions=True,
        cache=kept_tables(text),
    )


def grammar_text() -> str:
    """The grammar of the language."""
    return _GRAMMAR.read_text(encoding="utf-8")


def kept_tables(grammar: str) -> str | bool:
    """The file for Lark's parse tables of this grammar under this Python, or False if nothing can be kept.

    Building the tables takes about 0.2 s, loading them about 0.015 s.
    """
    folder = cache_folder()
    if folder is None:
        return False
    import lark

    key = f"{lark.__version__}\n{sys.version}\n{grammar}"
    return str(folder / f"grammar-{sha256(key.encode()).hexdigest()[:16]}.lark-tables")


def lex(text: str) -> Iterator[Token]:
    """The tokens of a text, without white space and comments.

    `Lark.lex` does the same, but builds a lexer on each call, which takes longer than reading most texts.

    Raises:
        lark.exceptions.UnexpectedCharacters: where no token begins, after the tokens before it.
    """
    found: Iterator[Token] = lark_parser().parse_interactive(text, start="start").lexer_thread.lex(None)  # type: ignore[no-untyped-call]
    return found


@cache
def terminals() -> Mapping[str, str]:
    """The texts of the terminals that have a fixed one: `AND` is `and`."""
    from lark.lexer import PatternStr

    return {t.name: t.pattern.value for t in lark_parser().terminals if isinstance(t.pattern, PatternStr)}


@cache
def reserved_words() -> frozenset[str]:
    """The terminals of the reserved words that may be the name of a field."""
    rules = [rule for rule in lark_parser().rules if rule.origin.name == "reserved"]
    return frozenset(symbol.name for rule in rules for symbol in rule.expansion)
