"""All that is wrong after a run, as a flat list: what the reports in text, JSON and for GitHub share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from skipgate.base.wording import standing
from skipgate.checker.core.result import EVALUATION
from skipgate.checker.core.trace import declared_name

if TYPE_CHECKING:
    from skipgate.app.suite import RunReport
    from skipgate.checker.core.result import CheckResult, FileResult
    from skipgate.spec.diagnostics import Diagnostic

# A note is about a check that is as expected: what it has left open.
Kind = Literal["difference", "unknown", "note", "input", "internal"]


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


def faults(report: RunReport) -> list[Fault]:
    """Input errors first, since nothing behind them was checked; then the files in the order of the run."""
    found = [fault for bad in report.bad for fault in (_of_input(bad.path, each) for each in bad.error.diagnostics)]
    found += [Fault("unknown", str(late.path), each.message) for late in report.late for each in late.error.diagnostics]
    for crash in report.crashes:
        found.append(Fault("internal", str(crash.path), f"{crash.error.kind}: {crash.error.message}"))
    for result in report.results:
        found += [Fault("difference", result.file, problem) for problem in result.problems]
        found += [Fault("note", result.file, f"action `{name}` never changes the state") for name in _still(result)]
        found += [Fault("note", result.file, f"{branch} is never taken") for branch in _untaken(result)]
        for check in result.checks:
            found += [Fault("difference", check.file, problem, check.model, check.check) for problem in check.problems]
            if (left_open := _left_open(check)) is not None:
                kind: Kind = "unknown" if standing(check) != "expected" else "note"
                found.append(Fault(kind, check.file, left_open, check.model, check.check))
            found += [Fault("note", check.file, note, check.model, check.check) for note in check.notes]
            for comparison in check.comparisons:
                if comparison.nothing is not None:
                    message = f"nothing was compared with {comparison.engine}: {comparison.nothing}"
                    found.append(Fault("unknown", check.file, message, check.model, check.check))
    return found


def _still(result: FileResult) -> list[str]:
    """The actions that are taken and change the state in no check of a file."""
    taken = {declared_name(name) for check in result.checks for name in check.fired}
    moving = {declared_name(name) for check in result.checks for name in check.fired - check.still}
    return sorted(taken - moving) if all(check.complete for check in result.checks) else []


def _untaken(result: FileResult) -> list[str]:
    """The branches of actions that are taken in no check of a file."""
    if not result.checks or not all(check.complete for check in result.checks):
        return []
    return sorted(frozenset.intersection(*(check.untaken for check in result.checks)))


def _left_open(check: CheckResult) -> str | None:
    """What a check has not decided, and why."""
    if check.undecided:
        why = check.stopped or (
            "what could not be evaluated may hide violations" if EVALUATION in check.violated else None
        )
        names = f"not decided: {', '.join(check.undecided)}"
        return names if why is None else f"{why}; {names}"
    return check.stopped


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
