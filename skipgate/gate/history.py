"""Revisions: names to commits, and where two lines of history parted."""

from __future__ import annotations

from skipgate.gate.git import Git, GitError

_DEEPEN = "fetch the whole history (`git fetch --unshallow`; in GitHub Actions: actions/checkout with `fetch-depth: 0`)"


def commit_of(git: Git, revision: str) -> str:
    """The full name of the commit that a revision stands for.

    Raises:
        GitError: there is none.
    """
    if not revision.strip() or revision.startswith("-") or any(not char.isprintable() for char in revision):
        raise GitError(f"{revision!r} is not the name of a revision")
    if set(revision) == {"0"}:
        raise GitError("the base is all zeros: this branch is new. Name the branch it came from as the base")
    try:
        found = git.run("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
    except GitError:
        why = f"there is no commit {revision!r} in this clone"
        raise GitError(f"{why}; {_DEEPEN}" if is_shallow(git) else why) from None
    return found.decode("ascii").strip()


def merge_bases(git: Git, base: str, head: str) -> list[str]:
    """The best common ancestors of two commits; several after merges in both directions.

    Raises:
        GitError: they have none, as far as this clone tells.
    """
    found = git.run("merge-base", "--all", "--end-of-options", base, head, ok=(0, 1)).decode("ascii").split()
    if found:
        return found
    if is_shallow(git):
        raise GitError(f"this clone is shallow, and does not reach back to where head left base; {_DEEPEN}")
    raise GitError("base and head have no common ancestor: their histories are unrelated")


def is_shallow(git: Git) -> bool:
    """Was the clone made with `--depth`, so that old commits are missing?"""
    return git.run("rev-parse", "--is-shallow-repository").strip() == b"true"
