"""Options and records."""

from __future__ import annotations

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import RecordType, Type
from skipgate.checker.smt.encoding import logic
from skipgate.checker.smt.encoding.encoder import Encoded, Encoder
from skipgate.checker.smt.encoding.logic import and_
from skipgate.checker.smt.encoding.symbolic import Option, Record


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


def _field_place(type_: Type, field: str) -> int:
    assert isinstance(type_, RecordType)
    return [name for name, _ in type_.fields].index(field)
