"""What permuting the values of sorts does to a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from skipgate.checker.core.values import MapValue, RecordValue, Some, SortValue, Value, sort_key

Permutation = Mapping[SortValue, SortValue]  # those that are missing stay


def permuted(value: Value, permutation: Permutation) -> Value:
    """The value with every identity in it replaced by the one that it is taken to."""
    match value:
        case SortValue():
            return permutation.get(value, value)
        case Some(inner):
            return Some(permuted(inner, permutation))
        case RecordValue(name, fields):
            return RecordValue(name, tuple((field, permuted(part, permutation)) for field, part in fields))
        case MapValue(items):
            moved = ((permuted(k, permutation), permuted(v, permutation)) for k, v in items)
            return MapValue(tuple(sorted(moved, key=lambda item: sort_key(item[0]))))
        case frozenset():
            return frozenset(permuted(part, permutation) for part in value)
        case tuple():
            return tuple(permuted(part, permutation) for part in value)
    return value


def exchange(a: SortValue, b: SortValue) -> Permutation:
    """The permutation in which two identities take each other's place."""
    return {a: b, b: a}


def identities(value: Value) -> Iterator[SortValue]:
    """The identities that a value is made of."""
    match value:
        case SortValue():
            yield value
        case Some(inner):
            yield from identities(inner)
        case RecordValue(_, fields):
            for _, part in fields:
                yield from identities(part)
        case MapValue(items):
            for item in items:
                yield from identities(item)
        case frozenset() | tuple():
            for part in value:
                yield from identities(part)
