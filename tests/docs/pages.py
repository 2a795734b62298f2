"""The pages of the documentation and the blocks in them.

A fenced block says behind its fence what it is, and the tests in this folder hold it to that:

    gate model        a complete model: every check of it ends as it expects, and nothing else is wrong with the file
    gate outcome      a complete model; the `text` block that follows is what the checks come to
    gate error        a file that is refused; the `text` block that follows is exactly the message
    gate file NAME    a file for `import`, or one that the commands of the page are given
    gate part NAME    some declarations of the file NAME, below models/ or given on the same page
    gate added NAME   declarations that a file which imports NAME, below models/, can have
    gate given        declarations that the expressions after it mention, in their initial state
    gate expression   lines of the form `expression  # => value` or, if there is no value, `expression  # !! message`
    file NAME         any other file that the commands of the page are given
    go file NAME      a file in Go that the commands of the page are given
    go changed NAME   what the reader has made of that file by then
    console           commands behind `$ `, and what they print; `…` on a line of its own stands for lines left out
    python            a program; the `text` block that follows is what it prints
    sh                commands for the reader
    yaml              a workflow
    go                code that is only shown
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
GATE = ("model", "outcome", "error", "file", "part", "added", "given", "expression")
OTHER = ("file", "go", "console", "sh", "yaml", "python", "text", "tla", "quint", "alloy", "promela", "rust")


@dataclass(frozen=True)
class Block:
    """A fenced block: its page, its line there, the words behind its fence, its text."""

    page: Path
    line: int
    label: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.page.stem}-{self.line}-{'-'.join(self.label)}"


@cache
def blocks(page: Path) -> tuple[Block, ...]:
    """All fenced blocks of a page, in their order."""
    found: list[Block] = []
    opened: tuple[int, tuple[str, ...]] | None = None
    lines: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("```"):
            lines.append(line)
        elif opened is None:
            opened, lines = (number, tuple(line[3:].split())), []
        else:
            assert line == "```", f"{page.name}:{number}: a block ends with three backticks alone"
            found.append(Block(page, *opened, "\n".join(lines) + "\n"))
            opened = None
    assert opened is None, f"{page.name}: the last block is not closed"
    return tuple(found)


def labelled(*label: str, page: Path | None = None) -> list[Block]:
    """The blocks of a page, or of all pages, whose label begins so."""
    pages = PAGES if page is None else [page]
    return [block for each in pages for block in blocks(each) if block.label[: len(label)] == label]


def answer_to(block: Block) -> str:
    """The text in the block behind one."""
    following = blocks(block.page)[blocks(block.page).index(block) + 1]
    assert following.label == ("text",), f"{following}: the answer stands in a `text` block"
    return following.text
