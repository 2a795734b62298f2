"""The types in the comments of the page's script are true."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests import npm

PAGES = Path("skipgate/app/page")
SHARED = PAGES / "shared.js"
OPTIONS = ["--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2022", "--lib", "es2023,dom,dom.iterable"]


def checked(*scripts: Path) -> subprocess.CompletedProcess[str]:
    compiler = npm.program("typescript", "tsc")
    return subprocess.run([compiler, *OPTIONS, *map(str, scripts)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["report.js", "explore.js"])
def test_typescript_agrees(name: str) -> None:
    done = checked(SHARED, PAGES / name)
    assert done.returncode == 0, done.stdout


def test_a_wrong_type_is_noticed(tmp_path: Path) -> None:
    text = (PAGES / "report.js").read_text("utf-8")
    wrong = tmp_path / "wrong.js"
    wrong.write_text(text.replace("goTo(now.step + 1)", "goTo(now.id)"))
    assert "goTo" in text and "TS2345" in checked(SHARED, wrong).stdout
