"""Foreign text in Markdown: names of files and symbols, descriptions and reasons show as they are, and do nothing.

A pull request from a stranger decides what these texts are. They must not become links, images, mentions of people,
HTML, or the end of a table or a code block.
"""

from __future__ import annotations

import re

from skipgate.traces.plain import clipped, one_line, visible

_PUNCTUATION = re.compile(r"[!\"#$&()*+\-.:<>@\[\\\]^_`{|}~]")  # the rest of ASCII means nothing within a line
_WORD_JOINER = "\u2060"


def text(foreign: str, limit: int = 600) -> str:
    """Running text in one line."""
    return _PUNCTUATION.sub(_literal, clipped(one_line(foreign), limit))


def _literal(match: re.Match[str]) -> str:
    char = match[0]
    if char in "<>&":
        return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}[char]
    # Mentions and references are looked for after Markdown is done with the text: they need to be broken up.
    return f"\\{char}{_WORD_JOINER if char in '@#' else ''}"


def code(foreign: str, limit: int = 300) -> str:
    """A name in a code span, in which nothing has a meaning; fit for the cell of a table."""
    shown = clipped(visible(foreign), limit).replace("|", "\\|")
    if not shown.strip():
        return "` `"
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def block(foreign: str, language: str = "text", limit: int = 20_000) -> str:
    """Several lines in a fenced block."""
    lines = [visible(line) for line in foreign.splitlines()]
    body = "\n".join(lines)
    if len(body) > limit:
        kept = body[:limit].rsplit("\n", 1)[0]
        body = f"{kept}\n… {len(lines) - kept.count(chr(10)) - 1} lines left out"
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}{language}\n{body}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
