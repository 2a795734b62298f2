"""The gate's outcome as JUnit XML: a case for each check and property, and for each thing the gate itself looks at.

A verdict that is not the expected one is a failure, an open one is skipped, what kept us from judging is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from skipgate.gate.outcome import RULES, GateFinding, Outcome, Rule
from skipgate.traces.plain import visible

if TYPE_CHECKING:
    from skipgate.checker.core.result import CheckResult

_ERRORS: tuple[Rule, ...] = ("faulty-spec", "internal")
_OF_THE_GATE: tuple[Rule, ...] = ("no-anchors", "unresolved-anchor", "drift", "stale-lock", "faulty-spec", "internal")


def junit(outcome: Outcome) -> bytes:
    """The document, in UTF-8."""
    root = Element("testsuites", name="skipgate")
    gate = SubElement(root, "testsuite", name="gate")
    for rule in _OF_THE_GATE:
        found = [finding for finding in outcome.findings if finding.rule == rule and finding.level == "error"]
        for finding in found:
            _add_finding(gate, finding)
        if not found:
            SubElement(gate, "testcase", classname="gate", name=rule, time="0")
    _close(gate, outcome.seconds)
    by_model: dict[str, list[CheckResult]] = {}
    for result in outcome.suite.checks if outcome.suite is not None else []:
        by_model.setdefault(result.model, []).append(result)
    for model, results in by_model.items():
        suite = SubElement(root, "testsuite", name=visible(model))
        for result in results:
            add_check(suite, result)
        _close(suite, sum(result.seconds for result in results))
    for attribute in ("tests", "failures", "errors"):  # the schemas that are about allow no others here
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    root.set("time", f"{outcome.seconds:.3f}")
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _add_finding(suite: Element, finding: GateFinding) -> None:
    case = SubElement(suite, "testcase", classname="gate", name=f"{finding.rule}: {visible(finding.subject)}", time="0")
    tag = "error" if finding.rule in _ERRORS else "failure"
    problem = SubElement(case, tag, message=visible(finding.message), type=finding.rule)
    place = f"{finding.place.path}:{finding.place.line}\n" if finding.place else ""
    lines = [place + RULES[finding.rule], *([finding.hint] if finding.hint else [])]
    problem.text = "\n".join(visible(line) for text in lines for line in text.splitlines())


def add_check(suite: Element, result: CheckResult) -> None:
    """The cases of one check: its expectations as a whole, and each property."""
    from skipgate.app.expectations import unexpected

    group = visible(f"{result.model}.{result.check}")
    whole = SubElement(suite, "testcase", classname=group, name="expectations", time=f"{result.seconds:.3f}")
    if result.problems:
        problem = SubElement(whole, "failure", message=visible(result.problems[0]), type="expectation")
        problem.text = "\n".join(map(visible, result.problems))
    elif result.stopped is not None or result.verdict == "unknown":
        SubElement(whole, "skipped", message=visible(result.stopped or "unknown"))
    bad = {each.name for each in unexpected(result)} if result.problems else set()
    for name, each in result.properties.items():
        case = SubElement(suite, "testcase", classname=group, name=visible(name), time="0")
        if name in bad:
            problem = SubElement(case, "failure", message=f"{visible(name)} is violated", type="violation")
            if each.trace is not None:
                from skipgate.traces.text import render_text

                problem.text = "\n".join(map(visible, render_text(each.trace, width=100).splitlines()))
        elif each.verdict == "unknown":
            SubElement(case, "skipped", message=visible(result.stopped or "unknown"))


def _close(suite: Element, seconds: float) -> None:
    """Count the cases of a suite."""
    suite.set("tests", str(len(suite)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in suite)))
    suite.set("time", f"{seconds:.3f}")
