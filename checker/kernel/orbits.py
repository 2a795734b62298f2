"""The representative of a state's orbit, in the kernel language.

The orbit of a state has all states that come from it by permuting the values of the symmetric sorts. They all behave
alike, so one of them can stand for all. `canonical` turns each of them into this representative.

Every value of a sort has a signature, a number that depends on how the state mentions the value, but not on its name.
First the values are put into the order of their signatures. Often only one state is left then. If several values have
the same signature, and exchanging them makes a difference, all their arrangements are tried, and the least state is
taken. So the representative is the least state of the orbit among those whose signatures are in order.

States are rearranged by exchanging neighbours. The values of all sorts are numbered through, and the signatures of a
later sort are greater than those of an earlier one, so that each sort stays by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # generated for each model, see `checker.kernel.symmetry`
    from skipgate.checker.kernel.intrinsics import Row

    def signatures(s: Row, out: Row) -> int:
        """Write the signature of every value."""

    def exchange(s: Row, p: int) -> int:
        """Let the values p and p + 1 take each other's place."""


# What depends on the model is given when the functions are compiled; what stands here is an example.
VALUES = 3  # of all symmetric sorts together
STATE = 1  # words of a state
DECISIVE = 0  # do values with the same signature always leave the state as it is when they are exchanged?
TIES = 3  # where the groups of values with the same signature begin in `room`, each of GROUP words:
BEST = 12  # and where the least state that was found begins

FIRST = 0  # the number of the first of the values,
SIZE = 1  # how many they are,
ARRANGEMENTS = 2  # and in how many ways they can be arranged
GROUP = 3


def canonical(t: Row, room: Row) -> int:
    """Replace a state by the representative of its orbit. `room` is for signatures, groups and a state."""
    signatures(t, room)
    put_in_order(t, room)
    if not DECISIVE:
        count = ties(t, room)
        if count > 1:
            try_all(t, room, count)
    return 0


def put_in_order(t: Row, room: Row) -> int:
    """Sort the values by their signatures."""
    end = VALUES - 1
    while end > 0:
        last = 0
        for p in range(end):
            if room[p] > room[p + 1]:
                x = room[p]
                room[p] = room[p + 1]
                room[p + 1] = x
                exchange(t, p)
                last = p
        end = last
    return 0


def ties(t: Row, room: Row) -> int:
    """Note the groups of values with the same signature whose arrangement matters. The result is how many arrangements
    there are of all groups together."""
    keep(t, room)
    count = 1
    group = TIES
    first = 0
    matters = 0
    for p in range(VALUES):
        if p + 1 < VALUES and room[p] == room[p + 1]:
            if not matters:
                exchange(t, p)
                if differs(t, room):
                    matters = 1
                    exchange(t, p)
        else:
            if matters:
                size = p + 1 - first
                room[group + FIRST] = first
                room[group + SIZE] = size
                room[group + ARRANGEMENTS] = factorial(size)
                count = count * room[group + ARRANGEMENTS]
                group = group + GROUP
            first = p + 1
            matters = 0
    return count


def try_all(t: Row, room: Row, count: int) -> int:
    """Make the state the least among so many arrangements of the groups.

    The first group goes through its arrangements again and again; whenever it has seen all, the second goes on by one,
    and so on. It does not matter from which arrangement a group starts: the steps lead through all of them.
    """
    for number in range(1, count):
        step = number
        group = TIES
        while step % room[group + ARRANGEMENTS] == 0:
            step = step // room[group + ARRANGEMENTS]
            group = group + GROUP
        exchange(t, room[group + FIRST] + plain_change(step % room[group + ARRANGEMENTS], room[group + SIZE]))
        if precedes(t, room):
            keep(t, room)
    for j in range(STATE):
        t[j] = room[BEST + j]
    return 0


def plain_change(step: int, size: int) -> int:
    """Which neighbours to exchange in a step of the "plain changes", which lead through all arrangements of so many
    things. Steps are counted from 1.

    The last thing goes from the right end to the left, back in the next sweep, and so on; after each sweep, the others
    make a step of their own plain changes. (Steinhaus, Johnson, Trotter; Knuth, The Art of Computer Programming,
    7.2.1.2.)
    """
    left = 0  # things that rest at the left end
    while step % size == 0:
        step = step // size
        left = left + step % 2
        size = size - 1
    place = step % size
    return left + (place - 1 if step // size % 2 else size - 1 - place)


def factorial(n: int) -> int:
    """The product of the numbers up to `n`."""
    product = 1
    for i in range(2, n + 1):
        product = product * i
    return product


def keep(t: Row, room: Row) -> int:
    """Note a state as the least."""
    for j in range(STATE):
        room[BEST + j] = t[j]
    return 0


def differs(t: Row, room: Row) -> int:
    """Is a state another than the one that was noted?"""
    for j in range(STATE):
        if t[j] != room[BEST + j]:
            return 1
    return 0


def precedes(t: Row, room: Row) -> int:
    """Is a state less than the one that was noted?"""
    for j in range(STATE):
        if t[j] != room[BEST + j]:
            return t[j] < room[BEST + j]
    return 0
