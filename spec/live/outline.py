"""The declarations of a file, as an outline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skipgate.spec import syntax as s
from skipgate.spec.live.analysis import Analysis
from skipgate.spec.source import Span


@dataclass(frozen=True, eq=False)
class Entry:
    """A declaration: its name, what it is, its place and that of its name, and what it has inside."""

    name: str
    kind: str
    detail: str
    span: Span
    name_span: Span
    inside: Sequence[Entry] = ()


def outline(analysis: Analysis) -> list[Entry]:
    """The declarations in the text that was asked about."""
    return [entry for declaration in analysis.own for entry in _entries(declaration)]


def _entries(declaration: s.AnyDeclaration) -> Iterator[Entry]:
    match declaration:
        case s.ImportDecl(name=None, path=path):
            yield Entry(path, "import", "", declaration.span, declaration.span)
            return
        case s.AssumeDecl() | s.FairnessDecl() | s.InitiallyDecl() | s.TerminalDecl() | s.UnmodelledDecl():
            return
        case s.EnumDecl(members=members):
            inside = [_part(member, member.name, "member", "") for member in members]
        case s.RecordDecl(fields=fields):
            inside = [_field(field) for field in fields]
        case s.VariantDecl(shapes=shapes):
            inside = [_part(x, x.name, "shape", "", [_field(field) for field in x.fields]) for x in shapes]
        case _:
            inside = []
    name = declaration.name
    if name is not None and name.text and name.text != "_":
        kind = type(declaration).__name__.removesuffix("Decl").lower()
        kind = declaration.kind if isinstance(declaration, s.PropertyDecl) else kind
        yield _part(declaration, name, kind, _detail(declaration), inside)


def _field(field: s.FieldDecl) -> Entry:
    return _part(field, field.name, "field", field.type.span.flat)


def _part(node: s.Node, name: s.Identifier, kind: str, detail: str, inside: Sequence[Entry] = ()) -> Entry:
    first = min(node.span, name.span, key=lambda span: span.start)
    last = max(node.span, name.span, key=lambda span: span.end)
    return Entry(name.text, kind, detail, first.to(last), name.span, inside)


def _detail(declaration: s.AnyDeclaration) -> str:
    match declaration:
        case s.VarDecl() | s.ConstDecl() | s.TypeDecl():
            return declaration.type.span.flat
        case s.ActionDecl(parameters=parameters) | s.EffectDecl(parameters=parameters):
            return ", ".join(each.span.flat for each in parameters)
    said = getattr(declaration, "description", None)
    return said.plain if isinstance(said, s.Description) else ""
