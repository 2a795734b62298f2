"""The gate's findings in SARIF 2.1.0, for code scanning.

Changed code is reported where it changed, with what speaks about it as related locations; everything else at the line
of the specification that it is about. The fingerprint of a result is made of what it is about, not of where that
stands, so that it stays the same result when lines move.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from skipgate import __version__
from skipgate.base.wording import standing
from skipgate.gate.fingerprint import digest
from skipgate.gate.outcome import RULES, GateFinding, Outcome, SourcePlace
from skipgate.traces.plain import visible

if TYPE_CHECKING:
    from skipgate.checker.core.result import CheckResult
    from skipgate.checker.core.trace import Trace

_MOST = 5000  # results; GitHub shows that many
_LONGEST = 2000  # characters of a message


def sarif(outcome: Outcome) -> dict[str, object]:
    """The log, with one run."""
    results = [_result(finding) for finding in outcome.findings]
    results += list(_violations(outcome))
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "skipgate",
                        "semanticVersion": __version__,
                        "rules": [
                            {"id": rule, "shortDescription": {"text": text}}
                            for rule, text in [*RULES.items(), ("violation", "A property is violated, unexpectedly.")]
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"ROOT": {"description": {"text": "The root of the repository."}}},
                "automationDetails": {"id": "skipgate/gate/"},
                "invocations": [{"executionSuccessful": outcome.exit_code < 70}],
                "results": results[:_MOST],
            }
        ],
    }


def _result(finding: GateFinding) -> dict[str, object]:
    message = finding.message if finding.hint is None else f"{finding.message}. {finding.hint}"
    return _entry(finding.rule, finding.level, message, [finding.rule, finding.subject], finding.place, finding.related)


def _entry(
    rule: str, level: str, message: str, subject: list[str], place: SourcePlace | None, related: tuple[SourcePlace, ...]
) -> dict[str, object]:
    entry: dict[str, object] = {
        "ruleId": rule,
        "level": level,
        "message": {"text": visible(message)[:_LONGEST]},
        "partialFingerprints": {"skipgate/v1": digest(subject).removeprefix("sha256:")},
    }
    if place is not None:
        entry["locations"] = [_location(place)]
    if related:
        entry["relatedLocations"] = [{"id": number, **_location(each)} for number, each in enumerate(related, start=1)]
    return entry


def _location(place: SourcePlace) -> dict[str, object]:
    region = {"startLine": max(1, place.line)}
    if place.end_line is not None and place.end_line >= place.line:
        region["endLine"] = place.end_line
    uri = quote(place.path.encode("utf-8", "surrogateescape"), safe="/-._~")
    physical = {"artifactLocation": {"uri": uri, "uriBaseId": "ROOT"}, "region": region}
    message = {} if place.label is None else {"message": {"text": visible(place.label) or "here"}}
    return {"physicalLocation": physical, **message}


def _violations(outcome: Outcome) -> Iterator[dict[str, object]]:
    from skipgate.app.expectations import unexpected

    for result in outcome.suite.checks if outcome.suite is not None else []:
        if standing(result) != "differs":
            continue
        for each in unexpected(result):
            said = f": {each.description}" if each.description else ""
            length = "" if each.trace is None else f", after {len(each.trace)} states"
            message = f"{result.model}/{result.check}: {each.name} is violated{length}{said}"
            place = place_of(outcome, result, each.name)
            related = () if each.trace is None else _code_behind(outcome, each.trace)
            yield _entry("violation", "error", message, [result.model, result.check, each.name], place, related)


def place_of(outcome: Outcome, result: CheckResult, name: str) -> SourcePlace:
    """Where a property is declared; of one that every model has, where the check is."""
    from skipgate.spec.syntax import CheckDecl, LivenessDecl, PropertyDecl, RefinesDecl

    check: SourcePlace | None = None
    for spec in outcome.specs:
        if spec.path != result.file:
            continue
        for file in spec.program.files:
            for declaration in file.declarations:
                if isinstance(declaration, PropertyDecl | LivenessDecl | RefinesDecl) and declaration.name.text == name:
                    at = declaration.name.span  # of an instance, in the file that is imported
                    return SourcePlace(at.source.name, at.line, label=name)
                if isinstance(declaration, CheckDecl) and declaration.name.text == result.check:
                    check = SourcePlace(file.source.name, declaration.name.span.line, label=result.check)
    return check or SourcePlace(result.file)


def _code_behind(outcome: Outcome, trace: Trace) -> tuple[SourcePlace, ...]:
    """The code that the actions of a trace, and the property it violates, are anchored to."""
    names = {trace.property, *(step.action for step in trace.steps)}
    found: dict[str, SourcePlace] = {}
    for resolved in outcome.resolved:
        if resolved.anchor.element.name in names and resolved.anchor.element.kind != "model":
            for symbol in resolved.symbols:
                found.setdefault(symbol.key, SourcePlace(symbol.path, symbol.line, symbol.end_line, symbol.key))
    return tuple(found.values())[:20]
