"""The gate's outcome as JSON, for programs. The format is fixed by `schemas/gate-1.json`."""

from __future__ import annotations

from pathlib import Path

from skipgate.gate.anchors import SpecElement
from skipgate.gate.code import Symbol
from skipgate.gate.outcome import GateFinding, Judged, Outcome, SourcePlace
from skipgate.traces.plain import visible

SCHEMA = "skipgate.gate/1"
SCHEMA_FILE = Path(__file__).parents[1] / "schemas" / "gate-1.json"


def outcome_object(outcome: Outcome) -> dict[str, object]:
    """The whole outcome as one JSON object."""
    return {
        "schema": SCHEMA,
        "passed": outcome.passed,
        "exit_status": int(outcome.exit_code),
        "summary": outcome.summary,
        "base": outcome.base,
        "head": outcome.head,
        "merge_bases": list(outcome.merge_bases),
        "changed_files": outcome.changed_files,
        "changed_specifications": [visible(path) for path in outcome.changed_specs],
        "models": [visible(spec.path) for spec in outcome.specs],
        "anchors": len(outcome.anchors),
        "checked_models": [visible(path) for path in outcome.checked],
        "drifts": [_judged(each) for each in outcome.judged],
        "findings": [_finding(each) for each in outcome.findings],
        "checks": [
            {
                "file": visible(result.file),
                "model": result.model,
                "check": result.check,
                "verdict": result.verdict,
                "expected": str(result.expected),
                "as_expected": result.as_expected,
                "violated": list(result.violated),
                "distinct": result.distinct,
                "generated": result.generated,
                "depth": result.depth,
                "seconds": round(result.seconds, 6),
            }
            for result in (outcome.suite.checks if outcome.suite is not None else [])
        ],
        "seconds": round(outcome.seconds, 6),
    }


def _judged(judged: Judged) -> dict[str, object]:
    acceptance = judged.acceptance
    return {
        "anchor": visible(judged.drift.key),
        "kind": judged.drift.kind,
        "standing": judged.standing,
        "models": list(judged.models),
        "path": visible(judged.drift.way) or None,
        "diff": [visible(line) for line in judged.diff],
        "elements": [_element(each) for each in judged.drift.elements],
        "before": _symbol(judged.drift.before),
        "after": _symbol(judged.drift.after),
        "accepted": None
        if acceptance is None
        else {"reason": visible(acceptance.reason), "by": visible(acceptance.by), "on": visible(acceptance.on)},
    }


def _element(element: SpecElement) -> dict[str, object]:
    return {
        "file": visible(element.file),
        "line": element.line,
        "kind": element.kind,
        "name": element.name,
        "description": visible(element.description),
    }


def _symbol(symbol: Symbol | None) -> dict[str, object] | None:
    if symbol is None:
        return None
    return {
        "path": visible(symbol.path),
        "symbol": visible(symbol.name),
        "line": symbol.line,
        "end_line": symbol.end_line,
        "fingerprint": symbol.fingerprint,
    }


def _finding(finding: GateFinding) -> dict[str, object]:
    return {
        "level": finding.level,
        "rule": finding.rule,
        "message": visible(finding.message),
        "hint": None if finding.hint is None else visible(finding.hint),
        "place": None if finding.place is None else _place(finding.place),
        "related": [_place(each) for each in finding.related],
    }


def _place(place: SourcePlace) -> dict[str, object]:
    return {
        "path": visible(place.path),
        "line": place.line,
        "end_line": place.end_line,
        "label": None if place.label is None else visible(place.label),
    }
