"""A violation held against another check: the texts are beside the models, each worked out by hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
Write = Callable[[str, str], Path]

EXAMPLES = sorted((Path(__file__).parent / "explain").glob("*.gate"))

COUNTER = """
model counter

const TOP  : nat  = 2
const idle : bool = false

var x : 0..TOP = 0

action up
  when x < TOP
  then x' = x + 1

terminal when x == TOP

invariant Small
  x < 2

transition Slow
  x' < 2

check one
  expect violation of Small, Slow

check two
  with idle = true
  expect violation of Small, Slow

check three
  with TOP = 1
  expect holds
"""


@pytest.fixture
def counter(write: Write) -> Path:
    """A file in which `one` and `two` violate the same two properties, and `three` has other bounds."""
    return write("counter.gate", COUNTER)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_is_said(run: Run, tmp_path: Path, path: Path) -> None:
    """The first line of each model is the command. SKIPGATE_WRITE=1 writes the texts anew."""
    shutil.copy(path, tmp_path)
    options = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# skipgate explain ").split()
    result = run("explain", path.name, *options)
    assert (result.exit_code, result.stderr) == (0, "")
    expected = path.with_suffix(".txt")
    if os.environ.get("SKIPGATE_WRITE"):
        expected.write_text(result.stdout, encoding="utf-8")
    assert result.stdout == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--check", "on"], "has no check 'on'; did you mean `one`?"),
        ([], "say which check with --check NAME; there are: one, two, three"),
        (["--check", "one", "--against", "tw"], "has no check 'tw'; did you mean `two`?"),
        (["--check", "one", "--against", "one"], "--against names another check than 'one'"),
        (["--check", "one", "--property", "Smal"], "has no property 'Smal'; did you mean `Small`?"),
        (["--check", "one", "--property", "deadlock"], "violated in check 'one', so there is nothing to explain"),
        (["--check", "one", "--property", "deadlock"], "violated there: Small, Slow"),
        (["--check", "three"], "nothing is violated in check 'three', so there is nothing to explain"),
        (["--check", "one"], "Small: every other check of the file is expected to violate it as well"),
        (["--check", "one", "--against", "three"], "check 'three' does not have all of these states: there x : 0..1"),
        (["--check", "one", "--against", "two", "--out", "x.svg"], "say which with --property NAME"),
    ],
)
def test_what_cannot_be_explained_is_refused(run: Run, counter: Path, options: list[str], message: str) -> None:
    result = run("explain", counter, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_check_alone_has_nothing_to_be_held_against(run: Run, write: Write) -> None:
    model = write("alone.gate", COUNTER[: COUNTER.index("check two")])
    result = run("explain", model)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no other check in the file to hold it against" in result.stderr


def test_without_a_property_all_violations_are_explained(run: Run, counter: Path) -> None:
    result = run("explain", counter, "--check", "one", "--against", "two")
    assert result.exit_code == 0
    assert "invariant Small is violated in one; the same schedule in two" in result.stdout
    assert "transition Slow is violated in one; the same schedule in two" in result.stdout


def test_a_picture_goes_to_a_file(run: Run, counter: Path) -> None:
    options = ["--check", "one", "--property", "Small", "--against", "two", "--out", "why.svg"]
    result = run("explain", counter, *options)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Wrote why.svg.\n")
    assert "<svg" in Path("why.svg").read_text()


def test_a_check_that_does_not_examine_the_property_tells_nothing_of_it(run: Run, tmp_path: Path) -> None:
    shutil.copy(next(path for path in EXAMPLES if path.stem == "unexamined"), tmp_path)
    result = run("explain", "unexamined.gate", "--check", "bad", "--against", "blind")
    assert result.exit_code == 2
    assert "Low: check 'blind' does not examine it" in result.stderr
