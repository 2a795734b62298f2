"""What `--out` leaves behind: for every violated property a picture, and the trace as ITF JSON and DOT."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.errors import InputError, reason

if TYPE_CHECKING:
    from checker.result import Findings


@dataclass
class Artifacts:
    """The files of a run, by file, check and property. Without a folder there are none."""

    folder: Path | None = None
    formats: tuple[str, ...] = ("itf", "dot", "svg")
    troubles: list[str] = field(default_factory=list)  # what could not be written, and why
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

    def write_one(self, result: Findings, name: str) -> None:
        """Write the trace of one property of a check, if there is one."""
        trace = result.properties[name].trace
        if self.folder is None or trace is None:
            return
        from traces.render import RenderError, write_trace

        folder = self._folder_for(self.folder, result)
        written = self._written.setdefault((result.file, result.check, name), {})
        # One format a call: a picture that cannot be drawn does not cost the trace itself.
        for form in self.formats:
            try:
                written |= write_trace(trace, folder, [form])
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
