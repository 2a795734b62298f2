"""Numbers of states that lie one after the other, in the kernel language.

`table` is an open-addressed hash table of their numbers + 1; a free slot is 0.
"""

from __future__ import annotations

from skipgate.checker.kernel.intrinsics import Row, at, prefetch
from skipgate.checker.native.hashing import WORDS, hash_of

AHEAD = 16  # states whose slots are fetched before they are looked at
ABSENT = -1  # the number of a state that is not among them


def enter(table: Row, mask: int, states: Row, count: int) -> int:
    """Put so many states into an empty table."""
    for number in range(count):
        if number + AHEAD < count:
            prefetch(table, hash_of(at(states, (number + AHEAD) * WORDS)) & mask)
        p = hash_of(at(states, number * WORDS)) & mask
        while table[p]:
            p = (p + 1) & mask
        table[p] = number + 1
    return 0


def number_of(table: Row, mask: int, states: Row, t: Row) -> int:
    """The number of a state."""
    p = hash_of(t) & mask
    while table[p]:
        known = at(states, (table[p] - 1) * WORDS)
        j = 0
        while j < WORDS and known[j] == t[j]:
            j = j + 1
        if j == WORDS:
            return table[p] - 1
        p = (p + 1) & mask
    return ABSENT
