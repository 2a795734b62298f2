"""Prints a syntax tree by the shape of its dataclasses, so that a new kind of node needs nothing here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from skipgate.spec.source import Span
from skipgate.spec.syntax import Node


def tree_text(root: object) -> str:
    """A node a line, children indented: field name, class, place, then the plain values of the node."""
    return "".join(f"{line}\n" for line in _lines(root, "", 0))


def _lines(value: object, label: str, depth: int) -> Iterator[str]:
    head = "  " * depth + (f"{label}: " if label else "")
    if isinstance(value, tuple):
        if label:
            yield "  " * depth + f"{label}:"
        for part in value:
            yield from _lines(part, "" if label else "-", depth + 1)
    elif is_dataclass(value) and not isinstance(value, type):
        parts = [(field.name, getattr(value, field.name)) for field in fields(value)]
        plain = [f"{name}={part!r}" for name, part in parts if _is_plain(part)]
        span = getattr(value, "span", None)
        place = [f"[{span.line}:{span.column}]"] if isinstance(span, Span) else []
        yield head + " ".join([type(value).__name__, *place, *plain])
        for name, part in parts:
            if isinstance(part, tuple | Node) and part != ():
                yield from _lines(part, name, depth + 1)
    else:
        yield f"{head}{value!r}"


def _is_plain(value: object) -> bool:
    """Is it a value that fits on the line of its node?"""
    return isinstance(value, str | int | bool)
