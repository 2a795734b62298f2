"""What permuting the values of sorts does to a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from skipgate.checker.core.values import SortValue, Value, map_parts, walk

Permutation = Mapping[SortValue, SortValue]  # those that are missing stay


def permuted(value: Value, permutation: Permutation) -> Value:
    """The value with every identity in it replaced by the one that it is taken to."""
    if isinstance(value, SortValue):
        return permutation.get(value, value)
    return map_parts(value, lambda part: permuted(part, permutation))


def exchange(a: SortValue, b: SortValue) -> Permutation:
    """The permutation in which two identities take each other's place."""
    return {a: b, b: a}


def identities(value: Value) -> Iterator[SortValue]:
    """The identities that a value is made of."""
    return (part for part in walk(value) if isinstance(part, SortValue))
