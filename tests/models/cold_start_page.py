"""What docs/cold-start.md claims about the lengths of traces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "cold-start.md"
_MODELS = Path(__file__).parents[2] / "models" / "cold_start"
# `| ... | NoLoss, SnapshotAligned | 6, 10 | batches v9 |` in a table that people write.
_ROW = re.compile(r"\| (\w+(?:, \w+)*) \| (\d+(?:, \d+)*) \| (\w+) (\w+) \|$", re.MULTILINE)
# `(NoLoss, 12 steps, nosync v0)` in what they write.
_ASIDE = re.compile(r"\((\w+),\s+(\d+)\s+steps,\s+(\w+)\s+(\w+)\)")
# `[**7**](images/cold_start/cold_start_batches.v0.NoReplay.svg)` in the matrix.
_LINK = re.compile(r"\[\*\*(\d+)\*\*\]\([^)]*/cold_start_(\w+)\.(\w+)\.(\w+)\.svg\)")


@dataclass(frozen=True)
class Claim:
    """A check of a file violates a property, in so many steps."""

    file: Path
    check: str
    property: str
    steps: int

    def __str__(self) -> str:
        return f"{self.file.stem}-{self.check}-{self.property}"


def claims() -> list[Claim]:
    """All claims of the page, each once."""
    text = PAGE.read_text(encoding="utf-8")
    found: dict[Claim, None] = {}
    for properties, lengths, file, check in _ROW.findall(text):
        for name, steps in zip(properties.split(", "), lengths.split(", "), strict=True):
            found[Claim(_MODELS / f"{file}.gate", check, name, int(steps))] = None
    for name, steps, file, check in _ASIDE.findall(text):
        found[Claim(_MODELS / f"{file}.gate", check, name, int(steps))] = None
    for steps, file, check, name in _LINK.findall(text):
        found[Claim(_MODELS / f"{file}.gate", check, name, int(steps))] = None
    return list(found)
