"""Lines of styled segments, wrapped to a width: what text for a terminal or a log is made of."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Literal

from skipgate.traces.plain import glued, unglued

Style = Literal["plain", "title", "quiet", "action", "old", "new", "crash", "restart", "bad"]
Segment = tuple[str, Style]

# Eight colours only, so that it reads on light and on dark; weight tells what colour may not.
_RICH: Mapping[Style, str] = {
    "plain": "",
    "title": "bold",
    "quiet": "dim",
    "action": "bold cyan",
    "old": "dim",
    "new": "bold",
    "crash": "bold red",
    "restart": "bold green",
    "bad": "bold red",
}

NARROWEST = 40  # columns; narrower, the indentation would leave no room for text


@dataclass(frozen=True)
class TextLine:
    """A logical line: it may be wrapped, and goes on under `hang`."""

    segments: tuple[Segment, ...]
    indent: int = 0
    hang: int = 0

    @property
    def text(self) -> str:
        """Its text without styles."""
        return "".join(text for text, _ in self.segments)


def laid_out(lines: Iterable[TextLine], *, colour: bool, width: int) -> str:
    """The lines as text of at most `width` columns (but not fewer than `NARROWEST`), with a newline at its end.

    `colour` adds the escapes of a terminal with eight colours.
    """
    pieces = [piece for line in lines for piece in _wrap(line, max(width, NARROWEST))]
    if colour:
        return _coloured(pieces)
    return "".join("".join(text for text, _ in piece).rstrip() + "\n" for piece in pieces)


def _wrap(line: TextLine, width: int) -> list[list[Segment]]:
    """The line cut into pieces of at most `width` columns, each with its indentation."""
    segments = [("".join(text for text, _ in same), style) for style, same in groupby(line.segments, itemgetter(1))]
    rows = textwrap.wrap(
        glued(line.text, width - max(line.indent, line.hang)),
        width,
        initial_indent=" " * line.indent,
        subsequent_indent=" " * line.hang,
        expand_tabs=False,
        replace_whitespace=False,
        break_on_hyphens=False,
    )
    if not rows:
        return [[]]
    pieces: list[list[Segment]] = []
    position = 0
    for number, row in enumerate(rows):
        indent = line.hang if number else line.indent
        body = unglued(row[indent:]).rstrip()
        # Wrapping drops nothing but blanks at the ends of rows, so a row begins where it is found next.
        position = line.text.index(body, position)
        piece: list[Segment] = [(" " * indent, "plain")] if indent else []
        piece.extend(_cut(segments, position, position + len(body)))
        position += len(body)
        pieces.append(piece)
    return pieces


def _cut(segments: Iterable[Segment], start: int, end: int) -> Iterator[Segment]:
    """The segments of the text from `start` to `end`."""
    for text, style in segments:
        if part := text[max(0, start) : max(0, end)]:
            yield part, style
        start, end = start - len(text), end - len(text)


def _coloured(pieces: list[list[Segment]]) -> str:
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    out = StringIO()
    console = Console(
        file=out,
        force_terminal=True,
        color_system="standard",
        highlight=False,
        legacy_windows=False,
        no_color=False,
    )
    for piece in pieces:
        text = Text.assemble(*((part, _RICH[style]) for part, style in piece))
        console.print(text, soft_wrap=True)
    return out.getvalue()
