"""Names and calls: what the specification declares, and built-in functions."""

from __future__ import annotations

from collections.abc import Sequence

from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.mentions import speaks_of_steps
from skipgate.checker.tla.syntax import Text, TlaExpr
from skipgate.checker.tla.translator import Translator
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.static_types import StaticBag, StaticOption, StaticSeq
from skipgate.spec.symbols import Builtin


def mention(translator: Translator, node: s.Name) -> TlaExpr:
    """A name."""
    symbol = translator.spec.names[node]
    match symbol:
        case s.Identifier():
            return Text(translator.name(symbol))
        case s.VarDecl() | s.DefDecl():
            return _read(translator, symbol, node.primed)
        case s.ConstDecl():
            return Text(translator.name(symbol.name))
        case s.Member():
            return make.string(translator.name(symbol.name))
        case s.ShapeDecl():
            return shaped(translator, symbol, ())
        case s.TypeDecl() | s.EnumDecl() | s.SortDecl() | s.RecordDecl() | s.VariantDecl():
            return translator.named_type(symbol, finite=True)
    raise AssertionError(symbol)


def _read(translator: Translator, symbol: s.VarDecl | s.DefDecl, primed: bool) -> TlaExpr:
    """A variable, or a definition without parameters."""
    plain = Text(translator.name(symbol.name))
    if translator.reading == "still":
        if isinstance(symbol, s.DefDecl) and speaks_of_steps(translator.spec, symbol):
            return Text(translator.twin(symbol))
        return plain
    return tla.Primed(plain) if (primed or translator.reading == "next") and translator.reads_state(symbol) else plain


def call(translator: Translator, node: s.Call) -> TlaExpr:
    """A call of a definition, a record or a built-in function."""
    symbol = translator.spec.names[node.function]
    values = [argument.value for argument in node.arguments]
    match symbol:
        case s.DefDecl():
            return make.call(_called(translator, symbol, node.primed), *map(translator.expr, values))
        case s.RecordDecl():
            return make.record(_fields(translator, symbol, node.arguments))
        case s.ShapeDecl():
            return shaped(translator, symbol, node.arguments)
        case Builtin(name=function):
            return _builtin(translator, function, node, values)
    raise AssertionError(symbol)


def shaped(translator: Translator, shape: s.ShapeDecl, arguments: Sequence[s.Argument]) -> TlaExpr:
    """A value of a variant: a record with one more field, which tells the shape."""
    tag = (translator.names.tag, make.string(translator.name(shape.name)))
    return make.record([tag, *_fields(translator, shape, arguments)])


def _fields(
    translator: Translator, record: s.RecordDecl | s.ShapeDecl, arguments: Sequence[s.Argument]
) -> list[tuple[str, TlaExpr]]:
    """The fields of a record that is built, with their values."""
    parts = translator.definedness.record_parts(record, arguments)
    return [(translator.name(f.name), _part(translator, record, f, v)) for f, v in parts]


def _part(translator: Translator, record: s.RecordDecl | s.ShapeDecl, field: s.FieldDecl, value: s.AnyExpr) -> TlaExpr:
    translated = translator.expr(value)
    is_held = translator.definedness.is_held(record, field, value)
    return translator.held(translated, field.type) if is_held else translated


def _called(translator: Translator, definition: s.DefDecl, primed: bool) -> str:
    """The name of a definition with parameters."""
    if translator.reading == "still":
        speaks = speaks_of_steps(translator.spec, definition)
        return translator.twin(definition) if speaks else translator.name(definition.name)
    if (primed or translator.reading == "next") and translator.reads_state(definition):
        with translator.reading_as("next"):
            return translator.twin(definition)
    return translator.name(definition.name)


def _builtin(translator: Translator, function: str, node: s.Call, values: list[s.AnyExpr]) -> TlaExpr:
    first = translator.expr(values[0])
    type_ = translator.spec.static_types[values[0]]
    match function:
        case "len":
            translator.prelude.modules.add("Sequences" if isinstance(type_, StaticSeq) else "FiniteSets")
            return make.call("Len" if isinstance(type_, StaticSeq) else "Cardinality", first)
        case "abs":
            return make.call(translator.prelude.use("Abs"), first)
        case "u64":
            if node.span in translator.facts.wrapping:
                raise error("TLC cannot express `u64`: its numbers have 32 bits", node.span)
            return first
        case "min" | "max":
            return extreme(translator, function, node, make.set_of(*map(translator.expr, values)))
        case "first":
            translator.prelude.modules.add("Sequences")
            return make.call("Head", first)
        case "last":
            return make.call(translator.prelude.use("Last"), first)
        case "front" | "tail":
            translator.prelude.modules.add("Sequences")
            length = make.call("Len", first)
            low, high = ("1", tla.Infix("-", length, make.number(1))) if function == "front" else ("2", length)
            return make.call("SubSeq", first, Text(low), high)
        case "elems":
            distinct = "Distinct" if isinstance(type_, StaticBag) else "Elements"
            return make.call(translator.prelude.use(distinct), first)
        case "subsets":
            return tla.Prefix("SUBSET ", first, 8)
        case "permutations":
            return make.call(translator.prelude.use("Orders"), first)
        case "get":
            inner = "Inner" if isinstance(type_, StaticOption) and isinstance(type_.element, StaticOption) else ""
            if len(values) == 1:
                return make.call(translator.prelude.use(f"Get{inner}"), first)
            return make.call(translator.prelude.use(f"Get{inner}Or"), first, translator.expr(values[1]))
    raise AssertionError(function)


def extreme(translator: Translator, which: str, node: s.AnyExpr, values: TlaExpr) -> TlaExpr:
    """The least or greatest element of a set."""
    type_ = translator.spec.static_types[node]
    return make.call(translator.prelude.least(type_) if which == "min" else translator.prelude.greatest(type_), values)
