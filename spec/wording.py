"""Words for messages."""

from __future__ import annotations


def with_article(noun: str) -> str:
    """`a constant`, `an action`."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def plural(count: int, noun: str) -> str:
    """`1 field`, `2 fields`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
