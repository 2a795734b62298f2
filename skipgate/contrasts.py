"""Counterexamples held against other checks of their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checker.contrast import Contrast
    from checker.result import Findings
    from checker.rivals import Rivals


class Contrasts:
    """The contrasts of a run; each file is read once more, when the first of its counterexamples is asked about."""

    def __init__(self) -> None:
        self._rivals: dict[str, Rivals | None] = {}

    def of(self, result: Findings, name: str) -> Contrast | None:
        """The counterexample of a violated property against the nearest check that does not end so; None if none."""
        trace = result.properties[name].trace
        if result.file not in self._rivals:
            self._rivals[result.file] = _read(result.file)
        rivals = self._rivals[result.file]
        return None if trace is None or rivals is None else rivals.nearest(trace)


def _read(file: str) -> Rivals | None:
    """The checks of a file; None if it cannot be read any more."""
    from checker.rivals import Rivals
    from spec.diagnostics import SpecError
    from spec.specification import read

    try:
        return Rivals(read(file))
    except SpecError:
        return None
