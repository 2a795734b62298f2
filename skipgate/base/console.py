"""The rich console for standard output: colour and width as the environment asks for them."""

from __future__ import annotations

import re
import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


_WIDEST = 120  # columns of running text
_GLUE = "\u00a0"  # a blank at which no line is broken; no text that is printed has any


def columns() -> int:
    """How many columns standard output has: those of the terminal; of anything else, COLUMNS or 80."""
    return shutil.get_terminal_size(fallback=(80, 24)).columns


def text_columns() -> int:
    """The same for text that is wrapped: very long lines are hard to read."""
    return min(columns(), _WIDEST)


def sentence(text: str, *, first: int = 0) -> str:
    """A sentence in lines as wide as the output, broken between words; it stands behind `first` columns of others.

    Paths and names are not broken, nor is code between backticks if it fits on a line. A line that is indented is a
    command or a path to be copied, and stays whole.
    """
    import textwrap

    if text.startswith(" "):
        return text
    width = text_columns()

    def glued(code: re.Match[str]) -> str:
        return code[0].replace(" ", _GLUE) if len(code[0]) <= width - 2 else code[0]

    lines = textwrap.wrap(
        "x" * first + re.sub("`[^`]*`", glued, text),
        width,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines)[first:].replace(_GLUE, " ")


def output_console() -> Console:
    """A console that prints text as it is: no markup, no emoji codes, nothing highlighted by guesswork."""
    from rich.console import Console

    class _Console(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to the command line, which does not end with 1, as here: that means that something differs."""
            raise

    # Left alone, rich asks the terminal behind standard error when output is redirected.
    width = None if sys.stdout.isatty() else columns()
    return _Console(markup=False, emoji=False, highlight=False, width=width)
