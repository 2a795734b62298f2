"""Source text and places in it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, eq=False)
class Source:
    """One file of specification text. `name` is the path as the user gave it, for messages.

    A file that is imported under a name is a source of its own for each of them: `instance` says which, and where.
    """

    name: str
    text: str = field(repr=False)
    instance: str | None = None

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(i + 1 for i, char in enumerate(self.text) if char == "\n")]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character offset, both counted from 1."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and a column, both counted from 1; the nearest one if the text has no such place."""
        if line > len(self._line_starts):
            return len(self.text)
        start = self._line_starts[line - 1]
        return min(start + max(column - 1, 0), start + len(self.line(line)))

    def line(self, number: int) -> str:
        """The text of line `number` (counted from 1) without its line end."""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source: characters `start` up to, and not including, `end`."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        """The line of the start, counted from 1."""
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        """The column of the start, counted from 1."""
        return self.source.position(self.start)[1]

    @property
    def text(self) -> str:
        """The characters of the span."""
        return self.source.text[self.start : self.end]

    @property
    def flat(self) -> str:
        """The text on one line, runs of white space and comments reduced to one blank."""
        lines = (line.split("#", 1)[0] if '"' not in line else line for line in self.text.splitlines())
        return " ".join(" ".join(lines).split())

    @property
    def place(self) -> str:
        """`file:line:column`, as compilers print it."""
        line, column = self.source.position(self.start)
        return f"{self.source.name}:{line}:{column}"

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of `other`."""
        return Span(self.source, self.start, other.end)
