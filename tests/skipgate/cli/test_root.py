"""A model that comes from anybody: no command shows or changes a file outside of the folder that it was given."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import skipgate
from skipgate.base.exits import Exit

Run = Callable[..., Result]
pytestmark = pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")

MODEL = "var x : bool = true\naction flip\n  then x' = not x\ncheck c\n  expect holds\n"


@pytest.fixture
def models(run: Run) -> Path:
    """A folder with a link and an import that lead to a file beside it."""
    folder = Path("models")
    (folder / "parts").mkdir(parents=True)
    Path("secret.gate").write_text("token   =   s3cret\n")
    (folder / "base.gate").write_text("const n : nat = 3\n")
    (folder / "link.gate").symlink_to("../secret.gate")
    (folder / "evil.gate").write_text(f'import "../secret.gate"\n{MODEL}')
    (folder / "good.gate").write_text(MODEL)
    (folder / "parts" / "inner.gate").write_text(f'import "../base.gate"\n{MODEL}')
    return folder


@pytest.mark.parametrize("jobs", ["1", "3"])
@pytest.mark.parametrize("command", ["check", "matrix"])
def test_checking_a_folder_shows_nothing_of_what_is_outside(
    run: Run, models: Path, command: str, jobs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skipgate.app.jobs.pool.PATIENCE", 0.0)
    result = run(command, "models", "--jobs", jobs)
    assert result.exit_code == Exit.USAGE
    assert "s3cret" not in result.output and "token" not in result.output
    assert "`models/link.gate` is a link that leads out of the folder of the model" in result.output
    assert "models/evil.gate:1:8: error: the imported file `secret.gate` is not in the folder" in result.output
    assert "inner.gate" not in result.output  # which may use what is in the folder that was given


@pytest.mark.parametrize(
    "command",
    [
        *(["check"], ["simulate"], ["prove"], ["lint"], ["show"], ["show", "--stage", "tree"], ["graph"], ["explain"]),
        *(["export", "tla"], ["matrix"], ["anchors", "check"]),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("file", ["link.gate", "evil.gate"])
def test_no_command_shows_what_is_outside(run: Run, models: Path, command: list[str], file: str) -> None:
    arguments = ["--repo", "models"] if command[0] == "anchors" else []
    result = run(*command, models / file, *arguments)
    assert result.exit_code == Exit.USAGE
    assert "s3cret" not in result.output and "token" not in result.output
    assert "is a link that leads out" in result.output or "is not in the folder of the model" in result.output


def test_formatting_changes_nothing_outside(run: Run, models: Path) -> None:
    before = Path("secret.gate").read_bytes()
    result = run("fmt", "models")
    assert result.exit_code == Exit.USAGE
    assert "`models/link.gate` is a link that leads out of the folder of the model" in result.output
    assert Path("secret.gate").read_bytes() == before
    assert (models / "link.gate").is_symlink()


@pytest.mark.parametrize(
    "command", [["check"], ["simulate"], ["prove"], ["lint"], ["show"], ["graph"], ["export", "tla"]], ids=" ".join
)
def test_a_file_may_use_more_with_root(run: Run, models: Path, command: list[str]) -> None:
    inner = models / "parts" / "inner.gate"
    assert run(*command, inner).exit_code == Exit.USAGE
    result = run(*command, inner, "--root", "models")
    assert "is not in the folder" not in result.output
    assert result.exit_code != Exit.USAGE, result.output


def test_root_is_a_folder(run: Run, models: Path) -> None:
    result = run("check", "models", "--root", "nowhere")
    assert result.exit_code == Exit.USAGE
    assert "nowhere" in result.output


def test_python_has_root_as_well(models: Path) -> None:
    inner = models / "parts" / "inner.gate"
    with pytest.raises(skipgate.InputError, match="is not in the folder of the model"):
        skipgate.check(inner)
    assert skipgate.check(inner, root=models).as_expected
    assert skipgate.check(skipgate.load(inner, root=models)).as_expected
    with pytest.raises(skipgate.InputError):
        skipgate.check(inner)
