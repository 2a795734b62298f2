"""What is reported: every format against its schema, and against names and texts that want to do harm."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import jsonschema
import pytest
import xmlschema

from skipgate.app.suite import RunReport
from skipgate.checker.core.result import CheckResult
from skipgate.gate.outcome import Outcome
from skipgate.gate.report_github import finding_commands
from skipgate.gate.report_json import SCHEMA_FILE, outcome_object
from skipgate.gate.report_junit import junit
from skipgate.gate.report_markdown import markdown
from skipgate.gate.report_sarif import sarif
from tests.skipgate.gate.conftest import MODEL, RESTART, STORE, Repository

SCHEMAS = Path(__file__).with_name("schemas")
SARIF = json.loads((SCHEMAS / "sarif-2.1.0-subset.json").read_text())
JSON = json.loads(SCHEMA_FILE.read_text())

# Ends code spans, blocks, tables, tags, commands and lines; begins mentions, links, images and commands.
EVIL = (
    "``` | </pre></details><script>x</script> @everyone #1 ![x](https://evil.example/x) "
    "\n::error::x %0A \x1b[31m\u202e ##[x]"
)
EVIL_FILE = "engine/`|<img src=x>@all [a](b) $(touch x);\n::error file=x::y.go"


@pytest.fixture
def drifted(repo: Repository) -> Outcome:
    """Drift, an unresolved anchor, a dropped one, a violation nobody expects, and one that is expected."""
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.replace(STORE, "index < s.index", "index <= s.index")
    repo.replace(MODEL, "Engine.Restart, phaseLive", "Engine.Restrt")
    repo.replace(MODEL, "check now", "check broken\n  with floor_is_have = false\n  expect holds\n\ncheck now")
    repo.commit()
    return repo.gate()


@pytest.fixture
def hostile(repo: Repository) -> Outcome:
    """A change by somebody who chooses all names and texts."""
    text = '"' + EVIL.replace("\n", " ").replace("\x1b", " ").replace('"', "") + '"'
    repo.write(EVIL_FILE, "package engine\n\nfunc Open() int { return 1 }\n")
    quoted = EVIL_FILE.replace("\n", " ")
    repo.replace(
        MODEL,
        "unmodelled",
        f'action evil {text}\n  anchor "engine/*y.go"\n  anchor "{quoted}"\n  then have\' = have\n\nunmodelled',
    )
    repo.commit()
    repo.write(EVIL_FILE, "package engine\n\nfunc Open() int { return 2 }\n")
    repo.write(
        MODEL,
        repo.read(MODEL).replace(
            "check now\n  expect holds", "check now\n  with floor_is_have = false\n  expect holds"
        ),
    )
    repo.commit()
    outcome = repo.gate()
    assert EVIL_FILE in [each.drift.key for each in outcome.judged]
    return outcome


@pytest.fixture(params=["drifted", "hostile"])
def outcome(request: pytest.FixtureRequest) -> Outcome:
    found: Outcome = request.getfixturevalue(request.param)
    return found


def test_json_is_as_its_schema_says(outcome: Outcome) -> None:
    jsonschema.validate(json.loads(json.dumps(outcome_object(outcome))), JSON)


def test_sarif_is_as_its_schema_says(outcome: Outcome) -> None:
    document = json.loads(json.dumps(sarif(outcome)))
    jsonschema.validate(document, SARIF)
    rules = {rule["id"] for rule in document["runs"][0]["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in document["runs"][0]["results"]} <= rules


def test_junit_is_as_its_schema_says(outcome: Outcome) -> None:
    xmlschema.XMLSchema(str(SCHEMAS / "junit-subset.xsd")).validate(junit(outcome).decode())


def test_sarif_points_at_the_specification_and_the_code(drifted: Outcome) -> None:
    (result,) = [r for r in sarif(drifted)["runs"][0]["results"] if r["ruleId"] == "violation"]  # type: ignore[index]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == MODEL
    assert place["region"] == {"startLine": 28}
    related = [each["message"]["text"] for each in result["relatedLocations"]]
    assert f"{RESTART} :: Engine.Apply" in related
    drift = next(r for r in sarif(drifted)["runs"][0]["results"] if r["ruleId"] == "unresolved-anchor")  # type: ignore[index]
    assert "did you mean Engine.Restart or" in drift["message"]["text"]


def test_fingerprints_do_not_depend_on_lines(repo: Repository) -> None:
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.commit()
    before = prints(repo.gate())
    repo.write(RESTART, repo.read(RESTART).replace("import (", "// more\n\nimport (", 1))
    repo.write(MODEL, "# more\n\n" + repo.read(MODEL))
    repo.commit()
    assert prints(repo.gate("HEAD~2")) == before != []


def prints(outcome: Outcome) -> list[str]:
    return sorted(r["partialFingerprints"]["skipgate/v1"] for r in sarif(outcome)["runs"][0]["results"])  # type: ignore[index]


def test_junit_has_a_case_for_each_check_and_property(drifted: Outcome) -> None:
    root = fromstring(junit(drifted))
    cases = {(case.get("classname"), case.get("name")): case for case in root.iter("testcase")}
    failure = cases["restart.broken", "NoReplay"].find("failure")
    assert failure is not None and "NoReplay" in (failure.text or "")
    assert cases["restart.broken", "expectations"].find("failure") is not None
    assert root.get("failures") == str(sum(case.find("failure") is not None for case in cases.values()))


def test_junit_skips_what_is_unknown_and_calls_our_own_fault_an_error(
    drifted: Outcome, check: Callable[..., object]
) -> None:
    from skipgate.gate.outcome import GateFinding

    result = check(verdict="unknown", stopped="time limit", properties={})
    drifted.suite = RunReport(results=[replace(drifted.suite.results[0], checks=(result,))])  # type: ignore[arg-type,union-attr]
    drifted.findings = [GateFinding("error", "internal", "ValueError: x", "m.gate")]
    root = fromstring(junit(drifted))
    assert root.get("errors") == "1" and root.get("failures") == "0"
    assert sum(int(suite.get("skipped", "0")) for suite in root) == 1


def test_markdown_says_what_a_reviewer_needs(drifted: Outcome) -> None:
    text = markdown(drifted)
    for part in (
        "### What to do",
        "### Anchored code that changed",
        "### To be reviewed",
        "### Verdicts",
        "```mermaid",
    ):
        assert part in text
    assert "- [ ] `action restart`: the process starts again" in text
    assert text.count("```mermaid") == 1  # of what nobody expected
    assert "```diff" in text and "-\treturn have+Margin &gt; index" not in text
    # The new check is held against the one that has the floor, and parts from it where the floor decides.
    assert text.count("**The same steps in `now`:** ") == 1
    assert "now has floor\\_is\\_have = true \\(not false\\)" in text


@pytest.mark.parametrize("limit", [400, 2000, 5000, 20000])
def test_markdown_keeps_to_its_limit(drifted: Outcome, limit: int) -> None:
    text = markdown(drifted, limit)
    assert len(text.encode()) <= limit
    assert text.startswith("<!-- skipgate gate -->\n## ❌ The gate is closed")
    assert len(re.findall("<details( open)?>", text)) == text.count("</details>")


def test_hostile_texts_do_nothing_in_markdown(hostile: Outcome) -> None:
    text = outside_of_code(markdown(hostile))
    assert not re.search(r"<(?!/?(details( open)?|summary)>|br/>|!-- skipgate gate -->)", text)
    assert not re.search(r"(?<!\\)@\w|!\[|\]\(|https?://|(?<!\\)#\d", re.sub(r"&#\d+;", "", text))
    assert "\x1b" not in text and "\u202e" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5, 8}


def outside_of_code(text: str) -> str:
    """Markdown without its code blocks and spans, found by the rules of CommonMark."""
    text = re.sub(r"^(`{3,})[^\n`]*\n.*?\n\1`*$", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "CODE", text)


def test_hostile_texts_begin_no_workflow_command(hostile: Outcome) -> None:
    lines = list(finding_commands(hostile.findings))
    assert all(re.fullmatch(r"::(error|warning|notice) [^\n\r]*", each) for each in lines)
    assert all(each.count("::") == 2 or "%3A%3A" in each or "::error" in each.split("::", 2)[2] for each in lines)


def test_hints_can_be_pasted_into_a_shell(repo: Repository) -> None:
    repo.replace(MODEL, '"store/store.go" :: Store.AppliedIndex', '"engine/*y.go"')
    repo.write(EVIL_FILE, "package engine\n")
    repo.commit()
    repo.write(EVIL_FILE, "package other\n")
    repo.commit()
    (hint,) = [f.hint or "" for f in repo.gate().findings if f.rule == "drift"]
    assert shlex.split(hint[hint.index("skipgate anchors") :])[3] == EVIL_FILE


def test_hostile_texts_do_nothing_in_a_log(hostile: Outcome) -> None:
    from skipgate.cli.commands.gate import _rendered

    for each in _rendered(hostile, "text").decode().splitlines():
        assert not each.lstrip().startswith("::") and "##[" not in each and each.isprintable()


def test_json_and_xml_hold_no_control_characters(hostile: Outcome) -> None:
    assert "\x1b" not in junit(hostile).decode()
    assert "\\u001b" not in json.dumps(outcome_object(hostile))


def test_markdown_draws_once_what_violations_have_in_common(
    drifted: Outcome, check: Callable[..., CheckResult]
) -> None:
    result = check(verdict="violation", problems=("they are not expected",), violated={"A": 2, "B": 5, "C": 3})
    assert drifted.suite is not None
    drifted.suite = RunReport(results=[replace(drifted.suite.results[0], checks=(result,))])
    text = markdown(drifted)
    assert text.count("```mermaid") == text.count("initial state\n") == 1
    assert text.index("B, in 5 states") < text.index("**On the way, in state 2: `A`**")
    assert text.index("states 1 to 2 are those of B, above") < text.index("**On the way, in state 3: `C`**")
    assert text.count("<details>") == 2
