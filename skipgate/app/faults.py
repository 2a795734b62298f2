"""All that is wrong after a run, as a flat list: what the reports in text, JSON and for GitHub share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from skipgate.app.suite import Report
    from skipgate.spec.diagnostics import Diagnostic

Kind = Literal["difference", "unknown", "input", "internal"]


@dataclass(frozen=True)
class Fault:
    """One sentence about a file, a check of it, or a place in it."""

    kind: Kind
    file: str
    message: str
    model: str | None = None
    check: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None


def faults(report: Report) -> list[Fault]:
    """Input errors first, since nothing behind them was checked; then the files in the order of the run."""
    found = [fault for bad in report.bad for fault in (_of_input(bad.path, each) for each in bad.error.diagnostics)]
    for crash in report.crashes:
        found.append(Fault("internal", str(crash.path), f"{crash.error.kind}: {crash.error.message}"))
    for result in report.results:
        found += [Fault("difference", result.file, problem) for problem in result.problems]
        for check in result.checks:
            found += [Fault("difference", check.file, problem, check.model, check.check) for problem in check.problems]
            if not check.problems and (check.stopped is not None or check.verdict == "unknown"):
                why = check.stopped or "the search ended without a verdict"
                found.append(Fault("unknown", check.file, why, check.model, check.check))
    return found


def _of_input(path: Path, diagnostic: Diagnostic) -> Fault:
    span = diagnostic.span
    if span is None:
        return Fault("input", str(path), diagnostic.message, hint=diagnostic.hint)
    return Fault(
        "input",
        span.source.name,
        diagnostic.message,
        line=span.line,
        column=span.column,
        hint=diagnostic.hint,
    )
