"""The loops of a shard, in the kernel language.

A shard expands the states of a level that it owns. A successor that it owns as well is looked up at once; others are
written to the box of their owner. Many states are reached often, so each shard remembers exactly which states it has
sent lately, and does not send them again.
"""

from __future__ import annotations

from skipgate.checker.kernel.intrinsics import Row, at, multiply_high, multiply_wrapping, prefetch
from skipgate.checker.native.hashing import FACTOR, WORDS, hash_of
from skipgate.checker.native.loops import (
    BATCH,
    CURSOR,
    END,
    ENTRY,
    LEVEL,
    LIMIT,
    MASK,
    SCRATCH,
    USED,
    arrive,
    successors,
)
from skipgate.checker.native.seek import is_wanted
from skipgate.checker.native.table import FINGERPRINTS, INDEX, TAG, fill, put

REMEMBERED = 65536  # places for states that were sent lately; a power of two

# Why `distribute` ends.
OVER = 0  # the level is expanded
ROOM = 1  # the table has to grow
POSTED = 2  # a box is full

PIECE = 64  # states whose slots are fetched before they are looked at
FOREIGN = -1  # what `absorb` says of a state that belongs to another shard


def owner_of(h: int, shards: int) -> int:
    """The shard that owns the states of a hash. It uses the hash so that slots do not depend on it."""
    return multiply_high(multiply_wrapping(h, FACTOR), shards)


def adopt(control: Row, mine: Row, table: Row, store: Row, given: Row, count: int, shards: int, me: int) -> int:
    """Keep those of so many different states that this shard owns; they have been examined."""
    for number in range(count):
        t = at(given, number * WORDS)
        h = hash_of(t)
        if owner_of(h, shards) == me:
            known = at(store, mine[USED] * WORDS)
            for j in range(WORDS):
                known[j] = t[j]
            put(table, control[MASK], h, t, mine[USED])
            mine[USED] = mine[USED] + 1
    return 0


def foreign(store: Row, count: int, shards: int, me: int) -> int:
    """How many of so many states belong to another shard: none, or they are counted twice."""
    found = 0
    for number in range(count):
        if owner_of(hash_of(at(store, number * WORDS)), shards) != me:
            found = found + 1
    return found


def rehash(control: Row, table: Row, store: Row, count: int, buffer: Row) -> int:
    """Put so many states of the store into the empty table."""
    for start in range(0, count, PIECE):
        fill(table, control[MASK], store, start, start + PIECE if start + PIECE < count else count, buffer)
    return 0


def distribute(
    control: Row,
    mine: Row,
    table: Row,
    store: Row,
    buffer: Row,
    remembered: Row,
    boxes: Row,
    posted: Row,
    sums: Row,
    capacity: int,
    margin: int,
    shards: int,
    me: int,
) -> int:
    """Expand states of the level. The result says why it ends; then it may be called again to go on.

    The boxes have `capacity` words each. `posted` is how many words are in each, and `sums` has the sums of hashes.
    """
    level = control[LEVEL]
    mask = control[MASK]
    batch = at(buffer, SCRATCH)
    full = 0
    while mine[CURSOR] < mine[END]:
        if mine[USED] > control[LIMIT]:
            return ROOM
        if full:
            return POSTED
        length = 0
        while mine[CURSOR] < mine[END] and length < BATCH:
            s = at(store, mine[CURSOR] * WORDS)
            length = length + successors(mine, level, table, mask, s, at(batch, length), buffer)
            mine[CURSOR] = mine[CURSOR] + 1
        fetch(table, mask, store, batch, length, ENTRY)
        for i in range(0, length, ENTRY):
            h = batch[i]
            t = at(batch, i + 1)
            owner = owner_of(h, shards)
            if owner == me:
                mine[USED] = mine[USED] + arrive(mine, level, table, mask, store, h, t, mine[USED], buffer)
            elif not sent(remembered, h, t):
                box = at(boxes, owner * capacity + posted[owner])
                for j in range(WORDS):
                    box[j] = t[j]
                posted[owner] = posted[owner] + WORDS
                sums[owner] = sums[owner] + h
                if posted[owner] > capacity - margin:
                    full = 1
    return OVER


def fetch(table: Row, mask: int, store: Row, hashes: Row, length: int, entry: int) -> int:
    """Fetch the states that the slots of some hashes stand for, one in each entry."""
    if WORDS > 1 and not FINGERPRINTS:
        i = 0
        while i < length:
            slot = table[hashes[i] & mask]
            if slot and not (slot ^ hashes[i]) & TAG:
                prefetch(store, ((slot & INDEX) - 1) * WORDS)
            i = i + entry
    return 0


def sent(remembered: Row, h: int, t: Row) -> int:
    """Was a state sent lately? From now on it is remembered. An entry is 1, for one that is there, and a state."""
    entry = at(remembered, (h & (REMEMBERED - 1)) * ENTRY)
    same = entry[0]
    for j in range(WORDS):
        if entry[1 + j] != t[j]:
            same = 0
            entry[1 + j] = t[j]
    entry[0] = 1
    return same


def absorb(
    control: Row,
    mine: Row,
    table: Row,
    store: Row,
    buffer: Row,
    given: Row,
    first: int,
    count: int,
    sums: Row,
    shards: int,
    me: int,
) -> int:
    """Keep those of so many states that are new, from the one with the number `first` on.

    The result is how many were looked at before the table had to grow, or FOREIGN. The hashes are added to `sums`.
    """
    level = control[LEVEL]
    mask = control[MASK]
    hashes = at(buffer, SCRATCH)
    start = first
    while start < count:
        if mine[USED] > control[LIMIT]:
            return start
        stop = start + PIECE if start + PIECE < count else count
        for number in range(start, stop):
            h = hash_of(at(given, number * WORDS))
            if owner_of(h, shards) != me:
                return FOREIGN
            prefetch(table, h & mask)
            hashes[number - start] = h
            sums[0] = sums[0] + h
        fetch(table, mask, store, hashes, stop - start, 1)
        for number in range(start, stop):
            t = at(given, number * WORDS)
            index = mine[USED]
            mine[USED] = index + arrive(mine, level, table, mask, store, hashes[number - start], t, index, buffer)
        start = stop
    return count


def aim(targets: Row, mask: int, states: Row, count: int) -> int:
    """Put so many states into an empty table."""
    for number in range(count):
        t = at(states, number * WORDS)
        put(targets, mask, hash_of(t), t, number)
    return 0


def look_for(
    store: Row, first: int, last: int, event: int, targets: Row, mask: int, states: Row, found: Row, buffer: Row
) -> int:
    """List the numbers, from `first` up to `last`, of states that lead to an event or to a target (see `seek`)."""
    count = 0
    for index in range(first, last):
        if is_wanted(at(store, index * WORDS), event, targets, mask, states, buffer):
            found[count] = index
            count = count + 1
    return count
