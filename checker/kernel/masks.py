"""Sets in the text of kernels: masks, with a bit at the rank of each element."""

from __future__ import annotations

from skipgate.checker.core.datatypes import SetType
from skipgate.checker.kernel.components import CHUNK, shape
from skipgate.checker.kernel.kernel_text import Writer, bit_and, choose, compare, is_literal, shift_right
from skipgate.checker.kernel.rows import Row

FULL = 2**CHUNK - 1


def chunks(count: int) -> list[tuple[int, int]]:
    """The parts of a universe of `count` elements: the first rank of each, and how many there are in it."""
    return [(start, min(CHUNK, count - start)) for start in range(0, count, CHUNK)]


def empty_set(writer: Writer, type_: SetType) -> list[str]:
    """Names of an empty set's components, to insert elements into."""
    names = [writer.fresh("s") for _ in shape(type_)]
    for name in names:
        writer.line(f"{name} = 0")
    return names


def insert(writer: Writer, names: list[str], rank: str) -> None:
    """Add the element of a rank to a set under construction."""
    if is_literal(rank):
        name = names[int(rank) // CHUNK]
        writer.line(f"{name} = {name} | {1 << int(rank) % CHUNK}")
    elif len(names) == 1:
        writer.line(f"{names[0]} = {names[0]} | (1 << {rank})")
    else:
        rank = writer.atom(rank)
        for (start, width), name in zip(chunks(CHUNK * len(names)), names, strict=True):
            with writer.indented(f"if {rank} >= {start} and {rank} < {start + width}:"):
                writer.line(f"{name} = {name} | (1 << ({rank} - {start}))")


def has(writer: Writer, mask: Row, rank: str, inside: str = "1") -> str:
    """Is the element of a rank in a set? Where `inside` is not known to hold, the rank may be nonsense."""
    if not mask:
        return "0"
    if is_literal(rank):
        if not 0 <= int(rank) < CHUNK * len(mask):
            return "0"
        return compare("!=", bit_and(mask[int(rank) // CHUNK], str(1 << int(rank) % CHUNK)), "0")
    if inside != "1":
        rank = choose(inside, rank, "0")
    if len(mask) == 1:
        return bit_and(shift_right(mask[0], rank), "1")
    rank = writer.atom(rank)
    mask = writer.atoms(mask)
    chunk = mask[-1]
    for i in range(len(mask) - 2, -1, -1):
        chunk = choose(compare("<", rank, str(CHUNK * (i + 1))), mask[i], chunk)
    return bit_and(shift_right(chunk, f"({rank} % {CHUNK})"), "1")
