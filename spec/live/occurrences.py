"""Where names stand in a program, and what each of them means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from skipgate.spec import syntax as s
from skipgate.spec.live.analysis import Analysis
from skipgate.spec.source import Span
from skipgate.spec.static_types import (
    StaticMap,
    StaticRecord,
    StaticSeq,
    StaticType,
    StaticVariant,
)
from skipgate.spec.symbols import Builtin, BuiltinProperty, Symbol

Meaning = Symbol | s.FieldDecl | s.CheckDecl
Place = tuple[str, int]
"""A file and an offset."""


@dataclass(frozen=True, eq=False)
class Occurrence:
    """A word that names something."""

    span: Span
    meaning: Meaning
    declares: bool = False

    @property
    def target(self) -> Span | None:
        """The name where it is declared; None if it is built in."""
        return declared_at(self.meaning)


def declared_at(meaning: Meaning) -> Span | None:
    """The name of a symbol where it is declared."""
    match meaning:
        case Builtin() | BuiltinProperty():
            return None
        case s.Identifier():
            return meaning.span
        case s.ImportDecl():
            return meaning.span if meaning.name is None else meaning.name.span
        case _:
            return meaning.name.span


def place_of(span: Span) -> Place:
    """The file and the offset of a span: the same for all copies that instances make of a declaration."""
    return span.source.name, span.start


class Occurrences:
    """Every name in the files of a program."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    @cached_property
    def all(self) -> Sequence[Occurrence]:
        """Each place once."""
        found: dict[tuple[str, int, int], Occurrence] = {}
        for each in self._found():
            key = (each.span.source.name, each.span.start, each.span.end)
            if key not in found or (each.declares and not found[key].declares):
                found[key] = each
        return list(found.values())

    @cached_property
    def own(self) -> Sequence[Occurrence]:
        """Those in the text that was asked about, in its order."""
        name = self._analysis.main.name
        return sorted((each for each in self.all if each.span.source.name == name), key=lambda each: each.span.start)

    def at(self, offset: int) -> Occurrence | None:
        """The name at an offset of that text, or that ends there."""
        touching = [each for each in self.own if each.span.start <= offset <= each.span.end]
        return max(touching, key=lambda each: (each.span.start, -each.span.end), default=None)

    def of(self, target: Place) -> list[Span]:
        """Where the name stands that is declared at a place."""
        found = (each for each in self.all if each.target is not None and place_of(each.target) == target)
        return [each.span for each in found]

    def _found(self) -> Iterator[Occurrence]:
        names = self._analysis.names
        for file in self._analysis.program.files:
            for declaration in file.declarations:
                if isinstance(declaration, s.CheckDecl) and file is not self._analysis.program.main:
                    continue
                for node in s.walk(declaration):
                    yield from self._declared(node)
                    yield from self._fields(node)
                    symbol = names.references.get(node)
                    if symbol is not None and (span := _word(node)) is not None:
                        yield Occurrence(span, symbol)

    def _declared(self, node: s.AnyNode) -> Iterator[Occurrence]:
        """The name that a node declares."""
        match node:
            case s.Binder(names=names):
                yield from (Occurrence(name.span, name, True) for name in names)
            case s.LetBinding(name=name) | s.Parameter(name=name):
                yield Occurrence(name.span, name, True)
            case s.Fold(name=name, accumulator=accumulator):
                yield Occurrence(name.span, name, True)
                yield Occurrence(accumulator.span, accumulator, True)
            case s.Pattern(kind="some", name=s.Identifier() as name):
                yield Occurrence(name.span, name, True)
            case s.Pattern(kind="shape", fields=fields):
                yield from (Occurrence(name.span, name, True) for name in fields if name.text != "_")
            case s.ModelDecl() | s.ImportDecl(name=None) | s.AssumeDecl() | s.FairnessDecl() | s.InitiallyDecl():
                pass
            case s.TerminalDecl() | s.UnmodelledDecl():
                pass
            case s.Declaration() | s.Member() | s.ShapeDecl() | s.FieldDecl():
                target = declared_at(node)
                if target is not None and target.end > target.start:
                    yield Occurrence(target, node, True)

    # ---------------------------------------------------------------------------------------------------- fields

    def _fields(self, node: s.AnyNode) -> Iterator[Occurrence]:
        """The fields that a node mentions by their names."""
        types, names = self._analysis.types, self._analysis.names
        match node:
            case s.FieldAccess(base=base, field=field):
                yield from _field(types.expressions.get(base), field)
            case s.Call(function=function, arguments=arguments):
                declared = names.references.get(function)
                if isinstance(declared, s.RecordDecl | s.ShapeDecl):
                    by_name = {each.name.text: each for each in declared.fields}
                    for argument in arguments:
                        if argument.name is not None and argument.name.text in by_name:
                            yield Occurrence(argument.name.span, by_name[argument.name.text])
            case s.Updated(base=base, changes=changes):
                for change in changes:
                    yield from self._path(types.expressions.get(base), change.path)
            case s.Update(target=target, path=path):
                variable = names.references.get(target)
                yield from self._path(None if variable is None else types.symbols.get(variable), path)

    def _path(self, type_: StaticType | None, path: Sequence[s.PathStep]) -> Iterator[Occurrence]:
        for step in path:
            if isinstance(step, s.FieldStep):
                found = list(_field(type_, step.field))
                yield from found
                type_ = self._analysis.types.types.get(found[0].meaning.type) if found else None  # type: ignore[union-attr]
            else:
                type_ = element_of(type_)


def element_of(type_: StaticType | None) -> StaticType | None:
    """The type of what an index leads to."""
    match type_:
        case StaticMap(value=value):
            return value
        case StaticSeq(element):
            return element
    return None


def fields_of(type_: StaticType | None) -> Sequence[s.FieldDecl]:
    """The fields of a record; those of all shapes of a variant."""
    match type_:
        case StaticRecord(declaration):
            return declaration.fields
        case StaticVariant(variant):
            return [field for shape in variant.shapes for field in shape.fields]
    return ()


def _field(type_: StaticType | None, name: s.Identifier) -> Iterator[Occurrence]:
    for field in fields_of(type_):
        if field.name.text == name.text and name.span.end > name.span.start:
            yield Occurrence(name.span, field)
            return


# ------------------------------------------------------------------------------------------------------------- words


def _word(node: s.Node) -> Span | None:
    """The word in a mention: without its prime, and of `node[n].x` the last name. None if it stands nowhere."""
    match node:
        case s.Name(text=text) | s.Identifier(text=text) | s.NamedType(name=text):
            pass
        case _:
            return None
    short, written = text.rpartition(".")[2], node.span.text
    found = re.match(r"[A-Za-z_0-9.]*(?<![A-Za-z_0-9])" + re.escape(short) + r"(?![A-Za-z_0-9])", written)
    if found is None or "[" in text or (written[found.end() :] not in ("", "'") and "." in text):
        found = None
        depth = 0
        for match in re.finditer(r"[\[({]|[\])}]|[A-Za-z_][A-Za-z_0-9]*", written):
            depth += (match[0] in "[({") - (match[0] in "])}")
            if depth == 0 and match[0] == short:
                found = match
    if found is None:
        return None
    end = node.span.start + found.end()
    return Span(node.span.source, end - len(short), end)
