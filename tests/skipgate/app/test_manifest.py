"""The next run into a folder removes what an earlier one wrote there and is no longer true, and nothing else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from skipgate.app.manifest import NAME, record
from skipgate.errors import InputError


def write(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"this is {path.name}\n")
    return paths


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {NAME}


def test_a_file_of_an_earlier_run_goes_and_a_foreign_one_stays(tmp_path: Path) -> None:
    write(tmp_path, "notes.txt")
    record(tmp_path, write(tmp_path, "a.svg", "b.svg", "below/c.svg"), complete=True)
    removed = record(tmp_path, write(tmp_path, "b.svg"), complete=True)
    assert names(tmp_path) == {"notes.txt", "b.svg"}
    assert removed == [tmp_path / "a.svg", tmp_path / "below/c.svg"]
    assert not (tmp_path / "below").exists()


def test_a_file_that_someone_changed_is_not_ours_any_more(tmp_path: Path) -> None:
    record(tmp_path, write(tmp_path, "a.svg"), complete=True)
    (tmp_path / "a.svg").write_text("mine\n")
    assert record(tmp_path, [], complete=True) == []
    assert (tmp_path / "a.svg").read_text() == "mine\n"


def test_an_interrupted_run_removes_nothing_but_the_next_one_does(tmp_path: Path) -> None:
    record(tmp_path, write(tmp_path, "a.svg", "b.svg"), complete=True)
    assert record(tmp_path, write(tmp_path, "a.svg"), complete=False) == []
    assert names(tmp_path) == {"a.svg", "b.svg"}
    assert record(tmp_path, write(tmp_path, "a.svg"), complete=True) == [tmp_path / "b.svg"]


@pytest.mark.parametrize("name", ["../outside.txt", "link.txt", "folder"])
def test_a_manifest_that_was_tampered_with_reaches_no_file_outside(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (outside,) = write(tmp_path, "outside.txt")
    (folder / "folder").mkdir(parents=True)
    (folder / "link.txt").symlink_to(outside)
    record(folder, [], complete=True)
    content = json.loads((folder / NAME).read_text())
    # With the right digest, so that only the place can save the file.
    digest = hashlib.sha256(outside.read_bytes()).hexdigest()
    content["files"] = {name: digest}
    (folder / NAME).write_text(json.dumps(content))
    assert record(folder, [], complete=True) == []
    assert outside.exists() and (folder / "folder").is_dir()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"files": {"a.svg": ""}}', '{"schema": "skipgate.manifest/1", "files": 3}']
)
def test_a_manifest_that_is_damaged_speaks_of_no_file(text: str, tmp_path: Path) -> None:
    write(tmp_path, "a.svg")
    (tmp_path / NAME).write_text(text)
    assert record(tmp_path, [], complete=True) == []
    assert names(tmp_path) == {"a.svg"}


def test_a_manifest_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(InputError, match=r"skipgate\.manifest\.json cannot be written"):
        record(tmp_path, [], complete=True)
