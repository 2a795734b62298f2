"""Options and records."""

from __future__ import annotations

from skipgate.checker.core import terms as t
from skipgate.checker.kernel.compiler import Compiler
from skipgate.checker.kernel.kernel_text import not_
from skipgate.checker.kernel.rows import Row, field_place, harmless


def some_of(compiler: Compiler, term: t.SomeOf) -> Row:
    """A 1, then the value."""
    return ["1", *compiler.row(term.operand)]


def is_some(compiler: Compiler, term: t.IsSome) -> Row:
    """The first component."""
    return [compiler.row(term.operand)[0]]


def get(compiler: Compiler, term: t.Get) -> Row:
    """The components after the first."""
    tag, *rest = compiler.row(term.operand)
    if term.known:
        return rest
    rest = compiler.renamed(rest)
    compiler.test(term, not_(tag), **harmless(rest, term.type))
    return rest


def make_record(compiler: Compiler, term: t.MakeRecord) -> Row:
    """The rows of the fields."""
    return [c for part in term.parts for c in compiler.row(part)]


def get_field(compiler: Compiler, term: t.GetField) -> Row:
    """The part of the row that belongs to the field."""
    start, stop = field_place(term.operand.type, term.field)
    return compiler.row(term.operand)[start:stop]


def with_field(compiler: Compiler, term: t.WithField) -> Row:
    """The row, with the part of one field replaced."""
    start, stop = field_place(term.operand.type, term.field)
    row = compiler.row(term.operand)
    return [*row[:start], *compiler.row(term.value), *row[stop:]]
