"""What commands print, as tests read it."""

from __future__ import annotations


def unbroken(text: str) -> str:
    """The same with each sentence on a line of its own: those that are too long for a line go on below, indented."""
    return text.replace("\n  ", " ")
