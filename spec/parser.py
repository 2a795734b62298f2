"""Text to syntax tree.

Lark's LALR parser is fed token by token, so that after a syntax error parsing can go on at the next declaration and
several independent errors are reported in one run.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from spec.diagnostics import Diagnostic, SpecError
from spec.source import Source, Span
from spec.syntax import Expr, File
from spec.tree_builder import build

if TYPE_CHECKING:
    from lark import Lark, Token
    from lark.exceptions import UnexpectedToken

_GRAMMAR = Path(__file__).with_name("grammar.lark")

# Reserved words that begin a declaration.
_DECLARATION_STARTS = frozenset(
    [
        "MODEL",
        "IMPORT",
        "CONST",
        "TYPE",
        "ENUM",
        "SORT",
        "ORDERED",
        "RECORD",
        "VAR",
        "ASSUME",
        "DEF",
        "FAIR",
        "STRONG",
        "ACTION",
        "INVARIANT",
        "TRANSITION",
        "LEMMA",
        "COVER",
        "CONSTRAINT",
        "TERMINAL",
        "LIVENESS",
        "CHECK",
    ]
)
# Words that mean something in one place only and are names everywhere else.
_SOFT_WORDS = frozenset(["STATES", "GENERATED", "DEPTH", "PROVED"])
_BRACKETS = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
_CLOSERS = {closer: opener for opener, closer in _BRACKETS.items()}
_COMPARISONS = frozenset(["EQ", "NE", "LT", "LE", "GT", "GE", "IN", "SUBSET"])

# What people type who come from elsewhere, and what to write here.
_FOREIGN_CHARACTERS = {
    "!": "negation is `not`, inequality is `!=`",
    "/": "division is `div`; conjunction is `and`",
    "%": "the remainder is `mod`",
    "\\": "operators are words here: `and`, `or`, `in`; set difference is `-`",
    ";": "nothing separates declarations or updates here",
    "~": "negation is `not`",
    "^": "exclusive or of booleans is `!=`",
    "@": "the old value of a variable is its name without a prime",
}
_FOREIGN_PAIRS = {
    ("AMP", "AMP"): ("`&&`", "conjunction is `and`"),
    ("BAR", "BAR"): ("`||`", "disjunction is `or`"),
    ("COLON", "EQUAL"): ("`:=`", "an update is written `name' = value`"),
    ("EQ", "GT"): ("`==>`", "implication is `=>`"),
    ("EQ", "EQUAL"): ("`===`", "equality is `==`"),
}


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
        spoilt = {_declaration_of(tokens, diagnostic) for diagnostic in unbalanced}
        diagnostics = [d for d in diagnostics if _declaration_of(tokens, d) not in spoilt] + unbalanced
    if diagnostics:
        raise SpecError(diagnostics)
    declarations = build(tree, source, _parse_embedded)
    return File(source, declarations)


def _parse_embedded(source: Source, start: int, end: int) -> Expr:
    """The expression between two offsets of a source: what stands in braces in a description."""
    diagnostics: list[Diagnostic] = []
    tokens = _lex(source, start, end, diagnostics)
    if not tokens and not diagnostics:
        diagnostics.append(Diagnostic("there is no expression between these braces", Span(source, start - 1, end + 1)))
    tree = None if diagnostics else _run(source, tokens, "expression", diagnostics)
    if diagnostics:
        raise SpecError(diagnostics)
    result: Expr = build(tree, source, _parse_embedded)
    return result


@cache
def _lark() -> Lark:
    from lark import Lark

    from spec.cache import grammar_cache

    text = _GRAMMAR.read_text(encoding="utf-8")
    return Lark(
        text,
        parser="lalr",
        lexer="basic",
        start=["start", "expression"],
        propagate_positions=True,
        cache=grammar_cache(text),
    )


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
            diagnostics.append(_bad_character(source, place))
            if source.text[place] == '"':  # an unclosed string: its words would only cause more errors
                place = source.text.find("\n", place)
                if place < 0:
                    break
            at = place + 1
            # Tokens before the bad character were yielded before the error; go on behind it.
    return tokens


def _bad_character(source: Source, offset: int) -> Diagnostic:
    char = source.text[offset]
    span = Span(source, offset, offset + 1)
    if char == '"':
        line_end = source.text.find("\n", offset)
        span = Span(source, offset, len(source.text) if line_end < 0 else line_end)
        return Diagnostic("this string is not closed on its line", span, 'a description ends with `"`')
    if char.isdigit():
        return Diagnostic("a name cannot begin with a digit", span)
    shown = char if char.isprintable() else f"U+{ord(char):04X}"
    return Diagnostic(f"the character `{shown}` has no meaning here", span, _FOREIGN_CHARACTERS.get(char))


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
    if tokens[i].type not in _DECLARATION_STARTS:
        return False
    before = tokens[i - 1].type if i else ""
    # `expect unreachable action X`, and the second word of `fair action`, `strong fair`, `ordered record`.
    return before not in ("UNREACHABLE", "FAIR", "STRONG", "ORDERED")


def _declaration_of(tokens: Sequence[Token], diagnostic: Diagnostic) -> int:
    """The index of the token that begins the declaration in which a diagnostic lies."""
    offset = diagnostic.span.start if diagnostic.span else 0
    starts = [i for i, t in enumerate(tokens) if _starts_declaration(tokens, i) and (t.start_pos or 0) < offset]
    return starts[-1] if starts else -1


def _span(source: Source, token: Token) -> Span:
    return Span(source, token.start_pos or 0, token.end_pos or 0)


def _run(source: Source, tokens: Sequence[Token], start: str, diagnostics: list[Diagnostic]) -> object:
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
            return state.feed_eof(tokens[-1] if tokens else Token("$END", "", start_pos=0))  # type: ignore[no-untyped-call]
        except UnexpectedToken as problem:
            diagnostics.append(_unexpected(source, tokens, at, problem))
        # A declaration's first word that was taken for a name does not begin one.
        begin = max(at + (diagnostics[-1].span == _span(source, tokens[min(at, len(tokens) - 1)])), begin + 1)
        while begin < len(tokens) and not _starts_declaration(tokens, begin):
            begin += 1
        if start != "start" or begin >= len(tokens):
            return None


def _unexpected(source: Source, tokens: Sequence[Token], at: int, problem: UnexpectedToken) -> Diagnostic:
    accepted = set(problem.accepts or problem.expected or ())
    if at >= len(tokens):
        if not tokens:
            return Diagnostic("there is no expression here", Span(source, 0, 0))
        end = tokens[-1].end_pos or 0
        span = Span(source, tokens[-1].start_pos or 0, end)
        return Diagnostic(f"the text ends after this, where {_expected(accepted)} was expected", span)
    token = tokens[at]
    span = _span(source, token)
    before = tokens[at - 1] if at else None
    adjacent = before is not None and before.end_pos == token.start_pos
    if before is not None and adjacent and (pair := _FOREIGN_PAIRS.get((before.type, token.type))):
        return Diagnostic(f"{pair[0]} is not an operator", _span(source, before).to(span), pair[1])
    if token.type == "EQUAL":
        return Diagnostic("`=` cannot stand here", span, "to compare two values, write `==`")
    if token.type in _COMPARISONS:
        hint = None if "NUMBER" in accepted else "comparisons do not chain: write `a < b and b < c`"
        return Diagnostic(f"`{token}` cannot stand here", span, hint)
    if token.type == "PRIME":
        hint = "only the name of a variable or definition takes a prime: `x'`, not `(x)'` or `x[i]'`"
        return Diagnostic("a prime cannot stand here", span, hint)
    word = str(token)
    if accepted == {"IDENT", *_SOFT_WORDS} and word.isidentifier():
        return Diagnostic(f"`{word}` is a reserved word and cannot be a name", span, f"for example `{word}_`")
    hint = None
    if token.type == "IDENT" and before is not None:
        hint = _misspelt(word, accepted)
    if before is not None and _starts_declaration(tokens, at):
        return Diagnostic(f"after this `{before}`, {_expected(accepted)} was expected", _span(source, before))
    return Diagnostic(f"`{word}` cannot stand here: {_expected(accepted)} was expected", span, hint)


def _misspelt(word: str, accepted: set[str]) -> str | None:
    from spec.diagnostics import did_you_mean

    keywords = [_shown(name).strip("`") for name in accepted if name.isalpha() and name not in ("IDENT", "NUMBER")]
    return did_you_mean(word, keywords)


_EXPRESSION_STARTS = frozenset({"NUMBER", "TRUE", "FALSE", "NOT", "FORALL", "LBRACE"})


def _expected(accepted: set[str]) -> str:
    """The accepted tokens in words, the many that may begin or continue an expression as one."""
    rest = set(accepted) - _SOFT_WORDS
    words: list[str] = []
    if rest >= _EXPRESSION_STARTS:
        words.append("an expression")
        rest &= {"RPAR", "RSQB", "RBRACE"}
    elif {"AND", "PLUS", "STAR"} <= rest:
        words.append("an operator")
        rest &= {"RPAR", "RSQB", "RBRACE", "COMMA", "COLON", "EQUAL", "THEN", "ELSE", "CASE", "FOR", "WHERE", "IN"}
    elif rest >= _DECLARATION_STARTS:
        words.append("a declaration")
        rest -= _DECLARATION_STARTS
    elif {"BOOL", "NAT", "OPTION"} <= rest:
        words.append("a type")
        rest = set()
    rest -= _DECLARATION_STARTS | {"$END"}
    if "IDENT" in rest:
        words.append("a name")
    words += sorted(_shown(name) for name in rest - {"IDENT"})
    if not words:
        return "the end"
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def _shown(terminal: str) -> str:
    if terminal == "NUMBER":
        return "a number"
    if terminal == "STRING":
        return "a description"
    for definition in _lark().terminals:
        if definition.name == terminal:
            return f"`{definition.pattern.value}`"
    return f"`{terminal.lower()}`"
