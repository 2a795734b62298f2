"""The rich console for standard output: colour and width as the environment asks for them."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


_WIDEST = 120  # columns of running text


def columns() -> int:
    """How many columns standard output has: those of the terminal; of anything else, COLUMNS or 80."""
    return shutil.get_terminal_size(fallback=(80, 24)).columns


def text_columns() -> int:
    """The same for text that is wrapped: very long lines are hard to read."""
    return min(columns(), _WIDEST)


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
