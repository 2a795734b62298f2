"""The gate's outcome as JUnit XML: a case for each check and property, and for each thing the gate itself looks at.

A verdict that is not the expected one is a failure, an open one is skipped, what kept us from judging is an error.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from skipgate.app.reports.junit import close, document, suites
from skipgate.gate.outcome import RULES, GateFinding, Outcome, Rule
from skipgate.traces.plain import visible

_ERRORS: tuple[Rule, ...] = ("faulty-spec", "internal")
_OF_THE_GATE: tuple[Rule, ...] = ("no-anchors", "unresolved-anchor", "drift", "stale-lock", "faulty-spec", "internal")


def junit(outcome: Outcome) -> bytes:
    """The document, in UTF-8."""
    gate = Element("testsuite", name="gate")
    for rule in _OF_THE_GATE:
        found = [finding for finding in outcome.findings if finding.rule == rule and finding.level == "error"]
        for finding in found:
            _add_finding(gate, finding)
        if not found:
            SubElement(gate, "testcase", classname="gate", name=rule, time="0")
    close(gate, outcome.seconds)
    checks = outcome.suite.checks if outcome.suite is not None else []
    return document([gate, *suites(checks)], outcome.seconds)


def _add_finding(suite: Element, finding: GateFinding) -> None:
    case = SubElement(suite, "testcase", classname="gate", name=f"{finding.rule}: {visible(finding.subject)}", time="0")
    tag = "error" if finding.rule in _ERRORS else "failure"
    problem = SubElement(case, tag, message=visible(finding.message), type=finding.rule)
    place = f"{finding.place.path}:{finding.place.line}\n" if finding.place else ""
    lines = [place + RULES[finding.rule], *([finding.hint] if finding.hint else [])]
    problem.text = "\n".join(visible(line) for text in lines for line in text.splitlines())
