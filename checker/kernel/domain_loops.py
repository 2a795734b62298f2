"""Loops over domains, whose text does not grow with the number of elements.

Each counts places in the order of the elements' type, or takes one bit of a mask or one slot after the other: a loop
over a set takes as many rounds as there are elements in it, not as many as there could be.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import pairwise

from skipgate.checker.core.datatypes import Type
from skipgate.checker.kernel.components import CHUNK
from skipgate.checker.kernel.kernel_text import Writer, add, mul
from skipgate.checker.kernel.rows import Row, pick
from skipgate.checker.kernel.slots import element_of
from skipgate.checker.kernel.unrank import unrank
from skipgate.spec.data import dataclass


@dataclass(frozen=True)
class DomainLoop(ABC):
    """A domain of elements of a type in a loop. `place` is the name for where the element is in the type's order."""

    type: Type
    place: str

    @abstractmethod
    def begin(self, writer: Writer) -> str:
        """Write what stands before the loop. The result is the condition under which there is another round."""

    @abstractmethod
    def round(self, writer: Writer) -> AbstractContextManager[None]:
        """Write what stands around the body; in the body, `place` is known."""

    def row(self, writer: Writer) -> Row:
        """The components of the element."""
        return writer.atoms(unrank(writer, self.place, self.type))


@dataclass(frozen=True)
class Places(DomainLoop):
    """The elements from one place to another."""

    low: str
    high: str

    def begin(self, writer: Writer) -> str:
        """Begin with the first."""
        high = writer.atom(self.high)
        writer.line(f"{self.place} = {self.low}")
        return f"{self.place} <= {high}"

    @contextmanager
    def round(self, writer: Writer) -> Iterator[None]:
        """Count."""
        yield
        writer.line(f"{self.place} = {self.place} + 1")


@dataclass(frozen=True)
class Numbers(Places):
    """The numbers from one to another: here the place is the number itself."""

    def row(self, writer: Writer) -> Row:
        """The number."""
        return [self.place]


@dataclass(frozen=True)
class Members(DomainLoop):
    """The elements of a set, given as a mask: its lowest bit is taken away until none is left."""

    mask: Row
    left: str  # the name for the bits that are left, of one chunk
    chunk: str

    def begin(self, writer: Writer) -> str:
        """Begin with the first chunk."""
        writer.line(f"{self.left} = {self.mask[0]}")
        if len(self.mask) == 1:
            return self.left
        writer.line(f"{self.chunk} = 0")
        return f"{self.chunk} < {len(self.mask)}"

    @contextmanager
    def round(self, writer: Writer) -> Iterator[None]:
        """Take a bit, or go on to the next chunk."""
        if len(self.mask) == 1:
            self.take(writer, "0")
            yield
            return
        with writer.indented(f"if {self.left}:"):
            self.take(writer, mul(self.chunk, str(CHUNK)))
            yield
        with writer.indented("else:"):
            writer.line(f"{self.chunk} = {self.chunk} + 1")
            (following,) = pick([[chunk] for chunk in self.mask], self.chunk, self.type)
            writer.line(f"{self.left} = {following}")

    def take(self, writer: Writer, first: str) -> None:
        """The place of the lowest bit is the number of zeros below it."""
        writer.line(f"{self.place} = {add(first, f'popcount(~{self.left} & ({self.left} - 1))')}")
        writer.line(f"{self.left} = {self.left} & ({self.left} - 1)")


@dataclass(frozen=True)
class Submasks(DomainLoop):
    """The subsets of a set, as the numbers whose bits are among those of a mask."""

    whole: str
    more: str  # the name for whether there are others

    def begin(self, writer: Writer) -> str:
        """Begin with the empty set."""
        writer.line(f"{self.place} = 0")
        writer.line(f"{self.more} = 1")
        return self.more

    @contextmanager
    def round(self, writer: Writer) -> Iterator[None]:
        """Count in the bits of the mask alone."""
        yield
        writer.line(f"{self.more} = {self.place} != {self.whole}")
        writer.line(f"{self.place} = ({self.place} - {self.whole}) & {self.whole}")


@dataclass(frozen=True)
class Slots(DomainLoop):
    """The elements of a set with a capacity: in each round its slots move up by one, and the last comes out."""

    others: tuple[str, ...]  # names for the numbers of a slot besides the first, which is `place`
    slots: Sequence[tuple[Row, Row]]  # the slots from the last to the first, and names for them
    count: str  # the name for the rounds so far

    def begin(self, writer: Writer) -> str:
        """Begin with the last slot, which has the least element if it has any."""
        for slot, names in self.slots:
            for name, number in zip(names, slot, strict=True):
                writer.line(f"{name} = {number}")
        writer.line(f"{self.count} = 0")
        return f"{self.count} < {len(self.slots)}"

    @contextmanager
    def round(self, writer: Writer) -> Iterator[None]:
        """Take a slot; the body is for those that are not empty."""
        moved = [[self.place, *self.others], *(names for _, names in self.slots)]
        for names, following in pairwise(moved):
            for name, number in zip(names, following, strict=True):
                writer.line(f"{name} = {number}")
        writer.line(f"{self.count} = {self.count} + 1")
        with writer.indented(f"if {self.place}:"):
            yield

    def row(self, writer: Writer) -> Row:
        """What is packed in the slot."""
        return writer.atoms(element_of([self.place, *self.others], self.type))


@contextmanager
def loop(writer: Writer, domain: DomainLoop, condition: Callable[[], str] = str) -> Iterator[Row]:
    """A `while` loop over a domain, which goes on only while the condition (`x and`) holds. It gives the element's row.

    The condition is asked for after the body has been written.
    """
    more = domain.begin(writer)
    with writer.aside() as lines, domain.round(writer):
        with writer.aside(depth=0) as decoding:
            row = domain.row(writer)
        with writer.aside(depth=0) as body:
            yield row
        writer.lines += _mentioned(decoding, body) + body
    writer.line(f"while {condition()} {more}:".replace("  ", " "))
    writer.lines += lines


def _mentioned(assignments: Sequence[str], text: Sequence[str]) -> list[str]:
    """Those of the assignments whose names are mentioned in the text, or in an assignment that is."""
    if not assignments:
        return []
    names = {name for line in text for name in re.findall(r"\w+", line)}
    kept: list[str] = []
    for line in reversed(assignments):
        name, value = line.split(" = ", 1)
        if name.strip() in names:
            names.update(re.findall(r"\w+", value))
            kept.insert(0, line)
    return kept
