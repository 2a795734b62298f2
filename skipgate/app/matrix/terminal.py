"""The matrix on a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.app.matrix.cells import Cell, CellPlace
from skipgate.app.matrix.grid import Grid, legend, sign
from skipgate.base.console import sentence

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

# Colour repeats what the signs say, and never says anything alone.
_STYLES = {"holds": "green", "violation": "red", "unknown": "yellow", "vacuous": "dim"}


def print_matrix(console: Console, grid: Grid, pictures: dict[CellPlace, Path]) -> None:
    """Print the table and what its signs mean. Terminals that can, open a picture on a click on its cell."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    ascii_only = not console.encoding.lower().startswith("utf")
    lines = None if ascii_only else box.SIMPLE_HEAD
    table = Table(box=lines, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("property" if grid.rows == "properties" else "check", overflow="fold")
    for column in grid.columns:
        table.add_column(column, justify="center", overflow="fold")
    for block in grid.blocks:
        if block.section is not None:
            table.add_row(Text(block.section, style="bold"))
        for line in block.lines:
            cells = [Text() if each is None else _cell(*each, pictures, ascii_only) for each in line.cells]
            table.add_row(Text(line.label), *cells, end_section=line is block.lines[-1])
    console.print(table)
    words = [f"{mark}: {text}" for mark, text in legend(grid, ascii_only=ascii_only)]
    if words:
        console.print()
        console.print(sentence("; ".join(words)), soft_wrap=True)


def _cell(place: CellPlace, cell: Cell, pictures: dict[CellPlace, Path], ascii_only: bool) -> Text:
    from rich.text import Text

    style = _STYLES[cell.verdict] if cell.as_expected else "bold red"
    if place in pictures:
        style += f" link {pictures[place].resolve().as_uri()}"
    return Text(sign(cell, ascii_only=ascii_only), style=style)
