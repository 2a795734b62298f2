"""How many values each variable has, and how many states would be left without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from skipgate.checker.core.coverage import VariableCoverage
from skipgate.checker.coverage.levels import Numbers
from skipgate.checker.kernel.layout import Layout, Slot

MOST = 1 << 20  # states of which every projection is compared; of more, a sample
_PIECE = 1 << 20  # states that are looked at together
_WIDEST = 24  # bits of a variable whose values are ticked off in a table
_FACTORS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)  # of splitmix64


def variable_coverage(
    layout: Layout,
    states: Callable[[], Iterator[Numbers]],
    count: int,
    look: Callable[[], None],
    different: Callable[[Numbers], int] | None = None,
    most: int = MOST,
) -> tuple[VariableCoverage, ...]:
    """What each variable is to the number of states. `look` is called now and then, and may end it.

    `different` says at once how many states differ in some bits, if there is something that does.
    """
    part = max(1, -(-count // most))
    found = []
    for variable in layout.variables:
        slots = layout.slots[variable.name]
        masks = _masks(slots, layout.words)
        values = _values(states, slots, masks, look)
        if different is not None:
            look()
            found.append(VariableCoverage(variable.name, values, different(~masks)))
            continue
        without = min(count, part * _without(states, ~masks, part, look))
        found.append(VariableCoverage(variable.name, values, without, exact=part == 1))
    return tuple(found)


def _masks(slots: Sequence[Slot], words: int) -> Numbers:
    """The bits of a variable in each word."""
    masks = np.zeros(words, np.int64)
    for slot in slots:
        masks[slot.word] |= np.int64(slot.mask << slot.offset)
    return masks


def _values(
    states: Callable[[], Iterator[Numbers]], slots: Sequence[Slot], masks: Numbers, look: Callable[[], None]
) -> int:
    """How many values a variable has."""
    used = [slot for slot in slots if slot.width]
    width = sum(slot.width for slot in used)
    if len({slot.word for slot in used}) == 1 and width <= _WIDEST:  # then its fields lie side by side
        seen = np.zeros(1 << width, np.bool_)
        first = min(slot.offset for slot in used)
        for piece in _cut(states(), look):
            seen[(piece[:, used[0].word] >> first) & ((1 << width) - 1)] = True
        return int(seen.sum())
    known = np.zeros((0, len(masks)), np.int64)
    for piece in _cut(states(), look):
        known = distinct(np.concatenate([known, distinct(piece & masks)]))
    return len(known)


def _without(states: Callable[[], Iterator[Numbers]], masks: Numbers, part: int, look: Callable[[], None]) -> int:
    """How many states differ in these bits; of several parts of all that could be, how many in the first."""
    kept = []
    for piece in _cut(states(), look):
        rest = piece & masks
        kept.append(rest if part == 1 else rest[_hashes(rest) % np.uint64(part) == 0])
    look()
    return len(distinct(np.concatenate(kept))) if kept else 0


def _cut(states: Iterator[Numbers], look: Callable[[], None]) -> Iterator[Numbers]:
    for piece in states:
        for first in range(0, len(piece), _PIECE):
            look()
            yield piece[first : first + _PIECE]


def distinct(rows: Numbers) -> Numbers:
    """The rows, each once."""
    if rows.shape[1] == 1:
        return np.unique(rows).reshape(-1, 1)
    if not len(rows):
        return rows
    ordered = rows[np.lexsort(rows.T)]
    new = np.ones(len(ordered), np.bool_)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return ordered[new]


def _hashes(rows: Numbers) -> NDArray[np.uint64]:
    """A hash of each row."""
    add, first, second = (np.uint64(factor) for factor in _FACTORS)
    found = np.zeros(len(rows), np.uint64)
    for column in rows.T:
        found += column.astype(np.uint64) + add
        found = (found ^ (found >> np.uint64(30))) * first
        found = (found ^ (found >> np.uint64(27))) * second
        found ^= found >> np.uint64(31)
    return found
