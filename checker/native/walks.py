"""Random walks, in the kernel language: they run under CPython as they stand, and compiled with the kernels.

A walk begins in an initial state and goes on, at each state, to one of those that a step leads to, each enabled choice
of an action's parameters being as likely as any other. Whatever it could have done instead is examined as well. What is
random depends on the seed, the number of the walk and the number of the state in it, and on nothing else: so a walk can
be made once more, by any thread of any engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from skipgate.checker.kernel.intrinsics import (
    Row,
    at,
    fetch_and_add,
    load_atomic,
    multiply_high,
    multiply_wrapping,
    shift_right_logical,
)

if TYPE_CHECKING:
    from skipgate.checker.native.generated import check, check_step, expand, inside, terminal, witness, witness_step


# What depends on the model is given when the walks are compiled; what stands here is an example.
WORDS = 1  # of a state
ENTRY = 2  # words of a successor as `expand` writes it
CONSTRAINED = 0  # has the model constraints?
STEPS = 0  # has it properties of steps?
STATE_WITNESSES = 0  # how many things have to be true in some state
STEP_WITNESSES = 0  # or in some step
TRANSITIONS = 0  # the event of the first transition property, after those of the invariants
DEADLOCK = 0  # the last three events: no successor,
EVALUATION = 1  # something that cannot be evaluated in a state from which a walk goes on,
ARRIVAL = 2  # or in a step, or in the state it leads to
TAKEN = 16  # where in a lane the counts of steps begin, by action,
POSSIBLE = 16  # of steps that could have been taken,
SEEN = 16  # the flags of state witnesses,
STEP_SEEN = 16  # and of step witnesses
LANE = 16  # words of a lane
SCRATCH = 8  # words at the start of a thread's buffer, for what kernels of single states and steps write

GAMMA = -7046029254386353131
FACTOR = -4658895280553007687
OTHER_FACTOR = -7723592293110705685

# `control`, a row that all threads share.
LEAVE = 0  # PAUSE if no more walks are to be begun, CUT if those that are under way are to be cut off as well
NEXT = 16  # the number of the next walk
FIRST = 32  # the number of the first one
END = 33  # the number after the last one
STARTS = 34  # how many initial states are given, for one walk after the other
LONGEST = 35  # states that a walk has at most
SEED = 36
CONTROL = 48  # words of the row
PAUSE = 1
CUT = 2

# A `lane`, one for each thread, in a row of them.
FINISHED = 0  # walks
REACHED = 1  # states of the longest walk
UNSEEN = 2  # state witnesses that this thread has not seen to be true
STEP_UNSEEN = 3
EVENTS = 8  # for each event, the length of the shortest trace to it, or 0, and the number of the walk


# ------------------------------------------------------------------------------------------------------------- chance


def mix(x: int) -> int:
    """A number that looks random (the finalizer of Steele, Lea, Flood, "Fast splittable pseudorandom number
    generators", 2014, with the constants of Stafford)."""
    x = multiply_wrapping(x ^ shift_right_logical(x, 30), FACTOR)
    x = multiply_wrapping(x ^ shift_right_logical(x, 27), OTHER_FACTOR)
    return x ^ shift_right_logical(x, 31)


def key_of(seed: int, number: int) -> int:
    """What the choices of a walk depend on."""
    return mix(mix(seed) ^ multiply_wrapping(number, GAMMA))


def choose(key: int, place: int, count: int) -> int:
    """A number from 0 to count - 1, for a place in a walk."""
    return multiply_high(mix(key ^ multiply_wrapping(place, GAMMA)), count)


# -------------------------------------------------------------------------------------------------------------- walks


def stroll(control: Row, lanes: Row, starts: Row, path: Row, buffer: Row, me: int) -> int:
    """Make walks, together with other threads that do the same, until all are made or the walks are cut off."""
    mine = at(lanes, me * LANE)
    while not load_atomic(control, LEAVE):
        number = fetch_and_add(control, NEXT, 1)
        if number >= control[END]:
            return 0
        start = at(starts, (number - control[FIRST]) % control[STARTS] * WORDS)
        mine[FINISHED] = mine[FINISHED] + walk(control, mine, number, start, path, buffer)
    return 0


def walk(control: Row, mine: Row, number: int, start: Row, path: Row, buffer: Row) -> int:
    """Make a walk, and leave its states in `path`. The result is 0 if it was cut off."""
    key = key_of(control[SEED], number)
    out = at(buffer, SCRATCH)
    for j in range(WORDS):
        path[j] = start[j]
    length = 1
    going = enter(mine, number, 1, path, buffer)
    while going and length < control[LONGEST]:
        if load_atomic(control, LEAVE) == CUT:
            return 0
        count = ways_on(mine, number, length, at(path, (length - 1) * WORDS), out, buffer)
        if count:
            way = at(out, choose(key, length, count) * ENTRY)
            mine[TAKEN + way[0]] = mine[TAKEN + way[0]] + 1
            for j in range(WORDS):
                path[length * WORDS + j] = way[1 + j]
            length = length + 1
        else:
            going = 0
    if length > mine[REACHED]:
        mine[REACHED] = length
    return 1


def ways_on(mine: Row, number: int, length: int, s: Row, out: Row, scratch: Row) -> int:
    """Write the steps that a walk can take, which has come to its state `s`. The result is how many there are."""
    found = expand(s, out)
    if not found:
        final = terminal(s)
        if final <= 0:
            note(mine, EVALUATION if final else DEADLOCK, number, length)
        return 0
    count = 0
    for i in range(0, found, ENTRY):
        action = out[i]
        if action < 0:
            note(mine, EVALUATION, number, length)
        else:
            t = at(out, i + 1)
            mine[POSSIBLE + action] = mine[POSSIBLE + action] + 1
            if STEPS:
                examine_step(mine, number, length + 1, s, t, scratch)
            if enter(mine, number, length + 1, t, scratch):
                if count * ENTRY < i:  # after one that leads nowhere
                    for j in range(ENTRY):
                        out[count * ENTRY + j] = out[i + j]
                count = count + 1
    return count


def enter(mine: Row, number: int, length: int, t: Row, scratch: Row) -> int:
    """Examine a state. The result is 1 if a walk can go on in it."""
    allowed = 1
    if CONSTRAINED:
        allowed = inside(t)
        if allowed < 0:
            note(mine, ARRIVAL, number, length)
            return 0
    for i in range(check(t, scratch)):
        note(mine, scratch[i] if scratch[i] >= 0 else ARRIVAL, number, length)
    if STATE_WITNESSES and allowed and mine[UNSEEN]:
        mine[UNSEEN] = mine[UNSEEN] - see(mine, SEEN, scratch, witness(t, scratch))
    return allowed


def examine_step(mine: Row, number: int, length: int, s: Row, t: Row, scratch: Row) -> int:
    """Check the transition properties of a step."""
    for i in range(check_step(s, t, scratch)):
        note(mine, TRANSITIONS + scratch[i] if scratch[i] >= 0 else ARRIVAL, number, length)
    if STEP_WITNESSES and mine[STEP_UNSEEN]:
        mine[STEP_UNSEEN] = mine[STEP_UNSEEN] - see(mine, STEP_SEEN, scratch, witness_step(s, t, scratch))
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


def note(mine: Row, event: int, number: int, length: int) -> int:
    """Note that a walk has met an event, at the end of a trace of so many states; the shortest is kept."""
    known = mine[EVENTS + 2 * event]
    if not known or length < known:
        mine[EVENTS + 2 * event] = length
        mine[EVENTS + 2 * event + 1] = number
    return 0
