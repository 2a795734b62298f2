"""A disk that is full in the midst of writing: one message, and no file is left half written."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.skipgate.conftest import Run


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    # Python does not notice that the bytecode of a module was cut off: it would fail whoever imports it next.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        sys.dont_write_bytecode = before


def contents() -> dict[Path, str]:
    return {path: path.read_text() for path in Path().rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "call",
    [
        "new other",
        "check lock.gate --out out",
        "check lock.gate --update",
        "explain lock.gate --check two_steps --format dot --out new.dot",
        "export tla lock.gate --check one_step --out out",
        "fmt lock.gate",
        "graph lock.gate --check one_step --out new.svg",
        "matrix lock.gate --out out",
        "prove lock.gate --check two_steps --out out",
        "simulate lock.gate --check two_steps --walks 50 --out out",
    ],
)
def test_nothing_is_half_written(run: Run, call: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path.parent / "cache"))
    run("new", "lock")
    text = Path("lock.gate").read_text().replace("states 3", "states 4").replace("model lock", "model  lock")
    Path("lock.gate").write_text(text)
    before = contents()
    with files_of_at_most(100):
        result = run(*call.split())
    assert result.exit_code == 2
    assert "file too large" in result.stderr.lower()
    assert contents() == before


GRID = """
var a : 0..9999 = 0
var b : 0..9999 = 0
action more_a when a < 9999 then a' = a + 1
action more_b when b < 9999 then b' = b + 1
invariant Apart a + b != 100
check c expect violation of Apart
"""


@pytest.mark.parametrize("threads", [1, 2])
def test_a_search_that_cannot_be_saved(run: Run, threads: int) -> None:
    """A limit ends it; that nothing was saved is said, and nothing half saved is left."""
    Path("grid.gate").write_text(GRID)
    with files_of_at_most(1_000_000):
        result = run("check", "grid.gate", "--checkpoint", "saved", "--max-states", 300_000, "--threads", threads)
    assert result.exit_code == 3, result.output
    assert "the search could not be saved in saved: File too large" in " ".join(result.stdout.split())
    assert not any(Path("saved").iterdir())


def test_a_search_whose_states_do_not_fit_into_a_file(run: Run) -> None:
    Path("grid.gate").write_text(GRID)
    Path("states").mkdir()
    with files_of_at_most(1_000_000):
        result = run("check", "grid.gate", "--store", "states")
    assert result.exit_code == 2, result.output
    assert "`states` cannot take the states: File too large" in result.stderr
    assert not any(Path("states").iterdir())


@pytest.mark.parametrize("option", ["--store", "--checkpoint"])
@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a folder that nobody can write to")
def test_a_folder_that_cannot_be_written_to(run: Run, option: str) -> None:
    Path("grid.gate").write_text(GRID)
    result = run("check", "grid.gate", option, "/proc")
    assert result.exit_code == 2
    assert result.stderr.count("error") == 1 and "`/proc` cannot" in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize(
    "call",
    [
        "check lock.gate",
        "check lock.gate --format json",
        "check lock.gate --format github",
        "explain lock.gate --check two_steps",
        "graph lock.gate --check one_step",
        "simulate lock.gate --check two_steps",
        "show lock.gate --check one_step",
        "lint lock.gate",
        "--help",
    ],
)
def test_an_output_that_is_full_is_said_once(run: Run, call: str) -> None:
    run("new", "lock")
    command = [sys.executable, "-m", "skipgate", *call.split()]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 2, done.stderr
        assert len(done.stderr.strip().splitlines()) == 1 and "no space left on device" in done.stderr
        silent = subprocess.run(command, env=environment, stdout=full, stderr=full, check=False)
        assert silent.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize(
    ("call", "status"),
    [
        ("check nothing.gate", 2),
        ("bogus", 2),
        ("check --bogus", 2),
        ("trace nothing.itf.json", 2),
        ("check lock.gate", 0),
        ("graph lock.gate --check one_step --out lock.dot", 0),
    ],
)
def test_messages_that_nobody_can_read_do_not_change_the_status(run: Run, call: str, status: int) -> None:
    run("new", "lock")
    command = [sys.executable, "-m", "skipgate", *call.split()]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    for target in ("/dev/null", "/dev/full"):
        with Path(target).open("w") as stderr:
            done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=stderr, check=False)
        assert done.returncode == status, target
