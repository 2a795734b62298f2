"""A kernel as the text of a function: what its body mentions is read from the words of a state first."""

from __future__ import annotations

import re

from skipgate.checker.kernel.kernel_text import Writer, field_name, word_name
from skipgate.checker.kernel.layout import Layout, Slot


def function(layout: Layout, head: str, writer: Writer) -> str:
    """The text of a function: its head, reads of the words and fields that the body mentions, then the body."""
    body = "\n".join(writer.lines)
    prologue: list[str] = []
    words: set[str] = set()
    fields: list[str] = []
    slots = {
        field_name(variable, i, primed): slot
        for primed in (False, True)
        for variable, parts in layout.slots.items()
        for i, slot in enumerate(parts)
    }
    for name in sorted(slots.keys() & set(re.findall(r"\b[vn][\dx]*_\w+_\d+\b", body))):
        slot = slots[name]
        word = word_name(slot.word, name[0] == "n")
        words.add(word)
        fields.append(f"    {name} = {_read(word, slot)}")
    words |= set(re.findall(r"\b[wu]_\d+\b", body))
    for word in sorted(words):
        prologue.append(f"    {word} = {'s' if word[0] == 'w' else 't'}[{word[2:]}]")
    return "\n".join([f"def {head}:", *prologue, *fields, body])


def _read(word: str, slot: Slot) -> str:
    """The value of a field of a word."""
    text = word if slot.offset == 0 else f"({word} >> {slot.offset})"
    if slot.offset + slot.width < 63:
        text = f"{text} & {slot.mask}"
    if slot.low == 0:
        return text
    return f"({text}) {'+' if slot.low > 0 else '-'} {abs(slot.low)}"
