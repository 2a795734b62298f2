"""How each state of a validation was reached: kept in a file, so that memory does not grow with the log."""

from __future__ import annotations

import tempfile
from array import array
from dataclasses import dataclass

from skipgate.checker.validate.kernels import Words

_FLUSH = 1 << 16  # numbers that are written at a time
_HEAD = 5  # numbers before the words
NO_EVENT = -1


@dataclass(frozen=True)
class Node:
    """A state that was reached: from which one, by what, and with which words.

    `event` are the words of the event's values, and `line` the number of the event among all of its log. Without an
    event, the rule is that of silent steps, or there is no step at all, in an initial state.
    """

    before: int  # the number of the node before it, or -1
    log: int
    line: int
    rule: int
    candidate: int
    state: Words
    event: Words


class History:
    """Numbered nodes in a temporary file."""

    def __init__(self, words: int, event_words: int) -> None:
        self.words = words
        self.size = _HEAD + words + event_words
        self.padding = (0,) * event_words
        self.buffer = array("q")
        self.written = 0  # nodes in the file
        self.count = 0
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`

    def add(self, before: int, log: int, line: int, rule: int, candidate: int, state: Words, event: Words) -> int:
        """Add a node; the result is its number."""
        buffer = self.buffer
        buffer.extend((before, log, line, rule, candidate))
        buffer.extend(state)
        buffer.extend(event)
        if len(event) < len(self.padding):
            buffer.extend(self.padding[len(event) :])
        number = self.count
        self.count = number + 1
        if len(buffer) >= _FLUSH:
            self.flush()
        return number

    def flush(self) -> None:
        """Write what is in memory to the file."""
        self.file.write(self.buffer.tobytes())
        self.written = self.count
        self.buffer = array("q")

    def node(self, number: int) -> Node:
        """The node with a number."""
        if number >= self.written:
            self.flush()
        row = array("q")
        width = self.size * row.itemsize
        self.file.seek(number * width)
        row.frombytes(self.file.read(width))
        self.file.seek(0, 2)
        before, log, line, rule, candidate, *words = row
        return Node(before, log, line, rule, candidate, tuple(words[: self.words]), tuple(words[self.words :]))

    def path(self, number: int, most: int | None = None) -> list[Node]:
        """The nodes that lead to one, itself included: all, or the last few."""
        found: list[Node] = []
        while number >= 0 and (most is None or len(found) < most):
            found.append(self.node(number))
            number = found[-1].before
        return found[::-1]

    def close(self) -> None:
        """Let the file go."""
        self.file.close()
