"""A git repository with a small Go module and its model, for changes to be made in and judged."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from skipgate.app.options import BatchOptions
from skipgate.gate.gate import Request, run_gate
from skipgate.gate.outcome import Outcome

MODULE = Path(__file__).with_name("module")

RESTART = "engine/restart.go"
STORE = "store/store.go"
MODEL = "models/restart.gate"


class Repository:
    """A repository in a temporary folder."""

    def __init__(self, root: Path) -> None:
        if shutil.which("git") is None:
            # The gate compares commits: without git there is nothing that it could be tried on.
            pytest.skip("git is not installed")
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        quiet = ("-c", "gc.auto=0", "-c", "core.hooksPath=/dev/null", "-c", "protocol.file.allow=always")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _WHO.items()},
        }
        command = ["git", *quiet, "-C", str(self.root), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def write(self, path: str, content: str | bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, path: str) -> str:
        return (self.root / path).read_text()

    def replace(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert old in text, old
        self.write(path, text.replace(old, new, 1))

    def commit(self, message: str = "change") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def gate(self, base: str = "HEAD^", head: str = "HEAD", **differing: object) -> Outcome:
        return run_gate(Request(self.root, base, head, **differing), BatchOptions())  # type: ignore[arg-type]


_WHO = {"NAME": "A", "EMAIL": "a@example.org", "DATE": "2026-01-01T00:00:00Z"}


@pytest.fixture
def new_repository(tmp_path: Path) -> Callable[[str], Repository]:
    """Makes an empty repository of a name."""
    return lambda name: Repository(tmp_path / name)


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[Repository]:
    """The module, committed once."""
    repository = Repository(tmp_path / "repo")
    shutil.copytree(MODULE, repository.root, dirs_exist_ok=True)
    repository.commit("first")
    yield repository


def rules(outcome: Outcome) -> list[str]:
    """Which rules are broken."""
    return sorted({finding.rule for finding in outcome.errors})
