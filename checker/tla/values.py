"""Values as TLA+ writes them."""

from __future__ import annotations

from typing import assert_never

from skipgate.checker.core.values import (
    BagValue,
    EnumValue,
    MapValue,
    Nothing,
    RecordValue,
    Some,
    SortValue,
    Value,
    VariantValue,
    sort_key,
)
from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.names import NameAllocator


def value_node(value: Value, names: NameAllocator, none: str) -> tla.TlaExpr:
    """A value as an expression, in which an identity of a sort stands under its own name, and `none` under that.

    Names that it binds are taken until the locals are cleared.
    """

    def sub(part: Value) -> tla.TlaExpr:
        return value_node(part, names, none)

    match value:
        case bool():
            return tla.TRUE if value else tla.FALSE
        case int():
            return make.number(value)
        case EnumValue(name=name):
            return make.string(names.of(name))
        case SortValue():
            return tla.Text(str(value))
        case Nothing():
            return tla.Text(none)
        case Some(inner):
            return make.tuple_of(sub(inner)) if isinstance(inner, Some | Nothing) else sub(inner)
        case RecordValue(_, fields):
            return make.record([(names.of(field), sub(part)) for field, part in fields])
        case VariantValue(_, _, content):
            tag = (names.tag, make.string(names.of(content.record)))
            return make.record([tag, *((names.of(field), sub(part)) for field, part in content.fields)])
        case MapValue(items):
            # As a choice by key; a function of no key is the empty sequence.
            if not items:
                return make.tuple_of()
            name = names.local("k")
            translated = [(sub(key), sub(part)) for key, part in items]
            keys = make.set_of(*(key for key, _ in translated))
            arms = [(tla.Infix("=", tla.Text(name), key), part) for key, part in translated]
            return make.function([(name, keys)], tla.Case(tuple(arms)))
        case BagValue(items):
            copies = [(part, number) for part, count in items for number in range(1, count + 1)]
            return make.set_of(*(make.tuple_of(sub(part), make.number(number)) for part, number in copies))
        case frozenset():
            return make.set_of(*(sub(part) for part in sorted(value, key=sort_key)))
        case tuple():
            return make.tuple_of(*map(sub, value))
        case _:
            assert_never(value)


def fits_configuration(value: Value) -> bool:
    """Can a configuration file of TLC say it? It has natural numbers, strings, and sets of them."""
    match value:
        case bool() | EnumValue() | SortValue() | Nothing():
            return True
        case int():
            return value >= 0
        case Some(inner):
            return not isinstance(inner, Some | Nothing) and fits_configuration(inner)
        case frozenset():
            return all(fits_configuration(part) for part in value)
        case RecordValue() | VariantValue() | MapValue() | BagValue() | tuple():
            return False
        case _:
            assert_never(value)
