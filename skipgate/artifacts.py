"""What `--out` leaves behind: for every violated property a picture, and the trace as ITF JSON and DOT.

If there is a check to hold it against, the contrast is there as well, as a text and a picture.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.contrasts import Contrasts
from skipgate.errors import InputError, reason

if TYPE_CHECKING:
    from checker.result import Findings


@dataclass
class Artifacts:
    """The files of a run, by file, check and property. Without a folder there are none."""

    folder: Path | None = None
    formats: tuple[str, ...] = ("itf", "dot", "svg")
    troubles: list[str] = field(default_factory=list)  # what could not be written, and why
    contrasts: Contrasts = field(default_factory=Contrasts)
    _written: dict[tuple[str, str, str], dict[str, Path]] = field(default_factory=dict)
    _owners: dict[str, str] = field(default_factory=dict)  # the file of each model's name

    def prepare(self) -> None:
        """Make the folder, and make sure before a long search that it can be written to.

        Raises:
            InputError: if it cannot.
        """
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise InputError(f"the folder {self.folder} cannot be written to: {reason(error)}") from None

    def write(self, result: Findings) -> None:
        """Write the traces of a check; called when it has ended, so that Ctrl-C does not cost them."""
        for name in result.violated:
            self.write_one(result, name)
            self._write_contrast(result, name)

    def write_one(self, result: Findings, name: str) -> None:
        """Write the trace of one property of a check, if there is one."""
        trace = result.properties[name].trace
        if self.folder is None or trace is None:
            return
        from traces.render import write_trace

        folder = self._folder_for(self.folder, result)
        written = self._written.setdefault((result.file, result.check, name), {})
        # One format a call: a picture that cannot be drawn does not cost the trace itself.
        for form in self.formats:
            with self._complaining():
                written |= write_trace(trace, folder, [form])

    def _write_contrast(self, result: Findings, name: str) -> None:
        contrast = None if self.folder is None else self.contrasts.of(result, name)
        if self.folder is None or contrast is None:
            return
        from traces.render import write_contrast

        with self._complaining():
            write_contrast(contrast, self._folder_for(self.folder, result))

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        """Keep what cannot be written from ending the run."""
        from traces.render import RenderError

        try:
            yield
        except RenderError as error:
            self._trouble(str(error))
        except OSError as error:
            self._trouble(f"{error.filename or self.folder} cannot be written: {reason(error)}")

    def _folder_for(self, folder: Path, result: Findings) -> Path:
        """The folder itself; one below it for a file whose model has the name of another file's model."""
        from traces.files import safe_name

        owner = self._owners.setdefault(result.model, result.file)
        return folder if owner == result.file else folder / safe_name(result.file)

    def _trouble(self, message: str) -> None:
        if message not in self.troubles:
            self.troubles.append(message)

    def picture(self, result: Findings, name: str) -> Path | None:
        """Where the picture of a violated property is; if it could not be drawn, where its DOT text is."""
        written = self._written.get((result.file, result.check, name), {})
        return written.get("svg") or written.get("dot")

    def trace(self, result: Findings, name: str) -> Path | None:
        """Where the ITF file of a violated property is."""
        return self._written.get((result.file, result.check, name), {}).get("itf")
