"""Data files of rows: what is written, and what is said of it.

    ==== the name of the row
    what is written
    ----
    what is said

SKIPGATE_WRITE=1 writes what is said anew: read what changed before you commit it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def rows_of(path: Path) -> list[tuple[str, str]]:
    """The name and the text of each row."""
    result = []
    for row in ("\n" + path.read_text(encoding="utf-8")).split("\n==== ")[1:]:
        name, _, rest = row.partition("\n")
        written, _, _ = f"\n{rest}\n".partition("\n----\n")
        result.append((name, written.removeprefix("\n") + "\n" * bool(written)))
    return result


def assert_rows(path: Path, say: Callable[[str, str], str]) -> None:
    """What is said of each row, by its name and text, is what the file says."""
    rows = rows_of(path)
    assert len({name for name, _ in rows}) == len(rows), "two rows of one name"
    head = path.read_text(encoding="utf-8").partition("==== ")[0]
    found = head + "\n".join(f"==== {name}\n{text}----\n{say(name, text)}" for name, text in rows)
    if os.environ.get("SKIPGATE_WRITE"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")
