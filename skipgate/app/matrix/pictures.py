"""Pictures of the traces that a matrix speaks about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.app.matrix.cells import CellPlace, Matrix

if TYPE_CHECKING:
    from skipgate.app.artifacts import Artifacts
    from skipgate.checker.core.trace import Trace


def draw(matrix: Matrix, artifacts: Artifacts) -> dict[CellPlace, Path]:
    """Draw the trace of every violated cell; one picture serves all cells of a property with the same steps."""
    drawn: dict[str, list[tuple[Trace, Path | None]]] = {}
    pictures: dict[CellPlace, Path | None] = {}
    for place, cell in matrix.cells.items():
        if cell.trace is None:
            continue
        known = drawn.setdefault(place.property, [])
        alike = (
            path for trace, path in known if (trace.steps, trace.failure) == (cell.trace.steps, cell.trace.failure)
        )
        path = next(alike, None)
        if path is None:
            artifacts.write_one(cell.check, cell.name)
            path = artifacts.picture(cell.check, cell.name)
            known.append((cell.trace, path))
        pictures[place] = path
    return {place: path for place, path in pictures.items() if path is not None}


def relative(pictures: dict[CellPlace, Path], folder: Path) -> Callable[[CellPlace], str | None]:
    """The link from a file in `folder` to the picture of a cell, as in a URL."""
    from os.path import relpath
    from urllib.parse import quote

    def link(place: CellPlace) -> str | None:
        path = pictures.get(place)
        return None if path is None else quote(Path(relpath(path, folder)).as_posix())

    return link
