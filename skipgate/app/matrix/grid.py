"""The cells as a table: which way round, and what its signs mean. The same in every format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from skipgate.app.matrix.cells import Cell, CellPlace, Matrix

Rows = Literal["properties", "checks"]

_SIGNS = {"holds": "✓", "vacuous": "·", "unknown": "?", "violation": "✗"}
_ASCII_SIGNS = {"holds": "+", "vacuous": ".", "unknown": "?", "violation": "x"}
_GAP = 2  # between two columns of text


@dataclass(frozen=True)
class GridRow:
    """A row; None stands where nobody has looked."""

    label: str
    description: str | None
    cells: tuple[tuple[CellPlace, Cell] | None, ...]


@dataclass(frozen=True)
class Block:
    """The rows of a file, or all."""

    section: str | None
    lines: tuple[GridRow, ...]


@dataclass(frozen=True)
class Grid:
    """A table, its rows in blocks."""

    rows: Rows
    columns: tuple[str, ...]
    blocks: tuple[Block, ...]

    def cells(self) -> Iterator[tuple[CellPlace, Cell]]:
        """All cells that are not blank."""
        return (cell for block in self.blocks for line in block.lines for cell in line.cells if cell is not None)


def lay_out(matrix: Matrix, rows: Rows | None = None) -> Grid:
    """The matrix with properties or checks as rows; by default, whichever makes the table narrower.

    If files are kept apart, the properties that hold throughout a file are left out: they would be most of the table.
    """
    if rows is None:
        names = tuple(matrix.properties)
        rows = "properties" if _width(names, matrix.groups) <= _width(matrix.groups, names) else "checks"
    by_property = rows == "properties"
    columns = matrix.groups if by_property else tuple(matrix.properties)
    blocks = []
    for section in matrix.sections:
        lines = []
        for label in matrix.properties if by_property else matrix.groups:
            cells = []
            for column in columns:
                place = CellPlace(section, column, label) if by_property else CellPlace(section, label, column)
                cells.append((place, matrix.cells[place]) if place in matrix.cells else None)
            verdicts = {cell[1].verdict for cell in cells if cell is not None}
            dull = by_property and section is not None and verdicts == {"holds"}
            if verdicts and not dull:
                lines.append(GridRow(label, matrix.properties[label] if by_property else None, tuple(cells)))
        blocks.append(Block(section, tuple(lines)))
    return Grid(rows, columns, tuple(blocks))


def _width(labels: Sequence[str], columns: Sequence[str]) -> int:
    return max(map(len, labels), default=0) + sum(len(column) + _GAP for column in columns)


def sign(cell: Cell, *, ascii_only: bool = False) -> str:
    """What stands in a cell: how many steps lead to the violation, or a sign; `!` if that is not as expected."""
    signs = _ASCII_SIGNS if ascii_only else _SIGNS
    shown = signs[cell.verdict] if cell.steps is None else str(cell.steps)
    return shown if cell.as_expected else f"{shown}!"


def legend(grid: Grid, *, ascii_only: bool = False) -> list[tuple[str, str]]:
    """The signs that occur, and what they mean."""
    signs = _ASCII_SIGNS if ascii_only else _SIGNS
    cells = [cell for _, cell in grid.cells()]
    entries = []
    if any(cell.steps is not None for cell in cells):
        entries.append(("a number", "violated; so many steps has the shortest trace"))
    words = {
        "holds": "holds",
        "vacuous": "holds, but says nothing",
        "unknown": "unknown",
    }
    entries += [(signs[verdict], text) for verdict, text in words.items() if any(c.verdict == verdict for c in cells)]
    if any(cell is None for block in grid.blocks for line in block.lines for cell in line.cells):
        entries.append(("blank", "not examined"))
    if not all(cell.as_expected for cell in cells):
        entries.append(("!", "not as expected"))
    if grid.rows == "properties" and grid.blocks[0].section is not None:
        entries.append(("left out", "what holds in all checks of a file"))
    return entries
