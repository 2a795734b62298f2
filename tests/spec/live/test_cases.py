"""What an editor is told about a place in a text, case by case.

Each file in `cases/` has cases, set apart by lines of `=`: a question, the text with the cursor `‸`, a line of `-`, and
the answer. `SKIPGATE_WRITE=1` writes the answers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest

from skipgate.spec.live.buffers import Buffers
from skipgate.spec.live.colours import coloured
from skipgate.spec.live.completion import completions
from skipgate.spec.live.describe import FUNCTIONS, description
from skipgate.spec.live.fixes import fixes
from skipgate.spec.live.occurrences import Occurrences, place_of
from skipgate.spec.live.outline import Entry, outline
from skipgate.spec.live.rename import CannotRename, references, renamed, with_replaced
from skipgate.spec.source import Source, Span
from skipgate.spec.symbols import FunctionName

CASES = Path(__file__).with_name("cases")
FILES = {
    "lib.gate": "const Size : 1..4 = 2\nenum Colour { red, green }\n",
    "part.gate": 'var level : 0..3 = 0 "how full"\naction fill when level < 3 then level\' = level + 1\n',
}


def answer(question: str, text: str) -> str:
    offset = max(text.find("‸"), 0)
    text = text.replace("‸", "")
    buffers = Buffers()
    buffers.put("m.gate", text)
    kind, _, rest = question.partition(" ")
    return QUESTIONS[kind](buffers, Source("m.gate", text), offset, rest)


def hover(buffers: Buffers, source: Source, offset: int, _: str) -> str:
    analysis = buffers.analysis("m.gate")
    found = Occurrences(analysis).at(offset)
    return "nothing" if found is None else description(analysis, found)


def definition(buffers: Buffers, source: Source, offset: int, _: str) -> str:
    found = Occurrences(buffers.analysis("m.gate")).at(offset)
    return "nothing" if found is None or found.target is None else f"{found.target.place} {found.target.text}"


def all_references(buffers: Buffers, source: Source, offset: int, _: str) -> str:
    found = Occurrences(buffers.analysis("m.gate")).at(offset)
    assert found is not None and found.target is not None
    spans = references(buffers, ["m.gate", *FILES], place_of(found.target), found.target.text)
    return "\n".join(f"{span.place} {span.source.line(span.line).strip()}" for span in spans)


def rename(buffers: Buffers, source: Source, offset: int, new: str) -> str:
    try:
        spans = renamed(buffers, ["m.gate", *FILES], "m.gate", offset, new)
    except CannotRename as problem:
        return f"refused: {problem}"
    texts = {"m.gate": source.text, **FILES}
    changed = {span.source.name for span in spans}
    return "\n".join(
        f"# {name}\n" + with_replaced(texts[name], [s for s in spans if s.source.name == name], new).rstrip("\n")
        for name in sorted(changed)
    )


def completion(buffers: Buffers, source: Source, offset: int, kinds: str) -> str:
    found = completions(buffers, "m.gate", source, offset)
    wanted = kinds.split()
    shown = [each for each in found if (each.kind in wanted) or (not wanted and each.kind != "keyword")]
    return "\n".join(sorted(f"{each.text} ({each.kind}) {each.detail}".rstrip() for each in shown)) or "nothing"


def symbols(buffers: Buffers, source: Source, offset: int, _: str) -> str:
    def lines(entry: Entry, depth: int) -> Iterator[str]:
        yield f"{'  ' * depth}{entry.kind} {entry.name} {entry.detail}".rstrip()
        assert entry.span.start <= entry.name_span.start <= entry.name_span.end <= entry.span.end
        for each in entry.inside:
            yield from lines(each, depth + 1)

    return "\n".join(line for entry in outline(buffers.analysis("m.gate")) for line in lines(entry, 0))


def colours(buffers: Buffers, source: Source, offset: int, _: str) -> str:
    analysis = buffers.analysis("m.gate")
    found = coloured(analysis, Occurrences(analysis))
    marks = {(True, False): "!", (True, True): "!", (False, True): "", (False, False): ""}
    return " ".join(
        f"{source.text[x.start : x.end]}:{x.kind}{marks[x.declares, x.constant]}" for x in found if x.kind != "operator"
    )


def quick_fixes(buffers: Buffers, source: Source, offset: int, _: str) -> str:
    found = buffers.examine("m.gate").diagnostics
    lines = []
    for diagnostic in found:
        for fix in fixes(buffers, "m.gate", diagnostic):
            assert isinstance(fix.span, Span)
            lines += [fix.title, with_replaced(fix.span.source.text, [fix.span], fix.text).rstrip("\n")]
    return "\n".join(lines) or "\n".join(each.message for each in found)


QUESTIONS: dict[str, Callable[[Buffers, Source, int, str], str]] = {
    "hover": hover,
    "definition": definition,
    "references": all_references,
    "rename": rename,
    "complete": completion,
    "symbols": symbols,
    "colours": colours,
    "fix": quick_fixes,
}


def cases() -> Iterator[tuple[Path, str, str, str]]:
    for path in sorted(CASES.glob("*.txt")):
        for block in re.split(r"^=+\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
            question, _, rest = block.partition("\n")
            text, _, expected = re.sub(r"\n*\Z", "\n", rest).partition("----\n")
            yield path, question, text, expected.rstrip("\n")


@pytest.mark.parametrize("path", sorted(CASES.glob("*.txt")), ids=lambda path: path.stem)
def test_the_answers_are_as_written(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        Path(name).write_text(content, encoding="utf-8")
    mine = [case for case in cases() if case[0] == path]
    found = [(question, text, answer(question, text)) for _, question, text, _ in mine]
    if os.environ.get("SKIPGATE_WRITE"):
        blocks = [f"{question}\n{text}----\n{said}\n" for question, text, said in found]
        path.write_text("=====\n".join(blocks), encoding="utf-8")
    for (_, question, text, expected), (_, _, said) in zip(mine, found, strict=True):
        assert said == expected, f"{question}\n{text}"


def test_every_question_is_asked() -> None:
    assert {question.partition(" ")[0] for _, question, _, _ in cases()} == {*QUESTIONS}


def test_every_built_in_function_is_described() -> None:
    assert {*FUNCTIONS} == {*get_args(FunctionName)}
