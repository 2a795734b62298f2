"""Text to syntax tree.

Lark's LALR parser gets one token at a time. So parsing can go on at the next declaration after a syntax error, and one
run reports several independent errors.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from skipgate.spec.diagnostics import Diagnostic, SpecError
from skipgate.spec.parsing.grammar import lark_parser, lex, terminals
from skipgate.spec.parsing.syntax_errors import Unexpected, at_the_margin, bad_character, starts_declaration
from skipgate.spec.parsing.tree_builder import build
from skipgate.spec.source import Source, Span
from skipgate.spec.syntax import AnyExpr, File, Setting

if TYPE_CHECKING:
    from lark import Token, Tree

_BRACKETS = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
_CLOSERS = {closer: opener for opener, closer in _BRACKETS.items()}
DEEPEST = 100  # levels of nesting, of brackets and operators together
_CHAINS = ("if_", "match", "let", "binders", "call", "updated")  # the later passes nest the parts of these
_MOST_BAD_CHARACTERS = 20  # reported of one file: with more it is hardly a specification
_MOST_ERRORS = 100
_MOST_LINES = 8  # that are named beside the first place of a message


def parse(source: Source) -> File:
    """The syntax tree of a whole file.

    Raises:
        SpecError: with one diagnostic for each declaration that is not well formed.
    """
    tokens = tokens_of(source)
    tree = tree_of_tokens(source, tokens, {})
    return File(source, build(tree, source, parse_embedded))


def tokens_of(source: Source) -> list[Token]:
    """The tokens of a whole file.

    Raises:
        SpecError: with a diagnostic for each place where no token begins.
    """
    diagnostics: list[Diagnostic] = []
    tokens = lexed(source, 0, len(source.text), diagnostics)
    if diagnostics:
        raise SpecError(_whole(source) or _each_once(diagnostics))
    return tokens


def tree_of_tokens(source: Source, tokens: Sequence[Token], known: Mapping[int, int]) -> Tree[Token] | None:
    """The parse tree of a whole file.

    `known` has where declarations begin and end that are known to be well formed, by the numbers of their tokens. They
    are passed over, and the tree lacks them.

    Raises:
        SpecError: with one diagnostic for each declaration that is not well formed.
    """
    diagnostics: list[Diagnostic] = []
    certain: list[Diagnostic] = []
    tree = _run(source, tokens, "start", diagnostics, certain, known)
    if diagnostics:
        # A bracket without its partner is the cause of whatever else is wrong in its declaration, unless that is known.
        starts = [t.start_pos or 0 for i, t in enumerate(tokens) if starts_declaration(source, tokens, i)]
        explained = {_declaration_of(starts, diagnostic) for diagnostic in certain}
        unbalanced, partners = _unbalanced(source, tokens)
        unbalanced = [d for d in unbalanced if _declaration_of(starts, d) not in explained]
        spoilt = {_declaration_of(starts, diagnostic) for diagnostic in [*unbalanced, *partners]}
        diagnostics = [d for d in diagnostics if _declaration_of(starts, d) not in spoilt] + unbalanced
        raise SpecError(_whole(source) or _each_once(diagnostics))
    return tree


def parse_settings(source: Source) -> tuple[Setting, ...]:
    """Values of constants, as they stand behind `with`.

    Raises:
        SpecError: they are not well formed.
    """
    diagnostics: list[Diagnostic] = []
    tokens = lexed(source, 0, len(source.text), diagnostics)
    tree = None if diagnostics else _run(source, tokens, "settings", diagnostics, [])
    if diagnostics:
        raise SpecError(diagnostics)
    result: tuple[Setting, ...] = build(tree, source, parse_embedded)
    return result


def parse_expression(source: Source) -> AnyExpr:
    """An expression that is all of a source.

    Raises:
        SpecError: it is not well formed.
    """
    if not source.text.strip():
        raise SpecError([Diagnostic("there is no expression", Span(source, 0, len(source.text)))])
    return parse_embedded(source, 0, len(source.text))


def parse_embedded(source: Source, start: int, end: int) -> AnyExpr:
    """The expression between two offsets of a source, which stands in braces in a description."""
    diagnostics: list[Diagnostic] = []
    tokens = lexed(source, start, end, diagnostics)
    if not tokens and not diagnostics:
        diagnostics.append(Diagnostic("there is no expression between these braces", Span(source, start - 1, end + 1)))
    tree = None if diagnostics else _run(source, tokens, "expression", diagnostics, [])
    if diagnostics:
        raise SpecError(diagnostics)
    result: AnyExpr = build(tree, source, parse_embedded)
    return result


def lexed(source: Source, start: int, end: int, diagnostics: list[Diagnostic]) -> list[Token]:
    """The tokens between two offsets. Their positions are offsets into the whole source."""
    from lark import Token
    from lark.exceptions import UnexpectedCharacters

    tokens: list[Token] = []
    at = start
    while at < end:
        try:
            for token in lex(source.text[at:end]):
                moved = Token(token.type, str(token), start_pos=at + (token.start_pos or 0))
                moved.end_pos = at + (token.end_pos or 0)
                tokens.append(moved)
            break
        except UnexpectedCharacters as problem:
            place = at + (problem.pos_in_stream or 0)
            # The tokens before the bad character are in the list already. Go on after what it spoils.
            diagnostic, resume = bad_character(source, place)
            diagnostics.append(diagnostic)
            if len(diagnostics) == _MOST_BAD_CHARACTERS:
                break
            at = max(place + 1, resume)
    return tokens


def _whole(source: Source) -> list[Diagnostic]:
    """What to say of a file that is something else altogether; nothing if it may be a specification."""
    from skipgate.spec.parsing.recognition import recognise_file

    other = recognise_file(source)
    return [] if other is None else [other]


def _each_once(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Of diagnostics that say the same of several places the first, with a word about the others."""
    places: dict[tuple[str, str | None], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        # Characters that have no meaning differ in the message, but have one cause if the hint is the same.
        of_a_character = diagnostic.hint and diagnostic.message.endswith("has no meaning here")
        key = "a character" if of_a_character else diagnostic.message
        places.setdefault((key, diagnostic.hint), []).append(diagnostic)
    result = []
    for first, *others in places.values():
        hint = first.hint
        if others:
            here = first.span.line if first.span is not None else 0
            lines = sorted({d.span.line for d in others if d.span is not None} - {here})
            more = f" and {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
            also = f"also in line{'s' * (len(lines) > 1)} {', '.join(map(str, lines[:_MOST_LINES]))}{more}"
            hint = "; ".join(part for part in (hint, also if lines else None) if part) or None
        result.append(Diagnostic(first.message, first.span, hint))
    return result


def _unbalanced(source: Source, tokens: Sequence[Token]) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Brackets that are never closed, or that close nothing; and apart those that close one of a declaration before.

    A pair of brackets never spans two declarations.
    """
    diagnostics: list[Diagnostic] = []
    partners: list[Diagnostic] = []
    stack: list[Token] = []
    open_before: list[str] = []  # the kinds of those that were not closed in their declaration

    def unclosed() -> None:
        for opener in stack[:1]:
            message = f"this `{opener}` is never closed"
            diagnostics.append(
                Diagnostic(message, _span(source, opener), "a bracket is closed before the next declaration begins")
            )
        open_before.extend(opener.type for opener in stack)
        stack.clear()

    for i, token in enumerate(tokens):
        if starts_declaration(source, tokens, i):
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
            elif _CLOSERS[token.type] in open_before:  # the partner of one that was reported
                open_before.remove(_CLOSERS[token.type])
                partners.append(Diagnostic(f"this `{token}` closes nothing", _span(source, token)))
            else:
                diagnostics.append(Diagnostic(f"this `{token}` closes nothing", _span(source, token)))
    unclosed()
    return diagnostics, partners


def _looks_like_one(source: Source, tokens: Sequence[Token], i: int) -> bool:
    """Are there two names, the first at the start of its line? Its first word is then probably misspelt."""
    if [token.type for token in tokens[i : i + 2]] != ["IDENT", "IDENT"]:
        return False
    return at_the_margin(source, tokens[i])


def _declaration_of(starts: Sequence[int], diagnostic: Diagnostic) -> int:
    """The number of the declaration in which a diagnostic lies, given where each starts."""
    return bisect_left(starts, diagnostic.span.start if diagnostic.span else 0)


def _span(source: Source, token: Token) -> Span:
    return Span(source, token.start_pos or 0, token.end_pos or 0)


def _run(
    source: Source,
    tokens: Sequence[Token],
    start: str,
    diagnostics: list[Diagnostic],
    certain: list[Diagnostic],
    known: Mapping[int, int] = MappingProxyType({}),
) -> Tree[Token] | None:
    """Feed the tokens to the parser; after an error, start again at the next declaration.

    Of the diagnostics, those whose cause is known are in `certain` as well. `known` is that of `tree_of_tokens`.
    """
    from lark import Token
    from lark.exceptions import UnexpectedToken

    begin = 0
    while True:
        state = lark_parser().parse_interactive(start=start)
        at = complete = begin  # all before `complete` is well formed
        try:
            while at < len(tokens):
                if at in known and (at == complete or "$END" in state.accepts()):  # type: ignore[no-untyped-call]
                    at = complete = known[at]
                    state = lark_parser().parse_interactive(start=start)
                else:
                    state.feed_token(tokens[at])
                    at += 1
            tree: Tree[Token] = state.feed_eof(tokens[-1] if tokens else Token("$END", "", start_pos=0))  # type: ignore[no-untyped-call]
            if not diagnostics:
                diagnostics += too_deep(source, tree)
            return tree
        except UnexpectedToken:
            # The parser may have reduced rules before it rejected the token, so ask a fresh one what it accepts.
            state = lark_parser().parse_interactive(start=start)
            for token in tokens[complete:at]:
                state.feed_token(token)
            accepted = frozenset(state.accepts())  # type: ignore[no-untyped-call]
            problem = Unexpected(source, tokens, at, accepted, terminals())
            diagnostics.append(problem.diagnostic(at < len(tokens) and starts_declaration(source, tokens, at)))
            if problem.resume is not None:
                certain.append(diagnostics[-1])
        # If the rejected token is a reserved word used as a name, it does not begin a declaration.
        begin = max(at + (diagnostics[-1].span == _span(source, tokens[min(at, len(tokens) - 1)])), begin + 1)
        while begin < len(tokens) and (tokens[begin].start_pos or 0) < (problem.resume or 0):
            begin += 1
        while (
            begin < len(tokens)
            and not starts_declaration(source, tokens, begin)
            and not _looks_like_one(source, tokens, begin)
        ):
            begin += 1
        if start != "start" or begin >= len(tokens) or len(diagnostics) == _MOST_ERRORS:
            return None


def too_deep(source: Source, tree: Tree[Token]) -> list[Diagnostic]:
    """A diagnostic for each declaration that is nested too deeply for the passes, which are recursive."""
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
