"""A run as JSON, for programs. The format is fixed by `schemas/check-1.json`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.app.expectations import unexpected
from skipgate.app.faults import faults

if TYPE_CHECKING:
    from skipgate.app.artifacts import Artifacts
    from skipgate.app.contrasts import ContrastSummary
    from skipgate.app.suite import RunReport
    from skipgate.checker.core.coverage import Coverage, Taken
    from skipgate.checker.core.result import CheckResult, PropertyResult

SCHEMA = "skipgate.check/1"
SCHEMA_FILE = Path(__file__).parents[2] / "schemas" / "check-1.json"


def report_object(report: RunReport, artifacts: Artifacts) -> dict[str, object]:
    """The whole run as one JSON object."""
    return {
        "schema": SCHEMA,
        "results": [_check(check, artifacts) for check in report.checks],
        "left_out": [
            {"file": file, "check": check, "tags": list(tags)} for (file, check), tags in report.left_out.items()
        ],
        # Those of a check stand in its result.
        "problems": [
            {
                "kind": "file" if fault.kind == "difference" else fault.kind,
                "file": fault.file,
                "line": fault.line,
                "column": fault.column,
                "message": fault.message,
                "hint": fault.hint,
            }
            for fault in faults(report)
            if fault.check is None
        ],
    }


def _check(result: CheckResult, artifacts: Artifacts) -> dict[str, object]:
    # Which other check does better is worked out where text says so, too: for what nobody expected.
    summary = {each.name: artifacts.contrasts.summary(result, each.name) for each in unexpected(result)}
    return {
        "file": result.file,
        "model": result.model,
        "check": result.check,
        "description": result.description,
        "as_expected": result.as_expected,
        "verdict": result.verdict,
        "expected": str(result.expected),
        "problems": list(result.problems),
        "stopped": result.stopped,
        "properties": {
            name: _property(each, artifacts.trace(result, name), summary.get(name))
            for name, each in result.properties.items()
        },
        "witnesses": {
            name: {"trace_length": len(trace), "trace": _text(artifacts.trace(result, name))}
            for name, trace in result.witnesses.items()
        },
        "ignored": list(result.ignored),
        "distinct": result.distinct,
        "generated": result.generated,
        "depth": result.depth,
        "symmetry": dict(result.symmetry),
        "seconds": round(result.seconds, 6),
        "kept": result.kept,
        "engine": result.engine,
        "omission": result.omission,
        "notes": list(result.notes),
        "comparisons": [
            {
                "engine": each.engine,
                "compared": list(each.compared),
                "depth": each.depth,
                "left_out": [{"what": what, "why": why} for what, why in each.left_out],
                "nothing": each.nothing,
            }
            for each in result.comparisons
        ],
        "coverage": None if result.coverage is None else _coverage(result.coverage),
    }


def _coverage(coverage: Coverage) -> dict[str, object]:
    return {
        "states": coverage.states,
        "counted": coverage.counted,
        "missing": coverage.missing,
        "orbits": coverage.orbits,
        "levels": list(coverage.levels),
        "actions": [
            {
                "name": action.name,
                **_taken(action.taken),
                "failed": action.failed,
                "alternatives": [
                    {"text": each.text, "place": each.place, **_taken(each.taken)} for each in action.alternatives
                ],
                "obstacles": [
                    {"text": each.text, "place": each.place, "times": each.times, "choice": each.choice}
                    for each in action.obstacles
                ],
            }
            for action in coverage.actions
        ],
        "variables": [
            {"name": each.name, "values": each.values, "without": each.without, "exact": each.exact}
            for each in coverage.variables
        ],
    }


def _taken(taken: Taken) -> dict[str, object]:
    return {"steps": taken.steps, "changes": taken.changes, "found": taken.found}


def _property(result: PropertyResult, trace: Path | None, summary: ContrastSummary | None) -> dict[str, object]:
    return {
        "kind": result.kind,
        "verdict": result.verdict,
        "trace_length": None if result.trace is None else len(result.trace),
        "trace": _text(trace),
        "contrast": None if summary is None else {"against": summary.against, "sentences": list(summary.sentences)},
    }


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
