"""The hash table of the search, in the kernel language.

The table uses open addressing with linear probing, and holds the states of all regions of the store. A free slot is 0.
Where a state is a single word, the slot holds the state itself, complemented so that it is not 0. Otherwise it holds 24
bits of the hash and 40 bits of the state's number + 1: only a state with the same 24 bits has to be looked at in the
store. The bits of the hash that choose the slot and those in it do not overlap until the table has 2^40 slots. (Compare
Laarman, van de Pol, Weber, "Boosting multi-core reachability performance with shared hash tables", 2010.) On request a
slot holds 63 bits of the hash instead, and the store is not read: two states with the same 63 bits count as one. (Hash
compaction: Wolper, Leroy, "Reliable hashing without collision detection", 1993.)
"""

from __future__ import annotations

from skipgate.checker.kernel.intrinsics import Row, at, compare_and_swap, prefetch
from skipgate.checker.native.hashing import WORDS, hash_of

# Depends on how the search is made, and is given when this is compiled; what stands here is an example.
FINGERPRINTS = 0  # does a slot stand for all states of its hash?

INDEX = 1099511627775  # 2^40 - 1: the bits of a slot for the number of a state
TAG = -1099511627776  # the others


def slot_of(h: int, t: Row, index: int) -> int:
    """What the table holds for a state of this hash and number."""
    if WORDS == 1:
        return ~t[0]
    if FINGERPRINTS:
        return h | 1
    return (h & TAG) | (index + 1)


def same(slot: int, h: int, t: Row, store: Row) -> int:
    """Is the state of a slot, which is not free, `t`?"""
    if WORDS == 1:
        return slot == ~t[0]
    if FINGERPRINTS:
        return slot == (h | 1)
    if (slot ^ h) & TAG:
        return 0
    known = at(store, ((slot & INDEX) - 1) * WORDS)
    for j in range(WORDS):
        if known[j] != t[j]:
            return 0
    return 1


def has(table: Row, mask: int, h: int, t: Row, store: Row) -> int:
    """Is a state in a table that nobody changes?"""
    p = h & mask
    while table[p]:
        if same(table[p], h, t, store):
            return 1
        p = (p + 1) & mask
    return 0


def put(table: Row, mask: int, h: int, t: Row, index: int) -> int:
    """Put a state that it does not have into a table."""
    p = h & mask
    while not compare_and_swap(table, p, 0, slot_of(h, t, index)):
        p = (p + 1) & mask
    return 0


def fill(table: Row, mask: int, store: Row, start: int, stop: int, buffer: Row) -> int:
    """Put states that it does not have into a table, at most REFILL_BATCH of them."""
    for index in range(start, stop):
        h = hash_of(at(store, index * WORDS))
        prefetch(table, h & mask)
        buffer[index - start] = h
    for index in range(start, stop):
        put(table, mask, buffer[index - start], at(store, index * WORDS), index)
    return 0
