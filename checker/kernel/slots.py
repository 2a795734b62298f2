"""Sets with a capacity and bags in the text of kernels: slots, the greatest element first (see `Packing`)."""

from __future__ import annotations

from collections.abc import Sequence

from skipgate.checker.core.datatypes import BagType, SetType, Type
from skipgate.checker.kernel.components import packing
from skipgate.checker.kernel.kernel_text import (
    Writer,
    add,
    and_,
    bit_and,
    bit_or,
    choose,
    compare,
    not_,
    or_,
    shift_left,
    shift_right,
    sub,
)
from skipgate.checker.kernel.rows import Row, equal, less

Slot = Row  # the numbers of a slot


def is_there(slot: Slot) -> str:
    """Is there an element in a slot?"""
    return compare("!=", slot[0], "0")


def element_of(slot: Slot, element: Type) -> Row:
    """The components of the element in a slot. If there is none, they are those of any value."""
    row = []
    for field in packing(element).fields:
        bits = bit_and(shift_right(slot[field.number], str(field.offset)), str((1 << field.width) - 1))
        row.append(add(bits, str(field.low)))
    return row


def slot_with(row: Row, element: Type) -> Slot:
    """The numbers of a slot with this element, given by its components."""
    layout = packing(element)
    parts: list[list[str]] = [[] for _ in layout.widths]
    parts[0].append(str(1 << layout.presence))
    for field, text in zip(layout.fields, row, strict=True):
        if field.width:
            parts[field.number].append(shift_left(sub(text, str(field.low)), str(field.offset)))
    return [bit_or(*part) for part in parts]


def chosen(condition: str, slot: Slot) -> Slot:
    """The slot if the condition holds, else an empty one."""
    return [choose(condition, number, "0") for number in slot]


def empty_slots(writer: Writer, type_: SetType | BagType) -> list[Slot]:
    """Names of the slots of an empty set, to insert elements into."""
    return copied(writer, [], type_)


def copied(writer: Writer, slots: Sequence[Slot], type_: SetType | BagType) -> list[Slot]:
    """Names of their own for the slots of a set, and for empty ones after them, as many as a set of a type has."""
    empty = [["0"] * len(packing(type_.element).widths)] * ((type_.capacity or 0) - len(slots))
    names = []
    for slot in [*slots, *empty]:
        names.append([writer.fresh("s") for _ in slot])
        for name, text in zip(names[-1], slot, strict=True):
            writer.line(f"{name} = {text}")
    return names


def put(writer: Writer, slots: Sequence[Slot], new: Slot, *, again: bool = False) -> None:
    """Add the element of a slot to a set that has room for it, or has it. An empty slot adds nothing.

    With `again`, it is added even if it is there already, as to a bag.
    """
    moving = [writer.fresh("x") for _ in new]
    for name, text in zip(moving, new, strict=True):
        writer.line(f"{name} = {text}")
    for slot in slots:
        if len(slot) == 1:
            s, x = slot[0], moving[0]
            greater, same = compare("<", s, x), compare("==", s, x)
        else:
            greater = writer.atom(less(writer, slot, moving, False))
            same = writer.atom(equal(slot, moving))
        if again:
            same = "0"
        for a, b in zip(slot, moving, strict=True):
            name = writer.fresh()
            writer.line(f"{name} = {choose(greater, b, a)}")
            writer.line(f"{b} = {choose(greater, a, choose(same, '0', b))}")
            writer.line(f"{a} = {name}")


def take(writer: Writer, slots: Sequence[Slot], old: Slot) -> None:
    """Remove the element of a slot from a set that may have it; from a bag, one of them."""
    old = writer.atoms(old)
    found = "0"
    for i, slot in enumerate(slots):
        found = writer.atom(or_(found, equal(slot, old)))
        following = slots[i + 1] if i + 1 < len(slots) else ["0"] * len(slot)
        for name, text in zip(slot, following, strict=True):
            writer.line(f"{name} = {choose(found, text, name)}")


def keep(writer: Writer, slots: Sequence[Slot], conditions: Sequence[str]) -> None:
    """Empty the slots for which a condition does not hold, and let the others move up."""
    conditions = writer.atoms(conditions)
    for i in reversed(range(len(slots))):
        if conditions[i] == "1":
            continue
        with writer.indented(f"if {not_(conditions[i])}:"):
            for j in range(i, len(slots)):
                following = slots[j + 1] if j + 1 < len(slots) else ["0"] * len(slots[j])
                for name, text in zip(slots[j], following, strict=True):
                    writer.line(f"{name} = {text}")


def holds(slots: Sequence[Slot], slot: Slot) -> str:
    """Is the element of a slot, which is not empty, in one of the others?"""
    return or_(*(equal(each, slot) for each in slots))


def count(slots: Sequence[Slot]) -> str:
    """How many slots are not empty. They come first."""
    total = "0"
    for number, slot in enumerate(slots, start=1):
        total = choose(is_there(slot), str(number), total)
    return total


def row_of(slots: Sequence[Slot]) -> Row:
    """The components of a set, slot by slot."""
    return [number for slot in slots for number in slot]


def under(present: str, slot: Slot) -> str:
    """Is there an element in a slot of a set that is itself there?"""
    return and_(present, is_there(slot))
