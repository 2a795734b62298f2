"""A run as JUnit XML, which servers for continuous integration show: a case for each check and property.

A verdict that is not the expected one is a failure, an open one is skipped, what could not be checked is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from skipgate.app.faults import Fault, faults
from skipgate.traces.plain import visible

if TYPE_CHECKING:
    from skipgate.app.suite import RunReport
    from skipgate.checker.core.result import CheckResult

_TAGS = {"input": "error", "internal": "error", "difference": "failure"}


def junit(report: RunReport) -> bytes:
    """The document, in UTF-8."""
    files = Element("testsuite", name="files")
    for fault in faults(report):
        if fault.check is None and fault.kind in _TAGS:
            _add_fault(files, fault)
    close(files, 0)
    return document([*([files] if len(files) else []), *suites(report.checks)], report.seconds)


def document(suites: Iterable[Element], seconds: float) -> bytes:
    """Suites as a document."""
    root = Element("testsuites", name="skipgate")
    root.extend(suites)
    for attribute in ("tests", "failures", "errors"):  # the schemas that are about allow no others here
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    root.set("time", f"{seconds:.3f}")
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def suites(results: Iterable[CheckResult]) -> Iterator[Element]:
    """A suite for each model."""
    by_model: dict[str, list[CheckResult]] = {}
    for result in results:
        by_model.setdefault(result.model, []).append(result)
    for model, mine in by_model.items():
        suite = Element("testsuite", name=visible(model))
        for result in mine:
            add_check(suite, result)
        close(suite, sum(result.seconds for result in mine))
        yield suite


def add_check(suite: Element, result: CheckResult) -> None:
    """The cases of one check: its expectations as a whole, and each property."""
    from skipgate.app.expectations import unexpected

    group = visible(f"{result.model}.{result.check}")
    whole = SubElement(suite, "testcase", classname=group, name="expectations", time=f"{result.seconds:.3f}")
    if result.problems:
        problem = SubElement(whole, "failure", message=visible(result.problems[0]), type="expectation")
        problem.text = "\n".join(map(visible, result.problems))
    elif (left_open := _left_open(result)) is not None:
        SubElement(whole, "skipped", message=visible(left_open))
    if result.kept:
        SubElement(whole, "system-out").text = "kept: an earlier run found this; nothing was searched again"
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


def _left_open(result: CheckResult) -> str | None:
    """Why a check is not decided, or not compared with what it was to be compared with."""
    if result.stopped is not None or result.verdict == "unknown":
        return result.stopped or "unknown"
    nothing = (each for each in result.comparisons if each.nothing is not None)
    return next((f"nothing was compared with {each.engine}: {each.nothing}" for each in nothing), None)


def close(suite: Element, seconds: float) -> None:
    """Count the cases of a suite."""
    suite.set("tests", str(len(suite)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in suite)))
    suite.set("time", f"{seconds:.3f}")


def _add_fault(suite: Element, fault: Fault) -> None:
    place = fault.file if fault.line is None else f"{fault.file}:{fault.line}:{fault.column}"
    name = visible(f"{fault.kind}: {place}")
    case = SubElement(suite, "testcase", classname=visible(fault.file), name=name, time="0")
    problem = SubElement(case, _TAGS[fault.kind], message=visible(fault.message), type=fault.kind)
    lines = [place, *fault.message.splitlines(), *([fault.hint] if fault.hint else [])]
    problem.text = "\n".join(map(visible, lines))
