"""What changes a text: completion, quick fixes, formatting."""

from __future__ import annotations

from difflib import SequenceMatcher

from lsprotocol import types as lsp

from skipgate.lsp.desk import Desk
from skipgate.lsp.diagnostics import of_level
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.formatting.formatter import format_text
from skipgate.spec.live.completion import completions
from skipgate.spec.live.fixes import fixes
from skipgate.spec.source import Source, Span

_KINDS = {
    "keyword": lsp.CompletionItemKind.Keyword,
    "constant": lsp.CompletionItemKind.Constant,
    "variable": lsp.CompletionItemKind.Variable,
    "local name": lsp.CompletionItemKind.Variable,
    "definition": lsp.CompletionItemKind.Function,
    "built-in function": lsp.CompletionItemKind.Function,
    "enum": lsp.CompletionItemKind.Enum,
    "enum member": lsp.CompletionItemKind.EnumMember,
    "field": lsp.CompletionItemKind.Field,
    "file": lsp.CompletionItemKind.File,
    "type": lsp.CompletionItemKind.Class,
    "sort": lsp.CompletionItemKind.Class,
    "record": lsp.CompletionItemKind.Struct,
    "variant": lsp.CompletionItemKind.Struct,
    "shape": lsp.CompletionItemKind.Constructor,
    "action": lsp.CompletionItemKind.Event,
    "effect": lsp.CompletionItemKind.Event,
    "group of actions": lsp.CompletionItemKind.Event,
    "instance": lsp.CompletionItemKind.Module,
}  # all others are properties
# What is meant most often first: names of the place, names of the model, words, built-in functions.
_ORDER = {"field": "0", "local name": "0", "keyword": "2", "built-in function": "3"}


def complete(desk: Desk, uri: str, position: lsp.Position) -> lsp.CompletionList:
    """What can be written at a position."""
    name = desk.places.name(uri)
    source = Source(name, desk.buffers.text(name))
    found = completions(desk.buffers, name, source, desk.places.offset(source, position))
    items = [
        lsp.CompletionItem(
            each.text,
            kind=_KINDS.get(each.kind, lsp.CompletionItemKind.Property),
            detail=each.kind if each.kind != "keyword" else None,
            documentation=each.detail or None,
            sort_text=_ORDER.get(each.kind, "1") + each.text,
        )
        for each in found
    ]
    return lsp.CompletionList(is_incomplete=False, items=items)


def quick_fixes(desk: Desk, uri: str, where: lsp.Range) -> list[lsp.CodeAction]:
    """The edits that the hints in a range propose."""
    name = desk.places.name(uri)
    found = []
    for diagnostic in desk.buffers.examine(name).diagnostics:
        if diagnostic.span is None:
            continue
        place = desk.places.range(diagnostic.span)
        if place.end < where.start or where.end < place.start:
            continue
        for fix in fixes(desk.buffers, name, diagnostic):
            edit = lsp.TextEdit(desk.places.range(fix.span), fix.text)
            found.append(
                lsp.CodeAction(
                    fix.title,
                    kind=lsp.CodeActionKind.QuickFix,
                    diagnostics=[of_level(diagnostic, "error", name, desk.places)[1]],
                    is_preferred=True,
                    edit=lsp.WorkspaceEdit({uri: [edit]}),
                )
            )
    return found


def formatted(desk: Desk, uri: str) -> list[lsp.TextEdit]:
    """The edits that put a text into canonical form, a run of lines each; none if it does not parse."""
    name = desk.places.name(uri)
    source = Source(name, desk.buffers.text(name))
    try:
        after = format_text(source)
    except SpecError:
        return []
    old, new = source.text.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    return [
        lsp.TextEdit(desk.places.range(Span(source, starts[i], starts[j])), "".join(new[k:end]))
        for tag, i, j, k, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
