"""A repository with its specifications, as the `anchors` commands work on it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from skipgate.errors import InputError
from skipgate.gate.anchors import SpecElement
from skipgate.gate.calls.graph import CallGraph
from skipgate.gate.code import Symbol
from skipgate.gate.following import Following, follow_all
from skipgate.gate.git import Git, GitError
from skipgate.gate.resolve import CodeBase, Resolved, Unresolved, find, resolve
from skipgate.gate.specs import Specs, local_specs
from skipgate.gate.trees import WorkTree, open_tree
from skipgate.spec.confinement import allowed


@dataclass(frozen=True, eq=False)
class Project:
    """The code of a repository, the specifications on disk, and how they are bound together."""

    git: Git | None
    code: CodeBase
    specs: Specs
    resolved: tuple[Resolved, ...]
    unresolved: tuple[Unresolved, ...]
    _codes: dict[str, CodeBase] = field(default_factory=dict)  # of other commits

    @property
    def symbols(self) -> dict[str, Symbol]:
        """Everything anchored, by its key."""
        return {symbol.key: symbol for resolved in self.resolved for symbol in resolved.symbols}

    def elements_at(self, key: str) -> list[SpecElement]:
        """What is anchored to a symbol, be it by a glob."""
        return [r.anchor.element for r in self.resolved if any(symbol.key == key for symbol in r.symbols)]

    @property
    def revision(self) -> str | None:
        """The commit that HEAD is at."""
        if self.git is None:
            return None
        try:
            return self.git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}").decode("ascii").strip()
        except GitError:
            return None

    @cached_property
    def graph(self) -> CallGraph:
        """Who calls whom in its code."""
        return CallGraph(self.code)

    @cached_property
    def following(self) -> Following:
        """What belongs to the anchors because it is called from there."""
        try:
            return follow_all(self.specs, self.code, self.graph)
        except (GitError, OSError) as error:
            raise InputError(f"calls cannot be followed: {error}") from None

    @property
    def reviewed(self) -> dict[str, Symbol]:
        """Everything that belongs to an anchor, by its key: what is locked."""
        return self.symbols | {key: each.symbol for key, each in self.following.followed.items()}

    def at_revision(self, revision: str | None, key: str) -> Symbol | None:
        """A symbol as it was in a commit; None if that commit, or the symbol in it, is not to be had."""
        path, _, name = key.partition(" :: ")
        try:
            code = None if revision is None else self._code_at(revision)
            return None if code is None else find(code, path, name)
        except (GitError, KeyError):
            return None

    def _code_at(self, revision: str) -> CodeBase | None:
        from skipgate.gate.history import commit_of
        from skipgate.gate.trees import CommitTree

        if self.git is None:
            return None
        if revision not in self._codes:
            self._codes[revision] = CodeBase(CommitTree(self.git, commit_of(self.git, revision)))
        return self._codes[revision]


def open_project(repository: Path, models: Sequence[Path], revision: str | None = None) -> Project:
    """Read everything. Without `models`, those of the repository.

    Raises:
        GitError: there is no such repository or revision.
        InputError: there is no model.
    """
    git, tree = open_tree(repository, revision)
    with allowed(repository):
        specs = local_specs(models or [repository], whole=not models)
    code = CodeBase(tree)
    outcomes = [resolve(anchor, code) for anchor in specs.anchors]
    return Project(
        git,
        code,
        specs,
        tuple(each for each in outcomes if isinstance(each, Resolved)),
        tuple(each for each in outcomes if isinstance(each, Unresolved)),
    )


def lock_path(repository: Path, given: Path | None) -> Path:
    """Where the lock file is: as given, or at the root of the work tree."""
    from skipgate.gate.lock import NAME

    if given is not None:
        return given
    _, tree = open_tree(repository, None)
    return (tree.root if isinstance(tree, WorkTree) else repository) / NAME


def name_matches(key: str, name: str) -> bool:
    """Is `name` a way to write `key`: in full, its symbol, or the last parts of its path?"""
    path, _, symbol = key.partition(" :: ")
    wanted_path, _, wanted_symbol = (part.strip() for part in name.partition("::"))
    if not wanted_symbol:
        return name in (key, symbol) or (not symbol and (path == name or posixpath.basename(path) == name))
    return symbol == wanted_symbol and (path == wanted_path or path.endswith(f"/{wanted_path}"))
