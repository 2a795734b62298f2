"""Trees with parts replaced."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import fields
from functools import cache
from typing import TypeVar, cast

from skipgate.spec import syntax as s
from skipgate.spec.source import Span

_N = TypeVar("_N", bound=s.Node)


def with_parts(node: _N, change: Callable[[s.AnyNode], s.AnyNode], moved: Callable[[Span], Span] | None = None) -> _N:
    """A node with what `change` makes of each node directly below it; the node itself if that changes nothing.

    `moved` gives its span, if that is another one.
    """
    span = node.span if moved is None else moved(node.span)
    old = [getattr(node, name) for name in _parts(cast("Hashable", type(node)))]
    new = [_changed(value, change) for value in old]
    if span is node.span and all(a is b for a, b in zip(old, new, strict=True)):
        return node
    return type(node)(span, *new)


def _changed(value: object, change: Callable[[s.AnyNode], s.AnyNode]) -> object:
    if isinstance(value, s.Node):
        return change(cast("s.AnyNode", value))
    if isinstance(value, tuple):
        new = tuple(_changed(item, change) for item in value)
        return value if all(a is b for a, b in zip(value, new, strict=True)) else new
    return value


@cache
def _parts(kind: Hashable) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cast("type[s.Node]", kind)) if field.name != "span")


def mentioned(node: s.AnyNode) -> Iterator[s.AnyNode]:
    """A node and all nodes below it, without those in descriptions, on which no verdict depends."""
    yield node
    for child in s.children(node):
        if not isinstance(child, s.Description):
            yield from mentioned(child)


def named_type(written: s.AnyExpr) -> s.AnyType | None:
    """The type that an expression names or writes out; None if it is none."""
    match written:
        case s.TypeDomain(type=type_):
            return type_
        case s.Name(text=text, primed=False, of=None):
            return s.NamedType(written.span, text)
        case s.Range(low=low, high=high):
            return s.RangeType(written.span, low, high)
    return None
