"""Lines for a log that somebody else reads as well: a workflow runner looks for commands in them."""

from __future__ import annotations

from skipgate.traces.plain import visible


def line(text: str) -> str:
    """`text` in one line that is no command, whatever a file or a symbol in it is called."""
    shown = visible(text).replace("##[", "## [")
    return f"| {shown}" if shown.lstrip().startswith("::") else shown
