"""A search that grows without end in sight: no level is smaller than the one before, and a variable rises with them.

All types have bounds, so every search ends some time. But `t : 0..1_000_000`, of which a few values were meant, looks
like this: with each step it is larger, and the bound is far away. It is looked for among the later half of the levels,
in a sample of the states of a few of them; so it is a hint, and no verdict depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from skipgate.checker.core.datatypes import BagType, IntType, MapType, SeqType, SetType, Type, parts
from skipgate.checker.core.model import Model
from skipgate.checker.core.terms import variables_read
from skipgate.checker.core.values import BagValue, MapValue, Value
from skipgate.checker.core.values import parts as parts_of
from skipgate.checker.kernel.layout import Layout

State = tuple[int, ...]

_FEWEST = 16  # levels from which anything can be told
_LOOKS = 6  # levels that are looked at
_SAMPLE = 64  # states of each


@dataclass(frozen=True)
class Growth:
    """What rises with the depth: of a variable the largest number in it, or how many elements it has."""

    variable: str
    elements: bool
    first: tuple[int, int]  # a level, and how much it is there
    last: tuple[int, int]
    limit: int  # that its type sets

    @property
    def short(self) -> str:
        """For a line on which there is little room."""
        return f"`{self.variable}` grows without end"

    def __str__(self) -> str:
        what = f"the size of `{self.variable}`" if self.elements else f"`{self.variable}`"
        (begin, low), (end, high) = self.first, self.last
        return (
            f"the search grows without end in sight: no level is smaller than the one before, and {what} rises with "
            f"the depth, from {low:,} at {begin:,} to {high:,} at {end:,}, and may reach {self.limit:,}; give it a "
            f"smaller type, or bound it by a `constraint`"
        )


class Levels(Protocol):
    """The levels that a search has come to, and whose states it has all found."""

    def level_sizes(self) -> Sequence[int]:
        """How many states each has."""

    def sample(self, level: int, most: int) -> Sequence[State]:
        """Some states of a level, counted from 0; about as many as asked for, or all."""


def growing(model: Model, layout: Layout, levels: Levels) -> Growth | None:
    """What grows without end in sight, if anything does."""
    sizes = levels.level_sizes()
    depth = len(sizes)
    half = depth // 2
    if depth < _FEWEST or any(later < earlier for earlier, later in pairwise(sizes[half:])):
        return None
    chosen = [half + (depth - 1 - half) * look // (_LOOKS - 1) for look in range(_LOOKS)]
    bounded = {name for constraint in model.constraints for name in variables_read(constraint.term)}
    limits = {
        (variable.name, elements): limit
        for variable in model.variables
        if variable.name not in bounded
        for elements in (False, True)
        if (limit := max(_limits(variable.type, elements), default=0)) > depth
    }
    if not limits:
        return None
    measured = [_most(layout, levels.sample(level, _SAMPLE), limits) for level in chosen]
    found = []
    for (name, elements), limit in limits.items():
        row = [most[name, elements] for most in measured]
        rises = all(earlier < later for earlier, later in pairwise(row))
        # At this rate, more levels are left than there were.
        if rises and (limit - row[-1]) * (chosen[-1] - chosen[0]) > depth * (row[-1] - row[0]):
            found.append(Growth(name, elements, (chosen[0] + 1, row[0]), (depth, row[-1]), limit))
    return max(found, key=lambda each: each.limit, default=None)


def _most(
    layout: Layout, states: Sequence[State], limits: Mapping[tuple[str, bool], int]
) -> dict[tuple[str, bool], int]:
    """How much of each there is in any of the states."""
    unpacked = [layout.unpack(state) for state in states]
    return {
        (name, elements): max((each for state in unpacked for each in _measures(state[name], elements)), default=0)
        for name, elements in limits
    }


def _measures(value: Value, elements: bool) -> Iterator[int]:
    """The numbers in a value, or the sizes of its collections. The keys of maps never change."""
    if isinstance(value, int) and not isinstance(value, bool) and not elements:
        yield value
    if isinstance(value, frozenset | tuple) and elements:
        yield len(value)
    if isinstance(value, BagValue) and elements:
        yield sum(count for _, count in value.items)
    inside = (part for _, part in value.items) if isinstance(value, MapValue) else parts_of(value)
    for part in inside:
        yield from _measures(part, elements)


def _limits(type_: Type, elements: bool) -> Iterator[int]:
    """How large the numbers in a value of a type can be, or its collections."""
    if isinstance(type_, IntType) and type_.high is not None and not elements:
        yield type_.high
    if isinstance(type_, SeqType | BagType | SetType) and type_.capacity is not None and elements:
        yield type_.capacity
    for part in (type_.value,) if isinstance(type_, MapType) else parts(type_):
        yield from _limits(part, elements)
