"""What a specification is refused for once a check has chosen its constants."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def test_what_is_wrong_is_said(faulty: Path, answer: Callable[[Path], str]) -> None:
    assert answer(faulty) == faulty.with_suffix(".expected").read_text(encoding="utf-8")


def test_every_answer_belongs_to_a_faulty_file() -> None:
    errors = Path(__file__).parent / "errors"
    answers = set(errors.rglob("*.expected"))
    assert answers == {file.with_suffix(".expected") for file in errors.glob("*/*.gate")}
