"""The steps between the states of a search that is over, in the kernel language.

The states lie one after the other, sorted, with their numbers in `table` (see `numbering`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from skipgate.checker.kernel.intrinsics import Row, at, prefetch
from skipgate.checker.native.hashing import WORDS, hash_of
from skipgate.checker.native.numbering import number_of

if TYPE_CHECKING:
    from skipgate.checker.native.generated import facts, inside, step_facts, steps


# What depends on the model is given when this is compiled; what stands here is an example.
ENTRY = 2  # words of a successor as `steps` writes it
FACTS = 1  # words that `facts` writes
STEP_FACTS = 1  # words that `step_facts` writes

OUTSIDE = -1  # the number of a successor that lies outside the constraints
UNKNOWN = -2  # of one that should be among the states, but is not


def find(table: Row, mask: int, states: Row, t: Row) -> int:
    """The number of a state, or that it lies outside."""
    number = number_of(table, mask, states, t)
    if number >= 0:
        return number
    return UNKNOWN if inside(t) else OUTSIDE


def leave(
    table: Row, mask: int, states: Row, first: int, last: int, counts: Row, targets: Row, tags: Row, said: Row, out: Row
) -> int:
    """Take all steps from the states with the numbers from `first` up to `last`; the result is how many there are.

    Of each state, the number of its steps and the values of its facts are written; of each step, its tag and the number
    of the state that it leads to.
    """
    n = 0
    for number in range(first, last):
        s = at(states, number * WORDS)
        facts(s, at(said, (number - first) * FACTS))
        end = steps(s, out)
        for i in range(0, end, ENTRY):
            prefetch(table, hash_of(at(out, i + 1)) & mask)
        for i in range(0, end, ENTRY):
            tags[n] = out[i]
            targets[n] = find(table, mask, states, at(out, i + 1))
            n = n + 1
        counts[number - first] = end // ENTRY
    return n


def compare(states: Row, sources: Row, targets: Row, count: int, said: Row) -> int:
    """Write the values of the conditions on steps for so many steps, each from one state to another."""
    for i in range(count):
        step_facts(at(states, sources[i] * WORDS), at(states, targets[i] * WORDS), at(said, i * STEP_FACTS))
    return count
