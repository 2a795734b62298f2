"""What `--out` leaves behind: for every violated property a picture, and the trace as ITF JSON and DOT.

If there is a check to hold it against, the contrast is there as well, as a text and a picture.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from skipgate.app.contrasts import Contrasts
from skipgate.base.errors import reason
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.core.contrast import Contrast
    from skipgate.checker.core.result import Findings
    from skipgate.checker.core.trace import Trace

FORMATS = ("itf", "dot", "svg")


@dataclass
class Drawn:
    """What was written of one check: by property and format, and what could not be, and why."""

    folder: Path
    files: dict[str, dict[str, Path]] = field(default_factory=dict)
    contrasts: dict[str, Contrast] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def write_trace(self, result: Findings, name: str, formats: tuple[str, ...]) -> None:
        """Write the trace of one property, if there is one."""
        trace = result.properties[name].trace
        if trace is not None:
            self.write(trace, formats)

    def write(self, trace: Trace, formats: tuple[str, ...]) -> None:
        """Write a trace."""
        from skipgate.traces.render import write_trace

        written = self.files.setdefault(trace.property, {})
        # One format a call: a picture that cannot be drawn does not cost the trace itself.
        for form in formats:
            with self._complaining():
                written |= write_trace(trace, self.folder, [form])

    def write_contrast(self, result: Findings, name: str, contrasts: Contrasts) -> None:
        """Write the contrast of one property, if there is one."""
        contrast = contrasts.of(result, name)
        if contrast is None:
            return
        from skipgate.traces.render import write_contrast

        self.contrasts[name] = contrast
        written = self.files.setdefault(name, {})
        with self._complaining():
            written["contrast text"] = write_contrast(contrast, self.folder, "txt")
        with self._complaining():
            written["contrast"] = write_contrast(contrast, self.folder, "svg")

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        """Keep what cannot be written from ending the run."""
        from skipgate.traces.render import RenderError

        try:
            yield
        except RenderError as error:
            self.troubles.append(str(error))
        except OSError as error:
            self.troubles.append(f"{error.filename or self.folder} cannot be written: {reason(error)}")


def draw(
    result: Findings,
    folder: Path,
    contrasts: Contrasts,
    formats: tuple[str, ...] = FORMATS,
    shown: Iterable[Trace] = (),
) -> Drawn:
    """Write the traces of a check, and how checks without them differ; then other traces that show something."""
    drawn = Drawn(folder)
    for name in result.violated:
        drawn.write_trace(result, name, formats)
        drawn.write_contrast(result, name, contrasts)
    for trace in shown:
        drawn.write(trace, formats)
    return drawn


@dataclass
class Artifacts:
    """The files of a run, by file, check and property. Without a folder there are none."""

    folder: Path | None = None
    formats: tuple[str, ...] = FORMATS
    troubles: list[str] = field(default_factory=list)  # what could not be written, and why
    contrasts: Contrasts = field(default_factory=Contrasts)
    page: Path | None = None  # the page of the whole run
    _written: dict[tuple[str, str, str], dict[str, Path]] = field(default_factory=dict)
    _contrasts: dict[tuple[str, str, str], Contrast] = field(default_factory=dict)
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

    def write(self, result: Findings, shown: Iterable[Trace] = ()) -> None:
        """Write the traces of a check, and others that show something; called when it has ended, so that Ctrl-C does
        not cost them."""
        folder = self.folder_for(result.model, result.file)
        if folder is not None:
            self.adopt(result, draw(result, folder, self.contrasts, self.formats, shown))

    def write_one(self, result: Findings, name: str) -> None:
        """Write the trace of one property of a check, if there is one."""
        folder = self.folder_for(result.model, result.file)
        if folder is not None:
            drawn = Drawn(folder)
            drawn.write_trace(result, name, self.formats)
            self.adopt(result, drawn)

    def adopt(self, result: Findings, drawn: Drawn) -> None:
        """What was written of a check belongs to the run, whoever wrote it."""
        for name, files in drawn.files.items():
            self._written.setdefault((result.file, result.check, name), {}).update(files)
        for name, contrast in drawn.contrasts.items():
            self._contrasts[result.file, result.check, name] = contrast
        self.troubles += [each for each in dict.fromkeys(drawn.troubles) if each not in self.troubles]

    def folder_for(self, model: str, file: str) -> Path | None:
        """Where the traces of a model go: the first file that asks for its name has the folder itself, others with a
        model of that name one below it."""
        if self.folder is None:
            return None
        from skipgate.traces.files import safe_name

        owner = self._owners.setdefault(model, file)
        return self.folder if owner == file else self.folder / safe_name(file)

    @property
    def written(self) -> list[Path]:
        """All files that were written."""
        return [path for files in self._written.values() for path in files.values()]

    def contrast(self, result: Findings, name: str) -> Contrast | None:
        """The contrast that was drawn of a violated property, if there is one."""
        return self._contrasts.get((result.file, result.check, name))

    def files(self, result: Findings, name: str) -> dict[str, Path]:
        """The files of a violated property, by what they are."""
        return dict(self._written.get((result.file, result.check, name), {}))

    def picture(self, result: Findings, name: str) -> Path | None:
        """Where the picture of a violated property is; if it could not be drawn, where its DOT text is."""
        written = self._written.get((result.file, result.check, name), {})
        return written.get("svg") or written.get("dot")

    def trace(self, result: Findings, name: str) -> Path | None:
        """Where the ITF file of a violated property is."""
        return self._written.get((result.file, result.check, name), {}).get("itf")
