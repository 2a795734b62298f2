"""The pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LIGHT = """\
model light "A light"
var on : bool = false
action press
  then on' = not on
invariant Dark "it is never on"
  not on
check fails_as_expected
  expect violation of Dark
"""


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run pytest on a folder as in a project that has skipgate installed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": "", "NO_COLOR": "1", "COLUMNS": "200"}
    command = [sys.executable, "-m", "pytest", "-rs", *arguments]
    for other in ("cacheprovider", "xdist", "hypothesispytest"):  # which take time, and have no part in it
        command += ["-p", f"no:{other}"]
    if not installed():
        command += ["-p", "skipgate.pytest_plugin"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def installed() -> bool:
    from importlib.metadata import entry_points

    return any(each.value == "skipgate.pytest_plugin" for each in entry_points(group="pytest11"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def test_every_check_is_a_test(folder: Path) -> None:
    (folder / "light.gate").write_text(LIGHT)
    code, output = run(folder, "-v")
    assert code == 0, output
    assert "light.gate::fails_as_expected PASSED" in output
    assert re.search(r"light\.gate::\[file\] PASSED", output)


def test_an_unexpected_violation_fails_with_its_trace(folder: Path) -> None:
    (folder / "light.gate").write_text(LIGHT.replace("violation of Dark", "holds"))
    code, output = run(folder)
    assert code == 1
    assert "invariant Dark is violated" in output
    assert "Traceback" not in output


def test_a_dead_action_fails_the_file_not_the_check(folder: Path) -> None:
    (folder / "light.gate").write_text(
        LIGHT.replace("invariant", "action never\n  when on and not on\n  then on' = on\ninvariant")
    )
    code, output = run(folder, "-v")
    assert code == 1
    assert "fails_as_expected PASSED" in output
    assert re.search(r"\[file\] FAILED", output)


def test_one_check_can_be_chosen(folder: Path) -> None:
    (folder / "light.gate").write_text(LIGHT + "check other\n  expect holds\n")
    code, output = run(folder, "-v", "-k", "fails_as_expected")
    assert code == 0, output
    assert "2 deselected" in output


def test_a_file_that_does_not_parse_is_an_error_of_collection(folder: Path) -> None:
    (folder / "light.gate").write_text("model light\nvar x :\n")
    code, output = run(folder)
    assert code == 2
    assert "light.gate:" in output


def test_a_library_has_no_tests(folder: Path) -> None:
    (folder / "light.gate").write_text(LIGHT.split("check", 1)[0])
    code, _ = run(folder)
    assert code == 5  # nothing was collected


def test_a_check_with_a_tag_is_skipped_unless_asked_for(folder: Path) -> None:
    (folder / "light.gate").write_text(LIGHT + "check larger tag deep\n  expect violation of Dark\n")
    code, output = run(folder, "-v")
    assert code == 0, output
    assert re.search(r"light\.gate::larger SKIPPED", output)
    assert "tagged deep: run with --gate-tag deep" in output
    code, output = run(folder, "-v", "--gate-tag", "deep")
    assert code == 0, output
    assert "light.gate::larger PASSED" in output
    assert "light.gate::fails_as_expected PASSED" in output


def test_what_is_unknown_fails_unless_it_is_to_be_skipped(folder: Path) -> None:
    (folder / "light.gate").write_text(LIGHT.replace("violation of Dark", "holds"))
    (folder / "conftest.py").write_text(
        "from functools import partial\n"
        "from skipgate.checker.checks import files\n"
        "from skipgate.checker.checks.options import RunOptions\n"
        "from skipgate.checker.search.limits import Budget\n"
        "options = RunOptions(budget=Budget(max_states=0))\n"
        "files.check_file = partial(files.check_file, options=options)\n"
    )
    code, output = run(folder)
    assert code == 1
    assert "2 failed" in output
    assert "unknown: the limit of 0 states was passed" in output
    assert "unknown: the check fails_as_expected did not end: the limit of 0 states was passed" in output
    assert "Traceback" not in output
    code, output = run(folder, "--gate-unknown", "skip")
    assert code == 0
    assert "2 skipped" in output


ENDLESS = """\
model endless
var x : 0..1_000_000_000 = 0
action up when x < 1_000_000_000 then x' = x + 1
terminal when x == 1_000_000_000
check first expect holds
check second expect holds
"""


def test_ctrl_c_ends_the_run(folder: Path) -> None:
    """It is no failure of the check at hand, after which the others would be run."""
    (folder / "endless.gate").write_text(ENDLESS)
    (folder / "conftest.py").write_text(
        "import signal\n"
        "from skipgate.checker.search.explore import Search\n"
        "def interrupted(search, distinct, frontier):\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "Search.look_at_clock = interrupted\n"
    )
    code, output = run(folder, "-v")
    assert code == pytest.ExitCode.INTERRUPTED, output
    assert "!!! " in output and "Interrupt" in output  # of the search, or of what stands around it
    assert "FAILED" not in output
    assert "second" not in output


def test_models_may_use_what_is_below_the_root_of_the_run(folder: Path) -> None:
    (folder / "models").mkdir()
    (folder / "base.gate").write_text(LIGHT.split("check")[0])
    (folder / "models" / "light.gate").write_text('import "../base.gate"\ncheck c\n  expect violation of Dark\n')
    code, output = run(folder)
    assert code == 0, output
    code, output = run(folder / "models", "--rootdir", ".")
    assert code == pytest.ExitCode.INTERRUPTED
    assert "is not in the folder of the model" in output
