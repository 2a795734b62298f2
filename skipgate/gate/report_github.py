"""The gate's findings as annotations of the files of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from skipgate.app.reports.github import escape_data, escape_property
from skipgate.gate.outcome import GateFinding
from skipgate.traces.plain import visible

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
_MOST = 50  # GitHub shows ten of a kind for a step; the rest are in the other reports


def finding_commands(findings: Iterable[GateFinding]) -> Iterator[str]:
    """A workflow command for each finding, and for the changed code it is about."""
    order = {"error": 0, "warning": 1, "note": 2}
    for finding in sorted(findings, key=lambda each: order[each.level])[:_MOST]:
        message = visible(finding.message) + (f"\nhint: {visible(finding.hint)}" if finding.hint else "")
        properties: list[tuple[str, object]] = []
        place = finding.place
        if place is not None:
            properties = [("file", visible(place.path)), ("line", place.line)]
            if place.end_line is not None:
                properties.append(("endLine", place.end_line))
        properties.append(("title", f"skipgate: {finding.rule}"))
        given = ",".join(f"{key}={escape_property(str(value))}" for key, value in properties)
        yield f"::{_LEVELS[finding.level]} {given}::{escape_data(message)}"
