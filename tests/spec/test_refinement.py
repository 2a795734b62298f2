"""Refinements as they are read: files, names, types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.loader import load
from skipgate.spec.passes import read
from skipgate.spec.specification import Specification

HIGH = """
const N : nat = 2
enum Mode { idle, busy }
sort Node[2]
record Entry { at : 0..N, by : Node }
var x : 0..N = 0
var mode : Mode = idle
var log : map[Node] of option of Entry = map n in Node: none
action up when x < N then x' = x + 1
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes files of these names."""
    monkeypatch.chdir(tmp_path)

    def write(**files: str) -> None:
        for name, text in files.items():
            Path(f"{name}.gate").write_text(text, encoding="utf-8")

    return write


def test_what_is_wrong_is_said(faulty: Path, answer: Callable[[Path], str]) -> None:
    assert answer(faulty) == faulty.with_suffix(".expected").read_text(encoding="utf-8")


def mapping(spec: Specification, name: str) -> dict[str, str]:
    """What stands for what, as written."""
    (declaration,) = (d for d in spec.all(s.RefinesDecl) if d.name.text == name)
    found = {}
    for setting in spec.names.mappings[declaration]:
        value = setting.value
        found[setting.name.text] = value.text if isinstance(value, s.Name) else value.span.flat
    return found


def test_what_has_the_same_name_stands_for_itself(folder: Callable[..., None]) -> None:
    folder(
        high=HIGH,
        low=HIGH.replace("var x : 0..N = 0", "def x = y\nvar y : 0..N = 0").replace("x' = x", "y' = y")
        + 'refines High "high.gate" refines Less "high.gate" with x = 0, N = 1',
    )
    spec = read("low.gate")
    assert mapping(spec, "High") == {"N": "N", "x": "x", "mode": "mode", "log": "log"}
    assert mapping(spec, "Less") == {"N": "1", "x": "0", "mode": "mode", "log": "log"}


def test_a_constant_that_is_not_mentioned_keeps_its_default(folder: Callable[..., None]) -> None:
    folder(high="const N : nat = 2 var x : 0..N = 0", low='var x : 0..9 = 0 refines High "high.gate"')
    assert mapping(read("low.gate"), "High") == {"x": "x"}


def test_enums_of_the_refined_model_are_seen_where_its_values_are_given(folder: Callable[..., None]) -> None:
    folder(
        high="enum Mode { idle, busy } var mode : Mode = idle",
        low='var b : bool = true refines High "high.gate" with mode = if b then busy else idle',
        other='var b : bool = true refines High "high.gate" with mode = idle invariant I idle == idle',
        clash='enum Mood { idle } var b : Mood = idle refines High "high.gate" with mode = busy',
    )
    assert mapping(read("low.gate"), "High") == {"mode": "if b then busy else idle"}
    assert mapping(read("clash.gate"), "High") == {"mode": "busy"}
    with pytest.raises(SpecError, match="unknown name `idle`"):
        read("other.gate")


def test_types_that_are_declared_alike_are_the_same(folder: Callable[..., None]) -> None:
    """Whether in both files or in one that both import."""
    types = "const N : nat = 2 enum Mode { idle, busy } sort Node[2] record Entry { at : 0..N, by : Node } "
    state = "var log : map[Node] of option of Entry = map n in Node: none var mode : Mode = idle "
    folder(
        types=types,
        alone=types + state,
        sharing='import "types.gate" ' + state,
        low='import "types.gate" ' + state + 'refines A "alone.gate" refines B "sharing.gate"',
    )
    assert mapping(read("low.gate"), "A") == mapping(read("low.gate"), "B")


def test_refinements_of_a_refined_model_are_no_concern(folder: Callable[..., None]) -> None:
    """So files may refine each other, and themselves."""
    folder(
        a='var x : 0..1 = 0 refines B "b.gate" refines Self "a.gate"',
        b='var x : 0..1 = 0 refines A "a.gate" refines Gone "gone.gate"',
    )
    spec = read("a.gate")
    assert [d.name.text for d in spec.refined] == ["B", "Self"]
    assert all(not abstract.refined for abstract in spec.refined.values())


def test_refinements_of_imported_files_count(folder: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    folder(main='import "parts/part.gate" check c expect violation of High')
    (tmp_path / "parts" / "part.gate").write_text('var x : 0..1 = 0 refines High "high.gate"')
    (tmp_path / "parts" / "high.gate").write_text("var x : 0..1 = 0")
    program = load("main.gate")
    assert [str(Path(file.source.name)) for file in program.all_files] == [
        str(Path(each)) for each in ("parts/part.gate", "main.gate", "parts/high.gate")
    ]
    assert [d.name.text for d in read("main.gate").refined] == ["High"]
