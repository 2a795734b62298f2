"""The matrix as a picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape, quoteattr

from skipgate.app.matrix.cells import Cell, CellPlace
from skipgate.app.matrix.grid import Grid, GridRow, legend, sign
from skipgate.traces.palette import BLACK, BLUE, GREY, PALE, VERMILION, WHITE
from skipgate.traces.plain import one_line

_CELL = 30
_MARGIN = 12
_LABEL, _SMALL = 12, 10  # sizes of letters
_LETTER = 0.6  # the width of an average letter of Helvetica, generously, by its size
_TILT = 40  # degrees by which headings are turned that are wider than a column

# Fill, and colour of the sign. The sign says the same.
COLOURS = {
    "violation": (VERMILION, WHITE),
    "holds": (WHITE, BLUE),
    "vacuous": (PALE, GREY),
    "unknown": (WHITE, BLACK),
}


def svg(grid: Grid, link: Callable[[CellPlace], str | None], title: str) -> str:
    """The picture; `link` says where the picture of a cell's trace is."""
    left = _MARGIN * 2 + max([_label_width(line) for block in grid.blocks for line in block.lines], default=0)
    tilted = any(_width(column, _LABEL) > _CELL - 4 for column in grid.columns)
    longest = max([_width(column, _LABEL) for column in grid.columns], default=0)
    slope = math.radians(_TILT)
    top = _MARGIN + (longest * math.sin(slope) + _LABEL if tilted else _LABEL * 1.5)
    right = longest * math.cos(slope) if tilted else _MARGIN
    below = list(_below(grid))
    rows = sum(len(block.lines) + (block.section is not None) for block in grid.blocks)
    width = max(left + _CELL * len(grid.columns) + right, _MARGIN * 2 + max(_width(text, _SMALL) for text in below))
    height = top + _CELL * rows + _MARGIN + _SMALL * 1.6 * len(below) + _MARGIN
    body = [f"<title>{escape(one_line(title))}</title>", f'<rect width="100%" height="100%" fill="{WHITE}"/>']
    for i, column in enumerate(grid.columns):
        x, y = left + _CELL * (i + 0.5), top - 6
        turn = f' transform="rotate({-_TILT} {x:.0f} {y:.0f})"' if tilted else ' text-anchor="middle"'
        body.append(_text(x, y, column, f'font-weight="bold"{turn}'))
    y = top
    for block in grid.blocks:
        if block.section is not None:
            body.append(_text(_MARGIN, y + _CELL * 0.7, block.section, 'font-weight="bold"'))
            y += _CELL
        for line in block.lines:
            body += _row(line, left, y, link)
            y += _CELL
    for i, text in enumerate(below):
        place = y + _MARGIN + _SMALL * (1 + 1.6 * i)
        body.append(_text(_MARGIN, place, text, f'fill="{GREY}"', _SMALL))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="Helvetica, Arial, sans-serif">'
    )
    return "\n".join([head, *body, "</svg>", ""])


def _row(line: GridRow, left: float, y: float, link: Callable[[CellPlace], str | None]) -> Iterator[str]:
    two = line.description is not None
    yield _text(_MARGIN, y + _CELL * (0.42 if two else 0.62), line.label, 'font-weight="bold"')
    if line.description is not None:
        yield _text(_MARGIN, y + _CELL * 0.82, line.description, f'fill="{GREY}"', _SMALL)
    for i, each in enumerate(line.cells):
        if each is not None:
            yield _cell(*each, left + _CELL * i, y, link(each[0]))


def _cell(place: CellPlace, cell: Cell, x: float, y: float, target: str | None) -> str:
    fill, colour = COLOURS[cell.verdict]
    dashed = ' stroke-dasharray="3 2"' if cell.verdict == "unknown" else ""
    verdict = "violated" if cell.verdict == "violation" else cell.verdict
    hint = one_line(f"{place.property}, {place.group}: {verdict} ({cell.check.model}/{cell.check.check})")
    parts = [
        f"<title>{escape(hint)}</title>",
        f'<rect x="{x + 1:.0f}" y="{y + 1:.0f}" width="{_CELL - 2}" height="{_CELL - 2}" rx="3" fill="{fill}" '
        f'stroke="{PALE}"{dashed}/>',
        _text(x + _CELL / 2, y + _CELL * 0.65, sign(cell), f'text-anchor="middle" font-weight="bold" fill="{colour}"'),
    ]
    inside = "".join(parts)
    return f"<g>{inside}</g>" if target is None else f"<a href={quoteattr(target)}>{inside}</a>"


def _below(grid: Grid) -> Iterator[str]:
    for mark, words in legend(grid):
        yield f"{mark}: {words}"


def _text(x: float, y: float, words: str, attributes: str, size: float = _LABEL) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" {attributes}>{escape(one_line(words))}</text>'


def _label_width(line: GridRow) -> float:
    return max(_width(line.label, _LABEL), _width(line.description or "", _SMALL * 0.9))


def _width(words: str, size: float) -> float:
    return len(words) * size * _LETTER
