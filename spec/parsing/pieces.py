"""Parsing while a text is edited: declaration by declaration, each again only if it has changed.

A text is split where declarations begin. A piece that is well formed by itself is kept, as a parse tree, until the text
no longer has it. The errors of the others are found by the parser of whole files, which passes over what is known to be
well formed. So the syntax tree and the messages are those of `parse`, and a text that is half written still has all
declarations that are complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from skipgate.spec.diagnostics import Diagnostic, SpecError
from skipgate.spec.parsing.grammar import lark_parser, terminals
from skipgate.spec.parsing.parser import lexed, parse, parse_embedded, tokens_of, too_deep, tree_of_tokens
from skipgate.spec.parsing.syntax_errors import starts_declaration
from skipgate.spec.parsing.tree_builder import build
from skipgate.spec.source import Source
from skipgate.spec.syntax import AnyDeclaration, File

if TYPE_CHECKING:
    from lark import Token, Tree
    from lark.parsers.lalr_interactive_parser import InteractiveParser

_Key = tuple[str, str]


@dataclass(frozen=True)
class Piece:
    """A part of a text that begins where a declaration begins. Tokens are given by their numbers."""

    first: int
    end: int
    start: int  # the offset of its first token
    kept: _Kept | None  # its tree, if it is well formed by itself


@dataclass(frozen=True)
class _Kept:
    tree: Tree[Token]
    start: int  # where the piece stood when it was parsed


@dataclass(frozen=True)
class Cut:
    """A place in a text at which something is about to be written. What stands behind it in its piece is left out."""

    offset: int
    file: File  # the declarations, with `MARK` where a name can stand at the offset
    accepted: frozenset[str]  # the terminals that can stand there
    before: Sequence[Token]  # the tokens of its piece before it


class Pieces:
    """Remembers the pieces of the texts of several files, those of the latest text of each."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[_Key, _Kept | None]] = {}

    def parse(self, source: Source) -> File:
        """The syntax tree of a whole file, as `parse` gives it.

        Raises:
            SpecError: as `parse` does.
        """
        tokens = tokens_of(source)
        pieces = self._pieces(source, tokens)
        if all(piece.kept is not None for piece in pieces):
            declarations: list[AnyDeclaration] = []
            diagnostics: list[Diagnostic] = []
            for each in _built(source, pieces):
                if isinstance(each, SpecError):
                    diagnostics += each.diagnostics
                else:
                    declarations += each
            if diagnostics:
                raise SpecError(diagnostics)
            return File(source, tuple(declarations))
        tree_of_tokens(source, tokens, {piece.first: piece.end for piece in pieces if piece.kept is not None})
        return parse(source)  # a word that begins declarations stood at the margin inside of one

    def recover(self, source: Source) -> File:
        """The declarations that are well formed, and the beginnings of the others, completed."""
        tokens = lexed(source, 0, len(source.text), [])
        pieces = []
        for piece in self._pieces(source, tokens):
            kept = piece.kept or _completed(tokens[piece.first : piece.end], piece.start)
            pieces.append(replace(piece, kept=kept))
        return _file(source, pieces)

    def cut(self, source: Source, offset: int) -> Cut:
        """The same of a text that ends at an offset, as far as the piece there is concerned."""
        tokens = lexed(source, 0, len(source.text), [])
        pieces = self._pieces(source, tokens)
        here = max((i for i, piece in enumerate(pieces) if piece.start < offset), default=None)
        before: Sequence[Token] = ()
        if here is not None:
            piece = pieces[here]
            before = [t for t in tokens[piece.first : piece.end] if (t.end_pos or 0) <= offset]
        state, fed = _fed(before)
        accepted = frozenset(state.accepts()) if fed == len(before) else frozenset()  # type: ignore[no-untyped-call]
        others = [replace(p, kept=p.kept or _completed(tokens[p.first : p.end], p.start)) for p in pieces]
        if here is not None:
            others[here] = replace(pieces[here], kept=_completed(before, pieces[here].start, offset))
        return Cut(offset, _file(source, others), accepted, before)

    def forget(self, name: str) -> None:
        """Drop what is known of a file."""
        self._kept.pop(name, None)

    def _pieces(self, source: Source, tokens: Sequence[Token]) -> list[Piece]:
        before = self._kept.get(source.name, {})
        now: dict[_Key, _Kept | None] = {}
        starts = [i for i in range(len(tokens)) if i == 0 or starts_declaration(source, tokens, i)]
        pieces = []
        for first, end in pairwise([*starts, len(tokens)]):
            start, last = tokens[first].start_pos or 0, tokens[end - 1]
            # What the last token is may depend on the text behind it.
            key = (source.text[start : last.end_pos], last.type)
            if key not in now:
                now[key] = before[key] if key in before else _parsed(source, tokens[first:end], start)
            pieces.append(Piece(first, end, start, now[key]))
        self._kept[source.name] = now
        return pieces


