"""Thousands of random edits and questions: the server lives, and says what the command line says."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from skipgate.spec.diagnostics import SpecError
from skipgate.spec.passes import read
from tests.edits import edited
from tests.skipgate.lsp.session import Session

pytestmark = pytest.mark.process

FILES = {
    "lib.gate": """const N : 1..3 = 2 "how many"
sort Node[N]
type Count = 0..N
enum Mode { idle, busy "at work" }
record Msg { from : Node, term : Count "of the sender" }
def later(a : Count, b : Count) : bool = a > b
""",
    "part.gate": """var level : 0..3 = 0 "how full"
action fill(k in 1..2) "by {k}" when level + k <= 3 then level' = level + k
invariant Held level <= 3
""",
    "m.gate": """model m "a lock"
import "lib.gate"
import "part.gate" as tank[n in Node]
variant Reply { Yes(at : Count), No }
var mode : map[Node] of Mode = map n in Node: idle "what each does"
var msgs : set of Msg = {}
var reply : Reply = No
def busy_ones : set of Node = {n for n in Node where mode[n] == busy}

effect note(k : Count)
  then reply' = Yes(k)

action start(n in Node) "{n} starts"
  when mode[n] == idle
       tank[n].level < 3
  let next = min(len(msgs), N)
  then mode'[n] = busy
       do note(next)

action send(n in Node)
  when mode[n] == busy
  then if later(1, 0) { msgs' = msgs | {Msg(from = n, term = 1)} } else { mode'[n] = idle }

invariant Few "at most N" len(msgs) <= 4 and (match reply case Yes(at): at <= N case No: true)
cover Sent msgs != {}
check two
  examine Few, Sent
  with N = 2
  expect holds
""".replace("       tank[n].level < 3\n", ""),
}


def test_fifty_edits(session: Session) -> None:
    fuzz(session, 50, Random(17))


@pytest.mark.slow
def test_ten_thousand_edits(session: Session) -> None:
    fuzz(session, 10_000, Random(4))


def fuzz(session: Session, edits: int, random: Random) -> None:
    texts = dict(FILES)
    for name, text in texts.items():
        (session.folder / name).write_text(text, encoding="utf-8", newline="")
        session.open(name)
    for number in range(edits):
        name = random.choice(["m.gate", "m.gate", "m.gate", "lib.gate", "part.gate"])
        before = texts[name]
        texts[name] = FILES[name] if random.random() < 0.15 else edited(random, before)
        (session.folder / name).write_text(texts[name], encoding="utf-8", newline="")
        session.change(name, *change(random, before, texts[name]))
        session.diagnostics(name)
        ask(session, random, texts)
        expected = said_by_the_command_line(session.folder)
        for each in texts:
            assert sorted(session.messages_of(each)) == sorted(expected[each]), f"edit {number}: {each}\n{texts[each]}"
    for name in texts:
        session.close(name)


def change(random: Random, before: str, after: str) -> list[lsp.TextDocumentContentChangeEvent | str]:
    """An edit as an editor may tell it: the whole text, or what is between two places."""
    if random.random() < 0.3:
        return [after]
    start = next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    where = lsp.Range(position(before, start), position(before, len(before) - end))
    return [lsp.TextDocumentContentChangePartial(range=where, text=after[start : len(after) - end])]


def position(text: str, offset: int) -> lsp.Position:
    return lsp.Position(text.count("\n", 0, offset), offset - (text.rfind("\n", 0, offset) + 1))


def ask(session: Session, random: Random, texts: dict[str, str]) -> None:
    """One question about a random place; every answer will do, but an error is none."""
    name = random.choice([*texts])
    document, where = session.document(name), position(texts[name], random.randrange(len(texts[name]) + 1))
    client = session.client
    match random.randrange(9):
        case 0:
            answer = client.text_document_hover_async(lsp.HoverParams(document, where))
        case 1:
            answer = client.text_document_definition_async(lsp.DefinitionParams(document, where))
        case 2:
            context = lsp.ReferenceContext(True)
            answer = client.text_document_references_async(lsp.ReferenceParams(context, document, where))
        case 3:
            params = lsp.RenameParams(text_document=document, position=where, new_name=random.choice(["zz", "n", "if"]))
            with suppress(JsonRpcInvalidParams):
                session.wait(client.text_document_rename_async(params))
            return
        case 4:
            answer = client.text_document_document_symbol_async(lsp.DocumentSymbolParams(document))
        case 5:
            answer = client.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(document))
        case 6:
            context = lsp.CodeActionContext([])
            everywhere = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
            answer = client.text_document_code_action_async(lsp.CodeActionParams(document, everywhere, context))
        case 7:
            answer = client.text_document_code_lens_async(lsp.CodeLensParams(document))
        case _:
            answer = client.text_document_completion_async(lsp.CompletionParams(document, where))
    session.wait(answer)


def said_by_the_command_line(folder: Path) -> dict[str, set[str]]:
    """What is said of each file, when any of them is checked."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in FILES:
        try:
            read(folder / name)
        except SpecError as problem:
            for each in problem.diagnostics:
                assert each.span is not None
                parts = [each.message, each.span.source.instance, each.hint and f"hint: {each.hint}"]
                message = "\n".join(part for part in parts if part)
                place = f"{each.span.line}:{each.span.column}"
                file = Path(each.span.source.name).name
                found[file].add(f"{place}: {message.replace(f'{folder}/', '')}")
    return found
