"""What a user keeps is given back as it was, or refused by name: it is never trusted further than its owner."""

from __future__ import annotations

import multiprocessing
import os
import pickle
from pathlib import Path

import pytest

from skipgate.app import result_store
from skipgate.app.result_store import Refused, ResultStore

NAME = "0123"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("SKIPGATE_RESULTS", str(tmp_path / "results"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "results"


@pytest.fixture
def store(folder: Path) -> ResultStore:
    return opened()


def opened() -> ResultStore:
    found = result_store.result_store()
    assert found is not None
    return found


def key_file() -> Path:
    from platformdirs import user_state_path

    return user_state_path("skipgate", appauthor=False) / "results.key"


def test_what_is_kept_is_there_for_the_next_process(store: ResultStore) -> None:
    assert store.recall(NAME) is None
    store.keep(NAME, {"verdict": "holds"})
    assert opened().recall(NAME) == {"verdict": "holds"}
    store.keep(NAME, {"verdict": "violation"})
    assert store.recall(NAME) == {"verdict": "violation"}


def test_every_byte_counts(store: ResultStore, folder: Path) -> None:
    store.keep(NAME, "violation")
    path = folder / NAME
    content = path.read_bytes()
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(Refused, match=NAME):
            store.recall(NAME)
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(Refused):
            store.recall(NAME)


class Harmful:
    """What does something when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return pytest.fail, ("it was unpickled",)


def test_nothing_without_a_seal_is_unpickled(store: ResultStore, folder: Path) -> None:
    (folder / NAME).write_bytes(b"skipgate result 1\n" + bytes(32) + pickle.dumps(Harmful()))
    with pytest.raises(Refused):
        store.recall(NAME)


def test_a_result_is_no_other_result(store: ResultStore, folder: Path) -> None:
    store.keep(NAME, "holds")
    (folder / NAME).rename(folder / "4567")
    with pytest.raises(Refused):
        store.recall("4567")


def test_the_folder_of_another_user_is_worth_nothing_here(store: ResultStore) -> None:
    store.keep(NAME, "holds")
    key_file().unlink()
    with pytest.raises(Refused):
        opened().recall(NAME)


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_what_others_may_write_to_is_not_used(store: ResultStore, folder: Path) -> None:
    store.keep(NAME, "holds")
    (folder / NAME).chmod(0o666)
    with pytest.raises(Refused, match="not a file of this user alone"):
        store.recall(NAME)
    (folder / NAME).chmod(0o600)
    assert store.recall(NAME) == "holds"
    folder.chmod(0o777)
    assert result_store.result_store() is None
    folder.chmod(0o700)
    key_file().chmod(0o640)
    assert result_store.result_store() is None


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_what_others_own_is_not_used(store: ResultStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.keep(NAME, "holds")
    somebody = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: somebody)
    assert result_store.result_store() is None
    with pytest.raises(Refused):
        store.recall(NAME)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege")
def test_links_are_not_followed(store: ResultStore, folder: Path, tmp_path: Path) -> None:
    store.keep(NAME, "holds")
    (folder / NAME).rename(tmp_path / "elsewhere")
    (folder / NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused):
        store.recall(NAME)
    store.keep(NAME, "holds")  # takes the place of the link
    assert store.recall(NAME) == "holds"
    folder.rename(tmp_path / "moved")
    folder.symlink_to(tmp_path / "moved")
    assert result_store.result_store() is None


def test_half_a_key_is_none(store: ResultStore) -> None:
    key_file().write_bytes(b"short")
    assert result_store.result_store() is None


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKIPGATE_RESULTS", "")
    assert result_store.result_store() is None
    monkeypatch.delenv("SKIPGATE_RESULTS")
    monkeypatch.setenv("SKIPGATE_CACHE", "")
    assert result_store.result_store() is None


def test_what_was_not_used_for_longest_goes_first(
    store: ResultStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_store, "_MOST", 4)
    for number in range(4):
        store.keep(str(number), number)
        os.utime(folder / str(number), (number, number))
    assert store.recall("0") == 0  # which makes it the newest
    store.keep("4", 4)
    assert sorted(path.name for path in folder.iterdir()) == ["0", "3", "4"]
    monkeypatch.setattr(result_store, "_LARGEST", 10)
    store.keep("5", "x" * 100)
    assert not (folder / "5").exists()


def _key_of_a_process(_: int) -> bytes:
    return opened()._key


def test_processes_that_begin_at_once_have_one_key(folder: Path) -> None:
    with multiprocessing.get_context("fork" if os.name == "posix" else "spawn").Pool(4) as pool:
        assert len(set(pool.map(_key_of_a_process, range(20), chunksize=1))) == 1
    assert [path.name for path in key_file().parent.iterdir()] == ["results.key"]
