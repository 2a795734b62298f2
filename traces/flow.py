"""Values and changes as markup, and as many of them beside each other as fit.

A table with aligned columns would be the usual thing, but Graphviz spreads spare width over all columns of a
table, so that what belongs together drifts apart; and one line for every change makes a page of three.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from skipgate.checker.core.values import Value
from skipgate.traces.differences import Change, Replaced
from skipgate.traces.dot_language import bold, escaped, font, wrapped
from skipgate.traces.palette import GREY
from skipgate.traces.plain import brief, shortened, shown, visible
from skipgate.traces.wording import old_and_new

GAP = "&nbsp;" * 4
LONGEST = 3  # lines for one value; the text and the ITF file have it in full
REMINDER = 60  # characters for a value that did not change


@dataclass(frozen=True)
class Item:
    """A piece of a box: its lines in markup, and how many columns they take."""

    lines: list[str]
    columns: int


def reminder(name: str, value: Value, *, strong: bool = False, since: int | None = None) -> Item:
    """`name = value` for a value that has been seen where it was set; if it is long, the number of that state instead,
    or as much as fits if that is not known."""
    label = visible(name)
    written = brief(value)
    if len(written) > REMINDER and since is not None:
        text = f"{label} as in {since}"
    else:
        text = f"{label} = {shortened(written, REMINDER)}"
    return Item([_labelled(label, text, strong)], len(text))


def binding(name: str, value: Value, columns: int, *, strong: bool = False, sign: str = "=") -> Item:
    """`name = value`, or another sign between them."""
    label = visible(name)
    for written in (shown(value), brief(value)):
        text = f"{label} {sign} {written}"
        if len(text) <= columns:
            return Item([_labelled(label, text, strong)], len(text))
    return _block(label, text, columns, strong)


def changed(change: Change, columns: int, *, strong: bool = False) -> Item:
    """What a part of a variable was and became."""
    label = visible(change.place)
    if isinstance(change, Replaced):
        pairs = [(write(change.old), write(change.new)) for write in (shown, brief)]
        # Of a value that is gone, the beginning may do: it was shown where it came to be.
        for old, new in [*pairs, old_and_new(change.old, change.new, 0)]:
            length = len(label) + len(old) + len(new) + 5
            if length <= columns:
                name = _labelled(label, f"{label}: ", strong)
                return Item([f"{name}{font(escaped(old), color=GREY)} → {escaped(new)}"], length)
        old, new = pairs[-1]
        was, now = _block(label, f"{label}: {old}", columns, strong), _block("→", f"→ {new}", columns - 4, False)
        return Item([*(font(line, color=GREY) for line in was.lines), *(GAP + line for line in now.lines)], columns)
    signed = [("+", change.added), ("−", change.removed)]
    for write in (shown, brief):
        text = "  ".join(f"{sign} {', '.join(map(write, values))}" for sign, values in signed if values)
        text = f"{label}: {text}"
        if len(text) <= columns:
            return Item([_labelled(label, text, strong)], len(text))
    return _block(label, text, columns, strong)


def _block(label: str, text: str, columns: int, strong: bool) -> Item:
    """A text that begins with `label`, in several lines."""
    first, *more = wrapped(text, columns - 4, LONGEST)
    return Item([_labelled(label, first, strong), *(GAP + escaped(line) for line in more)], columns)


def _labelled(label: str, text: str, strong: bool) -> str:
    """A line as markup, with the label at its beginning in bold if it is there (it may have been cut)."""
    if strong and label and text.startswith(label):
        return bold(escaped(label)) + escaped(text[len(label) :])
    return escaped(text)


def flow(items: Iterable[Item], columns: int) -> list[str]:
    """The items in lines, as many beside each other as fit; one of several lines stands alone."""
    found: list[str] = []
    used: int | None = None  # columns taken of the last line; None if nothing may join it
    for item in items:
        if used is not None and len(item.lines) == 1 and used + 4 + item.columns <= columns:
            found[-1] += GAP + item.lines[0]
            used += 4 + item.columns
        else:
            found += item.lines
            used = item.columns if len(item.lines) == 1 else None
    return found
