"""The rich console for standard output: colour and width as the environment asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def output_console() -> Console:
    """A console that prints text as it is: no markup, no emoji codes, nothing highlighted by guesswork."""
    from rich.console import Console

    class _Console(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to the command line, which does not end with 1, as here: that means that something differs."""
            raise

    return _Console(markup=False, emoji=False, highlight=False)
