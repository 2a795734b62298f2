"""The server: which message of the protocol is answered by what."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls import uris
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from skipgate import __version__
from skipgate.lsp import navigation
from skipgate.lsp.desk import Desk
from skipgate.lsp.diagnostics import Published, received
from skipgate.lsp.editing import complete, formatted, quick_fixes
from skipgate.lsp.jobs import Job
from skipgate.lsp.lenses import CHECK, PICTURE, Runs
from skipgate.spec.confinement import allowed

_PAUSE = 0.05  # seconds without an edit, before a text is examined
_IDLE = 0.6  # more of them, before what takes long is begun
_MOST_WITHOUT_COLLECTING = 200  # examinations


class GateServer(LanguageServer):
    """Models in an editor."""

    def __init__(self, roots: Iterable[Path] = ()) -> None:
        super().__init__("skipgate", __version__)
        self.desk = Desk(roots)
        self.published = Published(self.desk.places)
        self.runs = Runs(self, self.desk)
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._examining: dict[str, tuple[Job, asyncio.Task[None]]] = {}
        self._examined = 0  # since garbage was collected
        _follow_texts(self)
        _answer_questions(self)

    def begin(self, params: lsp.InitializeParams) -> None:
        """Learn what the editor has open as a folder."""
        folders = [folder.uri for folder in params.workspace_folders or ()] or [params.root_uri or ""]
        paths = [Path(path) for uri in folders if (path := uris.to_fs_path(uri)) and Path(path).is_dir()]
        if len(paths) == 1:
            os.chdir(paths[0])
        self.desk.roots += paths

    def edited(self, uri: str) -> None:
        """A text was opened or changed: examine it as soon as nobody types."""
        name = self.desk.places.name(uri)
        self.desk.buffers.put(name, self.workspace.get_text_document(uri).source)
        self._end_job(name)
        self.soon(name)

    def soon(self, name: str) -> None:
        """Examine a file after a pause."""
        if name in self._waiting:
            self._waiting[name].cancel()
        self._waiting[name] = asyncio.get_running_loop().create_task(self._examine_later(name))

    async def _examine_later(self, name: str) -> None:
        await asyncio.sleep(_PAUSE)
        self.examine(name)
        await asyncio.sleep(_IDLE)
        self._collect()
        for each in (name, *self.published.dependants(name)):
            self._look_closer(each)

    def _collect(self) -> None:
        """Collect garbage, which takes long, when nobody waits; see `serve`."""
        self._examined = 0
        gc.collect()

    def _look_closer(self, name: str) -> None:
        """Let another process find what takes long: what is wrong with the checks of a file, and what lint says."""
        self._end_job(name)
        if name in self.published.files and not self.published.is_wrong(name):
            job = Job(self.desk, do="examine", file=name)
            task = asyncio.get_running_loop().create_task(self._receive(name, job))
            self._examining[name] = job, task

    def _end_job(self, name: str) -> None:
        if name in self._examining:
            self._examining.pop(name)[0].end()

    async def _receive(self, name: str, job: Job) -> None:
        found, types = [], {}
        async for answer in job.answers():
            if job.ended_by_us:
                return
            if "types" in answer:
                types[answer["check"]] = answer["types"]
            else:
                found.append(received(answer, name, self.desk))
        if job.errors and not job.ended_by_us:
            self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Warning, f"{name}: {job.errors.strip()}"))
        self.desk.types[name] = types
        self.published.say(name, "closer", found)
        self.publish()

    def reach(self) -> AbstractContextManager[None]:
        """Let models use what is below the folders that are open."""
        return allowed(*self.desk.roots)

    def examine(self, name: str) -> None:
        """Examine a file and those that are made of it, and publish what changed."""
        self._examined += 1
        if self._examined > _MOST_WITHOUT_COLLECTING:
            self._collect()
        names = [name, *self.published.dependants(name)]
        with self.reach():
            for each in names:
                self.published.examined(each, self.desk.buffers.examine(each))
        self.publish(names)

    def publish(self, examined: Iterable[str] = ()) -> None:
        """Send what is said of files that were examined, and of others where it is not what was said before."""
        for name, diagnostics in self.published.changes([*examined]):
            uri = self.desk.places.uri(name)
            known = self.workspace.text_documents.get(uri)
            version = None if known is None else known.version
            self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, diagnostics, version))

    def closed(self, uri: str) -> None:
        """A file is not open any more."""
        name = self.desk.places.name(uri)
        waiting = self._waiting.pop(name, None)
        if waiting is not None:
            waiting.cancel()
        self._end_job(name)
        self.desk.buffers.drop(name)
        dependants = self.published.dependants(name)
        self.published.close(name)
        for each in dependants:
            self.soon(each)
        self.publish()

    def end(self) -> None:
        """End all processes."""
        for name in [*self._examining]:
            self._end_job(name)
        self.runs.end()

    def files_changed(self) -> None:
        """Something on the disk is another: examine all that is open."""
        self.desk.buffers.forget()
        for name in [*self.published.files]:
            self.soon(name)


def _follow_texts(server: GateServer) -> None:
    @server.feature(lsp.INITIALIZE)
    def initialize(ls: GateServer, params: lsp.InitializeParams) -> None:
        ls.begin(params)

    @server.feature(lsp.INITIALIZED)
    def initialized(ls: GateServer, params: lsp.InitializedParams) -> None:
        ls.desk.places.encoding = ls.workspace.position_encoding or lsp.PositionEncodingKind.Utf16

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: GateServer, params: lsp.DidOpenTextDocumentParams) -> None:
        ls.edited(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: GateServer, params: lsp.DidChangeTextDocumentParams) -> None:
        ls.edited(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: GateServer, params: lsp.DidCloseTextDocumentParams) -> None:
        ls.closed(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: GateServer, params: lsp.DidSaveTextDocumentParams) -> None:
        ls.files_changed()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(ls: GateServer, params: lsp.DidChangeWatchedFilesParams) -> None:
        ls.files_changed()


def _answer_questions(server: GateServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(ls: GateServer, params: lsp.HoverParams) -> lsp.Hover | None:
        with ls.reach():
            return navigation.hover(ls.desk, params.text_document.uri, params.position)

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def definition(ls: GateServer, params: lsp.DefinitionParams) -> lsp.Location | None:
        with ls.reach():
            return navigation.definition(ls.desk, params.text_document.uri, params.position)

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def references(ls: GateServer, params: lsp.ReferenceParams) -> list[lsp.Location]:
        with ls.reach():
            uri, declaration = params.text_document.uri, params.context.include_declaration
            return navigation.all_references(ls.desk, uri, params.position, declaration)

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare_rename(ls: GateServer, params: lsp.PrepareRenameParams) -> lsp.Range | None:
        with ls.reach():
            return navigation.prepare_rename(ls.desk, params.text_document.uri, params.position)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def rename(ls: GateServer, params: lsp.RenameParams) -> lsp.WorkspaceEdit:
        with ls.reach():
            return navigation.rename(ls.desk, params.text_document.uri, params.position, params.new_name)

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(ls: GateServer, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        with ls.reach():
            return navigation.symbols(ls.desk, params.text_document.uri)

    @server.feature(lsp.WORKSPACE_SYMBOL)
    def all_symbols(ls: GateServer, params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
        with ls.reach():
            return navigation.all_symbols(ls.desk, params.query)

    @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, navigation.LEGEND)
    def colours(ls: GateServer, params: lsp.SemanticTokensParams) -> lsp.SemanticTokens:
        with ls.reach():
            return navigation.colours(ls.desk, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[".", '"']))
    def completion(ls: GateServer, params: lsp.CompletionParams) -> lsp.CompletionList:
        with ls.reach():
            return complete(ls.desk, params.text_document.uri, params.position)

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix])
    )
    def actions(ls: GateServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        with ls.reach():
            return quick_fixes(ls.desk, params.text_document.uri, params.range)

    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def formatting(ls: GateServer, params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
        return formatted(ls.desk, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)
    def lenses(ls: GateServer, params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
        with ls.reach():
            return ls.runs.lenses(params.text_document.uri)

    @server.command(CHECK)
    async def check(ls: GateServer, uri: str, name: str) -> Mapping[str, Any] | None:
        return await ls.runs.run(uri, name)

    @server.command(PICTURE)
    def picture(ls: GateServer, path: str) -> None:
        ls.runs.show(path)


def _is_no_refusal(record: logging.LogRecord) -> bool:
    """Is what is logged something else than an answer that says why something cannot be done?"""
    return record.exc_info is None or not isinstance(record.exc_info[1], JsonRpcInvalidParams)


def serve(roots: Iterable[Path] = ()) -> None:
    """Speak with an editor over standard input and output, until it ends the connection."""
    # Whatever else writes to standard output would end up between the messages: it goes to standard error. The server
    # closes what it writes to.
    messages = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    server = GateServer(roots)
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_no_refusal)
    # A full collection of garbage takes longer than an edit may: it is put off until nobody types.
    gc.disable()
    try:
        with suppress(KeyboardInterrupt):
            server.start_io(stdout=messages)
    finally:
        server.end()
