"""Where files are read from: a commit, or the folder on disk. Neither follows a symbolic link."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol

from skipgate.gate.git import Git, GitError, path_text

EntryKind = Literal["file", "link", "submodule"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at a path. `oid` names the content; it is None on disk."""

    kind: EntryKind
    oid: str | None = None


class Tree(Protocol):
    """All files of a project at one time. Paths are relative to its root, with slashes."""

    @property
    def label(self) -> str:
        """What messages call it."""

    @property
    def entries(self) -> Mapping[str, Entry]:
        """All its files, by path."""

    def read(self, path: str) -> bytes:
        """The content of an entry of kind `file`."""


class CommitTree:
    """The files of a commit."""

    def __init__(self, git: Git, commit: str) -> None:
        self._git = git
        self.commit = commit

    @property
    def label(self) -> str:
        """The first digits of the commit."""
        return self.commit[:12]

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """All files of the commit, by path."""
        listing = self._git.run("ls-tree", "-r", "-z", "--full-tree", self.commit)
        found: dict[str, Entry] = {}
        for line in listing.split(b"\0")[:-1]:
            head, _, path = line.partition(b"\t")
            mode, _, oid = head.decode("ascii").split(" ")
            found[path_text(path)] = Entry(_KINDS.get(mode, "file"), oid)
        return found

    def at(self, commit: str) -> CommitTree:
        """Another commit of the same repository."""
        return CommitTree(self._git, commit)

    def read(self, path: str) -> bytes:
        """The content of a file."""
        oid = self.entries[path].oid
        assert oid is not None
        return self._git.blob(oid)


_KINDS: Mapping[str, EntryKind] = {"120000": "link", "160000": "submodule"}


class WorkTree:
    """The files on disk: those git knows, and new ones it does not ignore. Any folder will do."""

    label = "the work tree"

    def __init__(self, root: Path, git: Git | None) -> None:
        self.root = root
        self._git = git

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """All files in the folder, by path."""
        found: dict[str, Entry] = {}
        for path in self._paths():
            kind = self._kind(path)
            if kind is not None:
                found[path] = Entry(kind)
        return found

    def read(self, path: str) -> bytes:
        """The content of a file."""
        # The list may be old by now: what has become a link meanwhile is not followed either.
        descriptor = os.open(self.root / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as file:
            return file.read()

    def _paths(self) -> list[str]:
        if self._git is not None:
            listing = self._git.run("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--full-name")
            return [path_text(path) for path in listing.split(b"\0")[:-1]]
        found: list[str] = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if name != ".git")
            found += [(Path(folder) / name).relative_to(self.root).as_posix() for name in sorted(names)]
        return found

    def _kind(self, path: str) -> EntryKind | None:
        """What stands there; a file behind a linked folder counts as a link. None if it was deleted."""
        place = self.root
        try:
            for part in path.split("/"):
                place /= part
                mode = place.lstat().st_mode
                if stat.S_ISLNK(mode):
                    return "link"
        except OSError:
            return None
        return "submodule" if stat.S_ISDIR(mode) else "file"


def open_tree(path: Path, revision: str | None) -> tuple[Git | None, Tree]:
    """The tree of a project: at a revision, else as it lies on disk, else (no work tree) at HEAD.

    Raises:
        GitError: there is no such revision, or nothing to read from.
    """
    from skipgate.gate.history import commit_of

    try:
        git: Git | None = Git(path)
    except GitError:
        if revision is not None or not path.is_dir():
            raise
        git = None
    if git is None:
        return None, WorkTree(path, None)
    if revision is None and git.run("rev-parse", "--is-inside-work-tree").strip() == b"true":
        root = Path(os.fsdecode(git.run("rev-parse", "--show-toplevel").rstrip(b"\n")))
        return git, WorkTree(root, Git(root))
    return git, CommitTree(git, commit_of(git, revision or "HEAD"))
