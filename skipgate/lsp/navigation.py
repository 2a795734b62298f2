"""Where names are and what they mean: hover, definition, references, rename, outlines, colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from skipgate.lsp.desk import Desk
from skipgate.spec import syntax as s
from skipgate.spec.live.colours import KINDS, coloured
from skipgate.spec.live.describe import description
from skipgate.spec.live.occurrences import Occurrence, place_of
from skipgate.spec.live.outline import Entry, outline
from skipgate.spec.live.rename import CannotRename, references, renamed
from skipgate.spec.source import Source, Span

LEGEND = lsp.SemanticTokensLegend(list(KINDS), ["declaration", "readonly"])

_SYMBOLS = {
    "import": lsp.SymbolKind.Module,
    "model": lsp.SymbolKind.Module,
    "const": lsp.SymbolKind.Constant,
    "var": lsp.SymbolKind.Variable,
    "type": lsp.SymbolKind.Class,
    "sort": lsp.SymbolKind.Class,
    "enum": lsp.SymbolKind.Enum,
    "member": lsp.SymbolKind.EnumMember,
    "record": lsp.SymbolKind.Struct,
    "variant": lsp.SymbolKind.Struct,
    "shape": lsp.SymbolKind.EnumMember,
    "field": lsp.SymbolKind.Field,
    "def": lsp.SymbolKind.Function,
    "action": lsp.SymbolKind.Event,
    "effect": lsp.SymbolKind.Event,
    "group": lsp.SymbolKind.Event,
    "check": lsp.SymbolKind.Method,
}  # all others are properties


def hover(desk: Desk, uri: str, position: lsp.Position) -> lsp.Hover | None:
    """What the name at a position is."""
    found = _at(desk, uri, position)
    if found is None:
        return None
    name = desk.places.name(uri)
    text = description(desk.buffers.analysis(name), found)
    if isinstance(found.meaning, s.VarDecl):
        variable = found.meaning.name.text
        known = {check: types[variable] for check, types in desk.types.get(name, {}).items() if variable in types}
        if known and {*known.values()} != {found.meaning.type.span.flat}:
            text += "\n\nin the checks:\n" + "\n".join(f"- {check}: `{type_}`" for check, type_ in known.items())
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text), desk.places.range(found.span))


def definition(desk: Desk, uri: str, position: lsp.Position) -> lsp.Location | None:
    """Where the name at a position is declared; of an import, the file."""
    found = _at(desk, uri, position)
    if found is not None and found.target is not None:
        return desk.places.location(found.target)
    name = desk.places.name(uri)
    analysis = desk.buffers.analysis(name)
    offset = desk.places.offset(analysis.main, position)
    for declaration in analysis.own:
        match declaration:
            case s.ImportDecl(path=path, span=span) | s.RefinesDecl(file=s.Identifier(text=path, span=span)):
                if span.start <= offset <= span.end:
                    file = Source(str(Path(name).parent / path), "")
                    return desk.places.location(Span(file, 0, 0))
    return None


def all_references(desk: Desk, uri: str, position: lsp.Position, declaration: bool) -> list[lsp.Location]:
    """Every place in the folders that are open where the same thing is named."""
    found = _at(desk, uri, position)
    if found is None or found.target is None:
        return []
    target = place_of(found.target)
    names = dict.fromkeys([desk.places.name(uri), *desk.files()])
    spans = references(desk.buffers, names, target, found.target.text)
    return [desk.places.location(span) for span in spans if declaration or place_of(span) != target]


def prepare_rename(desk: Desk, uri: str, position: lsp.Position) -> lsp.Range | None:
    """The word that would be changed."""
    found = _at(desk, uri, position)
    return None if found is None or found.target is None else desk.places.range(found.span)


def rename(desk: Desk, uri: str, position: lsp.Position, new: str) -> lsp.WorkspaceEdit:
    """The edits that give something another name in all files."""
    name = desk.places.name(uri)
    offset = desk.places.offset(desk.buffers.analysis(name).main, position)
    try:
        spans = renamed(desk.buffers, desk.files(), name, offset, new)
    except CannotRename as problem:
        raise JsonRpcInvalidParams(str(problem)) from None
    changes: dict[str, list[lsp.TextEdit]] = {}
    for span in spans:
        edit = lsp.TextEdit(desk.places.range(span), new)
        changes.setdefault(desk.places.uri(span.source.name), []).append(edit)
    return lsp.WorkspaceEdit(changes)


def _at(desk: Desk, uri: str, position: lsp.Position) -> Occurrence | None:
    name = desk.places.name(uri)
    offset = desk.places.offset(desk.buffers.analysis(name).main, position)
    return desk.occurrences(name).at(offset)


# ---------------------------------------------------------------------------------------------------------- outlines


def symbols(desk: Desk, uri: str) -> list[lsp.DocumentSymbol]:
    """The declarations of a file."""

    def symbol(entry: Entry) -> lsp.DocumentSymbol:
        kind = _SYMBOLS.get(entry.kind, lsp.SymbolKind.Property)
        place, name = desk.places.range(entry.span), desk.places.range(entry.name_span)
        inside = [symbol(each) for each in entry.inside]
        return lsp.DocumentSymbol(entry.name, kind, place, name, entry.detail or entry.kind, children=inside)

    return [symbol(entry) for entry in outline(desk.buffers.analysis(desk.places.name(uri)))]


def all_symbols(desk: Desk, query: str) -> list[lsp.WorkspaceSymbol]:
    """The declarations of all files whose name has the letters of a word in their order."""

    def fits(name: str) -> bool:
        letters = iter(name.lower())
        return all(letter in letters for letter in query.lower())

    def entries(found: Sequence[Entry]) -> Iterator[Entry]:
        for entry in found:
            yield entry
            yield from entries(entry.inside)

    return [
        lsp.WorkspaceSymbol(
            desk.places.location(entry.name_span),
            entry.name,
            _SYMBOLS.get(entry.kind, lsp.SymbolKind.Property),
            container_name=name,
        )
        for name in desk.files()
        for entry in entries(outline(desk.buffers.analysis(name)))
        if fits(entry.name)
    ]


# ----------------------------------------------------------------------------------------------------------- colours


def colours(desk: Desk, uri: str) -> lsp.SemanticTokens:
    """What each word is, each relative to the one before it."""
    name = desk.places.name(uri)
    source = desk.buffers.analysis(name).main
    data: list[int] = []
    line = character = 0
    for each in coloured(desk.buffers.analysis(name), desk.occurrences(name)):
        start, end = desk.places.position(source, each.start), desk.places.position(source, each.end)
        first = character if start.line == line else 0
        data += [start.line - line, start.character - first, end.character - start.character]
        data += [KINDS.index(each.kind), each.declares + 2 * each.constant]
        line, character = start.line, start.character
    return lsp.SemanticTokens(data)
