"""Places of the protocol and places of ours: URIs and names of files, positions and offsets."""

from __future__ import annotations

from os.path import normpath
from pathlib import Path

from lsprotocol import types as lsp
from pygls import uris

from skipgate.spec.confinement import real
from skipgate.spec.source import Source, Span


class Places:
    """Translates in both directions. Names of files below the folder here are relative, as on the command line."""

    def __init__(self) -> None:
        self.encoding: lsp.PositionEncodingKind | str = lsp.PositionEncodingKind.Utf16
        self._uris: dict[Path, str] = {}  # as the editor gave them

    def name(self, uri: str) -> str:
        """The name of the file at a URI. One that was never saved is called by the last part of its URI."""
        text = uris.to_fs_path(uri) if uri.startswith("file:") else uri.rpartition(":")[2].rpartition("/")[2]
        name = self.known_as(Path(text or "untitled.gate"))
        self._uris.setdefault(real(Path(name)), uri)
        return name

    def known_as(self, path: Path) -> str:
        """The name of a file: relative if it is below the folder here."""
        absolute = Path(normpath(path.absolute()))
        return str(absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else absolute)

    def uri(self, name: str) -> str:
        """The URI of a file, the one by which the editor knows it if it does."""
        known = self._uris.get(real(Path(name)))
        return known or uris.from_fs_path(normpath(Path(name).absolute())) or ""

    def position(self, source: Source, offset: int) -> lsp.Position:
        """The position of an offset."""
        line, column = source.position(offset)
        return lsp.Position(line - 1, self._units(source.line(line)[: column - 1]))

    def range(self, span: Span) -> lsp.Range:
        """The range of a span."""
        return lsp.Range(self.position(span.source, span.start), self.position(span.source, span.end))

    def location(self, span: Span) -> lsp.Location:
        """A span, with its file."""
        return lsp.Location(self.uri(span.source.name), self.range(span))

    def offset(self, source: Source, position: lsp.Position) -> int:
        """The offset of a position."""
        start = source.offset(position.line + 1, 1)
        line = source.text[start : source.offset(position.line + 1, len(source.text) + 1)]
        if line.isascii() or self.encoding == lsp.PositionEncodingKind.Utf32:
            return start + min(position.character, len(line))
        units = column = 0
        while column < len(line) and units < position.character:
            units += self._units(line[column])
            column += 1
        return start + column

    def _units(self, text: str) -> int:
        if text.isascii() or self.encoding == lsp.PositionEncodingKind.Utf32:
            return len(text)
        if self.encoding == lsp.PositionEncodingKind.Utf8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
