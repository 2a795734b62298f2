"""Pieces of kernel text: expressions over integers as strings, folded where their operands are literals.

A boolean is an integer that is 0 or 1 (under CPython it may also be False or True).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from skipgate.checker.kernel.components import TooLarge

LARGEST_TEXT = 2**23  # characters of a function: compiling one takes about a hundred times as much memory


def is_literal(text: str) -> bool:
    """Is a text a number?"""
    return text.removeprefix("-").isdigit()


def is_atom(text: str) -> bool:
    """May the text be repeated without computing anything twice?"""
    return text.isidentifier() or is_literal(text)


def add(a: str, b: str) -> str:
    """`a + b`."""
    if is_literal(a) and is_literal(b):
        return str(int(a) + int(b))
    if b == "0":
        return a
    if a == "0":
        return b
    if is_literal(b) and int(b) < 0:
        return f"({a} - {-int(b)})"
    return f"({a} + {b})"


def sub(a: str, b: str) -> str:
    """`a - b`."""
    if is_literal(a) and is_literal(b):
        return str(int(a) - int(b))
    if b == "0":
        return a
    if is_literal(b) and int(b) < 0:
        return f"({a} + {-int(b)})"
    return f"({a} - {b})"


def mul(a: str, b: str) -> str:
    """`a * b`."""
    if is_literal(a) and is_literal(b):
        return str(int(a) * int(b))
    if "0" in (a, b):
        return "0"
    if a == "1":
        return b
    return a if b == "1" else f"({a} * {b})"


def compare(operator: str, a: str, b: str) -> str:
    """`==`, `!=`, `<` or `<=`."""
    if is_literal(a) and is_literal(b):
        x, y = int(a), int(b)
        return _bit({"==": x == y, "!=": x != y, "<": x < y, "<=": x <= y}[operator])
    if a == b and is_atom(a):
        return _bit(operator in ("==", "<="))
    return f"({a} {operator} {b})"


def and_(*parts: str) -> str:
    """All of these conditions."""
    kept = [part for part in parts if part != "1"]
    if "0" in kept:
        # What stands before the 0 has no effect: expressions cannot fail.
        return "0"
    if not kept:
        return "1"
    return kept[0] if len(kept) == 1 else f"({' and '.join(kept)})"


def or_(*parts: str) -> str:
    """One of these conditions."""
    kept = [part for part in parts if part != "0"]
    if "1" in kept:
        return "1"
    if not kept:
        return "0"
    return kept[0] if len(kept) == 1 else f"({' or '.join(kept)})"


def not_(a: str) -> str:
    """The opposite of a condition."""
    if is_literal(a):
        return _bit(a == "0")
    return f"(not {a})"


def choose(condition: str, then: str, otherwise: str) -> str:
    """`then` if the condition holds, else `otherwise`."""
    if is_literal(condition):
        return otherwise if condition == "0" else then
    if then == otherwise:
        return then
    if (then, otherwise) == ("1", "0"):
        return condition
    return f"({then} if {condition} else {otherwise})"


def shift_left(a: str, bits: str) -> str:
    """`a` times 2 to the power of `bits`."""
    if is_literal(a) and is_literal(bits):
        return str(int(a) << int(bits))
    return a if bits == "0" else f"({a} << {bits})"


def shift_right(a: str, bits: str) -> str:
    """`a` divided by 2 to the power of `bits`, rounded down."""
    if is_literal(a) and is_literal(bits):
        return str(int(a) >> int(bits))
    return a if bits == "0" else f"({a} >> {bits})"


def bit_and(a: str, b: str) -> str:
    """The bits that are in both."""
    if is_literal(a) and is_literal(b):
        return str(int(a) & int(b))
    return "0" if "0" in (a, b) else f"({a} & {b})"


def bit_or(*parts: str) -> str:
    """The bits that are in one of these."""
    literal = 0
    rest: list[str] = []
    for part in parts:
        if is_literal(part):
            literal |= int(part)
        else:
            rest.append(part)
    if literal or not rest:
        rest.append(str(literal))
    return rest[0] if len(rest) == 1 else f"({' | '.join(rest)})"


def _bit(value: bool) -> str:
    return "1" if value else "0"


def field_name(variable: str, component: int, primed: bool) -> str:
    """The name in a kernel of a component of a variable. That of an instance's variable tells where its dots are."""
    parts = variable.replace("[_]", "").split(".")
    dots = "x".join(str(len(part)) for part in parts[:-1])
    return f"{'n' if primed else 'v'}{dots}_{'_'.join(parts)}_{component}"


def word_name(word: int, primed: bool) -> str:
    """The name in a kernel of a word of the old or the new state."""
    return f"{'u' if primed else 'w'}_{word}"


def words_in(lines: Sequence[str]) -> list[int]:
    """The numbers of the words that a text mentions."""
    return sorted({int(number) for line in lines for number in re.findall(r"\bw_(\d+)\b", line)})


class Writer:
    """Lines of a kernel under construction, with fresh names for what is computed on the way.

    Raises (when lines are written):
        TooLarge: the text would not compile in reasonable time and memory.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 1
        self._count = 0
        self._written = 0

    def fresh(self, stem: str = "t") -> str:
        """A new name."""
        self._count += 1
        return f"{stem}{self._count}"

    def line(self, text: str) -> None:
        """Write a line."""
        self._written += 4 * self.depth + len(text)
        if self._written > LARGEST_TEXT:
            raise TooLarge("this takes too much code; smaller types, or fewer nested quantifiers, take less")
        self.lines.append("    " * self.depth + text)

    def assign(self, name: str, text: str) -> None:
        """Let a name stand for a value."""
        if name != text:
            self.line(f"{name} = {text}")

    def atom(self, text: str) -> str:
        """The text itself if it may be repeated, else a new name for its value."""
        if is_atom(text):
            return text
        name = self.fresh()
        self.assign(name, text)
        return name

    def atoms(self, texts: Sequence[str]) -> list[str]:
        """The same for several texts."""
        return [self.atom(text) for text in texts]

    @contextmanager
    def indented(self, head: str) -> Iterator[None]:
        """A block under `if ...:` or `while ...:`; it must not stay empty."""
        self.line(head)
        self.depth += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.line("pass")
        self.depth -= 1

    @contextmanager
    def aside(self, depth: int = 1) -> Iterator[list[str]]:
        """Write into a list of its own, `depth` levels further in; the caller decides whether to keep it."""
        saved, self.lines = self.lines, []
        self.depth += depth
        mine = self.lines
        try:
            yield mine
        finally:
            self.depth -= depth
            self.lines = saved
