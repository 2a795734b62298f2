"""Counterexamples held against other checks of their files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skipgate.checker.core.contrast import Contrast
    from skipgate.checker.core.result import Findings
    from skipgate.checker.evidence.rivals import Rivals


@dataclass(frozen=True)
class ContrastSummary:
    """A contrast in words: what becomes of a counterexample's schedule under another check."""

    against: str
    sentences: tuple[str, ...]


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

    def summary(self, result: Findings, name: str) -> ContrastSummary | None:
        """The same in a few sentences."""
        contrast = self.of(result, name)
        if contrast is None:
            return None
        from skipgate.traces.contrast_wording import sentences

        return ContrastSummary(contrast.against, tuple(sentences(contrast)))


def _read(file: str) -> Rivals | None:
    """The checks of a file; None if it cannot be read any more."""
    from skipgate.checker.evidence.rivals import Rivals
    from skipgate.spec.diagnostics import SpecError
    from skipgate.spec.passes import read

    try:
        return Rivals(read(file))
    except SpecError:
        return None
