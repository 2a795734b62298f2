"""Nothing of the repository under test is ever run, whatever its configuration, its attributes and its files say."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.app.options import BatchOptions
from skipgate.gate.gate import Request, run_gate
from skipgate.gate.git import Git, GitError
from skipgate.gate.locking import new_lock
from skipgate.gate.project import open_project
from skipgate.gate.specs import export
from skipgate.gate.trees import CommitTree, Entry, WorkTree
from tests.skipgate.gate.conftest import MODEL, RESTART, Repository, rules


@pytest.fixture
def set_traps(repo: Repository, tmp_path: Path) -> Callable[[], Path]:
    """Makes everything that can be told to run something leave a mark; the mark."""
    return lambda: _set_traps(repo, tmp_path)


def _set_traps(repo: Repository, tmp_path: Path) -> Path:
    mark = tmp_path / "mark"
    script = tmp_path / "trap"
    script.write_text(f'#!/bin/sh\necho "$0 $@" >> {mark}\ncat\n')
    script.chmod(0o755)
    for key in (
        "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.gitProxy", "core.askPass",
        "diff.external", "diff.evil.command", "diff.evil.textconv", "filter.evil.clean", "filter.evil.smudge",
        "filter.evil.process", "gpg.program", "credential.helper", "uploadpack.packObjectsHook", "alias.rev-parse",
        "core.alternateRefsCommand", "interactive.diffFilter", "merge.evil.driver",
    ):  # fmt: skip
        repo.git("config", key, f"!{script}" if key.startswith("alias") else str(script))
    repo.git("config", "filter.evil.required", "true")
    repo.git("config", "log.showSignature", "true")
    repo.git("config", "core.hooksPath", str(tmp_path / "hooks"))
    repo.git("config", "remote.origin.url", f"ext::{script}")
    repo.git("config", "protocol.ext.allow", "always")
    repo.git("config", "extensions.partialClone", "origin")
    repo.git("config", "remote.origin.promisor", "true")
    (tmp_path / "hooks").mkdir()
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman", "post-checkout"):
        (tmp_path / "hooks" / hook).symlink_to(script)
    (repo.root / ".git/info").mkdir(exist_ok=True)
    (repo.root / ".git/info/attributes").write_text("* diff=evil filter=evil merge=evil\n")
    return mark


def test_no_trap_goes_off(repo: Repository, set_traps: Callable[[], Path]) -> None:
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.write(".gitattributes", "* diff=evil filter=evil merge=evil\n")
    repo.commit()
    mark = set_traps()
    assert rules(repo.gate()) == ["drift"]
    project = open_project(repo.root, [repo.root / MODEL])
    assert new_lock(project, None).locked
    assert project.git is not None
    project.git.close()
    assert not mark.exists(), mark.read_text()
    # The traps are good: git as people use it goes into them.
    repo.write("README", "text")
    subprocess.run(["git", "-C", str(repo.root), "diff", "HEAD^", "HEAD"], capture_output=True, check=False)
    assert mark.exists()


def test_a_missing_object_is_not_fetched(repo: Repository, set_traps: Callable[[], Path]) -> None:
    mark = set_traps()
    git = Git(repo.root)
    with pytest.raises(GitError, match="not in this clone"):
        git.blob("1" * 40)
    git.close()
    assert not mark.exists(), mark.read_text()


def test_the_environment_does_not_lead_elsewhere(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    repo.commit()
    for name in (
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_EXTERNAL_DIFF",
        "GIT_EXEC_PATH",
    ):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "diff.renames")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "false")
    assert rules(repo.gate()) == ["drift"]


def test_replaced_objects_are_not_believed(repo: Repository) -> None:
    base = repo.git("rev-parse", "HEAD")
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    head = repo.commit()
    harmless = repo.git("commit-tree", f"{base}^{{tree}}", "-p", base, "-m", "x")
    repo.git("replace", head, harmless)
    assert rules(repo.gate(base, head)) == ["drift"]


def test_links_on_disk_are_not_followed(repo: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.go").write_text("package secret\n")
    (repo.root / "linked").symlink_to(outside)
    (repo.root / "file.go").symlink_to(outside / "secret.go")
    for git in (Git(repo.root), None):
        entries = WorkTree(repo.root, git).entries
        assert entries.get("file.go", Entry("link")).kind == "link"
        assert not any(path.startswith("linked/") and entry.kind == "file" for path, entry in entries.items())
    with pytest.raises(OSError):
        WorkTree(repo.root, None).read("file.go")


class Crafted:
    """A tree with names that git itself would not make, but that a repository can hold."""

    label = "crafted"

    def __init__(self, *paths: str) -> None:
        self.entries = {path: Entry("file") for path in paths}

    def read(self, path: str) -> bytes:
        return b"model m\n"


def test_models_are_not_written_outside_their_folder(tmp_path: Path) -> None:
    names = ("../up.gate", "/abs.gate", "a/../../up.gate", "a//b.gate", "./x.gate", "..\\up.gate", "good.gate")
    folder = tmp_path / "deep" / "folder"
    folder.mkdir(parents=True)
    faults = export(Crafted(*names), names, folder).faults
    assert {fault.path for fault in faults} == set(names[:-1])
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == [folder / "good.gate"]


@pytest.mark.parametrize(
    "name", ["-x.go", "--help", " ", "a\tb\n.go", "é.go", "$(touch mark).go", "a;b|c&d.go", ":(top)x.go"]
)
def test_any_file_name_is_read(repo: Repository, name: str) -> None:
    repo.write(name, "package a\n\nvar x = 1\n")
    commit = repo.commit()
    git = Git(repo.root)
    tree = CommitTree(git, commit)
    assert tree.read(name) == b"package a\n\nvar x = 1\n"
    assert name in WorkTree(repo.root, git).entries
    git.close()


def test_names_that_are_no_text_are_read(repo: Repository) -> None:
    raw = os.fsencode(repo.root) + b"/bad\xff.go"
    Path(os.fsdecode(raw)).write_bytes(b"package a\n")
    repo.replace(MODEL, 'anchor "store/store.go" :: Store.AppliedIndex', 'anchor "bad*.go"')
    repo.commit()
    Path(os.fsdecode(raw)).write_bytes(b"package b\n")
    repo.commit()
    outcome = repo.gate()
    assert rules(outcome) == ["drift"]
    from skipgate.gate.report_junit import junit
    from skipgate.gate.report_markdown import markdown

    assert b"bad" in junit(outcome) and "bad" in markdown(outcome)


def test_other_processes_import_nothing_from_the_repository(
    repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model may import any file of its repository: so that one lies where the checks run."""
    monkeypatch.setattr("skipgate.checker.native.compilation._BEFORE_LOADING", 0.0)
    monkeypatch.setattr("skipgate.checker.native.compilation._BEFORE_COMPILING", 0.0)
    monkeypatch.setattr("skipgate.app.jobs.pool.PATIENCE", 0.0)
    monkeypatch.setenv("SKIPGATE_CACHE", "")  # machine code is always made
    hit = tmp_path / "hit"
    for module in ("json", "pickle", "sitecustomize"):
        repo.write(f"{module}.py", f"open({str(hit)!r}, 'w')\n")
        repo.write(f"models/{module}.gate", f'model evil\nimport "../{module}.py"\n')
    # Long enough for machine code, and for workers.
    action = "action up when x < 60000 then x' = x + 1\nterminal when x == 60000\n"
    checks = "check a expect holds\ncheck b expect holds\ncheck c expect holds\n"
    repo.write("models/long.gate", f"model long\nvar x : 0..60000 = 0\n{action}{checks}")
    repo.commit()
    outcome = run_gate(Request(repo.root, "HEAD^", "HEAD"), BatchOptions(jobs=2))
    assert rules(outcome) == ["faulty-spec"]
    assert outcome.suite is not None
    long = [check for check in outcome.suite.checks if check.model == "long"]
    assert [(check.verdict, check.distinct) for check in long] == [("holds", 60001)] * 3
    assert not hit.exists()
