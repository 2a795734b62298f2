"""What is counted for coverage once a search is over, in the kernel language: the steps from its states, and the states
that differ in some of their bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skipgate.checker.kernel.intrinsics import Row, at, prefetch
from skipgate.checker.native.hashing import WORDS, hash_of
from skipgate.checker.native.numbering import AHEAD, number_of

if TYPE_CHECKING:
    from skipgate.checker.native.generated import attempts, canonical

# What depends on the model is given when this is compiled; what stands here is an example.
ENTRY = 2  # words of a successor as `attempts` writes it
SYMMETRIC = 0  # is a state replaced by the representative of its orbit?
FIRED = 0  # where in `counts` the steps of each action are counted,
MOVED = 0  # those that change the state,
FAILED = 0  # and what cannot be evaluated


def tally(
    states: Row, count: int, table: Row, mask: int, level: Row, finders: Row, counts: Row, out: Row, room: Row
) -> int:
    """Count what is tried in so many states.

    `level` are the states of the next level, numbered in `table`. For each of them `finders` has the least number of
    an action that leads there, plus one.
    """
    for number in range(count):
        s = at(states, number * WORDS)
        for i in range(0, attempts(s, out, counts), ENTRY):
            action = out[i]
            if action < 0:
                counts[FAILED - 1 - action] = counts[FAILED - 1 - action] + 1
            else:
                counts[FIRED + action] = counts[FIRED + action] + 1
                t = at(out, i + 1)
                if changed(s, t):
                    counts[MOVED + action] = counts[MOVED + action] + 1
                    if SYMMETRIC:
                        canonical(t, room)
                    found = number_of(table, mask, level, t)
                    if found >= 0 and (not finders[found] or finders[found] > action + 1):
                        finders[found] = action + 1
    return count


def changed(s: Row, t: Row) -> int:
    """Are two states different ones?"""
    for j in range(WORDS):
        if s[j] != t[j]:
            return 1
    return 0


def different(states: Row, count: int, bits: Row, table: Row, mask: int, room: Row) -> int:
    """How many of so many states differ in the given bits. The table is empty to begin with."""
    found = 0
    for number in range(count):
        if number + AHEAD < count:
            take_bits(at(states, (number + AHEAD) * WORDS), bits, room)
            prefetch(table, hash_of(room) & mask)
        take_bits(at(states, number * WORDS), bits, room)
        p = hash_of(room) & mask
        new = 1
        while new and table[p]:
            known = at(states, (table[p] - 1) * WORDS)
            j = 0
            while j < WORDS and (known[j] & bits[j]) == room[j]:
                j = j + 1
            if j == WORDS:
                new = 0
            p = (p + 1) & mask
        if new:
            table[p] = number + 1
            found = found + 1
    return found


def take_bits(s: Row, bits: Row, room: Row) -> int:
    """Write the given bits of a state, and 0 for the others."""
    for j in range(WORDS):
        room[j] = s[j] & bits[j]
    return 0
