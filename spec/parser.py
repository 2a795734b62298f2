"""Text to syntax tree.

Lark's LALR parser is fed token by token, so that after a syntax error parsing can go on at the next declaration and
several independent errors are reported in one run.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.spec.diagnostics import Diagnostic, SpecError
from skipgate.spec.source import Source, Span
from skipgate.spec.syntax import AnyExpr, File
from skipgate.spec.syntax_errors import DECLARATION_STARTS, Unexpected, bad_character
from skipgate.spec.tree_builder import build

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

_GRAMMAR = Path(__file__).with_name("grammar.lark")

_BRACKETS = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
_CLOSERS = {closer: opener for opener, closer in _BRACKETS.items()}
DEEPEST = 100  # levels of nesting, brackets and operators together
_CHAINS = ("if_", "match", "let", "binders", "call", "updated")  # what stands in these is nested, one in the other
_MOST_BAD_CHARACTERS = 20  # reported of one file: it is hardly a specification then
_MOST_ERRORS = 100


def parse(source: Source) -> File:
    """The syntax tree of a whole file.

    Raises:
        SpecError: with one diagnostic for each declaration that is not well formed.
    """
    diagnostics: list[Diagnostic] = []
    tokens = _lex(source, 0, len(source.text), diagnostics)
    if diagnostics:
        raise SpecError(diagnostics)
    unbalanced = _unbalanced(source, tokens)
    tree = _run(source, tokens, "start", diagnostics)
    if unbalanced:
        # A bracket explains its declaration better than what the parser stumbled over because of it.
        starts = [t.start_pos or 0 for i, t in enumerate(tokens) if _starts_declaration(tokens, i)]
        spoilt = {_declaration_of(starts, diagnostic) for diagnostic in unbalanced}
        diagnostics = [d for d in diagnostics if _declaration_of(starts, d) not in spoilt] + unbalanced
    if diagnostics:
        raise SpecError(diagnostics)
    declarations = build(tree, source, _parse_embedded)
    return File(source, declarations)


def _parse_embedded(source: Source, start: int, end: int) -> AnyExpr:
    """The expression between two offsets of a source: what stands in braces in a description."""
    diagnostics: list[Diagnostic] = []
    tokens = _lex(source, start, end, diagnostics)
    if not tokens and not diagnostics:
        diagnostics.append(Diagnostic("there is no expression between these braces", Span(source, start - 1, end + 1)))
    tree = None if diagnostics else _run(source, tokens, "expression", diagnostics)
    if diagnostics:
        raise SpecError(diagnostics)
    result: AnyExpr = build(tree, source, _parse_embedded)
    return result


@cache
def _lark() -> Lark:
    from lark import Lark

    from skipgate.spec.cache import grammar_cache

    text = _GRAMMAR.read_text(encoding="utf-8")
    lark = Lark(
        text,
        parser="lalr",
        lexer="basic",
        start=["start", "expression"],
        propagate_positions=True,
        cache=grammar_cache(text),
    )
    # Else `lex` makes one whenever it is called, which takes longer than most texts do.
    lark.lexer = lark._build_lexer()
    return lark


def _lex(source: Source, start: int, end: int, diagnostics: list[Diagnostic]) -> list[Token]:
    """The tokens between two offsets; positions are offsets into the whole source."""
    from lark import Token
    from lark.exceptions import UnexpectedCharacters

    tokens: list[Token] = []
    at = start
    while at < end:
        try:
            for token in _lark().lex(source.text[at:end]):
                moved = Token(token.type, str(token), start_pos=at + (token.start_pos or 0))
                moved.end_pos = at + (token.end_pos or 0)
                tokens.append(moved)
            break
        except UnexpectedCharacters as problem:
            place = at + (problem.pos_in_stream or 0)
            # Tokens before the bad character were yielded before the error; go on behind what it spoils.
            diagnostic = bad_character(source, place)
            diagnostics.append(diagnostic)
            if len(diagnostics) == _MOST_BAD_CHARACTERS:
                break
            at = max(place + 1, diagnostic.span.end if diagnostic.span else 0)
    return tokens


def _unbalanced(source: Source, tokens: Sequence[Token]) -> list[Diagnostic]:
    """Brackets that are never closed, or close nothing. No bracket reaches across a declaration."""
    diagnostics: list[Diagnostic] = []
    stack: list[Token] = []

    def unclosed() -> None:
        for opener in stack[:1]:
            message = f"this `{opener}` is never closed"
            diagnostics.append(Diagnostic(message, _span(source, opener)))
        stack.clear()

    for i, token in enumerate(tokens):
        if _starts_declaration(tokens, i):
            unclosed()
        elif token.type in _BRACKETS:
            stack.append(token)
        elif token.type in _CLOSERS:
            if stack and stack[-1].type == _CLOSERS[token.type]:
                stack.pop()
            elif stack:
                message = f"this `{token}` does not match the `{stack[-1]}` before it"
                place = _span(source, stack[-1]).place
                diagnostics.append(Diagnostic(message, _span(source, token), f"the `{stack[-1]}` stands at {place}"))
                stack.clear()
            else:
                diagnostics.append(Diagnostic(f"this `{token}` closes nothing", _span(source, token)))
    unclosed()
    return diagnostics


def _starts_declaration(tokens: Sequence[Token], i: int) -> bool:
    if tokens[i].type not in DECLARATION_STARTS:
        return False
    before = tokens[i - 1].type if i else ""
    # `expect unreachable action X`, and the second word of `fair action`, `strong fair`, `ordered record`.
    return before not in ("UNREACHABLE", "FAIR", "STRONG", "ORDERED")


def _looks_like_one(source: Source, tokens: Sequence[Token], i: int) -> bool:
    """Two names, the first at the beginning of its line: a declaration whose first word is misspelt."""
    if [token.type for token in tokens[i : i + 2]] != ["IDENT", "IDENT"]:
        return False
    start = tokens[i].start_pos or 0
    return start == 0 or source.text[start - 1] == "\n"


def _declaration_of(starts: Sequence[int], diagnostic: Diagnostic) -> int:
    """The number of the declaration in which a diagnostic lies, given where each starts."""
    return bisect_left(starts, diagnostic.span.start if diagnostic.span else 0)


def _span(source: Source, token: Token) -> Span:
    return Span(source, token.start_pos or 0, token.end_pos or 0)


def _run(source: Source, tokens: Sequence[Token], start: str, diagnostics: list[Diagnostic]) -> Tree[Token] | None:
    """Feed the tokens to the parser; after an error, begin afresh at the next declaration."""
    from lark import Token
    from lark.exceptions import UnexpectedToken

    begin = 0
    while True:
        state = _lark().parse_interactive(start=start)
        at = begin
        try:
            for at in range(begin, len(tokens)):
                state.feed_token(tokens[at])
            at = len(tokens)
            tree: Tree[Token] = state.feed_eof(tokens[-1] if tokens else Token("$END", "", start_pos=0))  # type: ignore[no-untyped-call]
            if not diagnostics:
                diagnostics += _too_deep(source, tree)
            return tree
        except UnexpectedToken:
            # Before it found the token unfit, the parser may have put together what could go on: look again.
            state = _lark().parse_interactive(start=start)
            for token in tokens[begin:at]:
                state.feed_token(token)
            accepted = frozenset(state.accepts())  # type: ignore[no-untyped-call]
            problem = Unexpected(source, tokens, at, accepted, _terminals())
            diagnostics.append(problem.diagnostic(at < len(tokens) and _starts_declaration(tokens, at)))
        # A declaration's first word that was taken for a name does not begin one.
        begin = max(at + (diagnostics[-1].span == _span(source, tokens[min(at, len(tokens) - 1)])), begin + 1)
        while (
            begin < len(tokens)
            and not _starts_declaration(tokens, begin)
            and not _looks_like_one(source, tokens, begin)
        ):
            begin += 1
        if start != "start" or begin >= len(tokens) or len(diagnostics) == _MOST_ERRORS:
            return None


def _too_deep(source: Source, tree: Tree[Token]) -> list[Diagnostic]:
    """A diagnostic for each declaration that is nested deeper than the passes, which are recursive, can go."""
    from lark import Tree

    found: dict[object, Diagnostic] = {}
    hint = "in a chain of operators, each is a level; `forall`, `sum` or a comprehension may say the same"
    open_: list[tuple[Tree[Token], int, object]] = [(tree, 0, None)]
    while open_:
        node, depth, declaration = open_.pop()
        if depth > DEEPEST:
            if declaration not in found:
                span = Span(source, node.meta.start_pos, node.meta.end_pos)
                message = f"this is nested too deeply: more than {DEEPEST} levels"
                found[declaration] = Diagnostic(message, span, hint)
            continue
        chained = sum(isinstance(child, Tree) for child in node.children) if node.data in _CHAINS else 1
        for i, child in reversed([*enumerate(node.children)]):
            if isinstance(child, Tree):
                open_.append((child, depth + chained, i if depth == 0 else declaration))
    return list(found.values())


@cache
def _terminals() -> Mapping[str, str]:
    """The texts of the terminals that have one: `AND` is `and`."""
    from lark.lexer import PatternStr

    return {t.name: t.pattern.value for t in _lark().terminals if isinstance(t.pattern, PatternStr)}
