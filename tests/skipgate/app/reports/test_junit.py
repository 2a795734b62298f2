"""A run as JUnit XML; the same cases as the gate's, held against the schema that is kept for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
import xmlschema
from click.testing import Result

from skipgate.checker.core.result import CheckResult
from skipgate.spec.diagnostics import error

SCHEMA = Path(__file__).parents[2] / "gate" / "schemas" / "junit-subset.xsd"

Run = Callable[..., Result]
Check = Callable[..., CheckResult]


def document(run: Run, *files: str) -> Element:
    text = run("check", *files, "--format", "junit").stdout
    xmlschema.XMLSchema(str(SCHEMA)).validate(text)
    return fromstring(text.encode())


def case(root: Element, group: str, name: str) -> Element:
    return next(each for each in root.iter("testcase") if (each.get("classname"), each.get("name")) == (group, name))


def test_a_case_for_each_property(run: Run, checker: Any, check: Check) -> None:
    checker.returns(
        check(check="bad", violated={"Other": 3}, problems=("`Other` is violated, which is not expected",)),
        check(check="good", violated={"Other": 3}, expected=("Other",)),
    )
    root = document(run, "m.gate")
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("6", "2", "0")
    assert "count to 2" in (case(root, "m.bad", "Other").findtext("failure") or "")
    assert len(case(root, "m.bad", "Small")) == len(case(root, "m.good", "Other")) == 0


def test_what_is_unknown_is_skipped(run: Run, checker: Any, check: Check) -> None:
    checker.returns(check(verdict="unknown", stopped="the time limit was reached"))
    skipped = case(document(run, "m.gate"), "m.c", "expectations").find("skipped")
    assert skipped is not None and skipped.get("message") == "the time limit was reached"


def test_a_file_that_cannot_be_read_is_an_error(run: Run, checker: Any, check: Check) -> None:
    checker.raises(error("<b> & \x1b[31m"), "a.gate")
    checker.raises(ValueError("oops"), "b.gate")
    checker.returns(check(), file="c.gate", problems=("action `go` is never taken",))
    root = document(run, "a.gate", "b.gate", "c.gate")
    assert (root.get("failures"), root.get("errors")) == ("1", "2")
    problem = case(root, "a.gate", "input: a.gate").find("error")
    assert problem is not None and problem.get("message") == r"<b> & \x1b[31m"


def test_reports_are_written_beside_what_is_printed(run: Run, checker: Any, check: Check) -> None:
    checker.returns(check())
    result = run("check", "m.gate", "--report", "junit=out/m.xml", "--report", "json=m.json")
    assert result.exit_code == 0 and "m/c" in result.stdout
    assert fromstring(Path("out/m.xml").read_bytes()).get("tests") == "2"
    assert Path("m.json").read_text().startswith("{")


@pytest.mark.parametrize("given", ["sarif=x", "junit", "junit="])
def test_a_report_that_there_is_not(run: Run, checker: Any, check: Check, given: str) -> None:
    checker.returns(check())
    result = run("check", "m.gate", "--report", given)
    assert result.exit_code == 2
    assert "write FORMAT=FILE, where FORMAT is json, github, junit" in result.stderr
