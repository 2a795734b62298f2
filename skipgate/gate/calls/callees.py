"""What is found out about the calls in a piece of code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from skipgate.gate.code import Symbol

FUNCTIONS = frozenset({"function", "method", "constructor"})


@dataclass(frozen=True)
class OpenCall:
    """A call that the text does not resolve. `candidates` are what it could mean, if that is known."""

    text: str
    path: str
    line: int
    why: str
    candidates: tuple[Symbol, ...] = ()


@dataclass(frozen=True)
class Callees:
    """What a piece of code calls within its repository, each once and in the order of the text."""

    found: tuple[Symbol, ...] = ()
    unknown: tuple[OpenCall, ...] = ()


def collected(found: Iterable[Symbol], unknown: Iterable[OpenCall]) -> Callees:
    """Each callee once."""
    return Callees(
        tuple({symbol.key: symbol for symbol in found}.values()),
        tuple({(call.text, call.why): call for call in unknown}.values()),
    )
