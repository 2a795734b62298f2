"""The command line with the real engine: from a file to an exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result

import skipgate
from skipgate.app.reports.json import SCHEMA_FILE
from skipgate.traces.itf import load_itf

Run = Callable[..., Result]
Write = Callable[[str, str], Path]
ROOT = Path(__file__).parents[3]
DIE_HARD = ROOT / "models" / "examples" / "die_hard.gate"

# Counts to a number: n + 1 states, each generated once, the last of depth n + 1.
COUNTER = """\
model counter

const n : nat = 9

var x : 0..n = 0

action up "count to {x + 1}"
  when x < n
  then x' = x + 1

invariant Small
  x < 4

terminal when x == n
"""


def test_the_starter_model_checks_as_it_stands(run: Run) -> None:
    run("new", "lock")
    result = run("check", "lock.gate")
    assert (result.exit_code, result.stderr) == (0, "")
    # Both workers look, then both go in: five states, the initial one included.
    assert "OneInside (5)" in result.stdout
    assert "2 checks: 2 as expected" in result.stdout


def test_an_unexpected_violation_is_compared_with_a_check_without_it(run: Run, write: Write) -> None:
    checks = "check high expect holds\ncheck low with n = 3 expect holds\n"
    write("counter.gate", COUNTER + checks)
    result = run("check", "counter.gate", "--out", "out")
    assert result.exit_code == 1
    # The shortest way to 4 has five states. Below 4, `low` has the same; there is no state 4 in it.
    assert "compared with" not in result.stdout
    write("counter.gate", COUNTER.replace("x : 0..n", "x : 0..9") + checks)
    result = run("check", "counter.gate", "--out", "out")
    assert result.exit_code == 1
    said = """\
compared with check low
  In state 4, high takes up (count to 4); low cannot, since `x < n` is false.
  On this schedule, Small holds in low.
  low has n = 3 (not 9).
  low was chosen: it is expected to hold, and only bounds differ.
