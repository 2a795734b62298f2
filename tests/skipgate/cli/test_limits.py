"""`--time-limit` holds wherever the time goes: before the search, in a loop of a single state, and after the search."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.checker.elaborate import elaborate as elaboration
from skipgate.checker.smt.proving import prove
from tests.checker.smt.specs import model_of
from tests.skipgate.conftest import Run

Write = Callable[[str, str], Path]

TOGGLE = "var x : 0..1 = 0\n{}action flip{} then x' = 1 - x\n{}\ncheck c expect holds\n"
LONG = "forall k in 0..1000000000000: k + 1 > x"

BEFORE = {
    "assumption": TOGGLE.format("assume forall k in 0..1000000000: k >= 0\n", "", ""),
    "constant": TOGGLE.format("const N : int = sum k in 0..1000000000: k\n", "", ""),
    "types": "".join(f"record R{i} {{ a : {f'R{i - 1}, b : R{i - 1}' if i else 'bool'} }}\n" for i in range(40))
    + TOGGLE.format("var r : option of R39 = none\n", "", ""),
}
SEARCH = {
    "guard": TOGGLE.format("", f" when {LONG}", ""),
    "invariant": TOGGLE.format("", "", f"invariant I {LONG}"),
    "nested": TOGGLE.format(
        "", "", "invariant I forall a in 0..100000, b in 0..100000, c in 0..100000: a + b >= x - c"
    ),
    "transition": TOGGLE.format("", "", f"transition T {LONG}' - 1"),
    "constraint": TOGGLE.format("", "", f"constraint K {LONG}"),
    "terminal": TOGGLE.format("", " when x < 0", f"terminal when {LONG}"),
    "cover": TOGGLE.format("", "", f"cover V {LONG}"),
    "liveness": TOGGLE.format("", "", f"liveness L always eventually ({LONG})"),
    "initial value": TOGGLE.format("var y : 0..1 = count k in 0..1000000000000: k < 0\n", "", ""),
    "initial values": TOGGLE.format("var y : 0..2 in {k for k in 0..1000000000000 where k < 2}\n", "", ""),
    "initial states": TOGGLE.format("var m : map[0..30] of 0..9 in map[0..30] of 0..9\n", "", ""),
    "no initial state": TOGGLE.format(
        "var y : 0..2000000000 in 0..2000000000\nvar z : 0..1 in {k for k in 0..y where k > 2000000000}\n", "", ""
    ).replace("0..1 in", "0..2000000000 in"),
}


# Each stands for a place in the loops where machine code looks at the clock; `make slow` tries all of them.
NATIVE = {"guard", "invariant", "nested", "liveness"}


# An exception may come while an object is finalised, and Python then says that it is ignored.
dropped = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@dropped
@pytest.mark.parametrize("case", BEFORE)
def test_before_the_search(case: str, run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elaboration, "BEFORE_SEARCH", 500_000)  # steps, of which the evaluator takes a million a second
    write("m.gate", BEFORE[case])
    for command in ("check", "prove", "simulate", "lint", "graph"):
        if command in ("check", "prove"):
            result = run(command, "m.gate", "--time-limit", "0.3")
        elif case == "types":  # the others have no limit but that of steps (see tests/checker/elaborate/test_effort.py)
            result = run(command, "m.gate")
        else:
            continue
        assert result.exit_code == 2, (command, result.output)
        assert "m.gate:" in result.stderr and "error" in result.stderr


@pytest.mark.parametrize(
    ("case", "engine", "limit"),
    [
        *((case, "python", "0.3") for case in SEARCH),
        # The initial states are found under CPython. Machine code takes a part of the time to be made.
        *(
            pytest.param(case, "native", "1", marks=[pytest.mark.slow] * (case not in NATIVE))
            for case in SEARCH
            if "initial" not in case
        ),
    ],
)
def test_in_the_search(case: str, engine: str, limit: str, write: Write) -> None:
    """In a process of its own, since threads that do not come to an end are left behind."""
    path = write("m.gate", SEARCH[case])
    command = [sys.executable, "-m", "skipgate", "check", str(path), "--time-limit", limit, "--engine", engine]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 3, done.stdout + done.stderr
    assert f"the time limit of {limit} s was reached" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["simulate", "prove", "graph"])
def test_elsewhere(command: str, write: Write) -> None:
    """Walks and proofs have a limit of time; a drawn step has one of what is evaluated."""
    path = write("m.gate", SEARCH["guard"])
    limit = [] if command == "graph" else ["--time-limit", "1"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, "-m", "skipgate", command, str(path), *limit],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == (2 if command == "graph" else 3), done.stdout + done.stderr
    said = " ".join((done.stdout + done.stderr).split())
    assert (
        "takes too long to be drawn" if command == "graph" else "unknown" if command == "prove" else "limit"
    ) in said


def test_a_file_that_no_one_has_written(run: Run, write: Write) -> None:
    write("m.gate", "# " + "x" * 1_000_000)
    result = run("check", "m.gate")
    assert result.exit_code == 2
    assert "has more than 1000000 bytes" in result.stderr


def test_the_whole_run(run: Run, write: Write) -> None:
    """Files that come after the end of the time are not looked at, and that is no success."""
    path = write("endless.gate", SEARCH["guard"])
    for i in range(3):
        write(f"z{i}.gate", SEARCH["guard"])
    result = run("check", str(path.parent), "--total-time", "1", "--jobs", "1", "--engine", "python")
    assert result.exit_code == 3, result.output
    assert "the time limit of 1 s for the whole run was reached" in result.stdout


def test_the_whole_run_and_update(run: Run, write: Write) -> None:
    result = run("check", str(write("m.gate", SEARCH["guard"])), "--total-time", "1", "--update")
    assert result.exit_code == 2 and "--update needs complete searches" in result.stderr


ENDLESS_TO_LOOK_AT = {
    # A state with many steps, each of which takes a while; many conditions that Z3 thinks about for long.
    "graph": "var x : 0..9 = 0\n"
    "action a(i in 0..999, j in 0..999) when (sum k in 0..i: k mod 7) + j < x then x' = i mod 9\n"
    "check c expect holds\n",
    "lint": "var x : 0..99999 = 1\nvar y : 0..99999 = 1\nvar z : 0..99999 = 1\n"
    + "".join(
        f"action a{i} when x * x * x + y * y * y != z * z * z + {i}\n"
        f"  when x * y > z * {i + 2} when (x * z) mod 97 != {i}\n  then x' = (x * y * z + {i}) mod 99991\n"
        for i in range(1, 60)
    )
    + "check c expect holds\n",
}


@dropped
@pytest.mark.parametrize("command", ENDLESS_TO_LOOK_AT)
@pytest.mark.parametrize("limit", ["--time-limit=0.5", "--max-memory=1M"])
def test_looking(command: str, limit: str, run: Run, write: Write) -> None:
    """Without a search there are limits as well."""
    result = run(command, str(write("m.gate", ENDLESS_TO_LOOK_AT[command])), limit)
    assert result.exit_code == 3, result.output
    kind = "time limit of 0.5 s" if "time" in limit else "memory limit of 1 MiB"
    assert f"the {kind} was reached" in result.output


def test_lint_says_which_files_are_not_known(write: Write) -> None:
    """In a process of its own: what other tests have left in memory would be over the limit at once, anywhere."""
    path = write("m.gate", ENDLESS_TO_LOOK_AT["lint"])
    call = [sys.executable, "-m", "skipgate", "lint", "--format", "json", str(path), "--max-memory", "1M"]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    (left,) = json.loads(done.stdout)["unexamined"]
    assert left["file"] == str(path) and "memory limit" in left["why"]


def test_proofs_are_ended_wherever_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Z3 keeps to limits by itself; what is done beside it must end as well."""

    def endless(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr(prove, "_GRACE", 0.1)
    model = model_of("var x : nat = 0\naction up then x' = x + 1\ninvariant I x >= 0\ncheck c expect proved")
    for place in ("run", "__init__"):
        with monkeypatch.context() as slow:
            slow.setattr(prove._Prover, place, endless)
            found = prove.prove(model, time_limit=0.2)
        assert found.stopped == "the time limit of 0.2 s was reached"
        assert {each.verdict for each in found.properties.values()} == {"unknown"}
