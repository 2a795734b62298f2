from __future__ import annotations

import stat
from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.pins import missing_pins, update_pins
from skipgate.checker.search.limits import Budget

TEXT = """model ring # 3 states
const TOP : nat = 3
var x : 0..TOP = 0 "3"
action up then x' = (x + 1) mod (TOP + 1)
check three  # all of them
  expect holds states 3 depth 4 generated 1_000
check five
  with TOP = 4
  expect holds
    states 1
check plain
  with TOP = 1
  expect holds # as it should
check wrong
  expect violation of deadlock
"""
PINNED = (
    TEXT.replace("states 3 depth", "states 4 depth")
    .replace("1_000", "5")
    .replace("states 1\n", "states 5\n")
    .replace("expect holds #", "expect holds states 2 generated 3 depth 2 #")
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ring.gate"
    path.write_text(TEXT)
    return path


def test_wrong_numbers_change_and_what_holds_is_pinned(path: Path) -> None:
    assert update_pins(path, check_file(path)) == 6
    assert path.read_text() == PINNED


def test_right_numbers_stay(path: Path) -> None:
    path.write_text(PINNED)
    before = path.stat()
    assert update_pins(path, check_file(path)) == 0
    assert path.read_text() == PINNED
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert [check.as_expected for check in check_file(path).checks] == [True, True, True, False]


def test_only_checks_that_ran(path: Path) -> None:
    assert update_pins(path, check_file(path, only="five")) == 1
    assert path.read_text() == TEXT.replace("states 1\n", "states 5\n")


def test_not_those_that_did_not_end(path: Path) -> None:
    assert update_pins(path, check_file(path, RunOptions(budget=Budget(max_states=4)))) == 5
    assert path.read_text() == PINNED.replace("states 5\n", "states 1\n")


def test_what_to_write_where_it_is_not_as_expected(path: Path) -> None:
    result = check_file(path)
    update_pins(path, result)
    counts = "states 4 generated 5 depth 4"
    assert missing_pins(path, result) == [("wrong", f"expect violation of deadlock {counts}")]


def test_line_ends_stay(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert update_pins(path, check_file(path)) == 6
    assert path.read_bytes() == b"\xef\xbb\xbf" + PINNED.replace("\n", "\r\n").encode()


def test_nothing_else_is_left_in_the_folder(path: Path) -> None:
    update_pins(path, check_file(path))
    assert [each.name for each in path.parent.iterdir()] == ["ring.gate"]


def test_permissions_stay(path: Path) -> None:
    path.chmod(0o640)
    update_pins(path, check_file(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_long_numbers_are_written_as_models_have_them(path: Path) -> None:
    path.write_text(TEXT.replace("TOP = 1\n", "TOP = 9_999\n").replace("TOP = 4\n", "TOP = 1371\n"))
    update_pins(path, check_file(path))
    text = path.read_text()
    assert "expect holds states 10_000 generated 10_001 depth 10_000 #" in text
    assert "states 1372\n" in text
