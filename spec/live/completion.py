"""What can be written at a place: names that mean something there, fields, and words of the language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from os.path import normpath
from pathlib import Path

from skipgate.spec import syntax as s
from skipgate.spec.live.analysis import Analysis
from skipgate.spec.live.buffers import Buffers
from skipgate.spec.live.describe import FUNCTIONS
from skipgate.spec.live.occurrences import element_of, fields_of
from skipgate.spec.parsing.grammar import terminals
from skipgate.spec.parsing.pieces import MARK, Cut
from skipgate.spec.parsing.syntax_errors import DECLARATION_STARTS, FORMS
from skipgate.spec.source import Source
from skipgate.spec.static_types import StaticEnum, StaticOption, StaticType, StaticVariant
from skipgate.spec.symbols import PROPERTIES, Builtin, GlobalSymbol, TypeSymbol, ValueSymbol, kind_of


@dataclass(frozen=True)
class Suggestion:
    """A word that can stand at a place. `detail` says what it is."""

    text: str
    kind: str
    detail: str = ""


def completions(buffers: Buffers, name: str, source: Source, offset: int) -> list[Suggestion]:
    """What can stand in place of the word that ends at an offset. The text may break off there."""
    start = offset
    while start > 0 and re.match(r"[A-Za-z0-9_]", source.text[start - 1]):
        start -= 1
    inside = _inside(source, offset)
    if inside == "comment":
        return []
    if inside == "string":
        return _files(source, offset)
    analysis, cut = buffers.cut(name, source.text, start)
    if cut.before and cut.before[-1].type == "DOT":
        found = [*_of_the_mark(buffers, analysis, cut)]
    else:
        found = [*_of_the_mark(buffers, analysis, cut), *_words(source, cut)]
    return list({each.text: each for each in reversed(found)}.values())[::-1]


def _inside(source: Source, offset: int) -> str | None:
    """Is a place inside of a string or a comment?"""
    line = source.text[source.text.rfind("\n", 0, offset) + 1 : offset]
    rest = re.sub(r'"(\\.|[^"\\\n])*"', "", line)
    comment, quote = rest.find("#"), rest.find('"')
    if comment >= 0 and (quote < 0 or comment < quote):
        return "comment"
    return "string" if quote >= 0 else None


def _files(source: Source, offset: int) -> list[Suggestion]:
    """The models that an import can name."""
    line = source.text[source.text.rfind("\n", 0, offset) + 1 : offset]
    found = re.search(r'(?:import|refines\s+\w+)\s+"([^"]*)$', line)
    if found is None:
        return []
    folder = Path(source.name).parent / found[1].rpartition("/")[0]
    here = Path(source.name).name
    below = sorted(folder.glob("*.gate")) if folder.is_dir() else []
    return [Suggestion(path.name, "file") for path in below if path.name != here or "/" in found[1]]


# ------------------------------------------------------------------------------------------------------------- words


def _words(source: Source, cut: Cut) -> Iterator[Suggestion]:
    """The words of the language that the parser takes here."""
    at_the_margin = cut.offset == 0 or source.text[cut.offset - 1] == "\n"
    for terminal in sorted(cut.accepted):
        text = terminals().get(terminal, "")
        starts = terminal in DECLARATION_STARTS
        if not text.isalpha() or (starts and not at_the_margin and "$END" in cut.accepted):
            continue
        yield Suggestion(text, "keyword", FORMS.get(terminal, "") if starts else "")
    if at_the_margin and "$END" in cut.accepted:
        yield from (Suggestion(word, "keyword", FORMS[word.upper()]) for word in ("effect", "group"))


# ------------------------------------------------------------------------------------------------------------- names


def _of_the_mark(buffers: Buffers, analysis: Analysis, cut: Cut) -> Iterator[Suggestion]:
    """What the name can be that stands where something is about to be written."""
    # A mention of an instance that is half written does not get into the program.
    for declaration in (*analysis.program.main.declarations, *cut.file.declarations):
        around = _path_to_the_mark(declaration)
        if around:
            yield from _at(buffers, analysis, around, cut.offset)
            return


def _path_to_the_mark(declaration: s.AnyNode) -> list[s.AnyNode]:
    """The nodes around the mark, the outermost first."""

    def path(node: s.AnyNode) -> list[s.AnyNode] | None:
        if _is_mark(node):
            return [node]
        for child in s.children(node):
            if (below := path(child)) is not None:
                return [node, *below]
        return None

    return path(declaration) or []


def _is_mark(node: s.AnyNode) -> bool:
    match node:
        case s.Name(text=text) | s.Identifier(text=text) | s.NamedType(name=text):
            return text.rpartition(".")[2] == MARK
    return False


def _at(  # noqa: C901 - a table: one case for each place of a name
    buffers: Buffers, analysis: Analysis, around: Sequence[s.AnyNode], offset: int
) -> Iterator[Suggestion]:
    mark, parent = around[-1], around[-2] if len(around) > 1 else None
    match parent:
        case s.FieldAccess(base=base) if mark is parent.field:
            yield from _members(analysis, base)
        case s.FieldStep():
            yield from _fields(_type_of_path(analysis, around))
        case s.Update(target=target) if mark is target:
            yield from _symbols(analysis, lambda x: isinstance(x, s.VarDecl))
        case s.DoClause():
            yield from _symbols(analysis, lambda x: isinstance(x, s.EffectDecl))
        case s.StepsLike():
            yield from _symbols(analysis, lambda x: isinstance(x, s.ActionDecl | s.GroupDecl))
        case s.Expectation(kind="unreachable action"):
            yield from _symbols(analysis, lambda x: isinstance(x, s.ActionDecl))
        case s.Expectation(kind="unreachable cover"):
            yield from _symbols(analysis, lambda x: isinstance(x, s.PropertyDecl) and x.kind == "cover")
        case s.Expectation() | s.Scope():
            yield from _symbols(analysis, lambda x: isinstance(x, s.PropertyDecl | s.LivenessDecl | s.RefinesDecl))
            yield from (Suggestion(name, "property") for name in PROPERTIES)
        case s.CheckDecl() if mark in parent.symmetry:
            yield from _symbols(analysis, lambda x: isinstance(x, s.SortDecl))
        case s.Setting(name=name) if mark is name:
            yield from _settable(buffers, analysis, around[-3])
        case s.Pattern():
            yield from _patterns(analysis, around)
        case s.Argument(name=s.Identifier() as name) if mark is name:
            yield from _arguments(analysis, around)
        case _ if isinstance(mark, s.NamedType):
            yield from _symbols(analysis, lambda x: isinstance(x, TypeSymbol))
        case _ if isinstance(mark, s.Name) or isinstance(parent, s.Call):
            if isinstance(parent, s.Argument):
                yield from _arguments(analysis, around)
            yield from _locals(around[0], offset)
            yield from _symbols(analysis, lambda x: isinstance(x, ValueSymbol | TypeSymbol | s.ImportDecl | Builtin))


def _symbols(analysis: Analysis, wanted: Callable[[GlobalSymbol], bool]) -> Iterator[Suggestion]:
    for text, symbol in analysis.names.symbols.items():
        if wanted(symbol) and MARK not in text and "." not in text and text != "_":
            yield Suggestion(text, kind_of(symbol), _detail(symbol))


def _detail(symbol: GlobalSymbol) -> str:
    match symbol:
        case Builtin(name=name):
            return ": ".join(FUNCTIONS[name])
        case s.VarDecl() | s.ConstDecl() | s.TypeDecl():
            return symbol.type.span.flat
    said = getattr(symbol, "description", None)
    return said.plain if isinstance(said, s.Description) else ""


def _locals(declaration: s.AnyNode, offset: int) -> Iterator[Suggestion]:
    """The names that are bound before a place in the same declaration."""
    for node in s.walk(declaration):
        match node:
            case s.Binder(names=names):
                bound: Iterable[s.Identifier] = names
            case s.LetBinding(name=name) | s.Parameter(name=name):
                bound = [name]
            case s.Fold(name=name, accumulator=accumulator):
                bound = [name, accumulator]
            case s.Pattern(kind="some", name=s.Identifier() as name):
                bound = [name]
            case s.Pattern(kind="shape", fields=fields):
                bound = fields
            case _:
                continue
        for each in bound:
            # A comprehension stands before what it binds.
            if each.text not in ("_", MARK) and (each.span.end <= offset):
                yield Suggestion(each.text, "local name", " ".join(node.span.flat.split()))


def _members(analysis: Analysis, base: s.AnyExpr) -> Iterator[Suggestion]:
    """What can stand behind a dot."""
    written = base.base if isinstance(base, s.Index) else base
    instance = analysis.names.symbols.get(written.text) if isinstance(written, s.Name) else None
    if isinstance(instance, s.ImportDecl) and instance.name is not None:
        prefix = f"{instance.name.text}."
        for text, symbol in analysis.names.symbols.items():
            if text.startswith(prefix):
                yield Suggestion(text.removeprefix(prefix), kind_of(symbol), _detail(symbol))
        return
    yield from _fields(analysis.types.expressions.get(base))


def _fields(type_: StaticType | None) -> Iterator[Suggestion]:
    for field in fields_of(type_):
        yield Suggestion(field.name.text, "field", field.type.span.flat)


def _type_of_path(analysis: Analysis, around: Sequence[s.AnyNode]) -> StaticType | None:
    """The type of what stands before the mark in the path of an update."""
    mark, owner = around[-2], around[-3]
    type_: StaticType | None = None
    match owner:
        case s.Update(target=target, path=path):
            variable = analysis.names.references.get(target)
            type_ = None if variable is None else analysis.types.symbols.get(variable)
        case s.Change(path=path):
            updated = around[-4]
            type_ = analysis.types.expressions.get(updated.base) if isinstance(updated, s.Updated) else None
        case _:
            return None
    for step in path:
        if step is mark:
            break
        if isinstance(step, s.FieldStep):
            field = next((each for each in fields_of(type_) if each.name.text == step.field.text), None)
            type_ = None if field is None else analysis.types.types.get(field.type)
        else:
            type_ = element_of(type_)
    return type_


def _settable(buffers: Buffers, analysis: Analysis, owner: s.AnyNode) -> Iterator[Suggestion]:
    """What a check, a refinement or an import can give values to."""
    match owner:
        case s.RefinesDecl():
            path = owner.file.text
            kinds: tuple[type, ...] = (s.ConstDecl, s.VarDecl)
        case s.ImportDecl():
            path, kinds = owner.path, (s.ConstDecl, s.VarDecl, s.TypeDecl, s.SortDecl)
        case _:
            yield from _symbols(analysis, lambda x: isinstance(x, s.ConstDecl))
            return
    other = buffers.analysis(normpath(Path(owner.span.source.name).parent / path))
    yield from _symbols(other, lambda x: isinstance(x, kinds))


def _arguments(analysis: Analysis, around: Sequence[s.AnyNode]) -> Iterator[Suggestion]:
    """The fields of a record or of a shape that is being made."""
    call = next((node for node in reversed(around) if isinstance(node, s.Call)), None)
    made = None if call is None else analysis.names.references.get(call.function)
    if call is not None and isinstance(made, s.RecordDecl | s.ShapeDecl):
        given = {argument.name.text for argument in call.arguments if argument.name is not None}
        for field in made.fields:
            if field.name.text not in given:
                yield Suggestion(f"{field.name.text} = ", "field", field.type.span.flat)


def _patterns(analysis: Analysis, around: Sequence[s.AnyNode]) -> Iterator[Suggestion]:
    """The cases of what is matched."""
    owner = next((node for node in reversed(around) if isinstance(node, s.Match | s.MatchClause)), None)
    type_ = None if owner is None else analysis.types.expressions.get(owner.subject)
    match type_:
        case StaticEnum(declaration):
            yield from (Suggestion(member.name.text, "enum member") for member in declaration.members)
        case StaticVariant(variant):
            for shape in variant.shapes:
                fields = ", ".join(field.name.text for field in shape.fields)
                yield Suggestion(f"{shape.name.text}({fields})" if fields else shape.name.text, "shape")
        case StaticOption():
            yield from (Suggestion(text, "keyword") for text in ("none", "some(x)"))
        case _:
            yield from _symbols(analysis, lambda x: isinstance(x, s.Member | s.ShapeDecl))
