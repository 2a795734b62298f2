"""What all rules of type checking have in common."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import Diagnostic
from skipgate.spec.loader import Program
from skipgate.spec.source import Span
from skipgate.spec.static_types import (
    BOOL,
    INT,
    NEVER,
    UNKNOWN,
    StaticBag,
    StaticEnum,
    StaticMap,
    StaticNever,
    StaticOption,
    StaticRecord,
    StaticSeq,
    StaticSet,
    StaticSort,
    StaticType,
    StaticVariant,
    unify,
)
from skipgate.spec.symbols import Builtin, BuiltinProperty, Names, Symbol, TypeSymbol
from skipgate.spec.typing.hints import conversion


class Inference(ABC):
    """The types of expressions, symbols and types as written, each found when it is first asked for."""

    def __init__(self, program: Program, names: Names) -> None:
        self.names = names
        self.enums = {
            member: declaration
            for file in program.all_files
            for declaration in file.declarations
            if isinstance(declaration, s.EnumDecl)
            for member in declaration.members
        }
        self.variants = {
            shape: declaration
            for file in program.all_files
            for declaration in file.declarations
            if isinstance(declaration, s.VariantDecl)
            for shape in declaration.shapes
        }
        self.expressions: dict[s.AnyExpr, StaticType] = {}
        self.symbols: dict[Symbol, StaticType] = {}
        self.bound: set[s.ActionDecl | s.GroupDecl] = set()  # those whose parameters have types
        self.types: dict[s.AnyType, StaticType] = {}
        self.diagnostics: list[Diagnostic] = []

    def report(self, message: str, span: Span, hint: str | None = None) -> StaticType:
        """Add a diagnostic. The result is the type of what is wrong."""
        self.diagnostics.append(Diagnostic(message, span, hint))
        return UNKNOWN

    def find(self, mention: s.Node) -> Symbol | None:
        """What a name refers to; None if that is not known."""
        return self.names.references.get(mention)

    # ------------------------------------------------------------------------------------------------ expressions

    @abstractmethod
    def rule(self, expr: s.AnyExpr) -> StaticType:
        """Check an expression and give its type."""

    def infer(self, expr: s.AnyExpr) -> StaticType:
        """The type of an expression, which is checked once."""
        if expr not in self.expressions:
            type_ = self.rule(expr)
            if isinstance(type_, StaticNever):
                message = "this never has a value: it is taken from an empty `{}`, `[]` or `none`"
                type_ = self.report(message, expr.span)
                symbol = self.find(expr)
                if symbol is not None:
                    self.symbols[symbol] = UNKNOWN  # its other mentions are not reported as well
            self.expressions[expr] = type_
        return self.expressions[expr]

    def expect(self, expr: s.AnyExpr, wanted: StaticType) -> StaticType:
        """Infer an expression and report it if its type does not fit."""
        type_ = self.infer(expr)
        joined = unify(wanted, type_)
        if joined is None:
            hint = _comment_meant_as_inequality(expr.span) if wanted is BOOL else None
            self.report(f"this is {type_}, but {wanted} is needed", expr.span, hint or conversion(type_, wanted))
            return wanted
        return joined

    def common(self, exprs: Sequence[s.AnyExpr]) -> StaticType:
        """The type that all expressions have."""
        type_: StaticType = NEVER
        for expr in exprs:
            other = self.infer(expr)
            joined = unify(type_, other)
            if joined is None:
                message = f"this is {other}, but the one before it is {type_}"
                type_ = self.report(message, expr.span, conversion(other, type_))
            else:
                type_ = joined
        return type_

    # ---------------------------------------------------------------------------------------------------- symbols

    def of_symbol(self, symbol: Symbol | None) -> StaticType:
        """The type of the values that a symbol stands for; unknown if it has none."""
        if symbol is None:
            return UNKNOWN
        if symbol not in self.symbols:
            self.symbols[symbol] = UNKNOWN  # for a variable whose type mentions it, which is an error of levels
            self.symbols[symbol] = self._of_symbol(symbol)
        return self.symbols[symbol]

    def _of_symbol(self, symbol: Symbol) -> StaticType:
        match symbol:
            case s.ConstDecl() | s.VarDecl():
                return self.of_type(symbol.type)
            case s.Member():
                return StaticEnum(self.enums[symbol])
            case s.ShapeDecl():
                return StaticVariant(self.variants[symbol])
            case s.TypeDecl() | s.EnumDecl() | s.SortDecl() | s.RecordDecl() | s.VariantDecl():
                return StaticSet(self._declared(symbol))
            case s.DefDecl():
                for parameter in symbol.parameters:
                    self.symbols[parameter.name] = self.of_type(parameter.type)
                if symbol.result is None:
                    return self.infer(symbol.body)
                result = self.of_type(symbol.result)
                self.expect(symbol.body, result)
                return result
            case s.Identifier():
                return UNKNOWN  # an error was reported where the name is bound
            case s.PropertyDecl() | s.LivenessDecl() | s.RefinesDecl() | s.ConstraintDecl():
                return UNKNOWN
            case s.ActionDecl() | s.EffectDecl() | s.GroupDecl() | s.ImportDecl():
                return UNKNOWN
            case Builtin() | BuiltinProperty():
                return UNKNOWN
        assert_never(symbol)

    # ------------------------------------------------------------------------------------------------------ types

    def of_type(self, node: s.AnyType) -> StaticType:
        """The static type of a type as written."""
        if node not in self.types:
            self.types[node] = self._of_type(node)
        return self.types[node]

    def _of_type(self, node: s.AnyType) -> StaticType:
        match node:
            case s.PrimitiveType(name=name):
                return BOOL if name == "bool" else INT
            case s.RangeType(low=low, high=high):
                self.expect(low, INT)
                self.expect(high, INT)
                return INT
            case s.OptionType(element=element):
                return StaticOption(self.of_type(element))
            case s.SetType(capacity=capacity, element=element):
                if capacity is not None:
                    self.expect(capacity, INT)
                return StaticSet(self.of_type(element))
            case s.BagType(capacity=capacity, element=element):
                self.expect(capacity, INT)
                return StaticBag(self.of_type(element))
            case s.SeqType(capacity=capacity, element=element):
                self.expect(capacity, INT)
                return StaticSeq(self.of_type(element))
            case s.MapType(key=key, value=value):
                return StaticMap(self.of_type(key), self.of_type(value))
            case s.NamedType():
                symbol = self.find(node)
                # Name resolution has reported what is no type.
                return self._declared(symbol) if isinstance(symbol, TypeSymbol) else UNKNOWN
        assert_never(node)

    def _declared(self, symbol: TypeSymbol) -> StaticType:
        match symbol:
            case s.TypeDecl(type=aliased):
                return self.of_type(aliased)
            case s.EnumDecl():
                return StaticEnum(symbol)
            case s.SortDecl():
                return StaticSort(symbol)
            case s.RecordDecl():
                return StaticRecord(symbol)
            case s.VariantDecl():
                return StaticVariant(symbol)
        assert_never(symbol)


def _comment_meant_as_inequality(span: Span) -> str | None:
    """A hint if a comment with something like a value follows on the line: `x # y` is an inequality in TLA+."""
    after = span.source.text[span.end :].partition("\n")[0]
    if re.match(r"[ \t]*#[ \t]*[\w(\[{]", after):
        return "`#` begins a comment; inequality is `!=`"
    return None
