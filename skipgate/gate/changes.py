"""Which files differ between two commits, renames followed."""

from __future__ import annotations

from dataclasses import dataclass, field

from skipgate.gate.git import Git, path_text
from skipgate.gate.trees import CommitTree


@dataclass(frozen=True)
class Changes:
    """The paths that differ. A rename is both a removed and an added path, and noted in `renamed`."""

    touched: frozenset[str] = frozenset()
    renamed: dict[str, str] = field(default_factory=dict)  # old path -> new path


def changes_between(git: Git, before: CommitTree, after: CommitTree) -> Changes:
    """What `git diff` of two commits is about, without the difference itself.

    What differs is decided here, by comparing the trees, so that no setting can hide it. Git is asked only for what was
    renamed, which is a guess anyway.
    """
    paths = {*before.entries, *after.entries}
    touched = frozenset(path for path in paths if before.entries.get(path) != after.entries.get(path))
    return Changes(touched, _renames(git, before.commit, after.commit) if touched else {})


def _renames(git: Git, before: str, after: str) -> dict[str, str]:
    options = ("-r", "-z", "--raw", "-M", "--diff-filter=R", "--no-relative", "--no-ext-diff", "--no-textconv")
    fields = git.run("diff-tree", *options, "--no-commit-id", before, after).split(b"\0")[:-1]
    # For each: modes, objects and the likeness, then the old and the new name.
    return {path_text(old): path_text(new) for old, new in zip(fields[1::3], fields[2::3], strict=True)}
