from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


def test_it_writes_a_model_of_that_name_and_says_what_to_do_with_it(run: Run) -> None:
    result = run("new", "lock")
    assert result.exit_code == 0
    assert "skipgate check lock.gate" in result.stdout
    text = Path("lock.gate").read_text()
    assert "model lock " in text
    assert "NAME" not in text


def test_the_new_model_is_in_canonical_form(run: Run) -> None:
    run("new", "lock")
    assert run("fmt", "--check", "lock.gate").exit_code == 0


def test_nothing_is_overwritten(run: Run) -> None:
    Path("lock.gate").write_text("precious")
    result = run("new", "lock")
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert Path("lock.gate").read_text() == "precious"


@pytest.mark.parametrize("name", ["two words", "1st", "../lock", "", "action", "λ", "a-b"])
def test_a_name_that_the_language_does_not_know_is_refused(run: Run, name: str) -> None:
    result = run("new", name)
    assert result.exit_code == 2
    assert "cannot be the name of a model" in result.stderr
    assert list(Path().iterdir()) == []


def test_the_file_name_is_understood_as_the_name(run: Run) -> None:
    assert run("new", "lock.gate").exit_code == 0
    assert Path("lock.gate").exists()
