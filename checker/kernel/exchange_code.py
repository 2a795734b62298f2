"""The exchange of two neighbours, in the text of kernels: the value p of a sort and the next one change places."""

from __future__ import annotations

from itertools import pairwise

from skipgate.checker.kernel.kernel_text import Writer, or_, shift_left, shift_right, word_name, words_in
from skipgate.checker.kernel.layout import WORD
from skipgate.checker.kernel.rows import less
from skipgate.checker.kernel.state_parts import SlotGroup, StatePart, StateParts


def exchanges(state: StateParts) -> str:
    """The text of the function that exchanges neighbours."""
    writer = Writer()
    for p in state.images:
        with writer.indented(f"if p == {p}:"):
            _exchange(state, writer, p)
            writer.line("return 0")
    writer.line("return 0")
    return "\n".join(["def exchange(s, p):", *writer.lines])


def _exchange(state: StateParts, writer: Writer, p: int) -> None:
    """Exchange value number p and the next."""
    changed: set[int] = set()
    with writer.aside(depth=0) as lines:
        for (a, b, shift), mask in _moves(state, p).items():
            upper, lower, x = word_name(a, False), word_name(b, False), writer.fresh("x")
            writer.line(f"{x} = ({shift_right(upper, str(shift))} ^ {lower}) & {mask}")
            writer.line(f"{lower} = {lower} ^ {x}")
            writer.line(f"{upper} = {upper} ^ {shift_left(x, str(shift))}")
            changed |= {a, b}
        identity = state.identities[p]
        for part in state.parts:
            if part.holds == identity.sort:
                _rename(writer, part, identity.index)
                changed.add(part.field.word)
        for group in state.groups:
            if identity.sort in group.sorts:
                _sort(writer, group)
                changed |= {field.word for slot in group.slots for field in slot}
    for word in words_in(lines):
        writer.line(f"{word_name(word, False)} = s[{word}]")
    writer.lines += lines
    for word in sorted(changed):
        writer.line(f"s[{word}] = {word_name(word, False)}")


def _sort(writer: Writer, group: SlotGroup) -> None:
    """Sort the slots of a set again, the greatest first."""
    slots = [[writer.fresh("x") for _ in slot] for slot in group.slots]
    for names, slot in zip(slots, group.slots, strict=True):
        for name, field in zip(names, slot, strict=True):
            writer.line(f"{name} = {field.text}")
    for end in range(len(slots) - 1, 0, -1):
        for a, b in pairwise(slots[: end + 1]):
            with writer.indented(f"if {less(writer, a, b, False)}:"):
                for x, y in zip(a, b, strict=True):
                    held = writer.fresh("x")
                    writer.line(f"{held} = {x}")
                    writer.line(f"{x} = {y}")
                    writer.line(f"{y} = {held}")
    for names, slot in zip(slots, group.slots, strict=True):
        for name, field in zip(names, slot, strict=True):
            word = word_name(field.word, False)
            writer.line(f"{word} = ({word} & {2**WORD - 1 ^ field.mask}) | {shift_left(name, str(field.offset))}")


def _moves(state: StateParts, p: int) -> dict[tuple[int, int, int], int]:
    """Which bits change places: those of a mask in word b with those `shift` to the left of them in word a."""
    masks: dict[tuple[int, int, int], int] = {}
    for number, image in enumerate(state.images[p]):
        a, b = state.parts[image].field, state.parts[number].field
        if (a.offset, a.word) > (b.offset, b.word):
            key = (a.word, b.word, a.offset - b.offset)
            masks[key] = masks.get(key, 0) | b.mask
    return masks


def _rename(writer: Writer, part: StatePart, k: int) -> None:
    """In a part that holds values of a sort, exchange value k of the sort and the next."""
    held, word = writer.fresh("x"), word_name(part.field.word, False)
    writer.line(f"{held} = {part.field.text}")
    either = or_(part.holding(held, k), part.holding(held, k + 1))
    writer.line(f"{word} = ({word} ^ {(k ^ k + 1) << part.field.offset}) if {either} else {word}")
