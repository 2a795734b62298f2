"""`anchors.lock`: what it keeps, for which commit, and that git merges it."""

from __future__ import annotations

import json
import subprocess

import pytest

from skipgate.gate.lock import Acceptance, Lock, Locked, LockError, parse_lock
from skipgate.gate.locking import accept, new_lock, read_lock
from skipgate.gate.project import Project, open_project
from tests.skipgate.gate.conftest import MODEL, RESTART, STORE, Repository, rules

LOCK = "anchors.lock"
HEAD = '{"schema": "skipgate.anchors/2"}\n'


def opened(repo: Repository) -> Project:
    return open_project(repo.root, [repo.root / MODEL])


def lock(repo: Repository) -> Lock:
    """Write the lock anew, as `skipgate anchors lock` does."""
    project = opened(repo)
    made = new_lock(project, read_lock(repo.root / LOCK))
    repo.write(LOCK, made.text())
    assert project.git is not None
    project.git.close()
    return made


def accepted(repo: Repository, name: str) -> None:
    project, known = opened(repo), read_lock(repo.root / LOCK)
    assert known is not None and project.git is not None
    repo.write(LOCK, accept(project, known, name, f"{name} is the same to the model", "A")[0].text())
    project.git.close()


def test_it_is_read_as_it_was_written() -> None:
    made = Lock(
        {"b :: x": Locked("sha256:1", "c" * 40), "a": Locked("sha256:2")},
        (Acceptance("b :: x", "sha256:3", "why\nnot", "A <a@example.org>", "2026-01-01"),),
    )
    assert parse_lock(made.text().encode()) == made
    assert [json.loads(line).get("anchor") for line in made.text().split("\n\n")] == [None, "a", "b :: x", "b :: x"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "first line"),
        ('{"schema": "skipgate.anchors/1"}', "skipgate anchors lock"),
        ("[", "one object of JSON a line"),
        (HEAD + "<<<<<<< HEAD\n", "conflicts"),
        (HEAD + "3\n", "is no entry"),
        (HEAD + '{"anchor": "a"}\n', "needs the texts"),
        (HEAD + '{"anchor": "a", "code": "b", "commit": 3}\n', "`commit`"),
        (
            HEAD + '{"anchor": "a", "accepted": "b", "reason": " ", "by": "", "on": ""}',
            "reason",
        ),
        (
            HEAD + '{"anchor": "a", "code": "b", "commit": null}\n{"anchor": "a", "code": "c", "commit": null}\n',
            "a has two entries",
        ),
    ],
)
def test_what_is_no_lock_is_refused(text: str, message: str) -> None:
    with pytest.raises(LockError, match=message):
        parse_lock(text.encode())


def test_each_entry_says_for_which_commit_it_was_made(repo: Repository) -> None:
    first = repo.git("rev-parse", "HEAD")
    assert {each.commit for each in lock(repo).locked.values()} == {first}
    repo.commit()
    repo.replace(RESTART, "have+Margin > index", "have+Margin >= index")
    assert lock(repo).locked[f"{RESTART} :: decideSkip"].commit is None  # it is not committed yet
    second = repo.commit()
    made = lock(repo)
    assert made.locked[f"{RESTART} :: decideSkip"].commit == second
    assert made.commits == tuple(sorted({first, second}))


def test_what_is_followed_is_locked_and_its_change_noticed_later(repo: Repository) -> None:
    repo.replace(MODEL, ":: decideSkip, Engine.Restart, phaseLive", ":: decideSkip, Engine.Restart with callees")
    repo.commit()
    assert f"{STORE} :: Store.Restore" in lock(repo).locked
    repo.commit()
    repo.replace(STORE, "s.index = index\n\treturn nil\n}\n", "s.index = index + 1\n\treturn nil\n}\n")
    repo.write(STORE, repo.read(STORE).replace("map[uint64]string{}", "map[uint64]string{1: index}"))
    repo.commit()
    repo.write("README", "text")
    repo.commit()
    outcome = repo.gate()
    assert rules(outcome) == ["stale-lock"]
    assert f"{STORE} :: Store.Restore is not as anchors.lock has it" in [each.message for each in outcome.errors]


def test_what_is_followed_no_more_is_not_stale(repo: Repository) -> None:
    repo.replace(MODEL, ":: decideSkip, Engine.Restart, phaseLive", ":: decideSkip, Engine.Restart with callees")
    repo.commit()
    lock(repo)
    repo.replace(MODEL, " with callees", "")
    repo.write(STORE, repo.read(STORE).replace("map[uint64]string{}", "map[uint64]string{1: index}"))
    repo.commit()
    assert "stale-lock" not in rules(repo.gate())


# -------------------------------------------------------------------------------------------------------- merges


def merged(repo: Repository, one: str, other: str) -> bool:
    """Merge two branches, as git does by itself; the lock must still be one."""
    repo.git("checkout", "-q", one)
    command = ["git", "-C", str(repo.root), "-c", "user.name=A", "-c", "user.email=a@example.org", "merge", "-q", other]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        repo.git("merge", "--abort")
        return False
    parse_lock(repo.read(LOCK).encode())
    return True


CHANGES = {
    "decideSkip": (RESTART, "have+Margin > index", "have+Margin >= index"),
    "Engine.Restart": (RESTART, "e.applied = have\n", "e.applied = index\n"),
    "Engine.Apply": (RESTART, "if index <= e.applied", "if index < e.applied"),
    "Margin": (RESTART, "Margin = 1", "Margin = 2"),
    "Store.Set": (STORE, "if index < s.index", "if index > s.index"),
}


@pytest.mark.parametrize("one", CHANGES)
@pytest.mark.parametrize("other", CHANGES)
def test_two_branches_that_accept_or_lock_different_symbols_merge(repo: Repository, one: str, other: str) -> None:
    if one >= other:
        return
    lock(repo)
    repo.commit()
    for how in (accepted, lambda repo, _: lock(repo)):
        for name in (one, other):
            repo.git("checkout", "-q", "-B", f"branch-{name}", "main")
            repo.replace(*CHANGES[name])
            repo.commit()
            how(repo, name)
            repo.commit()
        assert merged(repo, f"branch-{one}", f"branch-{other}")
        found = parse_lock(repo.read(LOCK).encode())
        if how is accepted:
            assert sorted(each.anchor.rpartition(" ")[2] for each in found.acceptances) == sorted([one, other])
        else:
            assert len(found.commits) == 3


@pytest.mark.parametrize("union", [False, True])
def test_new_entries_in_one_place_merge_with_the_union_driver(repo: Repository, union: bool) -> None:
    """Without it, git cannot know which of two entries comes first."""
    if union:
        repo.write(".gitattributes", "anchors.lock merge=union\n")
    lock(repo)
    repo.commit()
    for name in ("ErrBehind", "Store"):
        repo.git("checkout", "-q", "-B", name, "main")
        model = repo.read(MODEL)
        repo.replace(MODEL, "action apply", f'def d : bool\n  anchor "{STORE}" :: {name}\n  = true\n\naction apply')
        lock(repo)
        repo.write(MODEL, model)  # only the lock is to be merged
        repo.commit()
    assert merged(repo, "ErrBehind", "Store") is union
