"""An editor: a client that speaks with `skipgate lsp` over standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).parents[3]
_PATIENCE = 120.0


class Session:
    """A folder that is open in an editor."""

    def __init__(self, folder: Path, *, encoding: lsp.PositionEncodingKind = lsp.PositionEncodingKind.Utf16) -> None:
        self.folder = folder
        self.loop = asyncio.new_event_loop()
        self.client = LanguageClient("test", "1")
        self.published: dict[str, lsp.PublishDiagnosticsParams] = {}
        self.versions: dict[str, int] = {}
        self.progress: list[Any] = []
        self.messages: list[str] = []
        self.edits: list[lsp.WorkspaceEdit] = []
        self.shown: list[str] = []
        self.refreshed = 0
        self.errors = ""
        self._listen()
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.wait(self.client.start_io(sys.executable, "-m", "skipgate", "lsp", env=environment, cwd=str(folder)))
        general = lsp.GeneralClientCapabilities(position_encodings=[encoding])
        window = lsp.WindowClientCapabilities(
            work_done_progress=True, show_document=lsp.ShowDocumentClientCapabilities(True)
        )
        # What the server says on standard error has to be read, or it will wait when the pipe is full.
        self._reading = self.loop.create_task(self._read_errors())
        self.initialized = self.wait(
            self.client.initialize_async(
                lsp.InitializeParams(
                    capabilities=lsp.ClientCapabilities(general=general, window=window),
                    process_id=os.getpid(),
                    workspace_folders=[lsp.WorkspaceFolder(folder.as_uri(), folder.name)],
                )
            )
        )
        self.client.initialized(lsp.InitializedParams())

    def _listen(self) -> None:
        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: lsp.PublishDiagnosticsParams) -> None:
            self.published[params.uri] = params

        @self.client.feature(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE)
        def create(params: lsp.WorkDoneProgressCreateParams) -> None:
            self.progress.append(params.token)

        @self.client.feature(lsp.PROGRESS)
        def progress(params: lsp.ProgressParams) -> None:
            self.progress.append(params.value)

        @self.client.feature(lsp.WINDOW_SHOW_MESSAGE)
        def message(params: lsp.ShowMessageParams) -> None:
            self.messages.append(params.message)

        @self.client.feature(lsp.WINDOW_SHOW_DOCUMENT)
        def show(params: lsp.ShowDocumentParams) -> lsp.ShowDocumentResult:
            self.shown.append(params.uri)
            return lsp.ShowDocumentResult(True)

        @self.client.feature(lsp.WORKSPACE_CODE_LENS_REFRESH)
        def refresh(params: None) -> None:
            self.refreshed += 1

    async def _read_errors(self) -> None:
        server = self.client._server
        assert server is not None and server.stderr is not None
        while part := await server.stderr.read(4096):
            self.errors += part.decode("utf-8", "replace")

    def wait(self, what: Any) -> Any:
        """The result of an answer that is awaited."""
        return self.loop.run_until_complete(asyncio.wait_for(what, _PATIENCE))

    def until(self, condition: Callable[[], bool]) -> None:
        """Let messages arrive until a condition is true."""

        async def wait() -> None:
            while not condition():
                await asyncio.sleep(0.005)

        self.wait(wait())

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def document(self, name: str) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri(name))

    def open(self, name: str, text: str | None = None) -> None:
        """Open a file, with a text that it may not have on the disk."""
        text = (self.folder / name).read_text(encoding="utf-8") if text is None else text
        self.versions[name] = 1
        item = lsp.TextDocumentItem(self.uri(name), "gate", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def change(self, name: str, *changes: lsp.TextDocumentContentChangeEvent | str) -> None:
        """Change a text: parts of it, or all of it."""
        self.versions[name] += 1
        document = lsp.VersionedTextDocumentIdentifier(self.versions[name], self.uri(name))
        given = [lsp.TextDocumentContentChangeWholeDocument(c) if isinstance(c, str) else c for c in changes]
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, given))

    def close(self, name: str) -> None:
        self.client.text_document_did_close(lsp.DidCloseTextDocumentParams(self.document(name)))

    def diagnostics(self, name: str) -> list[lsp.Diagnostic]:
        """What is said of the text as it is now."""
        uri = self.uri(name)
        self.until(lambda: uri in self.published and self.published[uri].version == self.versions[name])
        return list(self.published[uri].diagnostics)

    def messages_of(self, name: str) -> list[str]:
        """The same as text: line, column and message."""
        found = [d for d in self.diagnostics(name) if d.code is None]
        return [f"{d.range.start.line + 1}:{d.range.start.character + 1}: {d.message}" for d in found]

    def end(self) -> int | None:
        """End the server as the protocol says; its exit status."""
        self.wait(self.client.shutdown_async(None))
        self.client.exit(None)
        server = self.client._server
        assert server is not None
        self.wait(self._reading)
        status: int | None = self.wait(server.wait())
        self.wait(self.client.stop())
        self.loop.close()
        return status
