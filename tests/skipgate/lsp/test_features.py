"""Each feature, asked for by a client. What exactly is answered is tested in tests/spec/live."""

from __future__ import annotations

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.skipgate.lsp.session import Session

pytestmark = pytest.mark.process

LIB = 'const Size : 1..4 = 2 "how many"\nenum Colour { red, green }\n'
TEXT = """model m "é"
import "lib.gate"
var fill : 0..Size = 0 "level"   # 😀
action go "😀 {fill}" when fill < Size then fill' = fill + 1
invariant Low "not much" fill <= Size
check a with Size = 3 expect holds
"""


@pytest.fixture(scope="module")
def opened(session: Session) -> Session:
    (session.folder / "lib.gate").write_text(LIB, encoding="utf-8")
    (session.folder / "m.gate").write_text(TEXT, encoding="utf-8")
    session.open("m.gate")
    assert session.messages_of("m.gate") == []
    return session


def place(text: str, word: str, number: int = 0) -> lsp.Position:
    """Where a word stands for the `number`-th time, in UTF-16."""
    offset = -1
    for _ in range(number + 1):
        offset = text.index(word, offset + 1)
    before = text[:offset]
    line = before.rpartition("\n")[2]
    return lsp.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)


def applied(text: str, edits: list[lsp.TextEdit]) -> str:
    lines = text.split("\n")

    def offset(position: lsp.Position) -> int:
        before = lines[position.line].encode("utf-16-le")[: 2 * position.character].decode("utf-16-le")
        return sum(len(line) + 1 for line in lines[: position.line]) + len(before)

    for edit in sorted(edits, key=lambda each: offset(each.range.start), reverse=True):
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text


def test_hover(opened: Session) -> None:
    params = lsp.HoverParams(opened.document("m.gate"), place(TEXT, "fill", 4))
    found = opened.wait(opened.client.text_document_hover_async(params))
    assert found.contents.value.startswith('```gate\nvar fill : 0..Size = 0 "level"\n```')
    assert found.range.start == place(TEXT, "fill", 4)


def test_the_value_of_a_constant_in_each_check(opened: Session) -> None:
    params = lsp.HoverParams(opened.document("m.gate"), place(TEXT, "Size"))
    found = opened.wait(opened.client.text_document_hover_async(params))
    assert found.contents.value.endswith("in the checks:\n- a: `3`")


def test_definition_in_another_file(opened: Session) -> None:
    params = lsp.DefinitionParams(opened.document("m.gate"), place(TEXT, "Size", 2))
    found = opened.wait(opened.client.text_document_definition_async(params))
    assert (found.uri, found.range.start) == (opened.uri("lib.gate"), lsp.Position(0, 6))
    params = lsp.DefinitionParams(opened.document("m.gate"), place(TEXT, "lib.gate"))
    assert opened.wait(opened.client.text_document_definition_async(params)).uri == opened.uri("lib.gate")


def test_references(opened: Session) -> None:
    params = lsp.ReferenceParams(lsp.ReferenceContext(True), opened.document("m.gate"), place(TEXT, "Size"))
    found = opened.wait(opened.client.text_document_references_async(params))
    assert [each.uri.rpartition("/")[2] for each in found] == ["lib.gate", *["m.gate"] * 4]
    assert [each.range.start for each in found[1:]] == [place(TEXT, "Size", i) for i in range(4)]


def test_rename(opened: Session) -> None:
    here = opened.document("m.gate"), place(TEXT, "fill", 4)

    def named(new: str) -> lsp.RenameParams:
        return lsp.RenameParams(text_document=here[0], position=here[1], new_name=new)

    where = opened.wait(opened.client.text_document_prepare_rename_async(lsp.PrepareRenameParams(*here)))
    assert where.start == here[1]
    edit = opened.wait(opened.client.text_document_rename_async(named("height")))
    after = applied(TEXT, edit.changes[opened.uri("m.gate")])
    assert after == TEXT.replace("fill", "height")
    with pytest.raises(JsonRpcException, match="`red` is declared twice"):
        opened.wait(opened.client.text_document_rename_async(named("red")))


def test_symbols(opened: Session) -> None:
    params = lsp.DocumentSymbolParams(opened.document("m.gate"))
    found = opened.wait(opened.client.text_document_document_symbol_async(params))
    assert [each.name for each in found] == ["m", "lib.gate", "fill", "go", "Low", "a"]
    everywhere = opened.wait(opened.client.workspace_symbol_async(lsp.WorkspaceSymbolParams("gre")))
    assert [(each.name, each.location.uri) for each in everywhere] == [("green", opened.uri("lib.gate"))]


def test_colours(opened: Session) -> None:
    legend = opened.initialized.capabilities.semantic_tokens_provider.legend.token_types
    params = lsp.SemanticTokensParams(opened.document("m.gate"))
    data = opened.wait(opened.client.text_document_semantic_tokens_full_async(params)).data
    line, character, found = 0, 0, []
    for at in range(0, len(data), 5):
        line, character = line + data[at], data[at + 1] + (0 if data[at] else character)
        found.append((lsp.Position(line, character), data[at + 2], legend[data[at + 3]]))
    assert (place(TEXT, "😀"), 2, "comment") not in found
    assert (place(TEXT, "# 😀"), 4, "comment") in found
    assert (place(TEXT, "Size"), 4, "variable") in found
    assert (place(TEXT, "fill <= Size"), 4, "variable") in found
    assert found == sorted(found, key=lambda each: each[0])


def test_completion_in_a_declaration_that_is_half_written(opened: Session) -> None:
    text = TEXT.replace("when fill < Size then fill' = fill + 1", "when fill < S")
    opened.change("m.gate", text)
    after = place(text, "< S")
    params = lsp.CompletionParams(opened.document("m.gate"), lsp.Position(after.line, after.character + 3))
    found = opened.wait(opened.client.text_document_completion_async(params))
    assert {"Size", "fill", "len", "max"} <= {each.label for each in found.items}
    opened.change("m.gate", TEXT)


def test_quick_fixes(opened: Session) -> None:
    text = TEXT.replace("fill <= Size", "fill <= Siez")
    opened.change("m.gate", text)
    start = place(text, "Siez")
    where = lsp.Range(start, start)
    params = lsp.CodeActionParams(opened.document("m.gate"), where, lsp.CodeActionContext([]))
    (fix,) = opened.wait(opened.client.text_document_code_action_async(params))
    assert fix.title == "Write `Size` instead of `Siez`"
    assert applied(text, fix.edit.changes[opened.uri("m.gate")]) == TEXT
    opened.change("m.gate", TEXT)


def test_formatting(opened: Session) -> None:
    params = lsp.DocumentFormattingParams(opened.document("m.gate"), lsp.FormattingOptions(2, True))
    edits = opened.wait(opened.client.text_document_formatting_async(params))
    after = applied(TEXT, edits)
    assert "\n  when fill < Size\n  then fill' = fill + 1\n" in after
    opened.change("m.gate", after)
    assert not opened.wait(opened.client.text_document_formatting_async(params))
    opened.change("m.gate", "var x :")
    assert not opened.wait(opened.client.text_document_formatting_async(params))
    opened.change("m.gate", TEXT)
