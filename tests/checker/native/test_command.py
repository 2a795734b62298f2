"""`skipgate check` with the options of the native engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from skipgate.cli.main import cli

COUNTERS = """
var x : 0..499 = 0
var y : 0..499 = 0
action more_x when x < 499 then x' = x + 1
action more_y when y < 499 then y' = y + 1
terminal when x == 499 and y == 499
check all expect holds states 250_000 generated 499_001 depth 999
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "counters.gate"
    path.write_text(COUNTERS, encoding="utf-8")
    return path


def run(*arguments: Any) -> Result:
    return CliRunner().invoke(cli, ["check", *map(str, arguments)], prog_name="skipgate")


def outcome(result: Result) -> dict[str, Any]:
    (check,) = json.loads(result.stdout)["results"]
    assert isinstance(check, dict)
    return check


@pytest.mark.parametrize("threads", [1, 3])
def test_native(model: Path, threads: int) -> None:
    result = run(model, "--engine", "native", "--threads", threads, "--format", "json")
    assert result.exit_code == 0
    assert (outcome(result)["engine"], outcome(result)["distinct"]) == ("native", 250_000)


def test_limit_of_memory(model: Path) -> None:
    result = run(model, "--engine", "native", "--max-memory", "1.5M", "--format", "json")
    assert result.exit_code == 3
    assert outcome(result)["stopped"] == "the memory limit of 1.5 MiB was reached"


@pytest.mark.parametrize("size", ["", "0", "1", "0M", "12X", "-1G", "G", "1 G"])
def test_sizes_that_are_none(model: Path, size: str) -> None:
    result = run(model, "--max-memory", size)
    assert result.exit_code == 2
    assert "give a size with its unit, such as 500M or 4G" in result.stderr


@pytest.mark.parametrize(
    ("size", "number"),
    [("500M", 500 * 2**20), ("4G", 2**32), ("1.5k", 1536), ("2GiB", 2**31), ("3MB", 3 * 2**20)],
)
def test_sizes(size: str, number: int) -> None:
    from skipgate.cli.options import _size

    assert _size(None, None, size) == number  # type: ignore[arg-type]


def test_states_in_a_file_and_fingerprints(model: Path, tmp_path: Path) -> None:
    plain = run(model, "--format", "json")
    for options in (["--store", tmp_path], ["--fingerprints"], ["--checkpoint", tmp_path / "saved"]):
        result = run(model, "--format", "json", *options)
        for key in ("distinct", "generated", "depth", "verdict"):
            assert outcome(result)[key] == outcome(plain)[key]
    assert outcome(plain)["omission"] == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--resume"], "--resume needs the folder where the search was saved"),
        (["--engine", "python", "--fingerprints"], "are for machine code"),
        (["--fingerprints", "--update"], "--update needs exact counts"),
        (["--store", "nowhere"], "does not exist"),
    ],
)
def test_storage_that_cannot_be_used(model: Path, options: list[str], message: str) -> None:
    result = run(model, *options)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_nothing_to_go_on_with(model: Path, tmp_path: Path) -> None:
    """The search begins anew, and that is said in every format."""
    options = ["--checkpoint", tmp_path / "nowhere", "--resume"]
    said = "nothing was saved of this check in"
    table, github = run(model, *options), run(model, *options, "--format", "github")
    assert table.exit_code == github.exit_code == 0
    assert said in " ".join(table.stdout.split()) and said in github.stdout
    (note,) = outcome(run(model, *options, "--format", "json"))["notes"]
    assert said in note


def test_a_limit_saves_the_search(model: Path, tmp_path: Path) -> None:
    options = ["--checkpoint", tmp_path / "saved", "--format", "json"]
    ended = run(model, *options, "--max-states", 100_000)
    assert ended.exit_code == 3
    assert any("go on with it by `--resume`" in note for note in outcome(ended)["notes"])
    assert (outcome(done := run(model, *options, "--resume"))["distinct"], done.exit_code) == (250_000, 0)
