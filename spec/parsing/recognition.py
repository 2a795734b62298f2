"""Is the text around a syntax error a construct of another language?

A token that cannot stand where it stands says little: `[x EXCEPT ![k] = v]` fails at its `!`, `role.set(n, v)` at its
bracket. So the text around the place is compared with what people mean who write such things. (This module is imported
where something is wrong: to compile the patterns takes a twentieth of a second.)
"""

from __future__ import annotations

import re

from skipgate.spec.diagnostics import Diagnostic
from skipgate.spec.parsing.idioms import IDIOMS, OTHER_FILES, Idiom
from skipgate.spec.source import Source, Span

# A line that begins at the margin with a word begins a declaration, as far as its author is concerned.
_MARGIN = re.compile(r"^[A-Za-z_-]\w*", re.MULTILINE)
_QUIET = re.compile(r'#[^\n]*|"(?:\\.|[^"\\\n])*"')  # comments and strings
_REACH = 2_000  # characters looked at on either side of a place


def recognise(source: Source, start: int, end: int) -> tuple[Diagnostic, int] | None:
    """What to say if the text between two offsets belongs to a construct of another language, and where that ends."""
    first, last = _around(source.text, start)
    text = _QUIET.sub(lambda found: '"' * len(found.group()), source.text[first:last])
    word = re.match(r"\w*", text)
    head = word.group() if word else ""
    for idiom in IDIOMS:
        if idiom.within and head not in idiom.within:
            continue
        for match in idiom.pattern.finditer(text):
            if first + match.start() < end and start < first + match.end():
                return _said(source, first, idiom, match), first + match.end()
    return None


def recognise_file(source: Source) -> Diagnostic | None:
    """What to say of a text that is something else altogether."""
    for other in OTHER_FILES:
        match = other.pattern.search(source.text)
        if match is not None:
            return _said(source, 0, other, match)
    return None


def _around(text: str, place: int) -> tuple[int, int]:
    """The bounds of the declaration around a place, as far as the margin tells."""
    first, last = max(0, place - _REACH), min(len(text), place + _REACH)
    first = text.rfind("\n", 0, first) + 1
    for found in _MARGIN.finditer(text, first, last):
        if found.start() > place:
            return first, found.start()
        first = found.start()
    return first, last


_UNKNOWN = {"a": "x", "b": "value", "x": "x", "p": "...", "k": "k", "s": "S", "t": "", "m": "", "path": "", "f": "f"}
"""Names for the groups that a pattern lacks, or that fit nothing."""


def _short(text: str) -> str:
    """A text on one line, cut off where it gets long."""
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "..."


def _said(source: Source, first: int, idiom: Idiom, match: re.Match[str]) -> Diagnostic:
    at = "at" if "at" in match.groupdict() else 0
    span = Span(source, first + match.start(at), first + match.end(at))
    words = {
        "at": span.flat,
        **_UNKNOWN,
        **{name: _short(found) for name, found in match.groupdict().items() if found is not None},
    }
    if "@" in words.get("v", ""):  # in an EXCEPT it is the old value
        words["v"] = words["v"].replace("@", words["m"] + words["k"])
    return Diagnostic(idiom.message.format_map(words), span, idiom.hint.format_map(words))
