"""Text that cannot act: whatever a name, a description or a value holds, it only shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import assert_never

from skipgate.checker.core.values import (
    BagValue,
    EnumValue,
    MapValue,
    Nothing,
    RecordValue,
    Some,
    SortValue,
    Value,
    VariantValue,
    show,
    sort_key,
)

MANY = 9  # from so many on, what is the same again and again in a value is said once
GLUE = "\u00a0"  # a blank at which no line is broken

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


def whole(value: Value) -> str:
    """A value as the language writes it, safe to print."""
    return visible(show(value))


def shown(value: Value) -> str:
    """A value as the language writes it, safe to print; what is the same again and again in it is said once.

    Of a map with many keys, `[Node3 -> true, 11 others -> false]`; of a set of numbers, `{1..20}`; of a sequence,
    `[20 times 0, 1]`.
    """
    return _written(value, named=True)


def brief(value: Value) -> str:
    """The same with the fields of records by position, which the language allows too: `Entry(lease, Stamp(2, 0))`."""
    return _written(value, named=False)


def _written(value: Value, named: bool) -> str:
    match value:
        case RecordValue(name, fields):
            parts = (f"{visible(field)} = {_written(part, named)}" if named else brief(part) for field, part in fields)
            return f"{visible(name)}({', '.join(parts)})"
        case VariantValue(_, _, content):
            return _written(content, named) if content.fields else visible(content.record)
        case Some(inner):
            return f"some({_written(inner, named)})"
        case MapValue(items):
            return f"[{', '.join(_entries(items, named))}]"
        case BagValue():
            return "bag {" + ", ".join(_repeated([*value.each()], named)) + "}"
        case frozenset():
            return "{" + ", ".join(_elements(sorted(value, key=sort_key), named)) + "}"
        case tuple():
            return f"[{', '.join(_repeated(value, named))}]"
        case bool() | int() | EnumValue() | SortValue() | Nothing():
            return whole(value)
        case _:
            assert_never(value)


def _entries(items: Sequence[tuple[Value, Value]], named: bool) -> Iterator[str]:
    """The keys of a map with their values; of many, those that have the value of most of the others are counted."""
    usual = Counter(part for _, part in items).most_common(1)
    folded = len(items) >= MANY and usual[0][1] * 2 > len(items)
    for key, part in items:
        if not folded or part != usual[0][0]:
            yield f"{_written(key, named)} -> {_written(part, named)}"
    if folded:
        part, times = usual[0]
        yield f"{f'all {times} keys' if times == len(items) else f'{times} others'} -> {_written(part, named)}"


def _elements(ordered: Sequence[Value], named: bool) -> Iterator[str]:
    """The elements of a set; many numbers in a row as `low..high`."""

    def offset(place: tuple[int, Value]) -> int:
        """The same for numbers in a row, and different for any other elements."""
        return place[1] - place[0] if type(place[1]) is int else place[0]

    for _, run in groupby(enumerate(ordered), offset):
        values = [value for _, value in run]
        if len(values) >= MANY:
            yield f"{whole(values[0])}..{whole(values[-1])}"
        else:
            yield from (_written(value, named) for value in values)


def _repeated(values: Sequence[Value], named: bool) -> Iterator[str]:
    """The elements of a sequence; many equal ones in a row are counted."""
    for value, run in groupby(values):
        times = sum(1 for _ in run)
        written = _written(value, named)
        yield from [f"{times} times {written}"] if times >= MANY else [written] * times


def glued(text: str, columns: int) -> str:
    """`text` of the same length, in which a line of so many columns breaks between parts of values, not inside one.

    Blanks at which no line is to break become others, which `unglued` undoes: those within brackets, around `=` and
    before a value, wherever what they hold together fits on a line.
    """
    depths = _depths(text)
    breaks = set(_breaks(text, depths, (0, len(text)), 0, columns))
    return "".join(GLUE if char == " " and i not in breaks else char for i, char in enumerate(text))


def _depths(text: str) -> list[int]:
    """For each character, how many brackets of values are open behind it; those of running text do not count."""
    depths: list[int] = []
    opened: list[bool] = []
    for i, char in enumerate(text):
        if char in "([{":
            opened.append(char != "(" or (i > 0 and (text[i - 1].isalnum() or text[i - 1] == "_")))
        elif char in ")]}" and opened:
            opened.pop()
        depths.append(sum(opened))
    return depths


def _breaks(text: str, depths: Sequence[int], span: tuple[int, int], depth: int, columns: int) -> Iterator[int]:
    """The blanks of a depth at which a span of text may be broken, and deeper ones in what is too long for a line."""
    for piece in _pieces(span, here := [i for i in _blanks(text, depths, span, depth) if not _binds(text, i)]):
        if piece[1] - piece[0] <= columns:
            continue
        arrows = [i for i in _blanks(text, depths, piece, depth) if text.startswith(" -> ", i)]
        yield from arrows
        for part in _pieces(piece, arrows):
            if part[1] - part[0] > columns and depth < max(depths[slice(*part)]):
                yield from _breaks(text, depths, part, depth + 1, columns)
    yield from here


def _blanks(text: str, depths: Sequence[int], span: tuple[int, int], depth: int) -> list[int]:
    return [i for i in range(*span) if text[i] == " " and depths[i] == depth]


def _binds(text: str, blank: int) -> bool:
    """Does a blank belong to `x = 1`, `k -> v`, `3 others -> v` or `3 times v`?"""
    if text.startswith((" others -> ", " times "), blank) or text.endswith(" times ", 0, blank + 1):
        return True
    return any(text.startswith(sign, blank) or text.endswith(sign, 0, blank + 1) for sign in (" = ", " -> "))


def _pieces(span: tuple[int, int], breaks: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The parts of a span between breaks."""
    start, end = span
    for i in breaks:
        yield start, i
        start = i + 1
    yield start, end


def unglued(text: str) -> str:
    """The text with ordinary blanks again."""
    # `visible` leaves none of these in any text.
    return text.replace(GLUE, " ")


def clipped(text: str, limit: int) -> str:
    """`text`, shortened at its end to `limit` characters with an ellipsis if it is longer."""
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + "…"


def shortened(text: str, limit: int) -> str:
    """A value as text, shortened to `limit` characters: between its parts if it is long enough for that, and with its
    brackets closed, as in `[Entry(lease, 1), …]`."""
    if len(text) <= limit:
        return text
    depths = _depths(text)
    for depth in range(1, max(depths) + 1):
        ends = [i for i in range(limit) if text.startswith(", ", i) and depths[i] == depth and i + 3 + depth <= limit]
        if ends and ends[-1] * 2 > limit:
            return f"{text[: ends[-1]]}, …{_closing(text[: ends[-1]])}"
    return clipped(text, limit)


def _closing(text: str) -> str:
    """The brackets that are open at the end of a text, closed."""
    opened: list[str] = []
    for char in text:
        if char in "([{":
            opened.append(")]}"["([{".index(char)])
        elif char in ")]}" and opened:
            opened.pop()
    return "".join(reversed(opened))
