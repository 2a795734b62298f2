"""Options, records and variants."""

from __future__ import annotations

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import RecordType, VariantType, of_kind
from skipgate.checker.kernel.compiler import Compiler
from skipgate.checker.kernel.components import least
from skipgate.checker.kernel.kernel_text import choose, compare, not_
from skipgate.checker.kernel.rows import Row, absent, field_place, harmless, overlaid, shape_row


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


def make_variant(compiler: Compiler, term: t.MakeVariant) -> Row:
    """The number of the shape, then the fields where the shape has them."""
    shapes = term.type.shapes
    place = term.type.index(of_kind(term.operand.type, RecordType).name)
    contents = [absent(each) for each in shapes]
    contents[place] = compiler.row(term.operand)
    return overlaid(term.type, str(place + 1), contents)


def is_shape(compiler: Compiler, term: t.IsShape) -> Row:
    """A comparison with the number of the shape."""
    place = of_kind(term.operand.type, VariantType).index(term.shape)
    return [compare("==", compiler.row(term.operand)[0], str(place + 1))]


def get_shape(compiler: Compiler, term: t.GetShape) -> Row:
    """The fields. Kernels compute on with them under another shape too, so then they are those of some value."""
    type_ = of_kind(term.operand.type, VariantType)
    place = type_.index(term.shape)
    row = compiler.writer.atoms(compiler.row(term.operand))
    here = compare("==", row[0], str(place + 1))
    return [choose(here, c, str(low)) for c, low in zip(shape_row(row, type_, place), least(term.type), strict=True)]
