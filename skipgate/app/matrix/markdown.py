"""The matrix as a table in GitHub's Markdown, and its place in a page that people write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from skipgate.app.matrix.cells import Cell, CellPlace
from skipgate.app.matrix.grid import Grid, legend, sign
from skipgate.base import markup as md
from skipgate.base.errors import reason
from skipgate.errors import InputError

BEGIN = "<!-- skipgate matrix: what follows is generated -->"
END = "<!-- skipgate matrix: end -->"


def markdown(grid: Grid, link: Callable[[CellPlace], str | None]) -> str:
    """The table; `link` says where the picture of a cell is."""
    heading = "Property" if grid.rows == "properties" else "Check"
    out = [
        f"| {' | '.join([heading, *map(md.text, grid.columns)])} |",
        f"|---|{':-:|' * len(grid.columns)}",
    ]
    for block in grid.blocks:
        if block.section is not None:
            out.append(f"| **{md.text(block.section)}** |{' |' * len(grid.columns)}")
        for line in block.lines:
            label = f"**{md.text(line.label)}**"
            if line.description:
                label += f"<br>{md.text(line.description)}"
            cells = ("" if each is None else _cell(*each, link) for each in line.cells)
            out.append(f"| {' | '.join([label, *cells])} |")
    words = "; ".join(f"{mark}: {text}" for mark, text in legend(grid))
    return "\n".join([*out, "", f"{words[:1].upper()}{words[1:]}.", ""])


def _cell(place: CellPlace, cell: Cell, link: Callable[[CellPlace], str | None]) -> str:
    shown = sign(cell)
    if cell.verdict == "violation":
        shown = f"**{shown}**"
    target = link(place)
    return shown if target is None else f"[{shown}]({target})"


def embed(page: Path, table: str) -> str:
    """The text of a page with the table between its markers.

    Raises:
        InputError: the page cannot be read, or has no markers, or several.
    """
    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{page} cannot be read: {reason(error) if isinstance(error, OSError) else error}") from None
    lines = text.splitlines()
    begins, ends = ([i for i, line in enumerate(lines) if line.strip() == mark] for mark in (BEGIN, END))
    if len(begins) != 1 or len(ends) != 1 or begins[0] > ends[0]:
        raise InputError(f"{page} needs two lines between which the table goes, each once:\n{BEGIN}\n{END}")
    kept = [*lines[: begins[0] + 1], "", *table.strip().splitlines(), "", *lines[ends[0] :]]
    return "\n".join(kept) + "\n"
