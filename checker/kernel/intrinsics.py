"""The intrinsics of the kernel language as CPython runs them (see `language`).

A row under CPython is anything that can be subscripted; `at` needs a memoryview, whose parts share its memory. CPython
may change between threads in the middle of a function, so those that read and write at once hold a lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

Row = memoryview  # for annotations

_BITS = 2**64 - 1
_lock = threading.Lock()


def signed(value: int) -> int:
    """The signed number of the low 64 bits of a number."""
    value &= _BITS
    return value - 2**64 if value >> 63 else value


def popcount(x: int) -> int:
    """How many bits of a word are 1."""
    return (x & _BITS).bit_count()


def shift_right_logical(x: int, n: int) -> int:
    """A word shifted to the right, with zeros from the left."""
    return signed((x & _BITS) >> n) if 0 <= n < 64 else 0


def multiply_wrapping(x: int, y: int) -> int:
    """The low 64 bits of a product."""
    return signed(x * y)


def multiply_high(x: int, y: int) -> int:
    """The high 64 bits of a product of unsigned words."""
    return signed((x & _BITS) * (y & _BITS) >> 64)


def at(row: Row, i: int) -> Row:
    """The part of a row that begins at an index."""
    return memoryview(row)[i:]


def prefetch(row: Row, i: int) -> None:
    """A hint that a place is about to be read; it does nothing here."""


def load_atomic(row: Row, i: int) -> int:
    """Read a place that other threads may write."""
    return row[i]


def store_atomic(row: Row, i: int, value: int) -> None:
    """Write a place that other threads may read."""
    row[i] = value


def compare_and_swap(row: Row, i: int, old: int, new: int) -> int:
    """Write a place if it has the old value. The result tells whether it had."""
    with _lock:
        if row[i] != old:
            return 0
        row[i] = new
        return 1


def fetch_and_add(row: Row, i: int, n: int) -> int:
    """Add to a place. The result is what was there before."""
    with _lock:
        old = row[i]
        row[i] = signed(old + n)
        return old


NAMESPACE: dict[str, Callable[..., Any]] = {
    f.__name__: f
    for f in (
        popcount,
        shift_right_logical,
        multiply_wrapping,
        multiply_high,
        at,
        prefetch,
        load_atomic,
        store_atomic,
        compare_and_swap,
        fetch_and_add,
    )
}
