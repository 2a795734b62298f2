"""Faulty files and what they are answered with: `errors/<name>/*.gate` belong to the tests in `test_<name>.py`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file
from skipgate.spec.diagnostics import SpecError

_ERRORS = Path(__file__).parent / "errors"

Write = Callable[[str], Path]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "faulty" in metafunc.fixturenames:
        folder = _ERRORS / Path(str(metafunc.module.__file__)).stem.removeprefix("test_")
        files = sorted(folder.glob("*.gate"))
        assert files, f"no faulty files in {folder}"
        metafunc.parametrize("faulty", files, ids=[file.stem for file in files])


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], str]:
    """What the author of a file is told when its checks are run in its folder."""

    def call(path: Path) -> str:
        monkeypatch.chdir(path.parent)
        with pytest.raises(SpecError) as caught:
            check_file(path.name)
        assert caught.value.diagnostics
        return str(caught.value) + "\n"

    return call


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the text of a specification to a file."""

    def make(text: str) -> Path:
        path = tmp_path / "model.gate"
        path.write_text(text, encoding="utf-8")
        return path

    return make
