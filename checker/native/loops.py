"""The loops of the search, in the kernel language: they run under CPython as they stand, and compiled with the kernels.

States live in `store`, one after the other, and are never moved: thread t appends to a region of its own, from state
number `BASE` on. A level is what lies between two bounds in each region.

`table` is the hash table of `checker.native.table`. A thread that finds a free slot writes the state to the end of its
region and then sets the slot by compare-and-swap; if another was faster, it looks at the slot again, and the place in
its region is used for the next state.

Every access to the table misses the caches. So states are expanded in batches, every successor is hashed and its slot
prefetched, and only then are the slots looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from skipgate.checker.kernel.intrinsics import (
    Row,
    at,
    compare_and_swap,
    fetch_and_add,
    load_atomic,
    prefetch,
    store_atomic,
)
from skipgate.checker.native.hashing import WORDS, hash_of
from skipgate.checker.native.table import FINGERPRINTS, INDEX, TAG, fill, same, slot_of

if TYPE_CHECKING:
    from skipgate.checker.native.generated import (
        canonical,
        check,
        check_step,
        expand,
        inside,
        terminal,
        witness,
        witness_step,
    )


# What depends on the model is given when the loops are compiled; what stands here is an example.
ENTRY = 2  # words of a successor as `expand` writes it
CONSTRAINED = 0  # has the model constraints?
STEPS = 0  # has it properties of steps?
SYMMETRIC = 0  # is a state replaced by the representative of its orbit?
STATE_WITNESSES = 0  # how many things have to be true in some state
STEP_WITNESSES = 0  # or in some step
TRANSITIONS = 0  # the event of the first transition property, after those of the invariants
DEADLOCK = 0  # the last three events: no successor,
EVALUATION = 1  # something that cannot be evaluated in a state that is expanded,
ARRIVAL = 2  # or in a step, or in the state it leads to, whose trace is longer by one
# Facts are noted beside the events, with the level as well; they end no search.
LOST = 3  # a constraint cannot be evaluated, so whatever is behind a state is not seen
BLIND = 4  # the first of the properties of states that cannot be evaluated somewhere,
STEP_BLIND = 4  # and of the transition properties
MOVED = 4  # the first of the actions that have changed a state
FIRED = 64  # where the flags of actions begin in a lane,
SEEN = 64  # those of state witnesses,
STEP_SEEN = 64  # those of step witnesses
LANE = 64  # words of a lane
SCRATCH = 8  # words at the start of a thread's buffer, for what kernels of single states and steps write

BATCH = 512  # words of successors that are collected before they are looked up, more or less
CHUNK = 256  # states that a thread takes at a time
PATIENCE = 10000  # times that an idle thread looks for work before it sleeps
REFILL_CHUNK = 4096
REFILL_BATCH = 64

# `control`, a row that all threads share. What changes often has cache lines of its own.
LEAVE = 0  # why all threads are to leave their work, or 0
LEVEL = 1  # the one that is expanded; the first is 1
COUNT = 16  # states that are kept
ACTIVE = 32  # threads at work
ALONE = 48  # is there one that keeps the others out?
MASK = 64  # slots of the table - 1
LIMIT = 65  # when this many states are kept, the table has to grow
MOST = 66  # when more are kept, the search ends
THREADS = 67
WIDE = 68  # a level of more states is for all threads
STOP_AT_FIRST = 69  # end after the first level with an event
LEVELS = 70  # how many there is room for
PAUSE = 71  # the search is to leave when this level is over, or a later one; or 0
BEFORE = 72  # successors that were generated before the level began
CONTROL = 80  # words of the row

# A `lane`, one for each thread, in a row of them. Other threads advance the cursor.
CURSOR = 0  # the next state of the level, in this thread's region, that nobody has taken
END = 1  # where the level ends there
REFILL = 2  # like CURSOR, for filling the table again
BASE = 8  # where the region begins
USED = 9  # states in it
GENERATED = 10  # successors
REST = 11  # states that this thread has taken and not yet expanded
REST_END = 12
NOTED = 13  # events
UNSEEN = 14  # state witnesses that this thread has not seen to be true
STEP_UNSEEN = 15
LISTED = 16  # states found by `seek`
EVENTS = 24  # for each event, the first level at which this thread has met it, or 0

# Reasons to leave. If threads have different ones, the largest counts.
GROW = 1  # the table is too small
PAUSED = 2  # between two levels
FULL = 3  # there are more states than are allowed
DONE = 4  # there are no more states
EVENT = 5  # an event has happened, and the search is to end with it
DEEP = 6  # there is no room for more levels
STOPPED = 7  # the driver says so
# These are no reasons for the others.
IDLE = 8  # there is nothing to do at the moment
SMALL = 9


def refill(control: Row, lanes: Row, table: Row, store: Row, buffer: Row) -> int:
    """Put the states of all regions, which are all different, into an empty table. The threads share the work."""
    for lane in range(control[THREADS]):
        region = at(lanes, lane * LANE)
        end = region[BASE] + region[USED]
        first = fetch_and_add(region, REFILL, REFILL_CHUNK)
        while first < end:
            last = first + REFILL_CHUNK if first + REFILL_CHUNK < end else end
            for start in range(first, last, REFILL_BATCH):
                stop = start + REFILL_BATCH if start + REFILL_BATCH < last else last
                fill(table, control[MASK], store, start, stop, buffer)
            first = fetch_and_add(region, REFILL, REFILL_CHUNK)
    return 0


def crew(control: Row, lanes: Row, bounds: Row, table: Row, store: Row, buffer: Row, me: int) -> int:
    """Expand level after level, together with other threads that do the same. The result says why it ends.

    No thread waits for one that is late: that one joins in when it comes. A level is over when no states of it are left
    to take and no thread is at work on any. Then one of the threads goes on to the next, while it keeps the others out;
    it also expands levels that are too small to be shared, alone. To keep the others out it says so first, and then
    looks whether any is at work; they say that they are at work first, and then look whether they are kept out (as in
    Dekker's algorithm).
    """
    idle = 0
    over = 0  # the level of which nothing is left to take
    while idle < PATIENCE:
        reason = load_atomic(control, LEAVE)
        if reason:
            return reason
        level = load_atomic(control, LEVEL)
        if load_atomic(control, ALONE) or (level == over and load_atomic(control, ACTIVE)):
            idle = idle + 1
        else:
            fetch_and_add(control, ACTIVE, 1)
            if not load_atomic(control, ALONE):
                level = load_atomic(control, LEVEL)
                if level != over:
                    idle = 0
                work(control, lanes, table, store, buffer, me)
                over = level
            fetch_and_add(control, ACTIVE, -1)
            if over and compare_and_swap(control, ALONE, 0, 1):
                if not load_atomic(control, ACTIVE) and not load_atomic(control, LEAVE):
                    go_on(control, lanes, bounds, table, store, buffer, me)
                store_atomic(control, ALONE, 0)
    return IDLE


def go_on(control: Row, lanes: Row, bounds: Row, table: Row, store: Row, buffer: Row, me: int) -> int:
    """Go on to the next level, if nothing is left of this one, and on until there is one for all threads."""
    small = 1
    while small:
        small = 0
        if not left(control, lanes):
            reason = advance(control, lanes, bounds)
            if reason == SMALL:
                small = not work(control, lanes, table, store, buffer, me)
            elif reason:
                compare_and_swap(control, LEAVE, 0, reason)
    return 0


def left(control: Row, lanes: Row) -> int:
    """Are there states of the level that nobody has expanded? For when no thread is at work."""
    for lane in range(control[THREADS]):
        region = at(lanes, lane * LANE)
        if region[CURSOR] < region[END] or region[REST] < region[REST_END]:
            return 1
    return 0


def advance(control: Row, lanes: Row, bounds: Row) -> int:
    """Go on to the next level. The result is SMALL if it is for one thread alone, 0 if not; or a reason to leave."""
    level = control[LEVEL]
    threads = control[THREADS]
    found = 0
    for lane in range(threads):
        region = at(lanes, lane * LANE)
        found = found + region[BASE] + region[USED] - region[END]
        if control[STOP_AT_FIRST] and region[NOTED]:
            return EVENT
    if not found:
        return DONE
    if level >= control[LEVELS]:
        return DEEP
    if control[PAUSE] and level >= control[PAUSE]:
        return PAUSED
    control[BEFORE] = 0
    for lane in range(threads):
        region = at(lanes, lane * LANE)
        control[BEFORE] = control[BEFORE] + region[GENERATED]
        region[CURSOR] = region[END]
        region[END] = region[BASE] + region[USED]
        bounds[(level + 1) * threads + lane] = region[END]
        share(lanes, region, threads)
    store_atomic(control, LEVEL, level + 1)
    return SMALL if threads == 1 or found <= control[WIDE] else 0


def share(lanes: Row, region: Row, threads: int) -> int:
    """Tell other threads which witnesses one of them has seen, so that they stop looking for them."""
    for lane in range(threads):
        other = at(lanes, lane * LANE)
        if STATE_WITNESSES and region[UNSEEN] < other[UNSEEN]:
            for i in range(STATE_WITNESSES):
                if region[SEEN + i] and not other[SEEN + i]:
                    other[SEEN + i] = 1
                    other[UNSEEN] = other[UNSEEN] - 1
        if STEP_WITNESSES and region[STEP_UNSEEN] < other[STEP_UNSEEN]:
            for i in range(STEP_WITNESSES):
                if region[STEP_SEEN + i] and not other[STEP_SEEN + i]:
                    other[STEP_SEEN + i] = 1
                    other[STEP_UNSEEN] = other[STEP_UNSEEN] - 1
    return 0


def work(control: Row, lanes: Row, table: Row, store: Row, buffer: Row, me: int) -> int:
    """Expand what is left of a level: what this thread has taken, then the states of its region, then of the others'.

    The result is 0 at the end of the level, or a reason to leave; then it may be called again to go on.
    """
    mine = at(lanes, me * LANE)
    threads = control[THREADS]
    for turn in range(threads):
        lane = at(lanes, ((me + turn) % threads) * LANE)
        while mine[REST] < mine[REST_END] or take(lane, mine):
            reason = load_atomic(control, LEAVE)
            if reason:
                return reason
            counted(control, expand_batch(control, mine, table, store, buffer))
    return 0


def counted(control: Row, new: int) -> int:
    """Count new states. The threads are to leave if there are too many of them for the table, or at all."""
    if new:
        count = fetch_and_add(control, COUNT, new) + new
        if count > control[MOST]:
            compare_and_swap(control, LEAVE, 0, FULL)
        elif count > control[LIMIT]:
            compare_and_swap(control, LEAVE, 0, GROW)
    return new


def take(lane: Row, mine: Row) -> int:
    """Take states of the level from a region, if there are any left."""
    end = lane[END]
    if load_atomic(lane, CURSOR) >= end:
        return 0
    first = fetch_and_add(lane, CURSOR, CHUNK)
    if first >= end:
        return 0
    mine[REST] = first
    mine[REST_END] = first + CHUNK if first + CHUNK < end else end
    return 1


def expand_batch(control: Row, mine: Row, table: Row, store: Row, buffer: Row) -> int:
    """Expand as many of the states taken as make a batch. The result is the number of new states."""
    level = control[LEVEL]
    mask = control[MASK]
    batch = at(buffer, SCRATCH)
    state = mine[REST]
    end = mine[REST_END]
    length = 0
    while state < end and length < BATCH:
        length = length + successors(mine, level, table, mask, at(store, state * WORDS), at(batch, length), buffer)
        state = state + 1
    mine[REST] = state
    return keep_batch(mine, level, table, mask, store, batch, length, buffer)


def keep_batch(mine: Row, level: int, table: Row, mask: int, store: Row, batch: Row, length: int, buffer: Row) -> int:
    """Keep those of a batch that are new. Each entry is a hash, of which the slot is on its way, and the state."""
    if WORDS > 1 and not FINGERPRINTS:
        for i in range(0, length, ENTRY):
            slot = load_atomic(table, batch[i] & mask)
            if slot and not (slot ^ batch[i]) & TAG:
                prefetch(store, ((slot & INDEX) - 1) * WORDS)
    first = mine[BASE] + mine[USED]
    index = first
    for i in range(0, length, ENTRY):
        index = index + arrive(mine, level, table, mask, store, batch[i], at(batch, i + 1), index, buffer)
    mine[USED] = index - mine[BASE]
    return index - first


def successors(mine: Row, level: int, table: Row, mask: int, s: Row, out: Row, scratch: Row) -> int:
    """Write the successors of a state with their hashes, and prefetch their slots. The result is how many words."""
    found = expand(s, out)
    if not found:
        final = terminal(s)
        if final <= 0:
            note(mine, level, EVALUATION if final else DEADLOCK)
        return 0
    length = 0
    for i in range(0, found, ENTRY):
        action = out[i]
        t = at(out, i + 1)
        if action < 0:
            note(mine, level, EVALUATION)
        else:
            mine[FIRED + action] = 1
            if not mine[EVENTS + MOVED + action] and differ(s, t):
                mine[EVENTS + MOVED + action] = level
            if STEPS:
                examine_step(mine, level, s, t, scratch)
            if SYMMETRIC:
                canonical(t, scratch)
            h = hash_of(t)
            prefetch(table, h & mask)
            if length < i:  # after one that could not be evaluated
                for j in range(WORDS):
                    out[length + 1 + j] = t[j]
            out[length] = h
            length = length + ENTRY
    mine[GENERATED] = mine[GENERATED] + length // ENTRY
    return length


def arrive(mine: Row, level: int, table: Row, mask: int, store: Row, h: int, t: Row, index: int, scratch: Row) -> int:
    """Keep a successor under a number, if it is new and inside the constraints; then the result is 1."""
    p = h & mask
    while 1:
        slot = load_atomic(table, p)
        if slot:
            if same(slot, h, t, store):
                return 0
            p = (p + 1) & mask
        else:
            if CONSTRAINED:
                allowed = inside(t)
                if allowed < 0:
                    note(mine, level, ARRIVAL)
                    mine[EVENTS + LOST] = level
                    return 0
                if not allowed:
                    examine(mine, level, t, scratch)
                    return 0
            known = at(store, index * WORDS)
            for j in range(WORDS):
                known[j] = t[j]
            if compare_and_swap(table, p, 0, slot_of(h, t, index)):
                examine(mine, level, t, scratch)
                if STATE_WITNESSES and mine[UNSEEN]:
                    seen = see(mine, SEEN, scratch, witness(t, scratch))
                    mine[UNSEEN] = mine[UNSEEN] - seen
                return 1


def examine(mine: Row, level: int, t: Row, scratch: Row) -> int:
    """Check the invariants of a new state, or of one outside the constraints."""
    for i in range(check(t, scratch)):
        number = scratch[i]
        note(mine, level, number if number >= 0 else ARRIVAL)
        if number < 0:
            mine[EVENTS + BLIND - 1 - number] = level
    return 0


def examine_step(mine: Row, level: int, s: Row, t: Row, scratch: Row) -> int:
    """Check the transition properties of a step."""
    for i in range(check_step(s, t, scratch)):
        number = scratch[i]
        note(mine, level, TRANSITIONS + number if number >= 0 else ARRIVAL)
        if number < 0:
            mine[EVENTS + STEP_BLIND - 1 - number] = level
    if STEP_WITNESSES and mine[STEP_UNSEEN]:
        seen = see(mine, STEP_SEEN, scratch, witness_step(s, t, scratch))
        mine[STEP_UNSEEN] = mine[STEP_UNSEEN] - seen
    return 0


def differ(s: Row, t: Row) -> int:
    """Are two states different ones?"""
    for j in range(WORDS):
        if s[j] != t[j]:
            return 1
    return 0


def see(mine: Row, flags: int, numbers: Row, count: int) -> int:
    """Set the flags of witnesses that are true. The result is how many had not been set."""
    new = 0
    for i in range(count):
        flag = flags + numbers[i]
        if not mine[flag]:
            mine[flag] = 1
            new = new + 1
    return new


def note(mine: Row, level: int, event: int) -> int:
    """Note that an event has happened while a level was expanded."""
    if not mine[EVENTS + event]:
        mine[EVENTS + event] = level
        mine[NOTED] = mine[NOTED] + 1
    return 0
