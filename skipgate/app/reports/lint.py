"""What `skipgate lint` finds, as JSON. The format is fixed by `schemas/lint-1.json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skipgate.checker.smt.lint import LintFinding, Unexamined
    from skipgate.spec.diagnostics import Diagnostic, SpecError

SCHEMA = "skipgate.lint/1"
SCHEMA_FILE = Path(__file__).parents[2] / "schemas" / "lint-1.json"


@dataclass(frozen=True)
class Linted:
    """What was found in a number of checks, what was not looked at, and the files that are wrong."""

    checks: int
    findings: Sequence[LintFinding]
    unexamined: Sequence[Unexamined]
    tests: tuple[int, int]  # operations that might fail by their form, and how many are proved not to
    faulty: Sequence[SpecError]


def lint_object(linted: Linted) -> dict[str, object]:
    """All of it as one JSON object."""
    total, proved = linted.tests
    return {
        "schema": SCHEMA,
        "checks": linted.checks,
        "findings": [
            {"level": each.level, "minor": each.minor, **_placed(each.diagnostic)} for each in linted.findings
        ],
        "unexamined": [{"file": each.file, "what": each.what, "why": each.why} for each in linted.unexamined],
        "operations": {"total": total, "proved": proved},
        "problems": [_placed(diagnostic) for error in linted.faulty for diagnostic in error.diagnostics],
    }


def _placed(diagnostic: Diagnostic) -> dict[str, object]:
    span = diagnostic.span
    return {
        "file": None if span is None else span.source.name,
        "line": None if span is None else span.line,
        "column": None if span is None else span.column,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }
