"""What is said of a name when somebody points at it."""

from __future__ import annotations

from collections.abc import Iterator

from skipgate.spec import syntax as s
from skipgate.spec.live.analysis import Analysis
from skipgate.spec.live.occurrences import Meaning, Occurrence
from skipgate.spec.static_types import StaticUnknown
from skipgate.spec.symbols import Builtin, BuiltinProperty, FunctionName, PropertyName, kind_of

_MOST_LINES = 12  # of a declaration that are shown

FUNCTIONS: dict[FunctionName, tuple[str, str]] = {
    "len": ("len(s)", "the number of elements of a set, bag or sequence"),
    "first": ("first(q)", "the first element of a sequence"),
    "last": ("last(q)", "the last element of a sequence"),
    "front": ("front(q)", "the elements of a sequence before the last"),
    "tail": ("tail(q)", "the elements of a sequence after the first"),
    "min": ("min(a, b)", "the least of two or more ordered values"),
    "max": ("max(a, b)", "the greatest of two or more ordered values"),
    "abs": ("abs(n)", "the absolute value"),
    "u64": ("u64(n)", "the number modulo 2^64"),
    "get": ("get(o) or get(o, d)", "the value in an option, or `d`"),
    "elems": ("elems(q)", "the set of the elements of a sequence or bag"),
    "subsets": ("subsets(s)", "the set of the subsets of a set"),
    "permutations": ("permutations(s)", "the set of the orders of a set, as sequences"),
}
"""The built-in functions: how they are called, and what they give."""

_PROPERTIES: dict[PropertyName, str] = {
    "deadlock": "a state in which nothing can happen, and that is not `terminal`",
    "evaluation": "an expression has no value, such as an index that is not there",
}


def description(analysis: Analysis, occurrence: Occurrence) -> str:
    """What a name is, as Markdown: its declaration, its type, what its author says of it, its values."""
    return "\n\n".join(_parts(analysis, occurrence.meaning))


def _parts(analysis: Analysis, meaning: Meaning) -> Iterator[str]:
    match meaning:
        case Builtin(name=name):
            call, gives = FUNCTIONS[name]
            yield _code(call)
            yield gives
            return
        case BuiltinProperty(name=property_):
            yield f"`{property_}`, a property of every model: {_PROPERTIES[property_]}"
            return
        case s.Identifier():
            yield from _local(analysis, meaning)
            return
    yield _code(_shortened(_declaration(meaning)))
    said = getattr(meaning, "description", None)
    if isinstance(said, s.Description):
        yield said.plain
    yield from _types(analysis, meaning)
    if isinstance(meaning, s.ConstDecl):
        yield from _values(analysis, meaning)


def _declaration(meaning: s.Node) -> str:
    text = meaning.span.text
    if isinstance(meaning, s.ImportDecl) and meaning.name is not None:
        return f"import {text} as {meaning.name.text}"
    return text


def _local(analysis: Analysis, name: s.Identifier) -> Iterator[str]:
    type_ = analysis.types.symbols.get(name)
    around = _binding(analysis, name)
    yield _code(name.text if around is None else " ".join(around.span.flat.split()))
    if type_ is not None and not isinstance(type_, StaticUnknown):
        yield f"{kind_of(name)}: {type_}"


def _binding(analysis: Analysis, name: s.Identifier) -> s.Node | None:
    """What binds a local name."""
    for file in analysis.program.files:
        for declaration in file.declarations:
            span = declaration.span
            if span.source is not name.span.source or not span.start <= name.span.start < span.end:
                continue
            for node in s.walk(declaration):
                if isinstance(node, s.Binder | s.LetBinding | s.Parameter | s.Pattern) and name in s.children(node):
                    return node
    return None


def _types(analysis: Analysis, meaning: Meaning) -> Iterator[str]:
    """The named types in the type of a symbol, as they are declared."""
    written = getattr(meaning, "type", None) if isinstance(meaning, s.VarDecl | s.ConstDecl | s.FieldDecl) else None
    if isinstance(meaning, s.DefDecl):
        type_ = analysis.types.expressions.get(meaning.body)
        if meaning.result is None and type_ is not None and not isinstance(type_, StaticUnknown):
            yield f"{type_}"
        written = meaning.result
    seen: dict[str, str] = {}
    waiting = [] if written is None else [written]
    while waiting:
        for node in s.walk(waiting.pop()):
            declared = analysis.names.references.get(node) if isinstance(node, s.NamedType) else None
            if isinstance(declared, s.TypeDecl | s.EnumDecl | s.SortDecl | s.RecordDecl | s.VariantDecl):
                if declared.name.text in seen:
                    continue
                seen[declared.name.text] = _shortened(declared.span.text)
                if isinstance(declared, s.TypeDecl):
                    waiting.append(declared.type)
    if seen:
        yield _code("\n".join(seen.values()))


def _values(analysis: Analysis, constant: s.ConstDecl) -> Iterator[str]:
    """The value of a constant in each check."""
    lines = []
    for check in analysis.program.main.declarations:
        if isinstance(check, s.CheckDecl):
            given = [x for x in check.settings if analysis.names.references.get(x.name) is constant]
            if given:
                lines.append(f"- {check.name.text}: `{given[-1].value.span.flat}`")
            elif constant.default is not None:
                lines.append(f"- {check.name.text}: `{constant.default.span.flat}` (the default)")
    if lines:
        yield "in the checks:\n" + "\n".join(lines)


def _code(text: str) -> str:
    return f"```gate\n{text}\n```"


def _shortened(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], "  …"])
