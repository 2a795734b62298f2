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
        "simulate lock.gate --check two_steps --out out",
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
