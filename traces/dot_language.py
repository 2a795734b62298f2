"""Pieces of the DOT language: quoting that holds against any text, and HTML-like labels.

Graphviz reads a label twice: as XML, and then for escapes such as `\\N` (the name of the node), in HTML-like
labels too. So text is escaped for both, and what neither can carry (control characters) never gets there.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterable, Mapping

from skipgate.traces.plain import clipped, glued, one_line, unglued, visible

# Graphviz refuses a run of text above 16 KiB in an HTML-like label; nobody would read it either.
LONGEST_RUN = 1000

AttributeValue = str | int


class HtmlLabel(str):
    """A complete HTML-like label, `<...>`, which goes into a statement as it is."""

    __slots__ = ()


def quoted(text: str) -> str:
    """`text` as a DOT string that stands for exactly this text wherever DOT expects one, labels included."""
    return '"' + visible(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def statement(subject: str, attributes: Mapping[str, str]) -> str:
    """`subject [key=value, ...];`, where `subject` is a keyword, a node or an edge, already in DOT."""
    inside = ", ".join(
        f"{key}={value if isinstance(value, HtmlLabel) else quoted(value)}" for key, value in attributes.items()
    )
    return f"{subject} [{inside}];"


# ---------------------------------------------------------------- HTML-like labels: all take and give markup


def html_label(markup: str) -> HtmlLabel:
    """A label that is markup."""
    return HtmlLabel(f"<{markup}>")


def escaped(text: str) -> str:
    """Text as markup that shows it."""
    return html.escape(clipped(visible(text), LONGEST_RUN)).replace("\\", "\\\\")


def tag(name: str, markup: str, **attributes: AttributeValue) -> str:
    """An element. An attribute `point_size` stands for POINT-SIZE."""
    if not markup and name in ("FONT", "B", "I"):
        return ""  # to Graphviz, an empty one is a syntax error
    inside = "".join(
        f' {key.upper().replace("_", "-")}="{html.escape(str(value))}"' for key, value in attributes.items()
    )
    return f"<{name}{inside}>{markup}</{name}>"


def bold(markup: str) -> str:
    """Markup in bold."""
    return tag("B", markup)


def font(markup: str, **attributes: AttributeValue) -> str:
    """Markup in another `color`, `point_size` or `face`."""
    return tag("FONT", markup, **attributes)


def lines(markup: Iterable[str]) -> str:
    """Lines of markup one under the other, flush left."""
    # The last is terminated too, or Graphviz would centre it.
    return "".join(f'{line}<BR ALIGN="LEFT"/>' for line in markup)


def table(rows: Iterable[str], **attributes: AttributeValue) -> str:
    """A table of rows, with no room and no lines but what the attributes ask for."""
    inside = "".join(rows) or row(cell(""))
    return tag("TABLE", inside, **{"border": 0, "cellborder": 0, "cellspacing": 0, "cellpadding": 0, **attributes})


def row(*cells: str) -> str:
    """A row of a table."""
    return tag("TR", "".join(cells))


def cell(markup: str, **attributes: AttributeValue) -> str:
    """A cell, flush left."""
    return tag("TD", markup, **{"align": "LEFT", "balign": "LEFT", **attributes})


# ---------------------------------------------------------------- breaking text into lines


def wrapped(text: str, columns: int, rows: int) -> list[str]:
    """`text` in at most `rows` lines of at most `columns` characters; an ellipsis stands for the rest."""
    parts = textwrap.wrap(glued(one_line(text), columns), columns, break_on_hyphens=False)
    found = [unglued(line) for line in parts]
    if len(found) > rows:
        found = [*found[: rows - 1], clipped(found[rows - 1] + " …", columns)]
    return found
