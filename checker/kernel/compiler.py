"""What the code of all terms has in common: the names in scope, the error flag, run-time tests, copies.

The functions that write the code of a kind of terms (`set_code`, `quantifier_code`, ...) are given a compiler, and ask
it for the rows of the terms below. `term_code` chooses the function for each term.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import Type
from skipgate.checker.kernel.components import TooLarge
from skipgate.checker.kernel.kernel_text import Writer
from skipgate.checker.kernel.layout import Layout
from skipgate.checker.kernel.recast import recast
from skipgate.checker.kernel.rows import Row

_MOST_COPIES = 50_000  # where it cannot be avoided


@dataclass(frozen=True)
class Named:
    """What a local name stands for: its components, and the error flag of its computation, if it can fail."""

    row: Row
    flag: str | None = None


@dataclass
class Tests:
    """The operations that are tested at run time, and those that are not, because they are known never to fail.

    They may be known not to fail only under the conditions around them. So an operation that is not defined for every
    number is never part of an expression, even without its test: it is a statement, which stands under the conditions.
    """

    discharged: frozenset[t.Term] = frozenset()  # known never to fail
    written: set[t.Term] = field(default_factory=set)
    spared: set[t.Term] = field(default_factory=set)


class Compiler(ABC):
    """Compiles terms into the lines of a writer.

    `failed` tells whether the current error flag may have been set since it was last cleared.
    """

    def __init__(self, layout: Layout, writer: Writer, tests: Tests) -> None:
        self.layout = layout
        self.writer = writer
        self.tests = tests
        self.locals: dict[t.LocalVar, Named] = {}
        self.flag = "err"
        self.failed = False
        self.ahead = False  # is this the value of a `let`, which is computed before it is used, and perhaps never?
        self.copies = 1  # of the code being written, by unrolled quantifiers around it

    # ------------------------------------------------------------------------------------------------------ terms

    @abstractmethod
    def row(self, term: t.Term) -> Row:
        """The components of a term's value. Statements that they need are written first."""

    def boolean(self, term: t.Term) -> str:
        """The single component of a condition."""
        return self.one(term)

    def one(self, term: t.Term) -> str:
        """The single component of an integer, boolean, enum or sort."""
        (component,) = self.row(term) or ["0"]  # there is none of a term that never has a value
        return component

    def as_type(self, term: t.Term, wanted: Type) -> Row:
        """The components of a term's value as one of a type that includes it."""
        return recast(self.writer, self.row(term), term.type, wanted)[0]

    # ------------------------------------------------------------------------------------------------------ tests

    def fail_if(self, condition: str, **instead: str) -> None:
        """Set the error flag if the condition holds, and give names a harmless value in that case."""
        if condition == "0":
            return
        self.failed = True
        with self.under(condition):
            self.writer.line(f"{self.flag} = 1")
            for name, value in instead.items():
                self.writer.line(f"{name} = {value}")

    def test(self, term: t.Term, condition: str, **instead: str) -> None:
        """The same for an operation that fails under the condition, unless it is known never to fail."""
        if condition == "0":
            return
        if term not in self.tests.discharged:
            self.tests.written.add(term)
            self.fail_if(condition, **instead)
            return
        self.tests.spared.add(term)
        if self.ahead and instead:
            # It never fails where its value is used. Here it is computed in any case, so it must be defined.
            with self.writer.indented(f"if {condition}:"):
                for name, value in instead.items():
                    self.writer.line(f"{name} = {value}")

    def renamed(self, row: Row) -> Row:
        """The components under names of their own, so that a failed test can replace them."""
        names = [self.writer.fresh() for _ in row]
        for name, text in zip(names, row, strict=True):
            self.writer.line(f"{name} = {text}")
        return names

    # ----------------------------------------------------------------------------------------------------- blocks

    def under(self, condition: str) -> AbstractContextManager[object]:
        """Write what follows under an `if`. If the condition is known to be false, what follows is dropped."""
        if condition == "1":
            return nullcontext()
        if condition == "0":
            return self.writer.aside()
        return self.writer.indented(f"if {condition}:")

    @contextmanager
    def copied(self, times: int) -> Iterator[None]:
        """What follows is written so many times."""
        before = self.copies
        self.copies *= max(1, times)
        if self.copies > _MOST_COPIES:
            raise TooLarge(f"this has to be written out {self.copies} times; at most {_MOST_COPIES} are possible")
        yield
        self.copies = before
