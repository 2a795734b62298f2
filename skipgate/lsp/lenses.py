"""A lens over each check: run it, what came of it last, the picture."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls import uris

from skipgate.lsp.desk import Desk
from skipgate.lsp.jobs import Job
from skipgate.spec import syntax as s
from skipgate.spec.confinement import real

if TYPE_CHECKING:
    from pygls.lsp.server import LanguageServer

CHECK = "skipgate.check"
PICTURE = "skipgate.showPicture"
_SIGNS = {"expected": "✓", "differs": "✗", "unknown": "?"}


@dataclass(frozen=True)
class Outcome:
    """What came of a run, and the texts that it was a run of."""

    standing: str
    message: str
    pictures: tuple[str, ...]
    texts: Mapping[Path, bytes]


class Runs:
    """Runs of checks, and what came of them."""

    def __init__(self, server: LanguageServer, desk: Desk) -> None:
        self._server = server
        self._desk = desk
        self._outcomes: dict[tuple[str, str], Outcome] = {}
        self._running: dict[tuple[str, str], Job] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="skipgate-", ignore_cleanup_errors=True)

    def lenses(self, uri: str) -> list[lsp.CodeLens]:
        """The lenses of a file."""
        name = self._desk.places.name(uri)
        found = []
        for declaration in self._desk.buffers.analysis(name).own:
            if isinstance(declaration, s.CheckDecl) and declaration.name.span.text == declaration.name.text:
                place = self._desk.places.range(declaration.name.span)
                for command in self._commands(name, uri, declaration.name.text):
                    found.append(lsp.CodeLens(place, command))
        return found

    def _commands(self, name: str, uri: str, check: str) -> list[lsp.Command]:
        if (name, check) in self._running:
            return [lsp.Command("… running", CHECK, arguments=[uri, check])]
        commands = [lsp.Command("▶ run", CHECK, arguments=[uri, check])]
        outcome = self._outcomes.get((name, check))
        if outcome is not None:
            current = {real(path): text for path, text in self._desk.buffers.contents.items()} == outcome.texts
            said = f"{_SIGNS[outcome.standing]} {outcome.message}" + ("" if current else " (before the last edit)")
            commands.append(lsp.Command(said, CHECK, arguments=[uri, check]))
            commands += [
                lsp.Command(f"picture of {Path(picture).stem.rpartition('.')[2]}", PICTURE, arguments=[picture])
                for picture in outcome.pictures
            ]
        return commands

    async def run(self, uri: str, check: str) -> Mapping[str, Any] | None:
        """Run a check; what came of it, or None if it was ended. One that runs already is ended first."""
        name = self._desk.places.name(uri)
        if (name, check) in self._running:
            self._running[name, check].end()
            return None
        folder = Path(self._folder.name) / uuid.uuid4().hex
        folder.mkdir()
        job = Job(self._desk, do="check", file=name, check=check, folder=str(folder))
        texts = {real(path): text for path, text in self._desk.buffers.contents.items()}
        self._running[name, check] = job
        progress = await _Bar.begin(self._server, f"check {check}", job)
        self._refresh()
        last: Mapping[str, Any] | None = None
        try:
            async for answer in job.answers():
                if "states" in answer:
                    progress.report(f"{answer['states']:,} states, depth {answer['depth']}")
                else:
                    last = answer
            if last is None and job.errors and not job.ended_by_us:
                last = {"standing": "unknown", "message": job.errors.strip().splitlines()[-1], "violated": []}
        finally:
            self._running.pop((name, check), None)
            progress.end("ended" if last is None else last["message"])
        if last is not None:
            pictures = tuple(each["picture"] for each in last["violated"] if each.get("picture"))
            self._outcomes[name, check] = Outcome(last["standing"], last["message"], pictures, texts)
            if pictures:
                self.show(pictures[0])
        self._refresh()
        return last

    def show(self, picture: str) -> None:
        """Show a picture in the editor."""
        window = self._server.client_capabilities.window
        if window is not None and window.show_document is not None and window.show_document.support:
            uri = uris.from_fs_path(picture) or ""
            self._server.window_show_document(lsp.ShowDocumentParams(uri, external=False, take_focus=False))

    def end(self) -> None:
        """End everything that runs."""
        for job in self._running.values():
            job.end()
        self._folder.cleanup()

    def _refresh(self) -> None:
        workspace = self._server.client_capabilities.workspace
        if workspace is not None and workspace.code_lens is not None and workspace.code_lens.refresh_support:
            self._server.workspace_code_lens_refresh(None)


class _Bar:
    """How far a run has come, where the editor shows such things. Who cancels it ends the job."""

    def __init__(self, server: LanguageServer, token: str | None) -> None:
        self._server = server
        self._token = token

    @classmethod
    async def begin(cls, server: LanguageServer, title: str, job: Job) -> _Bar:
        window = server.client_capabilities.window
        if window is None or not window.work_done_progress:
            return cls(server, None)
        token = uuid.uuid4().hex
        bars = server.work_done_progress
        await bars.create_async(token)
        bars.begin(token, lsp.WorkDoneProgressBegin(title, cancellable=True))
        bars.tokens[token].add_done_callback(lambda future: job.end())
        return cls(server, token)

    def report(self, message: str) -> None:
        if self._token is not None:
            self._server.work_done_progress.report(self._token, lsp.WorkDoneProgressReport(message=message))

    def end(self, message: str) -> None:
        if self._token is not None:
            self._server.work_done_progress.end(self._token, lsp.WorkDoneProgressEnd(message=message))
