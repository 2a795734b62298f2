from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]

UNTIDY = 'model   m  "x"\nvar x:bool=false\n'
TIDY = 'model m "x"\n\nvar x : bool = false\n'


@pytest.fixture(autouse=True)
def files(run: Run) -> None:
    Path("tidy.gate").write_text(run("fmt", "-", input=UNTIDY).stdout)
    Path("untidy.gate").write_text(UNTIDY)


def test_it_rewrites_what_is_not_in_form_and_names_it(run: Run) -> None:
    result = run("fmt", ".")
    assert (result.exit_code, result.stdout) == (0, "untidy.gate formatted\n")
    assert result.stderr == "1 file changed, 1 in form already\n"
    assert Path("untidy.gate").read_text() == Path("tidy.gate").read_text() != UNTIDY


def test_check_names_what_would_change_and_changes_nothing(run: Run) -> None:
    result = run("fmt", "--check", ".")
    assert (result.exit_code, result.stdout) == (1, "untidy.gate is not in canonical form\n")
    assert Path("untidy.gate").read_text() == UNTIDY
    assert run("fmt", "--check", "tidy.gate").exit_code == 0


def test_diff_shows_what_would_change(run: Run) -> None:
    result = run("fmt", "--diff", "untidy.gate")
    assert result.exit_code == 1
    assert "-var x:bool=false\n" in result.stdout
    assert "+var x : bool = false\n" in result.stdout
    assert Path("untidy.gate").read_text() == UNTIDY


def test_standard_input_goes_to_standard_output(run: Run) -> None:
    result = run("fmt", "-", input=UNTIDY)
    assert result.exit_code == 0
    assert "var x : bool = false\n" in result.stdout
    assert run("fmt", "--check", "-", input=UNTIDY).exit_code == 1
    assert run("fmt", "--check", "-", input=result.stdout).exit_code == 0


def test_a_faulty_file_is_left_alone_and_the_others_are_formatted(run: Run) -> None:
    Path("faulty.gate").write_text("model m var")
    Path("binary.gate").write_bytes(b"\xff\xfe\x00")
    result = run("fmt", ".")
    assert result.exit_code == 2
    assert "faulty.gate:1:9: error:" in result.stderr
    assert "`binary.gate` is not a text file" in result.stderr
    assert Path("faulty.gate").read_text() == "model m var"
    assert Path("untidy.gate").read_text() != UNTIDY


def test_line_ends_and_byte_order_marks_of_other_systems_are_put_right(run: Run) -> None:
    tidy = Path("tidy.gate").read_bytes()
    Path("windows.gate").write_bytes(b"\xef\xbb\xbf" + tidy.replace(b"\n", b"\r\n"))
    assert run("fmt", "windows.gate").stdout == "windows.gate formatted\n"
    assert Path("windows.gate").read_bytes() == tidy


def test_a_link_stays_a_link(run: Run) -> None:
    Path("link.gate").symlink_to("untidy.gate")
    assert run("fmt", "link.gate").exit_code == 0
    assert Path("link.gate").is_symlink()
    assert Path("untidy.gate").read_text() != UNTIDY


def test_without_a_path_the_error_teaches_the_call(run: Run) -> None:
    result = run("fmt")
    assert result.exit_code == 2
    assert "a folder of them" in result.stderr
    assert run("fmt", "-", "x.gate").exit_code == 2
