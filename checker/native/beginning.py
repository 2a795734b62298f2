"""Finding the initial states, in the kernel language.

Variables get their values stage by stage (see `checker.kernel.initial_code`). The stages are gone through depth first:
of each, the entries lie in `walk` behind those of the stage before, up to the last, which has initial states. Every
thread has a walk of its own, and enters the first stage by itself, which is deterministic; then the threads share its
entries. A walk can be left at any time, and taken up again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from skipgate.checker.kernel.intrinsics import Row, at, compare_and_swap, fetch_and_add, load_atomic, prefetch
from skipgate.checker.native.hashing import WORDS, hash_of
from skipgate.checker.native.loops import (
    BATCH,
    CONSTRAINED,
    ENTRY,
    GENERATED,
    LANE,
    LEAVE,
    MASK,
    SYMMETRIC,
    counted,
    keep_batch,
)
from skipgate.checker.native.seek import state_causes
from skipgate.checker.native.table import has

if TYPE_CHECKING:
    from skipgate.checker.native.generated import canonical, check, inside, start

# What depends on the model is given when this is compiled; what stands here is an example.
STAGES = 1
WALK = 64  # words of a walk
ENTRIES = 4  # where the entries begin in a walk
SHARE = 64  # entries of the first stage that a thread takes at a time: few if there are other stages

HEAD = 16  # words before those of the walks: the first counts the entries of the first stage that were taken

# A `walk`, from the start on: a state in which no variable has a value begins its entries.
STAGE = 0  # the one that is gone through
FIRST_END = 1  # where the entries of the first stage end, those of other threads as well; 0 at the beginning
PLACES = 2  # for each stage, the place of its next entry and where they end

FIRST_LEVEL = 1

# What `more` says besides how many words there are.
NO_MORE = 0
FAILS = -1  # something cannot be evaluated
LEFT = -2  # the threads are to leave

FAILED = 10  # a reason to leave
TARGETS = -1  # stands for what is in a table,
ANY = -2  # and for any event


def begin(control: Row, lanes: Row, table: Row, store: Row, walks: Row, buffer: Row, me: int) -> int:
    """Find initial states and keep them, together with other threads. The result is 0 or a reason to leave."""
    mine = at(lanes, me * LANE)
    walk = at(walks, HEAD + me * WALK)
    mask = control[MASK]
    length = more(control, walks, walk)
    while length > 0:
        last = at(walk, PLACES + 2 * STAGES - 2)
        batch = at(walk, ENTRIES + last[0])
        last[0] = last[0] + length
        for i in range(0, length, ENTRY):
            if batch[i] < 0:
                return fails(control)
            t = at(batch, i + 1)
            if SYMMETRIC:
                canonical(t, buffer)
            h = hash_of(t)
            prefetch(table, h & mask)
            batch[i] = h
        mine[GENERATED] = mine[GENERATED] + length // ENTRY
        counted(control, keep_batch(mine, FIRST_LEVEL, table, mask, store, batch, length, buffer))
        length = more(control, walks, walk)
    if length == LEFT:
        return load_atomic(control, LEAVE)
    return fails(control) if length == FAILS else 0


def fails(control: Row) -> int:
    """Something cannot be evaluated, so the threads are to leave."""
    compare_and_swap(control, LEAVE, 0, FAILED)
    return FAILED


def seek_start(
    control: Row, walks: Row, targets: Row, mask: int, store: Row, found: Row, buffer: Row, event: int
) -> int:
    """Copy the first initial state that causes an event, or is one of the targets; is there one?"""
    walk = at(walks, HEAD)
    length = more(control, walks, walk)
    while length > 0:
        last = at(walk, PLACES + 2 * STAGES - 2)
        batch = at(walk, ENTRIES + last[0])
        last[0] = last[0] + length
        for i in range(0, length, ENTRY):
            t = at(batch, i + 1)
            if SYMMETRIC:
                canonical(t, buffer)
            if is_sought(t, targets, mask, store, buffer, event):
                for j in range(WORDS):
                    found[j] = t[j]
                return 1
        length = more(control, walks, walk)
    return 0


def is_sought(t: Row, targets: Row, mask: int, store: Row, buffer: Row, event: int) -> int:
    """Does an initial state cause an event, or is it one of the targets?"""
    if event == TARGETS:
        return has(targets, mask, hash_of(t), t, store)
    if event == ANY:
        return (CONSTRAINED and inside(t) < 0) or check(t, buffer) > 0
    return state_causes(t, event, buffer)


def more(control: Row, walks: Row, walk: Row) -> int:
    """Go on to further entries of the last stage; the result is how many words they have, as far as they make a batch.

    One of them may say that something cannot be evaluated.
    """
    entries = at(walk, ENTRIES)
    if not walk[FIRST_END]:
        walk[FIRST_END] = WORDS + start(0, entries, at(entries, WORDS))
    while not load_atomic(control, LEAVE):
        stage = walk[STAGE]
        open_ = at(walk, PLACES + 2 * stage)
        place = open_[0]
        if place == open_[1] and stage:
            walk[STAGE] = stage - 1
        elif place == open_[1]:
            place = WORDS + fetch_and_add(walks, 0, SHARE * ENTRY)
            if place >= walk[FIRST_END]:
                return NO_MORE
            open_[0] = place
            open_[1] = place + SHARE * ENTRY if place + SHARE * ENTRY < walk[FIRST_END] else walk[FIRST_END]
        elif stage == STAGES - 1:
            most = (BATCH // ENTRY + 1) * ENTRY
            return most if place + most < open_[1] else open_[1] - place
        elif entries[place] < 0:
            return FAILS
        else:
            open_[0] = place + ENTRY
            end = open_[1] if stage else walk[FIRST_END]
            open_[2] = end
            open_[3] = end + start(stage + 1, at(entries, place + 1), at(entries, end))
            walk[STAGE] = stage + 1
    return LEFT
