"""The text of a `.events` file to what it says, with the grammar of models for its expressions and types."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic, SpecError, error
from skipgate.spec.events.syntax import OTHERS, EventField, EventRule, Events, LogPath, NamesOf, Silent
from skipgate.spec.parsing.grammar import grammar_text, kept_tables, reserved_words
from skipgate.spec.parsing.syntax_errors import bad_character
from skipgate.spec.parsing.tree_builder import MOST_DIGITS, build
from skipgate.spec.source import Source, Span

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

_GRAMMAR = Path(__file__).with_name("events.lark")
_DECLARATIONS = {"EVENTS", "EVENT", "SILENT", "IGNORE", "NAMES"}
_DEFAULT_NAME = ("msg",)  # where zap and slog have it
SILENT_STEPS = 3  # between two events, if nothing is said


@cache
def _parser() -> Lark:
    from lark import Lark

    text = grammar_text() + _GRAMMAR.read_text(encoding="utf-8")
    tables = kept_tables(text)
    return Lark(text, parser="lalr", lexer="basic", start=["events"], propagate_positions=True, cache=tables)


def parse_events(source: Source) -> Events:
    """What a `.events` file says.

    Raises:
        SpecError: it is not well formed.
    """
    return _Builder(source).events(_tree(source))


def _tree(source: Source) -> Tree[Token]:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        return _parser().parse(source.text)
    except UnexpectedCharacters as problem:
        raise SpecError([bad_character(source, problem.pos_in_stream or 0)[0]]) from None
    except UnexpectedToken as problem:
        raise SpecError([_unexpected(source, problem)]) from None


def _unexpected(source: Source, problem: Any) -> Diagnostic:
    """What to say of a token that cannot stand where it does."""
    expected = set(problem.accepts or problem.expected)
    token = problem.token
    if token.type == "$END":
        span, message = Span(source, len(source.text), len(source.text)), "the file ends here, too early"
    else:
        span = Span(source, token.start_pos, token.end_pos)
        message = f"`{span.flat}` cannot stand here"
    if "EVENTS" in expected and not {"WHEN", "IS"} & expected and token.type not in _DECLARATIONS:
        hint: str | None = "a declaration begins with `events of`, `event`, `silent`, `ignore` or `names`"
    elif "IDENT" in expected and token.type in reserved_words():
        message = f"`{span.flat}` is a word of the language, so it cannot be a name here"
        hint = f'choose another one: `other : Node from "{span.flat}"`'
    elif expected == {"STRING"}:
        hint = 'a name in the log is a string: `event "started"`, `from "node"."id"`'
    elif "FROM" in expected:
        hint = 'write `event "started" (n : Node from "node") is start(n)`'
    elif token.type == "THEN":
        hint = "what is so after the step has primes: `when x' == n`"
    else:
        texts = {t.name: t.pattern.value for t in _parser().terminals}
        shown = sorted(texts[name] for name in expected if name in texts and texts[name].isprintable())
        hint = f"expected {' or '.join(f'`{each}`' for each in shown)}" if 0 < len(shown) <= 4 else None
    return Diagnostic(message, span, hint)


class _Builder:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []

    def events(self, tree: Tree[Token]) -> Events:
        """The whole file."""
        head: tuple[s.Identifier, LogPath, LogPath | None] | None = None
        rules: list[EventRule] = []
        silent: Silent | None = None
        ignored: set[str] = set()
        ignores_others = False
        names: list[NamesOf] = []
        for part in tree.children:
            rule, span = str(part.data), self.span(part)  # type: ignore[union-attr]
            parts = part.children  # type: ignore[union-attr]
            match rule:
                case "events_of":
                    if head is not None:
                        self.report("a file has one `events of` line", span)
                    head = self.head(parts)
                case "event":
                    rules.append(self.rule(span, parts))
                case "silent":
                    if silent is not None:
                        self.report("a file has one `silent` line", span, f"the other is at {silent.span.place}")
                    silent = self.silent(span, parts)
                case "ignored_events":
                    ignored |= {self.string(each) for each in parts[1:]}
                case "ignored_others":
                    name = self.built(parts[1])
                    if name.text != OTHERS:
                        hint = f'`ignore {OTHERS}` is about all events that are not mentioned; or write `ignore "tick"`'
                        self.report(f"`{name.text}` is no event", name.span, hint)
                    ignores_others = True
                case _:
                    names.append(self.names(span, parts))
        if head is None:
            hint = 'it begins with `events of MODEL`, and `named by "event"` if the name of an event is not its `msg`'
            self.report("this file does not say which model it is about", Span(self.source, 0, 0), hint)
        if self.diagnostics or head is None:
            raise SpecError(self.diagnostics)
        model, named_by, clock = head
        return Events(
            self.source, model, named_by, clock, tuple(rules), silent, frozenset(ignored), ignores_others, tuple(names)
        )

    def head(self, parts: Any) -> tuple[s.Identifier, LogPath, LogPath | None]:
        _, name, named_by, clock = parts
        by = _DEFAULT_NAME if named_by is None else self.path(named_by.children[-1])
        return self.built(name), by, None if clock is None else self.path(clock.children[-1])

    def rule(self, span: Span, parts: Any) -> EventRule:
        _, event, *rest = parts
        texts = [each.children for each in rest if each is not None and each.data == "event_with"]
        fields, is_, *conditions = rest[len(texts) :]
        return EventRule(
            span,
            self.string(event),
            tuple((self.path(path), self.string(text)) for path, text in texts),
            () if fields is None else tuple(self.field(each) for each in fields.children),
            () if is_ is None else tuple(self.built(each) for each in is_.children[1:]),
            tuple(self.built(each.children[0]) for each in conditions if each is not None),
        )

    def field(self, tree: Any) -> EventField:
        name, type_, _, path = tree.children
        identifier = self.built(name)
        where = (identifier.text,) if path is None else self.path(path)
        return EventField(self.span(tree), identifier, self.built(type_), where)

    def silent(self, span: Span, parts: Any) -> Silent:
        _, names, *bound = parts
        return Silent(span, self.built(names), SILENT_STEPS if bound[-1] is None else self.number(bound[-1]))

    def names(self, span: Span, parts: Any) -> NamesOf:
        _, named, *rest = parts
        pairs = [each.children for each in rest if each is not None and each.data == "log_name"]
        absent = [each.children[0] for each in rest if each is not None and each.data == "log_none"]
        return NamesOf(
            span,
            self.built(named),
            tuple((self.string(text), self.built(name)) for text, name in pairs),
            frozenset(map(self.string, absent)),
        )

    # ------------------------------------------------------------------------------------------------ small parts

    def built(self, tree: Any) -> Any:
        """A part that models have as well."""
        return build(tree, self.source, _no_braces)

    def path(self, tree: Any) -> LogPath:
        return tuple(self.string(each) for each in tree.children)

    def string(self, token: Any) -> str:
        span = Span(self.source, token.start_pos, token.end_pos)
        try:
            text = json.loads(span.text)
        except ValueError:
            hint = r"strings are those of JSON: `\"` and `\\` stand for a quote and a backslash"
            self.report("this is not a string of JSON", span, hint)
            return ""
        assert isinstance(text, str)
        return text

    def number(self, token: Any) -> int:
        digits = str(token).replace("_", "")
        if len(digits) > MOST_DIGITS or int(digits) > MOST_SILENT:
            span = Span(self.source, token.start_pos, token.end_pos)
            self.report(f"at most {MOST_SILENT} silent steps are possible between two events", span)
            return 0
        return int(digits)

    def span(self, tree: Any) -> Span:
        return Span(self.source, tree.meta.start_pos, tree.meta.end_pos)

    def report(self, message: str, span: Span, hint: str | None = None) -> None:
        self.diagnostics.append(Diagnostic(message, span, hint))


MOST_SILENT = 1000


def _no_braces(source: Source, start: int, end: int) -> s.AnyExpr:
    raise error("there is nothing to fill in here", Span(source, start, end))
