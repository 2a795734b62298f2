"""A disk that is full in the midst of writing: one message, and no file is left half written."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.skipgate.conftest import Run


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


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
