"""What people write first who come from elsewhere, and what they are told: one cause, one message.

Each row of `slips/*.txt` stands before the declarations of `slips/prelude.gate`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.spec.diagnostics import Diagnostic, SpecError
from skipgate.spec.parsing import recognition
from skipgate.spec.parsing.idioms import IDIOMS, Idiom
from skipgate.spec.source import Source
from tests.rows import assert_rows

_SLIPS = Path(__file__).parent / "slips"


def test_slips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prelude = (_SLIPS / "prelude.gate").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    Path("other.gate").write_text("model other\n", encoding="utf-8")
    wrong = []

    def say(name: str, written: str) -> str:
        Path("model.gate").write_text(written + prelude, encoding="utf-8")
        try:
            check_file("model.gate")
        except SpecError as problem:
            if len(problem.diagnostics) > 1:
                wrong.append(f"{name}: {len(problem.diagnostics)} messages")
            if any(diagnostic.span is None or diagnostic.hint is None for diagnostic in problem.diagnostics):
                wrong.append(f"{name}: no place, or no hint")
            return f"{problem}\n"
        wrong.append(f"{name}: nothing is wrong")
        return "nothing\n"

    used = set()
    tell = recognition._said

    def note(source: Source, first: int, idiom: Idiom, match: re.Match[str]) -> Diagnostic:
        used.add(idiom)
        return tell(source, first, idiom, match)

    monkeypatch.setattr(recognition, "_said", note)
    for path in sorted(_SLIPS.glob("*.txt")):
        assert_rows(path, say)
    assert not wrong
    unused = [idiom.pattern.pattern for idiom in IDIOMS if idiom not in used]
    assert not unused, "no slip needs these"
