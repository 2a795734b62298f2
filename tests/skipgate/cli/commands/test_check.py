"""`skipgate check` with prepared results: what is printed where, and what the process ends with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result

from skipgate.app.reports.json import SCHEMA_FILE
from skipgate.checker.core.result import CheckResult
from skipgate.checker.search.limits import Budget
from skipgate.spec.diagnostics import error
from skipgate.traces.render import RenderError

Run = Callable[..., Result]
Write = Callable[[str, str], Path]
Check = Callable[..., CheckResult]


# ------------------------------------------------------------------------------------------------ exit codes


def test_everything_as_expected(run: Run, checker: Any, check: Check) -> None:
    checker.returns(check(), check(check="d", violated={"Small": 3}, expected=("Small",)))
    result = run("check", "m.gate")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.splitlines()[-1].startswith("2 checks: 2 as expected (")


def test_a_verdict_that_differs(run: Run, checker: Any, check: Check) -> None:
    checker.returns(check(problems=("it has 3 states, 4 are expected",)))
    result = run("check", "m.gate")
    assert result.exit_code == 1
    assert "m.gate, check c: it has 3 states, 4 are expected" in result.stdout


def test_a_problem_of_the_file_as_a_whole(run: Run, checker: Any, check: Check) -> None:
    checker.returns(check(), problems=("action up is never taken",))
    result = run("check", "m.gate")
    assert result.exit_code == 1
    assert "m.gate: action up is never taken" in result.stdout
    assert "1 file with problems of its own" in result.stdout.splitlines()[-1]


def test_a_faulty_file_does_not_keep_the_others_from_being_checked(run: Run, checker: Any, check: Check) -> None:
    checker.raises(error("no such name", hint="declare it"), "a.gate")
    checker.returns(check(problems=("no",)), file="b.gate")
    result = run("check", "a.gate", "b.gate")
    assert result.exit_code == 2
    assert "error: no such name\n  hint: declare it" in result.stderr
    assert "m/c" in result.stdout
    assert "1 faulty file not checked" in result.stdout.splitlines()[-1]


def test_a_search_that_a_limit_ended_is_not_a_success(run: Run, checker: Any, check: Check) -> None:
    checker.returns(check(verdict="unknown", stopped="more than 10 states"))
    result = run("check", "m.gate")
    assert result.exit_code == 3
    assert "m.gate, check c: unknown: more than 10 states" in result.stdout


def test_a_difference_outweighs_what_is_unknown(run: Run, checker: Any, check: Check) -> None:
    checker.returns(check(verdict="unknown", stopped="time limit"), check(check="d", problems=("no",)))
    assert run("check", "m.gate").exit_code == 1


def test_a_bug_on_one_file_is_reported_and_the_others_are_checked(run: Run, checker: Any, check: Check) -> None:
    checker.raises(KeyError("x"), "a.gate")
    checker.returns(check(), file="b.gate")
    result = run("check", "a.gate", "b.gate")
    assert result.exit_code == 70
    assert "internal error: KeyError while checking a.gate" in result.stderr
    assert "Traceback" not in result.stderr
    assert "1 check: 1 as expected; skipgate failed on 1 file" in result.stdout


def test_ctrl_c_ends_with_the_summary_so_far(run: Run, checker: Any, check: Check) -> None:
    checker.returns(check(), file="a.gate")
    checker.returns(check(verdict="unknown", stopped="interrupted"), check(), file="b.gate")
    checker.returns(check(), file="c.gate")
    result = run("check", "a.gate", "b.gate", "c.gate")
    assert result.exit_code == 130
    assert result.stdout.splitlines()[-1].startswith("2 checks: 1 as expected, 1 unknown; interrupted (")
    assert checker.prepared == ["a.gate", "b.gate"]


# -------------------------------------------------------------------------------------------------- the call


def test_without_a_path_the_error_teaches_the_call(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 2
    assert "skipgate check models" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.gate"], "there is no file or folder missing.gate"),
        (["."], "there is no .gate file in ."),
        (["m.gate", "--max-states", "0"], "--max-states"),
        (["m.gate", "--time-limit", "0"], "--time-limit"),
        (["m.gate", "--time-limit", "nan"], "--time-limit"),
        (["m.gate", "--update", "--max-states", "5"], "--update needs complete searches"),
    ],
)
def test_what_is_wrong_with_the_call_is_said_before_anything_runs(run: Run, arguments: list[str], message: str) -> None:
    result = run("check", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_the_options_reach_the_engine(run: Run, checker: Any, check: Check) -> None:
    checker.returns(check())
    run("check", "m.gate", "--check", "c*", "--stop-at-first", "--max-states", "10", "--time-limit", "1.5")
    (options,) = checker.run_options
    assert checker.options["only"] == "c*"
    assert (options.stop_at_first, options.budget) == (True, Budget(max_states=10, time_limit=1.5))


# ------------------------------------------------------------------------------------------------- libraries


def test_in_a_folder_a_file_without_checks_may_serve_the_others(
    run: Run, checker: Any, check: Check, write: Callable[[str, str], Path]
) -> None:
    write("models/common.gate", "type Small = 0..3")
    write("models/main.gate", 'import "common.gate"\nmodel main\ncheck c expect holds')
    checker.returns(file="models/common.gate", problems=("a check file without checks",))
    checker.returns(check(), file="models/main.gate")
    assert run("check", "models").exit_code == 0
    assert "without checks" in run("check", "models/common.gate", "models/main.gate").stdout


def test_a_file_without_checks_that_nobody_imports_is_a_mistake(run: Run, checker: Any, check: Check) -> None:
    checker.returns(file="models/lost.gate", problems=("a check file without checks",))
    checker.returns(check(), file="models/main.gate")
    result = run("check", "models")
    assert result.exit_code == 1
    assert "models/lost.gate: a check file without checks" in result.stdout


# ---------------------------------------------------------------------------------------------------- traces


def test_a_violation_that_nobody_expected_is_shown_step_by_step(run: Run, checker: Any, check: Check) -> None:
    violated = check(violated={"Small": 3, "Other": 2}, expected=("Other",), problems=("Small is violated",))
    checker.returns(violated)
    text = run("check", "m.gate").stdout
    assert "count to 2" in text
    assert text.count("count to 1") == 1  # that of Small, not the expected one of Other


def test_an_expected_violation_is_only_listed(run: Run, checker: Any, check: Check) -> None:
    checker.returns(check(violated={"Small": 3}, expected=("Small",)))
    assert "count to 2" not in run("check", "m.gate").stdout


# ------------------------------------------------------------------------------------------------------ JSON


def validated(result: Result) -> Any:
    document = json.loads(result.stdout)
    schema = json.loads(SCHEMA_FILE.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    return document


def test_json_says_all_that_the_table_says(run: Run, checker: Any, check: Check) -> None:
    result = check(violated={"Other": 3}, expected=("Other",))
    checker.returns(replace(result, symmetry={"Node": 3, "Key": 2}))
    result = run("check", "m.gate", "--format", "json")
    assert result.exit_code == 0
    assert validated(result) == {
        "schema": "skipgate.check/1",
        "results": [
            {
                "file": "m.gate",
                "model": "m",
                "check": "c",
                "description": None,
                "as_expected": True,
                "verdict": "violation",
                "expected": "violation of Other",
                "problems": [],
                "stopped": None,
                "properties": {
                    "Small": {
                        "kind": "invariant",
                        "verdict": "holds",
                        "trace_length": None,
                        "trace": None,
                        "contrast": None,
                    },
                    "Other": {
                        "kind": "invariant",
                        "verdict": "violation",
                        "trace_length": 3,
                        "trace": None,
                        "contrast": None,
                    },
                },
                "witnesses": {},
                "ignored": [],
                "distinct": 1234,
                "generated": 5678,
                "depth": 9,
                "symmetry": {"Node": 3, "Key": 2},
                "seconds": 0.5,
                "kept": False,
                "engine": "bfs",
                "omission": 0.0,
                "notes": [],
                "comparisons": [],
                "coverage": None,
            }
        ],
        "left_out": [],
        "problems": [],
    }


def test_json_stays_one_object_whatever_goes_wrong(run: Run, checker: Any, check: Check) -> None:
    checker.raises(error("no such name"), "a.gate")
    checker.raises(KeyError("x"), "b.gate")
    checker.returns(check(problems=("no",)), file="c.gate", problems=("action up is never taken",))
    result = run("check", "a.gate", "b.gate", "c.gate", "--format", "json")
    assert [(each["kind"], each["file"]) for each in validated(result)["problems"]] == [
        ("input", "a.gate"),
        ("internal", "b.gate"),
        ("file", "c.gate"),
    ]


def test_the_schema_is_strict(run: Run, checker: Any, check: Check) -> None:
    checker.returns(check(violated={"Small": 3}))
    document = validated(run("check", "m.gate", "--format", "json"))
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text()))
    document["results"][0]["surprise"] = 1
    assert not validator.is_valid(document)
    del document["results"][0]["surprise"]
    assert validator.is_valid(document)
    document["results"][0]["properties"]["Small"]["verdict"] = "holds"  # although it has a trace
    assert not validator.is_valid(document)


# ------------------------------------------------------------------------------------------ coverage and witnesses

TURNS = """\
var x : 0..3 = 0
var idle : bool = false
action up when x < 3 then x' = x + 1
action stay when x == 3
action dead when x > 3 then idle' = true
cover Top "it gets there" x == 3
check c expect holds expect unreachable action dead
"""


def test_coverage_is_printed(run: Run, write: Write) -> None:
    write("turns.gate", TURNS)
    printed = run("check", "turns.gate", "--coverage")
    assert printed.exit_code == 0
    assert printed.stdout.split("coverage of ")[1].startswith("turns/c: all steps from 4 states\n")
    lines = [line.split() for line in printed.stdout.splitlines()]
    assert ["up", "3", "3", "3", "1"] in lines
    assert ["not", "x", "<", "3", "1"] in lines
    assert ["x", "4", "1", "×4.0"] in lines
    assert "`dead` is never taken; most often stopped by: not x > 3\n" in printed.stdout
    assert "`stay` never changes the state\n" in printed.stdout
    assert max(map(len, printed.stdout.splitlines())) <= 80


def test_what_coverage_does_not_cover_is_said_first(run: Run, write: Write) -> None:
    write("turns.gate", TURNS)
    printed = " ".join(run("check", "turns.gate", "--coverage", "--max-states", "2").stdout.split())
    assert "not everything: the limit of 2 states was passed; steps from 1 of 3 states found" in printed
    assert "`stay` is never taken as far as was counted" in printed


def test_coverage_as_json(run: Run, write: Write) -> None:
    write("turns.gate", TURNS)
    coverage = validated(run("check", "turns.gate", "--coverage", "--format", "json"))["results"][0]["coverage"]
    assert coverage["levels"] == [1, 1, 1, 1]
    assert coverage["missing"] is None
    assert coverage["actions"][1] == {
        "name": "stay",
        "steps": 1,
        "changes": 0,
        "found": 0,
        "failed": 0,
        "alternatives": [],
        "obstacles": [{"text": "x == 3", "place": "turns.gate:4:18", "times": 3, "choice": False}],
    }
    assert coverage["variables"][0] == {"name": "x", "values": 4, "without": 1, "exact": True}


def test_witnesses_are_printed_or_written(run: Run, write: Write) -> None:
    write("turns.gate", TURNS)
    assert "cover Top is reached" not in run("check", "turns.gate").stdout
    assert "cover Top is reached in state 4\n  it gets there\n" in run("check", "turns.gate", "--witness").stdout
    result = run("check", "turns.gate", "--witness", "--out", "out", "--format", "json")
    found = validated(result)["results"][0]["witnesses"]
    assert found == {"Top": {"trace_length": 4, "trace": str(Path("out", "turns.c.Top.itf.json"))}}
    assert "4  up" in run("trace", found["Top"]["trace"]).stdout
    assert Path("out", "turns.c.Top.svg").exists()
    assert not [path for path in Path("out").iterdir() if "witness" in path.name]


# ---------------------------------------------------------------------------------------------------- GitHub


def test_github_gets_an_annotation_for_each_problem(run: Run, checker: Any, check: Check) -> None:
    checker.raises(error("100% wrong"), "a.gate")
    checker.returns(check(problems=("3 states, not 4",)), file="b.gate")
    result = run("check", "a.gate", "b.gate", "--format", "github")
    assert result.exit_code == 2
    assert result.stdout.splitlines()[:2] == [
        "::error file=a.gate,title=skipgate%3A faulty specification::100%25 wrong",
        "::error file=b.gate,line=2,title=skipgate%3A m/c::3 states, not 4",
    ]
    assert result.stdout.splitlines()[2].startswith("1 check: 1 not as expected; 1 faulty file not checked")


# -------------------------------------------------------------------------------------------------- pictures


def test_an_unwritable_folder_is_found_out_before_the_search(run: Run, checker: Any, check: Check) -> None:
    checker.returns(check())
    Path("taken").touch()
    result = run("check", "m.gate", "--out", "taken")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: the folder taken cannot be written to: file exists\n"
    assert checker.prepared == []


def test_a_picture_that_cannot_be_drawn_is_an_error_but_no_verdict_is_lost(
    run: Run, checker: Any, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RenderError("A picture needs Graphviz.")

    monkeypatch.setattr("skipgate.traces.render.to_svg", fail)
    checker.returns(check(violated={"Small": 3}, expected=("Small",)))
    result = run("check", "m.gate", "--out", "out")
    assert result.exit_code == 2
    assert result.stderr == "error: A picture needs Graphviz.\n"
    assert "1 check: 1 as expected" in result.stdout
    assert "out/m.c.Small.dot" in result.stdout


def test_the_trace_file_is_named_in_json(run: Run, checker: Any, check: Check) -> None:
    checker.returns(check(violated={"Small": 3}, expected=("Small",)))
    document = validated(run("check", "m.gate", "--out", "out", "--format", "json"))
    assert document["results"][0]["properties"]["Small"]["trace"] == "out/m.c.Small.itf.json"


# ------------------------------------------------------------------------------------------------------ tags

TAGGED = """\
const N : nat = 1
var x : 0..N = 0
action up
  when x < N
  then x' = x + 1
