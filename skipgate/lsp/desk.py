"""What all features share: the texts that are open, places, and which files there are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from skipgate.base.paths import find_models
from skipgate.errors import InputError
from skipgate.lsp.places import Places
from skipgate.spec.live.analysis import Analysis
from skipgate.spec.live.buffers import Buffers
from skipgate.spec.live.occurrences import Occurrences
from skipgate.spec.loader import all_contents, text_of


class Desk:
    """The models that somebody works on."""

    def __init__(self, roots: Iterable[Path] = ()) -> None:
        self.roots = list(roots)  # folders whose files models may use
        self.buffers = Buffers()
        self.places = Places()
        self.types: dict[str, dict[str, dict[str, str]]] = {}  # by file and check: the types of its variables
        self._occurrences: tuple[Analysis, Occurrences] | None = None

    def occurrences(self, name: str) -> Occurrences:
        """The names in a file, which several questions ask for between two edits."""
        analysis = self.buffers.analysis(name)
        if self._occurrences is None or self._occurrences[0] is not analysis:
            self._occurrences = analysis, Occurrences(analysis)
        return self._occurrences[1]

    def text(self, name: str) -> str:
        """The text of any file, as it is in the editor or on the disk; nothing if it cannot be read."""
        try:
            with all_contents(self.buffers.contents):
                return text_of(Path(name))
        except InputError:
            return ""

    def files(self) -> list[str]:
        """Every model in the folders that are open, and every text that is open."""
        found = list(self.buffers.names)
        for root in self.roots:
            try:
                found += [self.places.known_as(file.path) for file in find_models([root])]
            except InputError:  # there is none
                continue
        return list(dict.fromkeys(found))
