"""Where the cache is, and when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.spec.cache import cache_folder


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("SKIPGATE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def test_it_is_where_caches_are(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cache_folder() == home / ".cache" / "skipgate"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "skipgate"
    monkeypatch.setenv("SKIPGATE_CACHE", "here")
    assert cache_folder() == Path("here")


@pytest.mark.parametrize("base", ["", "relative"])
def test_a_place_that_is_not_absolute_is_ignored(home: Path, monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", base)
    assert cache_folder() == home / ".cache" / "skipgate"
    assert not Path("relative").exists()


def test_an_empty_choice_switches_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKIPGATE_CACHE", "")
    assert cache_folder() is None


def test_what_others_can_write_to_is_not_trusted(home: Path) -> None:
    folder = cache_folder()
    assert folder is not None
    folder.chmod(0o777)
    assert cache_folder() is None


def test_a_file_in_its_place(home: Path) -> None:
    home.write_text("no folder")
    assert cache_folder() is None
