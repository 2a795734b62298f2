"""Inputs that were once treated wrongly, each beside what comes of it.

The first line of a model says what it is about. The second is the call; its output and exit status stand in the `.txt`
file. SKIPGATE_WRITE=1 writes these files anew: read what changed before you commit it.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from skipgate.cli.main import cli

HERE = Path(__file__).parent
MODELS = sorted(HERE.glob("*.gate"))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.stem)
def test_regression(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)
    monkeypatch.setenv("COLUMNS", "100")
    about, call = model.read_text(encoding="utf-8").splitlines()[:2]
    assert about.startswith("# ") and call.startswith("# skipgate "), "two lines of comment, the second with the call"
    command, *options = shlex.split(call.removeprefix("# skipgate "))
    result = CliRunner().invoke(cli, [command, model.name, *options], prog_name="skipgate")
    found = f"{_without_times(result.output)}exit {int(result.exit_code)}\n"
    expected = model.with_suffix(".txt")
    if os.environ.get("SKIPGATE_WRITE"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


def _without_times(text: str) -> str:
    """Durations differ from run to run; with them goes the white space that lines them up."""
    return re.sub(r" *\b\d+(\.\d+|m\d\d)s\b", " _s", text)
