"""Random reads of a table, in the kernel language."""

from __future__ import annotations

from skipgate.checker.kernel.intrinsics import Row


def fill(table: Row, size: int) -> int:
    """Touch all of the table, so that it is memory."""
    for i in range(size):
        table[i] = i
    return 0


def independent(table: Row, mask: int, count: int, seed: int) -> int:
    """Reads at places that are known beforehand: as many can be under way as the processor allows."""
    x = seed
    sum = 0
    for _ in range(count):
        x = x * 6364136223846793005 + 1442695040888963407
        sum = sum + table[(x >> 24) & mask]
    return sum


def dependent(table: Row, mask: int, count: int, seed: int) -> int:
    """Reads at places that the read before has determined: one after the other."""
    x = seed
    for _ in range(count):
        x = x * 6364136223846793005 + 1442695040888963407 + table[(x >> 24) & mask]
    return x