"""
    assert said in result.stdout
    document = json.loads(run("check", "counter.gate", "--format", "json").stdout)
    jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text())).validate(document)
    high, low = (check["properties"]["Small"]["contrast"] for check in document["results"])
    assert (high["against"], low) == ("low", None)
    assert high["sentences"] == [line.strip() for line in said.splitlines()[1:]]
    assert said.splitlines()[1].strip() in Path("out/counter.high.Small.contrast.txt").read_text()
    assert "<svg" in Path("out/counter.high.Small.contrast.svg").read_text()


def test_every_violation_is_written_down_and_can_be_read_again(run: Run) -> None:
    result = run("check", DIE_HARD, "--out", "out")
    assert result.exit_code == 0
    (stored,) = Path("out").glob("*.itf.json")
    # The shortest solution takes six steps.
    assert len(load_itf(stored.read_text())) == 7
    assert stored.with_name(stored.name.replace(".itf.json", ".svg")).exists()
    assert "fill_big" in run("trace", stored).stdout


def test_json_of_a_real_run_is_valid(run: Run) -> None:
    result = run("check", DIE_HARD, "--format", "json", "--out", "out")
    document: Any = json.loads(result.stdout)
    jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text())).validate(document)
    (check,) = document["results"]
    assert (check["model"], check["distinct"], check["generated"], check["depth"]) == ("die_hard", 16, 97, 8)
    assert check["properties"]["NotSolved"]["trace_length"] == 7
    assert Path(check["properties"]["NotSolved"]["trace"]).exists()


def test_an_unexpected_violation_fails_and_is_shown(run: Run, write: Write) -> None:
    write("counter.gate", COUNTER + "check c expect holds")
    result = run("check", "counter.gate")
    assert result.exit_code == 1
    assert "count to 4" in result.stdout
    assert "counter.gate, check c: `Small` is violated, which is not expected" in result.stdout


def test_a_limit_leaves_the_question_open(run: Run, write: Write) -> None:
    write("counter.gate", COUNTER.replace("x < 4", "x < 400") + "check c expect holds expect vacuous Small")
    assert run("check", "counter.gate").exit_code == 0
    result = run("check", "counter.gate", "--max-states", "5")
    assert result.exit_code == 3
    assert "unknown" in result.stdout


def test_one_violation_is_enough_if_asked_for(run: Run, write: Write) -> None:
    write("counter.gate", COUNTER + "check c expect violation of Small")
    result = run("check", "counter.gate", "--stop-at-first")
    assert result.exit_code == 3
    assert "Small (5)" in result.stdout
    assert "stopped at the first violation; not decided: " in " ".join(result.stdout.split())


def test_only_the_checks_that_match_are_run(run: Run, write: Write) -> None:
    checks = "check one expect violation of Small\ncheck two expect holds states 1"
    write("counter.gate", COUNTER + checks)
    assert run("check", "counter.gate", "--check", "o*").exit_code == 0
    assert run("check", "counter.gate").exit_code == 1
    result = run("check", "counter.gate", "--check", "three")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no check is called 'three'; there are: one, two" in result.stderr


def test_update_accepts_the_counts_that_were_found_and_nothing_else(run: Run, write: Write) -> None:
    path = write("counter.gate", COUNTER + "check c\n  expect violation of Small states 7 generated 10")
    assert run("check", "counter.gate").exit_code == 1
    result = run("check", "counter.gate", "--update")
    assert (result.exit_code, result.stderr) == (0, "counter.gate: 1 pinned count updated\n")
    assert path.read_text().endswith("expect violation of Small states 10 generated 10")
    assert run("check", "counter.gate", "--update").stderr == ""

    path.write_text(COUNTER + "check c expect holds states 7")
    assert run("check", "counter.gate", "--update").exit_code == 1  # the violation is still not expected


def test_a_file_without_checks_checks_nothing_and_says_so(run: Run, write: Write) -> None:
    write("counter.gate", COUNTER)
    result = run("check", "counter.gate")
    assert result.exit_code == 1
    assert "nothing was checked" in result.stdout


def test_a_folder_may_hold_what_its_models_share(run: Run, write: Write) -> None:
    write("m/shared.gate", "type Number = 0..9")
    text = 'import "shared.gate"\n' + COUNTER.replace("x : 0..n", "x : Number").replace("= 9", "= 3")
    write("m/counter.gate", text + "check c expect holds states 4")
    result = run("check", "m")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 check: 1 as expected" in result.stdout


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"model m var x : bool = fals", "fals"),
        (b"\x7fELF\x02\x01\x01\x00\xff\xfe", "not a text file"),
        (b"", "nothing was checked"),
        (b"model m\nimport \"gone.gate\"", "gone.gate"),
        (b"model m\ninvariant I " + b"(" * 3000 + b"true" + b")" * 3000, "nested too deeply"),
    ],
)  # fmt: skip
def test_bad_input_never_ends_in_a_traceback(run: Run, content: bytes, message: str) -> None:
    Path("bad.gate").write_bytes(content)
    result = run("check", "bad.gate")
    assert result.exit_code in (1, 2)
    assert message in result.stderr + result.stdout
    assert "Traceback" not in result.stderr
    assert "internal error" not in result.stderr
    for command in ("fmt", "show", "graph"):
        assert run(command, "bad.gate").exit_code in (0, 2)


# Leaves a file when the search of `long` is under way.
NOTING = """
from pathlib import Path
from skipgate.checker.search.explore import Search
from skipgate.cli.main import main

look_at_clock = Search.look_at_clock

def noting(search, distinct, frontier):
    if search.model.check.name.text == "long" and distinct > 1000:
        Path("begun").touch()
    look_at_clock(search, distinct, frontier)

Search.look_at_clock = noting
main()
"""


def test_ctrl_c_ends_a_long_search_with_what_is_known(write: Write, tmp_path: Path) -> None:
    checks = "check short expect violation of Small\ncheck long with n = 2000000000 expect violation of Small"
    write("counter.gate", COUNTER + checks)
    process = subprocess.Popen(
        [sys.executable, "-c", NOTING, "check", "counter.gate", "--out", "out", "--jobs", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
    )
    while process.poll() is None and not (tmp_path / "begun").exists():
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 130
    assert "2 checks: 1 as expected, 1 unknown; interrupted" in out
    assert "Traceback" not in err
    assert list(tmp_path.glob("out/*.svg"))  # of the short check


def test_from_python() -> None:
    result = skipgate.check(DIE_HARD)
    assert result.as_expected
    (puzzle,) = result.checks
    assert (puzzle.verdict, puzzle.distinct, puzzle.violated) == ("violation", 16, ("NotSolved",))
    with pytest.raises(skipgate.SpecError):
        skipgate.check("gone.gate")
