"""Composite literals as gofmt lays them out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

_SMALL = 40  # characters of a key that never end an alignment
_RATIO = 2.5  # how much longer or shorter than those before it a key may be otherwise
_LINE = 70  # characters of a statement in a function on one line; gofmt allows a few more


def indented(text: str, tabs: int = 1) -> str:
    """Lines moved to the right."""
    return "\n".join("\t" * tabs + line if line else line for line in text.split("\n"))


def fields(pairs: Sequence[tuple[str, str]]) -> str:
    """`key: value,` on lines of their own, with the values of keys that stand together below each other."""
    return "\n".join(_lines(pairs))


def _lines(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    run: list[tuple[str, str]] = []
    logarithms = 0.0
    for key, value in pairs:
        flat = "\n" not in value
        if run and not (flat and _aligned(key, run[-1][0], logarithms / len(run))):
            yield from _run(run)
            run, logarithms = [], 0.0
        if flat:
            run.append((key, value))
            logarithms += math.log(len(key))
        else:
            yield f"{key}: {value},"
    yield from _run(run)


def _aligned(key: str, before: str, mean: float) -> bool:
    if len(before) <= _SMALL and len(key) <= _SMALL:
        return True
    ratio = len(key) / math.exp(mean)
    return _RATIO * ratio > 1 and ratio < _RATIO


def _run(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = max((len(key) for key, _ in pairs), default=0) + 1
    for key, value in pairs:
        yield f"{f'{key}:':<{width}} {value},"


def block(prefix: str, inside: str) -> str:
    """A literal or a function on several lines, or on one if there is nothing in it."""
    return f"{prefix}{{\n{indented(inside)}\n}}" if inside else f"{prefix}{{}}"


def function(head: str, statement: str) -> str:
    """A function of one statement."""
    return f"{head} {{ {statement} }}" if len(statement) <= _LINE else block(f"{head} ", statement)
