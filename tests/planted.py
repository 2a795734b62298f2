"""Faults that are planted on purpose: tests that are worth their time notice them."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Mutant:
    """A fault: in the source of a function, `old` becomes `new`. It is to be noticed by `check` of some sample."""

    what: str
    function: Any
    old: str
    new: str
    check: Callable[[Any], None]
    sample: Any = None  # one that shows it, where it is known


@contextmanager
def applied(mutant: Mutant) -> Iterator[None]:
    """The function with the fault in it, wherever it is used: its code is exchanged."""
    function = inspect.unwrap(mutant.function)
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(mutant.old) == 1, "the text to be replaced is not there (once)"
    source = source[source.index("def ") :].replace(mutant.old, mutant.new)
    namespace: dict[str, Any] = dict(function.__globals__)
    exec(source, namespace)
    original = function.__code__
    function.__code__ = namespace[function.__name__].__code__
    try:
        yield
    finally:
        function.__code__ = original


def noticed(mutant: Mutant, samples: Iterable[T]) -> T | None:
    """The first sample (a seed, or a text) with which the check of a mutant fails; None if it does with none."""
    with applied(mutant):
        for sample in samples:
            try:
                mutant.check(sample)
            except Exception:
                return sample
    return None
