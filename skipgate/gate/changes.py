"""Which files differ between two commits, renames followed."""

from __future__ import annotations

from dataclasses import dataclass, field

from skipgate.gate.git import Git, path_text


@dataclass(frozen=True)
class Changes:
    """The paths that differ. A rename is both a removed and an added path, and noted in `renamed`."""

    touched: frozenset[str] = frozenset()
    renamed: dict[str, str] = field(default_factory=dict)  # old path -> new path

    def __or__(self, other: Changes) -> Changes:
        return Changes(self.touched | other.touched, other.renamed | self.renamed)


def changes_between(git: Git, before: str, after: str) -> Changes:
    """What `git diff` of two commits is about, without the difference itself."""
    options = (
        "-r",
        "-z",
        "--raw",
        "-M",
        "--no-ext-diff",
        "--no-textconv",
        "--ignore-submodules=none",
        "--no-commit-id",
    )
    fields = git.run("diff-tree", *options, before, after).split(b"\0")[:-1]
    touched: set[str] = set()
    renamed: dict[str, str] = {}
    at = 0
    while at < len(fields):
        status = fields[at].rsplit(b" ", 1)[1][:1]
        paths = 2 if status in (b"R", b"C") else 1
        names = [path_text(name) for name in fields[at + 1 : at + 1 + paths]]
        touched.update(names if status != b"C" else names[1:])
        if status == b"R":
            renamed[names[0]] = names[1]
        at += 1 + paths
    return Changes(frozenset(touched), renamed)
