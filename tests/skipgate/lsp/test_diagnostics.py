"""What is wrong is said as one types, in the words of the command line, and where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp

from skipgate.spec.diagnostics import SpecError
from skipgate.spec.passes import read
from tests.skipgate.lsp.session import Session

pytestmark = pytest.mark.process

WRONG = "var total : 0..3 = 0\naction a\n  when totl == 1\n  then total' = 1\ncheck c expect holds\n"


def said_by_the_command_line(path: Path) -> list[str]:
    try:
        read(path)
    except SpecError as problem:
        found = []
        for each in problem.diagnostics:
            assert each.span is not None
            hint = "" if each.hint is None else f"\nhint: {each.hint}"
            found.append(f"{each.span.line}:{each.span.column}: {each.message}{hint}")
        return found
    return []


def test_a_text_is_examined_when_it_is_opened_and_when_it_changes(session: Session, folder: Path) -> None:
    (folder / "a.gate").write_text(WRONG)
    session.open("a.gate")
    said = session.messages_of("a.gate")
    assert said == said_by_the_command_line(folder / "a.gate")
    assert len(said) == 1 and said[0].startswith("3:8: unknown name `totl`\nhint: did you mean `total`?")
    there = lsp.Range(lsp.Position(2, 7), lsp.Position(2, 11))
    session.change("a.gate", lsp.TextDocumentContentChangePartial(text="total", range=there))
    assert session.messages_of("a.gate") == []
    session.close("a.gate")


def test_several_errors_of_syntax(session: Session, folder: Path) -> None:
    text = "var x : = 3\ninvariant I (x\naction a then x' = $\n"
    (folder / "b.gate").write_text(text)
    for now in (text, text.replace("$", "1"), "model é\n" + text.replace("$", "1")):
        (folder / "b.gate").write_text(now)
        session.open("b.gate") if now is text else session.change("b.gate", now)
        assert session.messages_of("b.gate") == said_by_the_command_line(folder / "b.gate") != []
    session.close("b.gate")


def test_an_imported_file_counts_as_it_stands_in_the_editor(session: Session, folder: Path) -> None:
    (folder / "common.gate").write_text("const N : 1..3 = 2\n")
    (folder / "uses.gate").write_text('import "common.gate"\nvar x : 0..N = 0\n')
    session.open("uses.gate")
    session.open("common.gate")
    assert session.messages_of("uses.gate") == []
    assert session.messages_of("common.gate") == []
    session.change("common.gate", "const M : 1..3 = 2\n")
    assert session.messages_of("common.gate") == []
    session.until(lambda: bool(session.published[session.uri("uses.gate")].diagnostics))
    assert session.messages_of("uses.gate")[0].startswith("2:12: unknown name `N`")
    session.change("common.gate", "const N : 1..3 =\n")  # an error there is shown there
    assert len(session.messages_of("common.gate")) == 1
    session.until(lambda: not session.published[session.uri("uses.gate")].diagnostics)
    session.close("common.gate")
    session.until(lambda: not session.published[session.uri("common.gate")].diagnostics)
    session.close("uses.gate")


def test_places_are_counted_in_the_units_of_the_editor(session: Session, folder: Path) -> None:
    text = 'model m "😀" var x : 0..3 = "é" var y : 0..3 = z'
    (folder / "u.gate").write_text(text.replace('"é"', "0"))
    session.open("u.gate")
    (one,) = session.diagnostics("u.gate")
    assert one.range.start == lsp.Position(0, (folder / "u.gate").read_text().index("z") + 1)
    session.close("u.gate")


def test_a_file_that_was_never_saved(session: Session) -> None:
    uri = "untitled:Untitled-1"
    item = lsp.TextDocumentItem(uri, "gate", 1, "var x : 0..3 = y")
    session.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
    session.until(lambda: uri in session.published)
    assert [d.message for d in session.published[uri].diagnostics] == ["unknown name `y`"]
    identifier = lsp.TextDocumentIdentifier(uri)
    session.client.text_document_did_close(lsp.DidCloseTextDocumentParams(identifier))


@pytest.mark.parametrize(
    "encoding", [lsp.PositionEncodingKind.Utf8, pytest.param(lsp.PositionEncodingKind.Utf32, marks=pytest.mark.slow)]
)
def test_other_units(tmp_path: Path, encoding: lsp.PositionEncodingKind) -> None:
    text = 'model m "😀" var y : 0..3 = z'
    session = Session(tmp_path, encoding=encoding)
    session.open("u.gate", text)
    (one,) = session.diagnostics("u.gate")
    before = text[: text.index("z")]
    expected = len(before.encode()) if encoding == lsp.PositionEncodingKind.Utf8 else len(before)
    assert one.range.start.character == expected
    assert session.end() == 0, session.errors