def _parsed(source: Source, tokens: Sequence[Token], start: int) -> _Kept | None:
    """The tree of a piece, if it is well formed by itself."""
    from lark.exceptions import UnexpectedToken

    state, fed = _fed(tokens)
    if fed < len(tokens):
        return None
    try:
        tree: Tree[Token] = state.feed_eof(tokens[-1])  # type: ignore[no-untyped-call]
    except UnexpectedToken:
        return None
    return None if too_deep(source, tree) else _Kept(tree, start)


def _fed(tokens: Sequence[Token]) -> tuple[InteractiveParser, int]:
    """The parser after as many of the tokens as it takes, and their number."""
    from lark.exceptions import UnexpectedToken

    state = lark_parser().parse_interactive(start="start")
    for number, token in enumerate(tokens):
        try:
            state.feed_token(token)
        except UnexpectedToken:  # it may have reduced rules before it rejected the token
            return _fed(tokens[:number])
    return state, len(tokens)


MARK = "__here__"  # the name where something is about to be written

# What to go on with in a text that breaks off, in this order: what ends a construct before what goes on with it. There
# is no string, since those are read from the text.
_ENDINGS = (
    *("RPAR", "RSQB", "RBRACE", "OF", "COLON", "THEN", "ELSE", "EQUAL", "IN", "TO", "FROM", "AS", "CASE", "IDENT"),
    *("NUMBER", "LBRACE", "PRIME", "LSQB", "LPAR", "HOLDS", "ACTION", "FAIR", "RECORD", "WHEN"),
)
_TEXTS = {"IDENT": "_", "NUMBER": "0"}  # of those that have no fixed one
_LONGEST = 60  # tokens that are added


def _completed(tokens: Sequence[Token], start: int, mark: int | None = None) -> _Kept | None:
    """The tree of the beginning of a piece, as far as it is well formed, and of what is added to make it whole."""
    from lark import Token
    from lark.exceptions import UnexpectedToken

    state, fed = _fed(tokens)
    if not fed:
        return None
    end = tokens[fed - 1].end_pos or 0
    pending = [("IDENT", MARK)] if mark is not None and fed == len(tokens) else []
    for _ in range(_LONGEST):
        accepted = state.accepts()  # type: ignore[no-untyped-call]
        if pending and "IDENT" in accepted:
            kind, text = pending.pop()
            end = max(end, mark or 0)
        elif "$END" in accepted:
            break
        else:
            kind = next((each for each in _ENDINGS if each in accepted), "")
            if not kind:
                return None
            text = _TEXTS.get(kind) or terminals()[kind]
        state.feed_token(Token(kind, text, start_pos=end, end_pos=end))
    try:
        return _Kept(state.feed_eof(Token("$END", "", start_pos=end, end_pos=end)), start)  # type: ignore[no-untyped-call]
    except UnexpectedToken:
        return None


def _file(source: Source, pieces: Sequence[Piece]) -> File:
    """What can be built of the pieces."""
    return File(source, tuple(d for each in _built(source, pieces) if not isinstance(each, SpecError) for d in each))


def _built(source: Source, pieces: Sequence[Piece]) -> Iterator[Sequence[AnyDeclaration] | SpecError]:
    """The declarations of each piece that has a tree, or what is wrong with them."""
    for piece in pieces:
        if piece.kept is not None:
            try:
                yield build(piece.kept.tree, source, parse_embedded, piece.start - piece.kept.start)
            except SpecError as problem:
                yield problem
