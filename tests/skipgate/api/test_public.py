"""What `import skipgate` offers."""

from __future__ import annotations

import ast
import doctest
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import skipgate
from skipgate import errors

ROOT = Path(__file__).parents[3]
FUNCTIONS = [each for each in map(skipgate.__getattribute__, skipgate.__all__) if inspect.isfunction(each)]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_every_function_has_a_docstring_whose_example_is_true(
    function: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    (example,) = doctest.DocTestFinder(recurse=False).find(function, globs={"skipgate": skipgate, "json": json})
    assert example.examples
    assert doctest.DocTestRunner().run(example).failed == 0


def test_every_public_name_is_there() -> None:
    assert all(getattr(skipgate, name) is not None for name in skipgate.__all__)
    assert set(skipgate.__all__) <= set(dir(skipgate))
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        skipgate.chekc  # noqa: B018 - the access is the test


def test_a_type_checker_sees_the_same_names() -> None:
    tree = ast.parse(Path(skipgate.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert sorted(skipgate.__all__) == sorted({*seen, "__version__"}) == sorted({*skipgate._HOME, "__version__"})


def test_importing_it_costs_next_to_nothing() -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import skipgate; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {name for name in loaded if name.startswith("skipgate")} == {"skipgate"}
    assert not {name.split(".")[0] for name in loaded} & {"lark", "click", "rich", "numpy"}


def test_all_exceptions_are_of_one_family() -> None:
    for error in (skipgate.InputError, skipgate.SpecError, skipgate.Interrupted, skipgate.InternalError):
        assert issubclass(error, errors.SkipgateError)
    assert issubclass(skipgate.SpecError, skipgate.InputError)
    assert issubclass(skipgate.Interrupted, KeyboardInterrupt)


def test_an_interrupt_is_not_caught_with_errors() -> None:
    assert not issubclass(skipgate.Interrupted, Exception)
    assert issubclass(skipgate.InputError, Exception) and issubclass(skipgate.InternalError, Exception)
