"""The rule of each expression."""

from __future__ import annotations

from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.static_types import (
    BOOL,
    INT,
    NEVER,
    UNKNOWN,
    StaticBag,
    StaticOption,
    StaticSeq,
    StaticSet,
    StaticType,
)
from skipgate.spec.symbols import Builtin, BuiltinProperty, kind_of
from skipgate.spec.typing.access import field, index, path
from skipgate.spec.typing.binders import (
    bag_comprehension,
    bind,
    bind_let,
    fold,
    map_comprehension,
    quantifier,
    seq_comprehension,
    steps_like,
)
from skipgate.spec.typing.calls import call
from skipgate.spec.typing.inference import Inference
from skipgate.spec.typing.matches import match
from skipgate.spec.typing.operators import binary
from skipgate.spec.wording import plural, with_article


class Expressions(Inference):
    """Type inference with the rules of all expressions."""

    def rule(self, expr: s.AnyExpr) -> StaticType:  # noqa: C901 - a table: one case for each class of expression
        """Check an expression and give its type."""
        match expr:
            case s.Number():
                return INT
            case s.Boolean():
                return BOOL
            case s.NoneValue():
                return StaticOption(NEVER)
            case s.SomeOf(value=value):
                return StaticOption(self.infer(value))
            case s.Name():
                return _name(self, expr)
            case s.Call():
                return call(self, expr)
            case s.Index():
                return index(self, expr)
            case s.FieldAccess(base=base, field=name):
                return _field(self, base, name)
            case s.Unary(operator=operator, operand=operand):
                return self.expect(operand, BOOL if operator == "not" else INT)
            case s.Binary():
                return binary(self, expr)
            case s.Range(low=low, high=high):
                self.expect(low, INT)
                self.expect(high, INT)
                return StaticSet(INT)
            case s.TypeDomain(type=written):
                return StaticSet(self.of_type(written))
            case s.SeqLiteral(elements=elements):
                return StaticSeq(self.common(elements))
            case s.SetLiteral(elements=elements):
                return StaticSet(self.common(elements))
            case s.SetComprehension(element=element, binders=binders, where=where):
                bind(self, binders, where)
                return StaticSet(self.infer(element))
            case s.SeqComprehension():
                return seq_comprehension(self, expr)
            case s.BagLiteral(elements=elements):
                return StaticBag(self.common(elements))
            case s.BagComprehension():
                return bag_comprehension(self, expr)
            case s.Fold():
                return fold(self, expr)
            case s.MapComprehension():
                return map_comprehension(self, expr)
            case s.Quantifier():
                return quantifier(self, expr)
            case s.If(branches=branches, otherwise=otherwise):
                for condition, _ in branches:
                    self.expect(condition, BOOL)
                return self.common([*(value for _, value in branches), otherwise])
            case s.Let(bindings=bindings, body=body):
                bind_let(self, bindings)
                return self.infer(body)
            case s.Match():
                return match(self, expr)
            case s.Temporal(operands=operands):
                for operand in operands:
                    self.expect(operand, BOOL)
                return BOOL
            case s.StepsTest(steps=steps):
                steps_like(self, steps)
                return BOOL
            case s.Updated(base=base, changes=changes):
                type_ = self.infer(base)
                for change in changes:
                    self.expect(change.value, path(self, type_, change.path))
                return type_
        assert_never(expr)


def _field(types: Inference, base: s.AnyExpr, name: s.Identifier) -> StaticType:
    declared = types.find(base) if isinstance(base, s.Name) else None
    if isinstance(declared, s.EnumDecl):
        message = f"enum {declared.name.text} is a set, which has no fields"
        hint = None
        if any(member.name.text == name.text for member in declared.members):
            hint = f"a member is written by itself: `{name.text}`"
        return types.report(message, name.span, hint)
    return field(types, types.infer(base), name)


def _name(types: Inference, expr: s.Name) -> StaticType:
    symbol = types.find(expr)
    match symbol:
        case s.DefDecl(parameters=parameters) if parameters:
            hint = f"call it: `{expr.text}({', '.join(p.name.text for p in parameters)})`"
            return types.report(f"`{expr.text}` takes {plural(len(parameters), 'argument')}", expr.span, hint)
        case Builtin(name=name):
            return types.report(f"`{name}` is a function", expr.span, f"call it: `{name}(...)`")
        case s.Identifier():
            return types.symbols.get(symbol, UNKNOWN)
        case s.ImportDecl(binder=binder):
            of = f"{expr.text}[...]" if binder is not None else expr.text
            return types.report(f"`{expr.text}` is an instance, not a value", expr.span, f"write `{of}.x`")
        case (
            s.ConstraintDecl()
            | s.PropertyDecl()
            | s.LivenessDecl()
            | s.RefinesDecl()
            | s.ActionDecl()
            | s.EffectDecl()
            | s.GroupDecl()
        ):
            what = with_article(kind_of(symbol))
            return types.report(f"`{expr.text}` is the name of {what}, not a value", expr.span)
        case s.ShapeDecl(fields=fields) if fields:
            hint = f"write `{expr.text}({', '.join(f'{f.name.text} = ...' for f in fields)})`"
            return types.report(f"the shape `{expr.text}` has fields, which need values", expr.span, hint)
        case (
            s.ConstDecl()
            | s.VarDecl()
            | s.DefDecl()
            | s.Member()
            | s.TypeDecl()
            | s.EnumDecl()
            | s.SortDecl()
            | s.RecordDecl()
            | s.VariantDecl()
            | s.ShapeDecl()
            | BuiltinProperty()
            | None
        ):
            return types.of_symbol(symbol)
    assert_never(symbol)
