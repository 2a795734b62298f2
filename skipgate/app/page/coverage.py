"""The coverage of a check as the page shows it: nothing but texts and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from skipgate.app.reports.coverage import LevelBar, bars, factor, ordered, reason, remarks, scope, what
from skipgate.base.wording import number
from skipgate.traces.plain import one_line, visible

if TYPE_CHECKING:
    from skipgate.checker.core.coverage import ActionCoverage, Coverage, Taken


class Line(TypedDict):
    """A row of the table of actions: `kind` says of what."""

    kind: str
    text: str
    place: str
    steps: str
    changes: str
    found: str
    stopped: str


class VariableLine(TypedDict):
    """A row of the table of variables."""

    name: str
    distinct: str
    without: str
    factor: str
    share: float  # of the states that are there because of it


class CoverageView(TypedDict):
    """The coverage of a check."""

    name: str
    noun: str
    scope: list[str]
    remarks: list[str]
    actions: list[Line]
    variables: list[VariableLine]
    levels: list[LevelBar]
    beyond: str


def coverage_view(name: str, coverage: Coverage) -> CoverageView:
    """The coverage of a check, which has a name."""
    return {
        "name": visible(name),
        "noun": what(coverage),
        "scope": [one_line(each) for each in scope(coverage)],
        "remarks": [each.replace("`", "") for each in remarks(coverage)],
        "actions": [line for action in coverage.actions for line in _lines(action)] if coverage.counted else [],
        "variables": [
            {
                "name": visible(each.name),
                "distinct": number(each.values),
                "without": f"{'' if each.exact else '~'}{number(each.without)}",
                "factor": factor(coverage, each),
                "share": 1 - each.without / coverage.states if coverage.states else 0,
            }
            for each in ordered(coverage)
        ],
        "levels": bars(coverage),
        "beyond": number(coverage.beyond) if coverage.beyond else "",
    }


def _lines(action: ActionCoverage) -> list[Line]:
    stopped = sum(each.times for each in action.obstacles)
    kind = "action" if action.taken.changes else "action idle"
    return [
        _line(kind, visible(action.name), "", action.taken, number(stopped)),
        *(_line("alternative", one_line(each.text), each.place, each.taken) for each in action.alternatives),
        *(_line("obstacle", reason(each), each.place, None, number(each.times)) for each in action.obstacles),
    ]


def _line(kind: str, text: str, place: str, taken: Taken | None, stopped: str = "") -> Line:
    steps, changes, found = ("", "", "") if taken is None else map(number, (taken.steps, taken.changes, taken.found))
    return {
        "kind": kind,
        "text": text,
        "place": visible(place),
        "steps": steps,
        "changes": changes,
        "found": found,
        "stopped": stopped,
    }
