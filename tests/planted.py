"""Faults that are planted on purpose: tests that are worth their time notice them."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def fault(function: Any, old: str, new: str) -> Iterator[None]:
    """In the source of a function, `old` becomes `new`, wherever the function is used: its code is exchanged."""
    function = inspect.unwrap(function)
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(old) == 1, "the text to be replaced is not there (once)"
    source = source[source.index("def ") :].replace(old, new)
    namespace: dict[str, Any] = dict(function.__globals__)
    exec(source, namespace)
    original = function.__code__
    function.__code__ = namespace[function.__name__].__code__
    try:
        yield
    finally:
        function.__code__ = original
