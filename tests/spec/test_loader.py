"""Reading files and what they import."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.spec.diagnostics import SpecError
from skipgate.spec.loader import load
from skipgate.spec.passes import read


def test_what_is_wrong_is_said(faulty: Path, answer: Callable[[Path], str]) -> None:
    assert answer(faulty) == faulty.with_suffix(".expected").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes files into an empty folder and goes there: `folder(main="import ...", part="...")`."""

    def make(**files: str | bytes) -> Path:
        for name, content in files.items():
            path = tmp_path / f"{name}.gate"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return make


def refusal(path: str) -> str:
    with pytest.raises(SpecError) as caught:
        load(path)
    return str(caught.value)


def test_imported_files_come_first_and_each_once(folder: Callable[..., Path]) -> None:
    folder(
        main='import "left.gate" import "right.gate"',
        left='import "base.gate" const a : nat = 1',
        right='import "./base.gate" const b : nat = 2',
        base="const c : nat = 3",
    )
    program = load("main.gate")
    assert [file.source.name for file in program.files] == ["base.gate", "left.gate", "right.gate", "main.gate"]
    assert program.main is program.files[-1]


def test_a_path_is_relative_to_the_file_that_imports(folder: Callable[..., Path]) -> None:
    here = folder(main='import "parts/one.gate"', base="const c : nat = 3")
    (here / "parts").mkdir()
    (here / "parts" / "one.gate").write_text('import "../base.gate"')
    names = [file.source.name for file in load("main.gate").files]
    assert names == ["base.gate", "parts/one.gate", "main.gate"]


def test_a_name_is_not_made_shorter_where_that_is_another_file(folder: Callable[..., Path]) -> None:
    here = folder(main='import "link/one.gate"', base="const c : nat = 3")
    (here / "far" / "parts").mkdir(parents=True)
    (here / "far" / "parts" / "one.gate").write_text('import "../base.gate"')
    (here / "far" / "base.gate").write_text("const d : nat = 4")
    (here / "link").symlink_to("far/parts")
    assert next(file.source.name for file in load("main.gate").files) == "link/../base.gate"


def test_the_checks_and_the_name_of_an_imported_file_are_left_aside(folder: Callable[..., Path]) -> None:
    folder(
        main='model main import "base.gate" check c expect holds',
        base="model base const n : nat = 3 check c expect violation of Nothing",
    )
    spec = read("main.gate")
    assert spec.name == "main"
    assert [check.span.source.name for check in spec.checks] == ["main.gate"]


def test_without_a_model_line_a_specification_is_called_like_its_file(folder: Callable[..., Path]) -> None:
    folder(main="", commented="# nothing but words\n")
    assert read("main.gate").name == "main"
    assert read("commented.gate").checks == ()


def test_a_text_that_is_known_is_not_parsed_again(folder: Callable[..., Path]) -> None:
    folder(common="const N : nat = 1", one='import "common.gate"', two='import "common.gate"')
    assert load("one.gate").files[0] is load("two.gate").files[0]
    folder(common="const N : nat = 2")
    assert load("one.gate").files[0].source.text == "const N : nat = 2"


def test_a_specification_shares_no_tree_with_one_that_it_refines(folder: Callable[..., Path]) -> None:
    abstract = 'import "common.gate" var x : 0..N = 0'
    folder(
        common="const N : nat = 1",
        a=abstract,
        b=abstract,
        main='import "common.gate" refines A "a.gate" with x = 0 refines B "b.gate" with x = 0',
    )
    program = load("main.gate")
    a, b = program.refined.values()
    assert [file.source.name for file in a.files] == ["common.gate", "a.gate"]
    assert len({id(each.files[0]) for each in (program, a, b)}) == 3


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_any_line_end_and_a_byte_order_mark_are_read(folder: Callable[..., Path], line_end: str, mark: bytes) -> None:
    text = "# größe\nvar x : 0..3 = 0 # so far\n\naction up\n  when y < 3\n".replace("\n", line_end)
    folder(main=mark + text.encode())
    with pytest.raises(SpecError) as caught:
        read("main.gate")
    assert str(caught.value).splitlines() == [
        "main.gate:5:8: error: unknown name `y`",
        "  5 |   when y < 3",
        "    |        ^",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (bytes(range(256)), "byte 128, in line 2, is not UTF-8\n  hint: specifications are saved in UTF-8"),
        ("# größe\n".encode("latin-1"), "byte 4, in line 1, is not UTF-8\n  hint: specifications are saved in UTF-8"),
        ("\n".encode("utf-16"), "byte 0, in line 1, is not UTF-8\n  hint: specifications are saved in UTF-8"),
        (b"var x : bool = true\0", "it contains a zero byte"),
    ],
)
def test_what_is_no_text_is_refused(folder: Callable[..., Path], content: bytes, message: str) -> None:
    folder(main=content)
    assert refusal("main.gate") == f"error: `main.gate` is not a text file: {message}"


def test_a_file_that_is_not_there(folder: Callable[..., Path]) -> None:
    here = folder(lock="", queue="")
    assert refusal("lokc.gate") == "error: `lokc.gate` does not exist\n  hint: did you mean `lock.gate`?"
    assert refusal("other.gate") == (
        "error: `other.gate` does not exist\n  hint: in that folder there are: lock.gate, queue.gate"
    )
    assert refusal("nowhere/lock.gate") == "error: `nowhere/lock.gate` does not exist"
    (here / "empty").mkdir()
    assert refusal("empty/lock.gate") == "error: `empty/lock.gate` does not exist"
    assert refusal("empty") == "error: `empty` is a folder, not a file"


def test_a_name_that_is_too_long_for_the_file_system(folder: Callable[..., Path]) -> None:
    folder(main=f'import "{"a" * 300}.gate"')
    assert "cannot be read: File name too long" in refusal("main.gate")


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_symbolic_links(folder: Callable[..., Path]) -> None:
    here = folder(main='import "link.gate" import "base.gate"', base="const c : nat = 3", looped='import "loop.gate"')
    (here / "link.gate").symlink_to("base.gate")
    (here / "loop.gate").symlink_to("loop.gate")
    (here / "dangling.gate").symlink_to("gone.gate")
    assert len(load("main.gate").files) == 2  # one file by two names is read once
    assert "`loop.gate` cannot be read" in refusal("loop.gate")
    assert "the imported file `loop.gate` cannot be read" in refusal("looped.gate")
    assert refusal("dangling.gate") == "error: `dangling.gate` is a link that leads nowhere"
