from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

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
