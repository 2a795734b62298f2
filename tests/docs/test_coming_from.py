"""docs/coming-from.md: what its tables say to write is in one of its models, which test_examples.py checks."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import ROOT, labelled

PAGE = ROOT / "docs" / "coming-from.md"


def column(heading: str, number: int) -> list[str]:
    """The code in a column of the table below a heading."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in section.splitlines() if line.startswith("|")][2:]
    return [code.replace(r"\|", "|") for row in rows for code in re.findall(r"`([^`]+)`", row[number])]


CODE = [*column("Constructs side by side", 0), *column("Habits, and what to write instead", 1)]
NO_CODE = {"sum", "max", "--check", "then"}  # what is only mentioned
MODELS = " ".join(" ".join(block.text.split()) for block in labelled("gate", "model", page=PAGE))


@pytest.mark.parametrize("code", [code for code in CODE if code not in NO_CODE])
def test_what_is_written_in_a_table_is_in_a_model(code: str) -> None:
    assert " ".join(code.split()) in MODELS


def test_there_is_code() -> None:
    assert len(CODE) > 40
