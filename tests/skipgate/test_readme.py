"""What README.md shows is what one sees."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.skipgate.conftest import Run

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def words(text: str) -> list[str]:
    """A text without times, and without the lines and blanks whose number depends on them."""
    return re.sub(r"\d+\.\d+s|─", "", text).split()


def test_the_first_example(run: Run) -> None:
    block = re.search(r"```console\n\$ skipgate ([^\n]*)\n(.*?)```", README, re.DOTALL)
    assert block is not None
    Path("models").symlink_to(ROOT / "models")
    result = run(*shlex.split(block[1]))
    assert result.exit_code == 0
    assert words(result.stdout) == words(block[2])


def test_the_model_checks(run: Run) -> None:
    model = re.search(r"```\n(model die_hard .*?)```", README, re.DOTALL)
    assert model is not None
    Path("die_hard.gate").write_text(model[1], encoding="utf-8")
    result = run("check", "die_hard.gate")
    assert result.exit_code == 0, result.output


def test_the_example_in_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert program is not None
    monkeypatch.chdir(ROOT)
    exec(program[1], {})
    # Three properties are violated in v3, as the first example shows.
    assert capsys.readouterr().out == "v3 violation ('CeilingComplete', 'HLC4', 'SkipUseful') 9982\n"
