"""The conditions on states and steps: which of them are false, true, or cannot be evaluated."""

from __future__ import annotations

from collections.abc import Sequence

from skipgate.checker.core import terms as t
from skipgate.checker.kernel.compiler import Tests
from skipgate.checker.kernel.functions import function
from skipgate.checker.kernel.kernel_text import Writer
from skipgate.checker.kernel.layout import Layout
from skipgate.checker.kernel.term_code import TermCompiler


class PredicateCode:
    """Writes the functions that evaluate conditions."""

    def __init__(self, layout: Layout, tests: Tests) -> None:
        self.layout = layout
        self.tests = tests

    def predicate(self, writer: Writer, term: t.Term) -> tuple[str, bool]:
        """Write what a condition needs. The result is its value, and whether it may fail, which sets the flag `err`."""
        compiler = TermCompiler(self.layout, writer, self.tests)
        with writer.aside(depth=0) as lines:
            value = compiler.boolean(term)
        if compiler.failed:
            writer.line("err = 0")
        writer.lines += lines
        return value, compiler.failed

    def violations(self, name: str, parameters: str, terms: Sequence[t.Term], others: Sequence[t.Term] = ()) -> str:
        """A function that writes the numbers of the terms that are false, and of any that cannot be evaluated."""
        writer = Writer()
        writer.line("n = 0")
        for number, term in enumerate((*terms, *others)):
            with writer.aside(depth=0) as lines:
                value, may_fail = self.predicate(writer, term)
                if may_fail:
                    self.note(writer, "err", -1 - number)
                if number < len(terms):
                    self.note(writer, f"not err and not {value}" if may_fail else f"not {value}", number)
            if may_fail or number < len(terms):
                writer.lines += lines
        writer.line("return n")
        return function(self.layout, f"{name}({parameters}, out)", writer)

    def witnesses(self, name: str, parameters: str, terms: Sequence[t.Term]) -> str:
        """A function that writes the numbers of the terms that are true. Errors are reported by `violations`."""
        writer = Writer()
        writer.line("n = 0")
        for number, term in enumerate(terms):
            value, may_fail = self.predicate(writer, term)
            self.note(writer, f"not err and {value}" if may_fail else value, number)
        writer.line("return n")
        return function(self.layout, f"{name}({parameters}, out)", writer)

    def facts(self, name: str, parameters: str, terms: Sequence[t.Term]) -> str:
        """A function that writes the values of terms. The value of one that cannot be evaluated may be either."""
        writer = Writer()
        for number, term in enumerate(terms):
            value, _ = self.predicate(writer, term)
            with writer.indented(f"if {value}:"):
                writer.line(f"out[{number}] = 1")
            with writer.indented("else:"):
                writer.line(f"out[{number}] = 0")
        writer.line(f"return {len(terms)}")
        return function(self.layout, f"{name}({parameters}, out)", writer)

    def note(self, writer: Writer, condition: str, number: int) -> None:
        """Write a number into `out` if a condition holds."""
        with writer.indented(f"if {condition}:"):
            writer.line(f"out[n] = {number}")
            writer.line("n = n + 1")

    def conjunction(self, name: str, terms: Sequence[t.Term] | None) -> str:
        """A function that tells whether all terms are true. For None it never says so."""
        writer = Writer()
        for term in terms or ():
            value, may_fail = self.predicate(writer, term)
            if may_fail:
                with writer.indented("if err:"):
                    writer.line("return -1")
            with writer.indented(f"if not {value}:"):
                writer.line("return 0")
        writer.line(f"return {0 if terms is None else 1}")
        return function(self.layout, f"{name}(s)", writer)
