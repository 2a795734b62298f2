"""Searching a level of a finished search once more, for a trace, in the kernel language (see `retrace`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skipgate.checker.kernel.intrinsics import Row, at, load_atomic
from skipgate.checker.native.hashing import WORDS, hash_of
from skipgate.checker.native.loops import (
    ARRIVAL,
    CONSTRAINED,
    DEADLOCK,
    ENTRY,
    EVALUATION,
    LANE,
    LEAVE,
    REST,
    REST_END,
    SCRATCH,
    STEPS,
    SYMMETRIC,
    THREADS,
    TRANSITIONS,
    take,
)
from skipgate.checker.native.table import has, put

if TYPE_CHECKING:
    from skipgate.checker.native.generated import canonical, check, check_step, expand, inside, terminal, witness

SHOWN = 1_000_000_000  # the first number for a witness; those of events are less


def seek(
    control: Row, lanes: Row, targets: Row, mask: int, store: Row, found: Row, buffer: Row, me: int, event: int
) -> int:
    """List the states of a level that lead to an event, or, if it is negative, to a state in the table `targets`.

    From `SHOWN` on, it is no event but a witness that is true of the state.
    The cursors and ends of the lanes say where the level is. The result is how many states were found.
    """
    mine = at(lanes, me * LANE)
    threads = control[THREADS]
    count = 0
    for turn in range(threads):
        lane = at(lanes, ((me + turn) % threads) * LANE)
        while take(lane, mine) and not load_atomic(control, LEAVE):
            for index in range(mine[REST], mine[REST_END]):
                if is_wanted(at(store, index * WORDS), event, targets, mask, store, buffer):
                    found[count] = index
                    count = count + 1
            mine[REST] = mine[REST_END]
    return count


def is_wanted(s: Row, event: int, targets: Row, mask: int, states: Row, buffer: Row) -> int:
    """Does a state lead to an event, or to a target, or is a witness true of it (see `seek`)?"""
    if event >= SHOWN:
        return shows(s, event - SHOWN, buffer)
    if event >= 0:
        return causes(s, event, buffer)
    return leads(s, targets, mask, states, buffer)


def leads(s: Row, targets: Row, mask: int, store: Row, buffer: Row) -> int:
    """Is a successor of a state in a table?"""
    out = at(buffer, SCRATCH)
    for i in range(0, expand(s, out), ENTRY):
        if out[i] >= 0:
            t = at(out, i + 1)
            if SYMMETRIC:
                canonical(t, buffer)
            if has(targets, mask, hash_of(t), t, store):
                return 1
    return 0


def shows(s: Row, number: int, scratch: Row) -> int:
    """Is a witness true of a state?"""
    for i in range(witness(s, scratch)):
        if scratch[i] == number:
            return 1
    return 0


def causes(s: Row, event: int, buffer: Row) -> int:
    """Does expanding a state cause an event? Successors that were known before are examined as well: at the first
    level at which an event happens, none of them causes it."""
    out = at(buffer, SCRATCH)
    found = expand(s, out)
    if not found:
        final = terminal(s)
        return final < 0 if event == EVALUATION else final == 0 and event == DEADLOCK
    for i in range(0, found, ENTRY):
        if out[i] < 0:
            if event == EVALUATION:
                return 1
        elif step_causes(s, at(out, i + 1), event, buffer):
            return 1
    return 0


def step_causes(s: Row, t: Row, event: int, scratch: Row) -> int:
    """Does a step, or the state that it leads to, cause an event?"""
    if STEPS:
        for i in range(check_step(s, t, scratch)):
            if (TRANSITIONS + scratch[i] if scratch[i] >= 0 else ARRIVAL) == event:
                return 1
    return state_causes(t, event, scratch)


def state_causes(t: Row, event: int, scratch: Row) -> int:
    """Does a state that is reached cause an event?"""
    if CONSTRAINED and inside(t) < 0:
        return event == ARRIVAL
    for i in range(check(t, scratch)):
        if (scratch[i] if scratch[i] >= 0 else ARRIVAL) == event:
            return 1
    return 0


def fill_list(table: Row, mask: int, store: Row, indices: Row, count: int) -> int:
    """Put the states of these numbers into a table."""
    for i in range(count):
        t = at(store, indices[i] * WORDS)
        put(table, mask, hash_of(t), t, indices[i])
    return 0


def is_target(t: Row, targets: Row, mask: int, store: Row) -> int:
    """Is a state in a table?"""
    return has(targets, mask, hash_of(t), t, store)
