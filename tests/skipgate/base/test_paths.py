from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from skipgate.base.paths import find_models
from skipgate.errors import InputError

Write = Callable[[str, str], Path]
Run = Callable[..., Result]


def names(paths: list[str], folder: Path) -> list[str]:
    return [file.path.relative_to(folder).as_posix() for file in find_models([folder / path for path in paths])]


def test_a_folder_stands_for_the_models_below_it_in_sorted_order(write: Write, tmp_path: Path) -> None:
    for name in ("b/z.gate", "b/a.gate", "a.gate", "b/readme.md"):
        write(name, "")
    assert names(["."], tmp_path) == ["a.gate", "b/a.gate", "b/z.gate"]


def test_hidden_folders_and_files_are_passed_over(write: Write, tmp_path: Path) -> None:
    for name in (".venv/models/a.gate", ".#lock.gate", "seen.gate"):
        write(name, "")
    assert names(["."], tmp_path) == ["seen.gate"]


def test_a_named_file_is_taken_whatever_its_name(write: Write, tmp_path: Path) -> None:
    write("model.txt", "")
    assert names(["model.txt"], tmp_path) == ["model.txt"]


def test_a_file_named_twice_is_checked_once_and_counts_as_named(write: Write, tmp_path: Path) -> None:
    write("a/m.gate", "")
    files = find_models([tmp_path / "a", tmp_path / "a" / "m.gate"])
    assert [(file.path.name, file.named) for file in files] == [("m.gate", True)]
    assert [file.named for file in find_models([tmp_path / "a"])] == [False]


def test_a_missing_file_is_named_with_the_one_that_was_probably_meant(write: Write, tmp_path: Path) -> None:
    write("lock.gate", "")
    with pytest.raises(InputError, match=re.escape(f"did you mean {tmp_path / 'lock.gate'}?")):
        find_models([tmp_path / "lock"])
    with pytest.raises(InputError, match=r"other\.gate$"):  # the ending alone makes no likeness
        find_models([tmp_path / "other.gate"])
    with pytest.raises(InputError, match=re.escape(f"did you mean {tmp_path / 'lock.gate'}?")):
        find_models([tmp_path / "loc.gate"])
    with pytest.raises(InputError, match=r"there is no file or folder .*nothing$"):
        find_models([tmp_path / "nothing"])


def test_a_folder_without_models_is_an_error_and_not_a_success(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no \.gate file in"):
        find_models([tmp_path])


@pytest.mark.parametrize("name", ["nul\0byte", "n" * 300])
def test_impossible_names_are_ordinary_errors(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        find_models([tmp_path / name])


def test_links_that_lead_in_circles_are_not_followed(write: Write, tmp_path: Path) -> None:
    write("a/m.gate", "")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    assert names(["."], tmp_path) == ["a/m.gate"]


def test_a_link_to_itself_is_a_file_that_will_not_open_beside_others(write: Write, tmp_path: Path) -> None:
    write("m.gate", "")
    (tmp_path / "loop.gate").symlink_to("loop.gate")
    assert names(["."], tmp_path) == ["loop.gate", "m.gate"]


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "dangling.gate").symlink_to("gone.gate")
    with pytest.raises(InputError, match=re.escape("dangling.gate is a link that leads nowhere")):
        find_models([tmp_path / "dangling.gate"])


def test_a_pipe_in_a_folder_is_no_model(write: Write, tmp_path: Path) -> None:
    write("m.gate", "")
    os.mkfifo(tmp_path / "pipe.gate")
    assert names(["."], tmp_path) == ["m.gate"]


@pytest.mark.parametrize("arguments", [["check", ""], ["check", "m.gate", "--out", ""], ["fmt", ""], ["lint", ""]])
def test_an_empty_path_is_a_mistake_and_not_this_folder(write: Write, run: Run, arguments: list[str]) -> None:
    write("m.gate", "")
    result = run(*arguments)
    assert result.exit_code == 2
    assert "the path is empty" in result.output
