"""What each word of a text is, for colouring."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from skipgate.spec import syntax as s
from skipgate.spec.live.analysis import Analysis
from skipgate.spec.live.occurrences import Meaning, Occurrences
from skipgate.spec.parsing.parser import lexed
from skipgate.spec.source import Source
from skipgate.spec.symbols import Builtin, BuiltinProperty

KINDS = (
    *("keyword", "comment", "string", "number", "operator"),
    *("namespace", "type", "enum", "enumMember", "struct", "variable", "parameter", "property", "function", "event"),
)
"""What a word can be, in the terms of the Language Server Protocol. An action is an event."""


@dataclass(frozen=True)
class Coloured:
    """A stretch of a text on one line. A constant is a variable that does not change."""

    start: int
    end: int
    kind: str
    declares: bool = False
    constant: bool = False


def coloured(analysis: Analysis, occurrences: Occurrences) -> list[Coloured]:
    """Everything that has a colour, in the order of the text."""
    source = analysis.main
    names = {each.span.start: each for each in occurrences.own}
    found = [*_comments(source)]
    for token in lexed(source, 0, len(source.text), []):
        start, end = token.start_pos or 0, token.end_pos or 0
        if start in names and names[start].span.end <= end:
            each = names[start]
            constant = isinstance(each.meaning, s.ConstDecl)
            found.append(Coloured(start, each.span.end, _kind(each.meaning), each.declares, constant))
        elif token.type in ("STRING", "NUMBER"):
            found.append(Coloured(start, end, token.type.lower()))
        elif token.type != "IDENT":
            found += [
                Coloured(start + part.start(), start + part.end(), "keyword" if part[0].isalpha() else "operator")
                for part in re.finditer(r"\S+", str(token))
                if part[0] not in "()[]{},.:"
            ]
    return sorted(found, key=lambda each: each.start)


def _comments(source: Source) -> Iterator[Coloured]:
    for match in re.finditer(r'"(?:\\.|[^"\\\n])*"|#[^\n]*', source.text):
        if match[0].startswith("#"):
            yield Coloured(match.start(), match.end(), "comment")


def _kind(meaning: Meaning) -> str:
    match meaning:
        case s.ConstDecl() | s.VarDecl():
            return "variable"
        case s.TypeDecl() | s.SortDecl():
            return "type"
        case s.EnumDecl():
            return "enum"
        case s.Member():
            return "enumMember"
        case s.RecordDecl() | s.VariantDecl() | s.ShapeDecl():
            return "struct"
        case s.FieldDecl():
            return "property"
        case s.DefDecl() | Builtin():
            return "function"
        case s.ActionDecl() | s.EffectDecl() | s.GroupDecl():
            return "event"
        case s.ImportDecl():
            return "namespace"
        case s.Identifier():
            return "parameter"
        case s.PropertyDecl() | s.LivenessDecl() | s.RefinesDecl() | s.ConstraintDecl() | s.CheckDecl():
            return "function"
        case BuiltinProperty():
            return "keyword"
