"""Options, records and variants."""

from __future__ import annotations

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import RecordType, Type, VariantType, of_kind
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.encoder import Encoded, Encoder
from skipgate.checker.smt.encoding.logic import and_
from skipgate.checker.smt.encoding.symbolic import Option, Record, Variant, nothing


def some_of(encoder: Encoder, term: t.SomeOf) -> Encoded:
    """An option that has a value."""
    value, defined = encoder.encode(term.operand)
    return Encoded(Option(True, value), defined)


def is_some(encoder: Encoder, term: t.IsSome) -> Encoded:
    """Has an option a value?"""
    value, defined = encoder.encode(term.operand)
    assert isinstance(value, Option)
    return Encoded(value.present, defined)


def get(encoder: Encoder, term: t.Get) -> Encoded:
    """The value in an option, which fails if there is none."""
    option, defined = encoder.encode(term.operand)
    assert isinstance(option, Option)
    if term.known:
        return Encoded(option.value, defined)
    return encoder.partial(term, option.present, option.value, defined)


def make_record(encoder: Encoder, term: t.MakeRecord) -> Encoded:
    """A record by its parts."""
    assert isinstance(term.type, RecordType)
    parts = [encoder.encode(part) for part in term.parts]
    return Encoded(Record(tuple(part.value for part in parts)), logic.all_of(part.defined for part in parts))


def get_field(encoder: Encoder, term: t.GetField) -> Encoded:
    """A part of a record."""
    record, defined = encoder.encode(term.operand)
    assert isinstance(record, Record)
    return Encoded(record.parts[_field_place(term.operand.type, term.field)], defined)


def with_field(encoder: Encoder, term: t.WithField) -> Encoded:
    """A record with one part replaced."""
    record, defined = encoder.encode(term.operand)
    value, value_defined = encoder.encode(term.value)
    assert isinstance(record, Record)
    place = _field_place(term.operand.type, term.field)
    parts = (*record.parts[:place], value, *record.parts[place + 1 :])
    return Encoded(Record(parts), and_(defined, value_defined))


def make_variant(encoder: Encoder, term: t.MakeVariant) -> Encoded:
    """The number of the shape and its fields; those of other shapes are absent."""
    value, defined = encoder.encode(term.operand)
    place = term.type.index(of_kind(term.operand.type, RecordType).name)
    contents = [nothing(each) for each in term.type.shapes]
    contents[place] = value
    return Encoded(Variant(place + 1, tuple(contents)), defined)


def is_shape(encoder: Encoder, term: t.IsShape) -> Encoded:
    """Has a value a shape?"""
    value, defined = encoder.encode(term.operand)
    assert isinstance(value, Variant)
    return Encoded(value.has(of_kind(term.operand.type, VariantType).index(term.shape)), defined)


def get_shape(encoder: Encoder, term: t.GetShape) -> Encoded:
    """The fields of a shape that the value is known to have."""
    value, defined = encoder.encode(term.operand)
    assert isinstance(value, Variant)
    return Encoded(value.contents[of_kind(term.operand.type, VariantType).index(term.shape)], defined)


def _field_place(type_: Type, field: str) -> int:
    assert isinstance(type_, RecordType)
    return [name for name, _ in type_.fields].index(field)
