"""What is said of instances that are not there, of indices that are missing or wrong, and of what cannot be given.

Each row of `misuse.txt` stands behind `prelude.gate`, in a folder with the files that it imports.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.spec.diagnostics import SpecError
from tests.rows import assert_rows

_HERE = Path(__file__).parent


def test_one_mistake_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(_HERE / "parts", tmp_path / "parts")
    monkeypatch.chdir(tmp_path)
    prelude = (_HERE / "prelude.gate").read_text(encoding="utf-8")
    wrong = []

    def say(name: str, written: str) -> str:
        Path("model.gate").write_text(f"{prelude}{written}check c expect holds\n", encoding="utf-8")
        try:
            check_file("model.gate")
        except SpecError as problem:
            if len(problem.diagnostics) > 1:
                wrong.append(f"{name}: {len(problem.diagnostics)} messages")
            return f"{problem}\n"
        wrong.append(f"{name}: nothing is wrong")
        return "nothing\n"

    assert_rows(_HERE / "misuse.txt", say)
    assert not wrong
