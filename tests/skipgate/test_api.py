from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import skipgate
from skipgate import api

ROOT = Path(__file__).parents[2]


def test_the_example_in_the_documentation_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (example,) = doctest.DocTestFinder(recurse=False).find(api.check, globs={"skipgate": skipgate})
    assert doctest.DocTestRunner().run(example) == doctest.TestResults(failed=0, attempted=5)


def test_every_public_name_is_there() -> None:
    assert all(getattr(skipgate, name) is not None for name in skipgate.__all__)
    assert set(skipgate.__all__) <= set(dir(skipgate))
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        skipgate.chekc  # noqa: B018 - the access is the test


def test_importing_it_costs_next_to_nothing() -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import skipgate; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {name.split(".")[0] for name in loaded} & {"checker", "spec", "traces", "lark", "click", "rich"}


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"only": "puzzel"}, "no check is called 'puzzel'"),
        ({"tags": ["deep", "slow"]}, "no check is tagged deep or slow"),
        ({"only": "p*", "tags": ["deep"]}, "no check is called 'p*' and is tagged deep"),
    ],
)
def test_nothing_passes_because_nothing_was_chosen(chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        skipgate.check(ROOT / "models" / "examples" / "die_hard.gate", **chosen)


def test_a_file_with_tagged_checks_only(tmp_path: Path) -> None:
    path = tmp_path / "m.gate"
    path.write_text("var x : bool = true action flip then x' = not x check c tag deep expect holds")
    with pytest.raises(ValueError, match="no check is without tags"):
        skipgate.check(path)
    assert skipgate.check(path, tags=["deep"]).as_expected
