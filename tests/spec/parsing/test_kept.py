"""Trees that are kept: the same as those that are made, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.spec.diagnostics import SpecError
from skipgate.spec.parsing import kept
from skipgate.spec.parsing.parser import parse
from skipgate.spec.source import Source
from tests.spec.formatting.test_formatter import shape

MODEL = Path(__file__).parents[3] / "models" / "cold_start.gate"
TEXT = MODEL.read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SKIPGATE_CACHE", str(tmp_path))
    return tmp_path / "trees"


def forbidden(source: Source) -> None:
    raise AssertionError("it was parsed")


def test_a_kept_tree_is_that_of_the_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source("cold_start.gate", TEXT)
    kept.tree_of(source)
    assert len(list(folder.iterdir())) == 1
    monkeypatch.setattr("skipgate.spec.parsing.parser.parse", forbidden)
    again = kept.tree_of(source)
    assert shape(again.declarations) == shape(parse(source).declarations)
    places = [(each.span.start, each.span.line, each.span.text) for each in again.declarations]
    assert places == [(each.span.start, each.span.line, each.span.text) for each in parse(source).declarations]
    assert again.source.name == "cold_start.gate"


@pytest.mark.parametrize("other", [Source("b.gate", "var x : bool = true"), Source("a.gate", "var y : bool = true")])
def test_another_name_or_text_is_another_tree(folder: Path, other: Source) -> None:
    kept.tree_of(Source("a.gate", "var x : bool = true"))
    assert kept.tree_of(other).source.text == other.text
    assert kept.tree_of(other).source.name == other.name
    assert len(list(folder.iterdir())) == 2


def test_other_code_makes_other_trees(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.tree_of(Source("a.gate", "var x : bool = true"))
    monkeypatch.setattr(kept, "_version", lambda: "another")
    kept.tree_of(Source("a.gate", "var x : bool = true"))
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("content", [b"", b"damaged", b"\x80\x04N."])
def test_what_is_damaged_is_made_again(folder: Path, content: bytes) -> None:
    source = Source("a.gate", "var x : bool = true")
    kept.tree_of(source)
    (file,) = folder.iterdir()
    file.write_bytes(content)
    assert len(kept.tree_of(source).declarations) == 1
    assert file.read_bytes() != content


def test_what_is_wrong_is_not_kept(folder: Path) -> None:
    for _ in range(2):
        with pytest.raises(SpecError):
            kept.tree_of(Source("a.gate", "var"))
    assert not folder.exists()


def test_old_trees_make_room(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST", 4)
    for number in range(9):
        kept.tree_of(Source("a.gate", f"const N : nat = {number}"))
    assert len(list(folder.iterdir())) <= 4


def test_without_a_cache_it_parses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKIPGATE_CACHE", "")
    assert len(kept.tree_of(Source("a.gate", "var x : bool = true")).declarations) == 1
