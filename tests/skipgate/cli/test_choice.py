from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from skipgate.cli.choice import choose_check
from skipgate.errors import InputError

Write = Callable[[str, str], Path]


@pytest.fixture
def two(write: Write) -> Path:
    return write("two.gate", "model m\ncheck first expect holds\ncheck second expect holds")


def test_the_only_check_need_not_be_named(write: Write) -> None:
    assert choose_check(write("one.gate", "model m\ncheck only_one expect holds"), None) == "only_one"


def test_of_several_one_must_be_named(two: Path) -> None:
    assert choose_check(two, "second") == "second"
    with pytest.raises(click.UsageError, match="--check NAME; there are: first, second"):
        choose_check(two, None)


def test_a_misspelt_name_is_answered_with_the_right_one(two: Path) -> None:
    with pytest.raises(InputError, match="no check 'secnod'; did you mean `second`"):
        choose_check(two, "secnod")
    with pytest.raises(InputError, match="no check 'zzz'; there are: first, second"):
        choose_check(two, "zzz")


def test_a_file_without_checks_is_told_how_to_have_one(write: Write) -> None:
    path = write("none.gate", "model m")
    with pytest.raises(InputError, match="has no check; write one"):
        choose_check(path, None)
