"""The hash of a state, in the kernel language."""

from __future__ import annotations

from skipgate.checker.kernel.intrinsics import Row, multiply_high, multiply_wrapping

WORDS = 1  # of a state; depends on the model and is given when this is compiled

SEED = -7046029254386353131
FACTOR = -2643881736870682267


def hash_of(t: Row) -> int:
    """A hash of a state: for each word, both halves of a product (as in Wang Yi's wyhash)."""
    h = SEED
    for j in range(WORDS):
        x = h ^ t[j]
        h = multiply_high(x, FACTOR) ^ multiply_wrapping(x, FACTOR)
    return h
