"""Text that cannot act: whatever a name, a description or a value holds, it only shows."""

from __future__ import annotations

from typing import assert_never

from skipgate.checker.core.values import (
    EnumValue,
    MapValue,
    Nothing,
    RecordValue,
    Some,
    SortValue,
    Value,
    show,
    sort_key,
)

# Joiners make emoji and several scripts; they neither move the cursor nor reorder text.
_JOINERS = "\u200c\u200d"


def visible(text: str) -> str:
    """`text` on one line: white space becomes blanks, every other unprintable character its escape.

    Control characters (a terminal obeys them), lone surrogates (UTF-8 cannot carry them) and overrides of the
    writing direction (they make text read as something else) come out as `\\x1b`, `\\ud800`, `\\u202e`.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible_character, text))


def _visible_character(char: str) -> str:
    if char.isprintable() or char in _JOINERS:
        return char
    if char.isspace():
        return " "
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def one_line(text: str) -> str:
    """`text` as `visible` gives it, with runs of blanks reduced to one and none at the ends."""
    return " ".join(visible(text).split())


def shown(value: Value) -> str:
    """A value as the language writes it, safe to print."""
    return visible(show(value))


def brief(value: Value) -> str:
    """A value with the fields of records by position, which the language allows too: `Entry(lease, Stamp(2, 0))`."""
    match value:
        case RecordValue(name, fields):
            return visible(name) + "(" + ", ".join(brief(part) for _, part in fields) + ")"
        case Some(inner):
            return f"some({brief(inner)})"
        case MapValue(items):
            return "[" + ", ".join(f"{brief(key)} -> {brief(part)}" for key, part in items) + "]"
        case frozenset():
            return "{" + ", ".join(brief(part) for part in sorted(value, key=sort_key)) + "}"
        case tuple():
            return "[" + ", ".join(map(brief, value)) + "]"
        case bool() | int() | EnumValue() | SortValue() | Nothing():
            return shown(value)
        case _:
            assert_never(value)


def glued(text: str) -> str:
    """`text` of the same length in which no line breaks within `x = 1` or `k -> v`; `unglued` undoes it."""
    return text.replace(" = ", "\u00a0=\u00a0").replace(" -> ", "\u00a0->\u00a0")


def unglued(text: str) -> str:
    """The text with ordinary blanks again."""
    # `visible` leaves none of these in any text.
    return text.replace("\u00a0", " ")


def clipped(text: str, limit: int) -> str:
    """`text`, shortened at its end to `limit` characters with an ellipsis if it is longer."""
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + "…"
