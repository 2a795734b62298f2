"""Commands typed in a terminal: completion, and a history that is in memory unless a file is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

if TYPE_CHECKING:
    from prompt_toolkit.document import Document

    from skipgate.app.repl.session import Session


class _Completions(Completer):
    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """What the text before the cursor may go on as."""
        for text, replaced in self._session.completions(document.text_before_cursor):
            yield Completion(text, start_position=-replaced)


def typed(session: Session, history: Path | None) -> Iterator[str]:
    """The lines that are typed, until Ctrl-D. Ctrl-C drops the line at hand."""
    kept: History = InMemoryHistory() if history is None else FileHistory(str(history))
    prompt: PromptSession[str] = PromptSession(
        history=kept, completer=_Completions(session), complete_while_typing=False
    )
    while True:
        try:
            yield prompt.prompt(session.prompt)
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
