"""What is wrong with a specification, in words that help its author to correct it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from unicodedata import category, combining, east_asian_width

from skipgate.errors import InputError
from skipgate.spec.source import Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One plain sentence about one place, with a hint at what to do about it if that is known."""

    message: str
    span: Span | None = None
    hint: str | None = None

    def render(self, label: str = "error") -> str:
        """The message with its place, the source line and a caret under the exact span.

        A span of several lines is marked on its first.
        """
        if self.span is None:
            head = f"{label}: {self.message}"
            return head if self.hint is None else f"{head}\n  hint: {self.hint}"
        line, column = self.span.source.position(self.span.start)
        shown = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", self.span.source.line(line))
        text, start, end = _excerpt(shown, column - 1, self.span.end - self.span.start)
        # A tab stays a tab in the marker line, so the caret stands under the text whatever the width of a tab is.
        indent = "".join(char if char == "\t" else " " * _columns(char) for char in text[:start])
        width = max(1, sum(map(_columns, text[start:end])))
        gutter = str(line)
        blank = " " * len(gutter)
        lines = [
            f"{self.span.place}: {label}: {self.message}",
            f"  {gutter} | {text}",
            f"  {blank} | {indent}{'^' * width}",
        ]
        if self.span.source.instance is not None:
            lines.append(f"  {blank} = {self.span.source.instance}")
        if self.hint is not None:
            lines.append(f"  {blank} = hint: {self.hint}")
        return "\n".join(lines)


_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")  # which could act on a terminal; a tab is harmless
_WIDEST = 120  # characters shown of a line


def _excerpt(text: str, at: int, length: int) -> tuple[str, int, int]:
    """A line, shortened to what is around `at` if it is long, and where the marked part begins and ends in it."""
    at = min(at, len(text))
    end = min(at + length, len(text))
    if len(text) <= _WIDEST:
        return text, at, end
    first = max(0, min(at - _WIDEST // 3, len(text) - _WIDEST))
    last = first + _WIDEST
    before, after = "…" if first else "", "…" if last < len(text) else ""
    shift = len(before) - first
    return before + text[first:last] + after, at + shift, min(end, last) + shift


def _columns(char: str) -> int:
    """How many columns of a terminal a character takes."""
    if combining(char) or category(char) in ("Cf", "Me"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


class SpecError(InputError):
    """A specification is wrong. Carries every independent diagnostic that was found, in order of place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        unique = dict.fromkeys(diagnostics)
        self.diagnostics: tuple[Diagnostic, ...] = tuple(sorted(unique, key=_place))
        super().__init__("\n".join(diagnostic.render() for diagnostic in self.diagnostics))

    def __reduce__(self) -> tuple[type[SpecError], tuple[tuple[Diagnostic, ...]]]:
        return SpecError, (self.diagnostics,)  # a pickled exception is built again from its arguments


def _place(diagnostic: Diagnostic) -> tuple[str, int]:
    span = diagnostic.span
    return ("", -1) if span is None else (span.source.name, span.start)


def error(message: str, span: Span | None = None, hint: str | None = None) -> SpecError:
    """A `SpecError` of a single diagnostic."""
    return SpecError([Diagnostic(message, span, hint)])


def did_you_mean(word: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """A hint that names the candidate spelt most like `word`, if one is near enough."""
    pool = list(candidates)
    near = [candidate for candidate in pool if candidate.lower() == word.lower()]
    near = near or get_close_matches(word, pool, n=1, cutoff=cutoff)
    return f"did you mean `{near[0]}`?" if near else None
