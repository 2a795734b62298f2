"""What a hint proposes, as an edit of the text; only if it helps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from skipgate.spec.diagnostics import Diagnostic
from skipgate.spec.live.buffers import Buffers
from skipgate.spec.source import Source, Span

_MEANT = re.compile(r"did you mean `([^`]+)`\?")
_INSTEAD = re.compile(r"[a-z -]+ (?:is|begins with)(?: the hyphen| the straight)? `([^`]+)`")
_IS_NONE = re.compile(r"(?:the character )?`[^`]+` (?:has no meaning here|is not an operator)")


@dataclass(frozen=True)
class Fix:
    """An edit: what to write in place of a span."""

    span: Span
    text: str

    @property
    def title(self) -> str:
        """What the edit does, in words."""
        return f"Write `{self.text.strip()}`" + (f" instead of `{self.span.text}`" if self.span.text else "")


def fixes(buffers: Buffers, name: str, diagnostic: Diagnostic) -> list[Fix]:
    """The edits of a file that a hint proposes, after which less is wrong than before."""
    if diagnostic.span is None or diagnostic.span.source.name != name:
        return []
    return [fix for fix in _proposed(diagnostic) if _helps(buffers, name, diagnostic, fix)][:1]


def _proposed(diagnostic: Diagnostic) -> Iterator[Fix]:
    span, hint = diagnostic.span, (diagnostic.hint or "").partition("; also in")[0]
    if span is None:
        return
    meant = _MEANT.fullmatch(hint)
    if meant is None and _IS_NONE.fullmatch(diagnostic.message):
        meant = _INSTEAD.fullmatch(hint)
    if meant is None:
        return
    word = meant[1]
    text, source = span.text, span.source
    if text.startswith('"'):  # the path of an import: its last part
        first = span.start + 1 + (text.rfind("/") if "/" in text else 0)
        yield Fix(Span(source, first, span.end - 1), word)
        return
    if text.endswith("'") and not word.endswith("'"):
        span = Span(source, span.start, span.end - 1)
    beside = word.isalpha() and source.text[span.end : span.end + 1].isalnum()
    yield Fix(span, f"{word} " if beside else word)
    # A misspelt word is often noticed at the word behind it.
    before = re.search(r"([A-Za-z_][A-Za-z0-9_]*)[ \t\n]*$", source.text[: span.start])
    if before is not None:
        yield Fix(Span(source, before.start(1), before.end(1)), word)


def _helps(buffers: Buffers, name: str, diagnostic: Diagnostic, fix: Fix) -> bool:
    """Does the edit mend it, and break nothing? A syntax error hides what the later passes would say."""
    before = buffers.examine(name).diagnostics
    source = fix.span.source
    text = source.text[: fix.span.start] + fix.text + source.text[fix.span.end :]
    after = buffers.what_if(name, text)
    was_right, is_right = buffers.well_formed(source), buffers.well_formed(Source(name, text))
    if was_right != is_right:
        return is_right
    messages = [each.message for each in after.diagnostics]
    return len(messages) <= len(before) and diagnostic.message not in messages
