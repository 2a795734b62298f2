from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from skipgate.checker.core.trace import Trace
from skipgate.traces.itf import dump_itf

Run = Callable[..., Result]


@pytest.fixture
def stored(run: Run, trace: Trace) -> Path:
    """A trace as `skipgate check --out` leaves it."""
    path = Path("m.c.Small.itf.json")
    path.write_text(dump_itf(trace))
    return path


def test_it_is_read_step_by_step(run: Run, stored: Path) -> None:
    result = run("trace", stored)
    assert result.exit_code == 0
    assert "count to 1" in result.stdout
    assert result.stdout.index("count to 1") < result.stdout.index("count to 2")


@pytest.mark.parametrize(("form", "start"), [("dot", "digraph"), ("svg", "<?xml")])
def test_other_formats_go_to_standard_output(run: Run, stored: Path, form: str, start: str) -> None:
    assert run("trace", stored, "--format", form).stdout.startswith(start)


@pytest.mark.parametrize(("name", "start"), [("t.svg", b"<?xml"), ("t.dot", b"digraph"), ("t.txt", b"m")])
def test_the_name_of_the_output_says_its_format(run: Run, stored: Path, name: str, start: bytes) -> None:
    result = run("trace", stored, "--out", name)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"Wrote {name}.\n")
    assert Path(name).read_bytes().startswith(start)


def test_a_picture_is_not_thrown_at_a_terminal(run: Run, stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # CliRunner replaces sys.stdout by a stream of this class, which says that it is no terminal.
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    result = run("trace", stored, "--format", "svg")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--out FILE" in result.stderr


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe", b"[[[", b'{"#meta": {}, "states": []}'])
def test_what_is_no_trace_is_refused_in_one_line(run: Run, data: bytes) -> None:
    Path("t.itf.json").write_bytes(data)
    result = run("trace", "t.itf.json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: t.itf.json: ")
    assert result.stderr.count("\n") == 1


def test_an_output_that_cannot_be_written_is_an_error(run: Run, stored: Path) -> None:
    result = run("trace", stored, "--out", "no/such/folder/t.svg")
    assert result.exit_code == 2
    assert result.stderr == "error: no/such/folder/t.svg cannot be written: no such file or directory\n"


JUGS = Path("models/examples/die_hard.gate").absolute()
FLAGS = Path("models/examples/mutual_exclusion.gate").absolute()


@pytest.fixture
def jugs(run: Run) -> str:
    """The counterexample of the jugs."""
    assert run("check", JUGS, "--out", "out").exit_code == 0
    return "out/die_hard.puzzle.NotSolved.itf.json"


def test_an_expression_is_evaluated_along_it(run: Run, jugs: str) -> None:
    result = run("trace", jugs, "--model", JUGS, "--eval", "small + big", "--eval", "big'", "--only", "small")
    assert result.exit_code == 0, result.stderr
    assert "small + big: 0 -> 5" in result.stdout
    assert "big' = (there is no step before the first state)" in result.stdout
    assert "\n          big: " not in result.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--eval", "big"], "--eval needs the model"),
        (["--eval", "bigg", "--model", str(JUGS)], "unknown name `bigg`"),
        (["--eval", "big", "--model", "none.gate"], "none.gate"),
        (["--only", "bigg"], "no variable of the trace is called 'bigg'"),
        (["--lanes", "Node"], "'Node' makes no lanes"),
    ],
)
def test_what_cannot_be_asked_is_said(run: Run, jugs: str, options: list[str], message: str) -> None:
    result = run("trace", jugs, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_runs_of_one_action_are_folded(run: Run, stored: Path) -> None:
    whole, folded = run("trace", stored).stdout, run("trace", stored, "--fold").stdout
    assert "count to 1" in whole and len(folded) <= len(whole)


def test_lanes_are_columns(run: Run) -> None:
    checked = run("check", FLAGS, "--out", "out", "--check", "flags_only")
    assert checked.exit_code == 0, checked.stderr
    stored = "out/mutual_exclusion.flags_only.deadlock.itf.json"
    assert "Process1                 Process2" in run("trace", stored, "--lanes", "Process").stdout
    assert run("trace", stored, "--lanes", "Process", "--format", "mermaid").stdout.startswith("sequenceDiagram\n")
    drawn = run("trace", stored, "--lanes", "Process", "--format", "svg")
    assert (drawn.exit_code, "Process2</text>" in drawn.stdout) == (0, True)
    assert run("trace", stored, "--lanes", "Process", "--out", "lanes.dot", "--full").exit_code == 0
    assert Path("lanes.dot").read_text("utf-8").startswith("digraph trace {")
    refused = run("trace", stored, "--lanes", "Process", "--full")
    assert (refused.exit_code, refused.stdout) == (2, "")
    refused = run("trace", stored, "--full", "--format", "mermaid")
    assert (refused.exit_code, refused.stdout) == (2, "")
