"""Counterexamples held against other checks of their files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from skipgate.checker.core.deadline import OutOfTime, deadline

if TYPE_CHECKING:
    from skipgate.checker.core.contrast import Contrast
    from skipgate.checker.core.result import Findings
    from skipgate.checker.core.trace import Trace
    from skipgate.checker.evidence.rivals import Rivals


@dataclass(frozen=True)
class ContrastSummary:
    """A contrast in words: what becomes of a counterexample's schedule under another check."""

    against: str
    sentences: tuple[str, ...]


class Contrasts:
    """The contrasts of a run; each file is read once more, when the first of its counterexamples is asked about.

    To find one may take so many `seconds`; None is no limit.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds = seconds
        self._late: set[tuple[str, str, str]] = set()
        self._rivals: dict[str, Rivals | None] = {}

    def of(self, result: Findings, name: str) -> Contrast | None:
        """The counterexample of a violated property against the nearest check that does not end so; None if none."""
        trace = result.properties[name].trace
        if self.was_late(result, name):
            return None
        try:
            with deadline(self.seconds):
                return self._nearest(result, trace)
        except OutOfTime:
            self._late.add((result.file, result.check, name))
            return None

    def was_late(self, result: Findings, name: str) -> bool:
        """Was a contrast asked for, and the time over before it was found?"""
        return (result.file, result.check, name) in self._late

    def _nearest(self, result: Findings, trace: Trace | None) -> Contrast | None:
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