terminal when x == N
check quick
  expect holds states 2
check larger
  tag deep, nightly
  with N = 9
  expect holds states 10
"""


def test_checks_with_tags_are_left_out_and_that_is_said(run: Run, write: Write) -> None:
    write("m.gate", TAGGED)
    result = run("check", "m.gate")
    assert result.exit_code == 0
    assert "m/quick" in result.stdout
    assert "m/larger" not in result.stdout
    assert "1 check: 1 as expected; 1 check tagged deep, nightly left out" in result.stdout
    document = validated(run("check", "m.gate", "--format", "json"))
    assert document["left_out"] == [{"file": "m.gate", "check": "larger", "tags": ["deep", "nightly"]}]


@pytest.mark.parametrize("asking", [("--tag", "deep"), ("--tag", "x", "--tag", "nightly"), ("--check", "larger")])
def test_a_check_with_tags_is_run_on_request(run: Run, write: Write, asking: tuple[str, ...]) -> None:
    write("m.gate", TAGGED)
    document = validated(run("check", "m.gate", "--format", "json", *asking))
    assert [(each["check"], each["distinct"]) for each in document["results"]] == [("larger", 10)]
    assert document["left_out"] == []


def test_a_glob_does_not_ask_for_tags(run: Run, write: Write) -> None:
    write("m.gate", TAGGED)
    document = validated(run("check", "m.gate", "--format", "json", "--check", "*"))
    assert [each["check"] for each in document["results"]] == ["quick"]


def test_the_pins_of_checks_with_tags_are_held(run: Run, write: Write) -> None:
    write("m.gate", TAGGED.replace("states 10", "states 11"))
    assert run("check", "m.gate").exit_code == 0
    assert run("check", "m.gate", "--tag", "deep").exit_code == 1


def test_an_action_that_only_a_tagged_check_takes_is_never_taken(run: Run, write: Write) -> None:
    write("m.gate", TAGGED.replace("N : nat = 1", "N : nat = 0").replace("states 2", "states 1"))
    result = run("check", "m.gate")
    assert result.exit_code == 1
    assert "action `up` is never taken" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "only checks with tags are left, which are run on request: --tag TAG; the tags are: deep, nightly"),
        (("--check", "lar*"), "only checks with tags are left"),
        (("--tag", "slow"), "no check is tagged slow"),
        (("--tag", "slow", "--check", "lar*"), "no check called 'lar*' is tagged slow"),
        (("--check", "larger,largest"), "no check is called 'largest'; did you mean `larger`?"),
    ],
)
def test_if_no_check_is_left_that_is_an_error(run: Run, write: Write, arguments: tuple[str, ...], words: str) -> None:
    write("m.gate", TAGGED.replace("check quick\n  expect holds states 2\n", ""))
    result = run("check", "m.gate", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
