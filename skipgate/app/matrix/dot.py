"""The matrix for Graphviz, which makes a PNG of it: for pages that show no SVG."""

from __future__ import annotations

from skipgate.app.matrix.cells import Cell, CellPlace
from skipgate.app.matrix.grid import Grid, GridRow, legend, sign
from skipgate.app.matrix.svg import COLOURS
from skipgate.traces.dot_language import bold, cell, escaped, font, html_label, lines, row, statement, table
from skipgate.traces.palette import GREY, PALE

_TEXT, _SMALL = 12, 10  # sizes of letters
_SIDE = 30  # of a cell, in points


def grid_dot(grid: Grid) -> str:
    """The table as the text of a DOT digraph, with a newline at its end; its columns are headed by whole names."""
    rows = [row(cell(""), *(cell(bold(escaped(name)), align="CENTER", cellpadding=4) for name in grid.columns))]
    for block in grid.blocks:
        if block.section is not None:
            rows.append(row(cell(bold(escaped(block.section)), colspan=1 + len(grid.columns), cellpadding=4)))
        rows += [_row(line) for line in block.lines]
    below = [font(escaped(f"{mark}: {words}"), point_size=_SMALL, color=GREY) for mark, words in legend(grid)]
    rows.append(row(cell(lines(below), colspan=1 + len(grid.columns), cellpadding=6)))
    fonts = {"fontname": "Helvetica", "fontsize": f"{_TEXT}"}
    out = [
        statement("graph", {"charset": "UTF-8", "margin": "0", "pad": "0.1", **fonts}),
        statement("node", {"shape": "plain", **fonts}),
        statement("matrix", {"label": html_label(table(rows, cellspacing=2))}),
    ]
    return "digraph matrix {\n" + "".join(f"  {line}\n" for line in out) + "}\n"


def _row(line: GridRow) -> str:
    said = [bold(escaped(line.label))]
    if line.description is not None:
        said.append(font(escaped(line.description), point_size=_SMALL, color=GREY))
    return row(cell(lines(said), cellpadding=4), *map(_cell, line.cells))


def _cell(found: tuple[CellPlace, Cell] | None) -> str:
    """A cell in the colours of the SVG; the sign says the same."""
    if found is None:
        return cell("")
    fill, colour = COLOURS[found[1].verdict]
    mark = font(bold(escaped(sign(found[1]))), color=colour)
    return cell(mark, bgcolor=fill, border=1, color=PALE, width=_SIDE, height=_SIDE, align="CENTER", balign="CENTER")
