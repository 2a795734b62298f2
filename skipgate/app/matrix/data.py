"""The matrix as JSON, for programs. The format is fixed by `schemas/matrix-1.json`."""

from __future__ import annotations

from pathlib import Path

from skipgate.app.matrix.cells import CellPlace, Matrix

SCHEMA = "skipgate.matrix/1"
SCHEMA_FILE = Path(__file__).parents[2] / "schemas" / "matrix-1.json"


def matrix_object(matrix: Matrix, pictures: dict[CellPlace, Path]) -> dict[str, object]:
    """The whole matrix as one JSON object."""
    return {
        "schema": SCHEMA,
        "groups": list(matrix.groups),
        "properties": [{"name": name, "description": text} for name, text in matrix.properties.items()],
        "cells": [
            {
                "section": place.section,
                "group": place.group,
                "property": place.property,
                "verdict": cell.verdict,
                "steps": cell.steps,
                "as_expected": cell.as_expected,
                "file": cell.check.file,
                "check": cell.check.check,
                "picture": str(pictures[place]) if place in pictures else None,
            }
            for place, cell in matrix.cells.items()
        ],
    }
