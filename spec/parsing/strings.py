"""String literals: descriptions with embedded expressions, and paths."""

from __future__ import annotations

from collections.abc import Callable

from skipgate.spec.diagnostics import Diagnostic, SpecError
from skipgate.spec.source import Source, Span
from skipgate.spec.syntax import AnyExpr

_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "{": "{", "}": "}"}

EmbeddedParser = Callable[[Source, int, int], AnyExpr]


def description_parts(
    span: Span, parse_embedded: EmbeddedParser, diagnostics: list[Diagnostic]
) -> tuple[str | AnyExpr, ...]:
    """Literal text and embedded expressions, in turn, of the string literal at `span`."""
    source, text = span.source, span.source.text
    parts: list[str | AnyExpr] = []
    literal: list[str] = []
    at, end = span.start + 1, span.end - 1
    while at < end:
        char = text[at]
        if char == "\\":
            if text[at + 1] not in _ESCAPES:
                here = Span(source, at, at + 2)
                diagnostics.append(
                    Diagnostic(f"`{here.text}` is not an escape sequence", here, "a backslash is written `\\\\`")
                )
            literal.append(_ESCAPES.get(text[at + 1], text[at + 1]))
            at += 2
        elif char == "{":
            close = _closing_brace(text, at, end)
            if close is None:
                hint = "a brace that is meant as text is written `\\{`"
                here = Span(source, at, at + 1)
                diagnostics.append(Diagnostic("this brace in the description is never closed", here, hint))
                return tuple(parts)
            parts.append("".join(literal))
            literal = []
            try:
                parts.append(parse_embedded(source, at + 1, close))
            except SpecError as problem:
                diagnostics.extend(problem.diagnostics)
            at = close + 1
        else:
            literal.append(char)
            at += 1
    parts.append("".join(literal))
    return tuple(parts)


def _closing_brace(text: str, at: int, end: int) -> int | None:
    depth = 0
    for i in range(at, end):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return i
    return None


def path_text(span: Span, diagnostics: list[Diagnostic]) -> str:
    """The text of the string literal at `span`, which is a path and has no embedded expressions."""
    value = span.text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if not value:
        diagnostics.append(Diagnostic("this path is empty", span))
    return value
