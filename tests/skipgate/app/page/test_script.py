"""The types in the comments of the page's script are true."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests import npm

SCRIPT = Path("skipgate/app/page/page.js")
OPTIONS = ["--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2022", "--lib", "es2023,dom,dom.iterable"]


def checked(script: Path) -> subprocess.CompletedProcess[str]:
    compiler = npm.program("typescript", "tsc")
    return subprocess.run([compiler, *OPTIONS, str(script)], capture_output=True, text=True, check=False)


def test_typescript_agrees() -> None:
    done = checked(SCRIPT)
    assert done.returncode == 0, done.stdout


def test_a_wrong_type_is_noticed(tmp_path: Path) -> None:
    text = SCRIPT.read_text("utf-8")
    wrong = tmp_path / "wrong.js"
    wrong.write_text(text.replace("goTo(now.step + 1)", "goTo(now.id)"))
    assert "goTo" in text and "TS2345" in checked(wrong).stdout
