"""May an expression have no value? If in doubt, yes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from skipgate.checker.tla.domains import has_bounds, mentions_numbers
from skipgate.checker.tla.facts import Facts
from skipgate.checker.tla.mentions import bound_by_name
from skipgate.spec import syntax as s
from skipgate.spec.specification import Specification
from skipgate.spec.static_types import StaticMap
from skipgate.spec.symbols import Builtin, Symbol


class Definedness:
    """Tells which expressions of a specification may have no value."""

    def __init__(self, spec: Specification, facts: Facts) -> None:
        self.spec = spec
        self.facts = facts
        self._failing: dict[s.AnyNode, bool] = {}
        self._bound = bound_by_name(spec)

    def can_fail(self, node: s.AnyNode) -> bool:
        """May an expression have no value? If in doubt, yes."""
        if node not in self._failing:
            self._failing[node] = self._can_fail(node)
        return self._failing[node]

    def _can_fail(self, node: s.AnyNode) -> bool:
        return self._fails_itself(node) or any(self.can_fail(part) for part in s.children(node))

    def _fails_itself(self, node: s.AnyNode) -> bool:
        """May something have no value although all its parts have one?"""
        if isinstance(node, s.DoClause):
            return self._symbol_can_fail(self.spec.names[node.effect])
        if isinstance(node, s.AnyType | s.AnyDeclaration | s.AnyPart):
            return isinstance(node, s.IndexStep) and not self.is_safe(node)
        match node:
            case s.Index(base=base, index=index):
                if isinstance(index, s.Range) or not self.is_map(base):
                    return True
                return mentions_numbers(self.spec.static_types[index])
            case s.Binary(operator=operator, right=right):
                return operator in ("div", "mod") and not (isinstance(right, s.Number) and right.value > 0)
            case s.Quantifier(kind=kind):
                return kind in ("min", "max")
            case s.Call(function=function):
                return self._call_can_fail(self.spec.names[function], node)
            case s.Name():
                return self._symbol_can_fail(self.spec.names[node])
            case s.Number() | s.Boolean() | s.NoneValue() | s.SomeOf() | s.FieldAccess() | s.Unary() | s.Range():
                return False
            case s.StepsTest(steps=steps):
                return self._symbol_can_fail(self.spec.names[steps.action])
            case s.TypeDomain() | s.SeqLiteral() | s.SetLiteral() | s.If() | s.Updated() | s.Let() | s.Match():
                return False
            case s.BagLiteral() | s.BagComprehension():
                return False
            case s.SetComprehension() | s.SeqComprehension() | s.Fold() | s.MapComprehension() | s.Temporal():
                return False
            case _:
                assert_never(node)

    def _call_can_fail(self, symbol: Symbol, node: s.Call) -> bool:
        match symbol:
            case Builtin(name=name):
                return name in ("first", "last") or (name == "get" and len(node.arguments) == 1)
            case s.RecordDecl() | s.ShapeDecl():
                parts = self.record_parts(symbol, node.arguments)
                return any(self.is_held(symbol, field, value) for field, value in parts)
        return self._symbol_can_fail(symbol)

    def _symbol_can_fail(self, symbol: Symbol) -> bool:
        match symbol:
            case s.DefDecl(result=result, body=body):
                what = f"the value of `{symbol.name.text}`"
                leaves = result is not None and has_bounds(self.spec, result) and self.facts.may_leave(what)
                return leaves or self.can_fail(body)
            case s.ActionDecl(parameters=parameters, clauses=clauses):
                return any(self.can_fail(part) for part in (*parameters, *clauses))
            case s.EffectDecl(clauses=clauses):
                return any(map(self.can_fail, clauses))
            case s.GroupDecl(steps=steps):
                return any(self._symbol_can_fail(self.spec.names[each.action]) for each in steps)
            case s.Identifier():  # which, if it is bound by name, stands for whatever it is bound to
                return any(self.can_fail(value) for value in self.bound_by_name(symbol))
        return False

    def record_parts(
        self, record: s.RecordDecl | s.ShapeDecl, arguments: Sequence[s.Argument]
    ) -> list[tuple[s.FieldDecl, s.AnyExpr]]:
        """The fields of a record that is built, with their values."""
        given = {field.name.text: argument.value for field, argument in zip(record.fields, arguments, strict=False)}
        given |= {a.name.text: a.value for a in arguments if a.name is not None}
        return [(field, given[field.name.text]) for field in record.fields]

    def is_held(self, record: s.RecordDecl | s.ShapeDecl, field: s.FieldDecl, value: s.AnyExpr) -> bool:
        """May the value of a field leave its type?"""
        what = f"field `{field.name.text}` of `{record.name.text}`"
        return has_bounds(self.spec, field.type) and self.facts.may_leave(what, value.span)

    def is_safe(self, step: s.PathStep) -> bool:
        """Is there surely a part that this step leads to?"""
        if isinstance(step, s.FieldStep):
            return True
        type_ = self.spec.static_types[step.index]
        # Numbers may index a sequence; any other key of the right kind is one of the map.
        return not mentions_numbers(type_) or self.facts.is_key(step.index.span, step.span)

    def is_map(self, node: s.AnyExpr) -> bool:
        """Is the value of an expression a map?"""
        return isinstance(self.spec.static_types[node], StaticMap)

    def bound_by_name(self, identifier: s.Identifier) -> list[s.AnyExpr]:
        """What a local name stands for, if it stands for expressions and not for values."""
        return self._bound.get(identifier, [])
