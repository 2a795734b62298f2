"""`skipgate tests`: what it prints and writes, and its exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema

from skipgate.app.reports.tests import SCHEMA_FILE
from skipgate.traces.itf import load_itf
from tests.skipgate.conftest import Run

Write = Callable[[str, str], Path]

MODEL = """model m
var x : 0..5 = 0
action up(by in 1..2) when x + by <= 5 then x' = x + by
action down when x > 0 then if x > 3 { x' = 0 } else { x' = x - 1 }
action never when x > 5 then x' = 0
cover Five x == 5
check c expect holds
"""


def test_what_cannot_happen_is_said_and_is_no_failure(run: Run, write: Write) -> None:
    write("m.gate", MODEL)
    found = run("tests", "m.gate")
    assert found.exit_code == 0
    assert "actions: 2 of 3 met\n" in found.stdout
    assert "cannot happen in this check: all 6 states were looked at\n  action never\n" in found.stdout


def test_what_is_not_known_is_said_and_ends_with_3(run: Run, write: Write) -> None:
    write("m.gate", MODEL)
    found = run("tests", "m.gate", "--max-states", "2", "--itf", "out")
    assert found.exit_code == 3
    assert "not known whether they can happen: the limit of 2 states was passed\n" in found.stdout
    assert list(Path("out").iterdir()), "what was found is written"


def test_json_follows_its_schema(run: Run, write: Write) -> None:
    write("m.gate", MODEL)
    schema = json.loads(SCHEMA_FILE.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    for more in ([], ["--refusals", "--goals", "pairs,violations"], ["--max-states", "1"]):
        found = json.loads(run("tests", "m.gate", "--format", "json", *more).stdout)
        jsonschema.Draft202012Validator(schema).validate(found)
        for goal in found["goals"]:
            assert (goal["verdict"] == "met") is bool(goal["behaviours"])
            assert all(found["behaviours"][number - 1]["number"] == number for number in goal["behaviours"])
    assert "unknown" in {goal["verdict"] for goal in found["goals"]}


def test_traces_are_itf_that_test_drivers_read_and_old_ones_go(run: Run, write: Write) -> None:
    write("m.gate", MODEL)
    assert run("tests", "m.gate", "--goals", "pairs", "--longest", "1", "--itf", "out").exit_code == 0
    many = sorted(path.name for path in Path("out").iterdir())
    kept = write("out/other.c.test-01.itf.json", "not ours")
    found = run("tests", "m.gate", "--goals", "actions", "--itf", "out")
    assert "Wrote 1 trace to out; 0 unchanged.\n" in found.stdout
    ours = [path for path in Path("out").iterdir() if path != kept.relative_to(Path.cwd())]
    assert [path.name for path in ours] == ["m.c.test-01.itf.json"] and len(many) > 1
    states = json.loads(ours[0].read_text())["states"]
    assert [state["mbt::actionTaken"].split(" ")[0] for state in states] == ["init", "up", "down"]
    assert states[1]["mbt::nondetPicks"]["by"]["tag"] == "Some"
    assert len(load_itf(ours[0].read_bytes())) == 3
    assert (
        "Wrote 0 traces to out; 1 unchanged.\n" in run("tests", "m.gate", "--goals", "actions", "--itf", "out").stdout
    )


def test_no_goals_are_no_tests(run: Run, write: Write) -> None:
    write("m.gate", MODEL)
    found = run("tests", "m.gate", "--goals", ",")
    assert found.exit_code == 2
    assert "--goals names no goals" in found.stderr
