"""Running git so that nothing of the repository can act.

A repository under test is foreign matter: its configuration may name programs (a pager, a file system monitor, hooks,
external diffs, filters, a transport for missing objects), and file names may look like options. So only plumbing is
used, which runs none of these by itself; the configuration that could change this is overridden; no shell sees any
argument; revisions that look like options are refused; and lists are separated by zero bytes.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.pager=cat",
    "core.quotePath=false",
    "diff.external=",
    "diff.renameLimit=5000",
    "protocol.allow=never",
    # Who may have written the configuration does not matter when nothing in it is obeyed. Without this, a checkout that
    # belongs to another user (usual in containers) could not be read at all.
    "safe.directory=*",
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # a missing object is missing: nothing is fetched, over whatever transport
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",  # a replaced commit would be judged in the place of the real one
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_KEPT = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "HOME")


class GitError(Exception):
    """A question to git has no answer; the message says why, and what to do if that is known."""


class Git:
    """The git of one repository: a work tree, or a git directory without one."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()  # the working directory changes while models are checked
        self._batch: subprocess.Popen[bytes] | None = None
        if not path.is_dir():
            raise GitError(f"{path} is not a folder")
        try:
            self.run("rev-parse", "--git-dir")
        except GitError:
            raise GitError(f"{path} is not a git repository") from None

    def run(self, *arguments: str, ok: Sequence[int] = (0,)) -> bytes:
        """The standard output of a git command.

        Raises:
            GitError: it ended with a status that is not in `ok`; with its own words.
        """
        try:
            done = subprocess.run(
                self._command(*arguments),
                env=_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except OSError as error:
            raise GitError(f"git cannot be run: {error.strerror}") from None
        if done.returncode not in ok:
            said = done.stderr.decode("utf-8", "replace").strip() or f"exit status {done.returncode}"
            raise GitError(f"git {arguments[0]}: {said.removeprefix('fatal: ')}")
        return done.stdout

    def blob(self, oid: str) -> bytes:
        """The content of a blob, exactly as it is stored: no filter, no conversion of line ends.

        Raises:
            GitError: this clone does not have it.
        """
        to_git, from_git = self._pipes()
        to_git.write(f"{oid}\n".encode("ascii"))
        to_git.flush()
        header = from_git.readline().split()
        if len(header) != 3 or header[1] != b"blob":
            raise GitError(f"the object {oid} is not in this clone (is it a partial one?); fetch it without a filter")
        content = from_git.read(int(header[2]))
        from_git.read(1)
        return content

    def close(self) -> None:
        """End the process that reads blobs, if there is one."""
        if self._batch is not None:
            self._batch.communicate()
            self._batch = None

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._batch is None:
            self._batch = subprocess.Popen(
                self._command("cat-file", "--batch"),
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        assert self._batch.stdin is not None and self._batch.stdout is not None
        return self._batch.stdin, self._batch.stdout

    def _command(self, *arguments: str) -> list[str]:
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        return ["git", "--no-pager", "--literal-pathspecs", *settings, "-C", str(self.path), *arguments]


def _environment() -> dict[str, str]:
    """As little as git needs: variables such as GIT_DIR or GIT_EXTERNAL_DIFF must not get through."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | _ENVIRONMENT


def path_text(path: bytes) -> str:
    """A path as text, whatever its bytes are; `os.fsencode` gives them back."""
    return path.decode("utf-8", "surrogateescape")
