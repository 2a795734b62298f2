"""Expressions of the language as expressions of TLA+.

Both are lazy in the same places (`and`, `or`, `=>`, `if`, `let`, arguments), and TLC raises an error in most places
where an expression has no value here. Where it would not, an operator of `prelude.py` does: `EXCEPT` at a key that is
not there, `get` of none, a value outside its declared type. TLC also leaves functions and some sets unevaluated until
an element is asked for; `TLCEval` stands where that could hide an error.

Types, literals and control are here; other kinds of expressions have modules of their own (`calls`, `binders`, ...).
"""

from __future__ import annotations

from functools import reduce
from typing import assert_never

from skipgate.checker.core.errors import InternalError
from skipgate.checker.tla import binders, calls, make, matches, operators, updates
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.domains import parts_of
from skipgate.checker.tla.steps import step_test
from skipgate.checker.tla.syntax import Text, TlaExpr
from skipgate.checker.tla.translator import LARGEST, Translator
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error
from skipgate.spec.static_types import StaticBag, StaticOption, StaticSeq
from skipgate.spec.symbols import Symbol


class ExpressionTranslator(Translator):
    """Translates each expression by the method or function for its kind."""

    def type(self, node: s.AnyType, finite: bool = False) -> TlaExpr:
        """The set of the values of a type, by its kind."""
        match node:
            case s.PrimitiveType(name=name):
                return Text({"bool": "BOOLEAN", "nat": "Nat", "int": "Int"}[name])
            case s.RangeType(low=low, high=high):
                return tla.Infix("..", self.expr(low), self.expr(high))
            case s.OptionType(element=element):
                inner = self.type(element, finite)
                if isinstance(self.spec.static_types.types[element], StaticOption):
                    # The tuples <<v>>, in a form of which TLC needs no list to tell what is one.
                    inner = tla.Mapped("[", Text("1..1", 9), " -> ", inner, "]")
                return tla.Infix("\\cup", make.set_of(Text(self.prelude.none)), inner)
            case s.SetType(capacity=None, element=element):
                return tla.Prefix("SUBSET ", self.type(element, finite), 8)
            case s.SetType(capacity=room, element=element):
                assert room is not None
                return make.call(self.prelude.use("SmallSubsets"), self.type(element, finite), self.expr(room))
            case s.BagType(capacity=capacity, element=element):
                return make.call(self.prelude.use("Bags"), self.type(element, finite), self.expr(capacity))
            case s.SeqType(capacity=capacity, element=element):
                sequences = self.prelude.use("EverySeq" if finite else "BoundedSeq")
                return make.call(sequences, self.type(element, finite), self.expr(capacity))
            case s.MapType(key=key, value=value):
                return tla.Mapped("[", self.type(key, True), " -> ", self.type(value, finite), "]")
            case s.NamedType():
                return self.named_type(self.spec.names[node], finite)
            case _:
                assert_never(node)

    def named_type(self, symbol: Symbol, finite: bool = False) -> TlaExpr:
        """The set of the values of a declared type: its name, unless TLC could not go through it."""
        assert isinstance(symbol, s.TypeDecl | s.EnumDecl | s.SortDecl | s.RecordDecl | s.VariantDecl)
        if finite and any(isinstance(part, StaticSeq) for part in parts_of(self.spec, symbol)):
            match symbol:
                case s.TypeDecl(type=aliased):
                    return self.type(aliased, finite)
                case s.RecordDecl(fields=fields):
                    return make.record([(self.name(f.name), self.type(f.type, finite)) for f in fields], " : ")
                case s.VariantDecl():
                    return self.shapes(symbol, finite)
        return Text(self.name(symbol.name))

    def shapes(self, variant: s.VariantDecl, finite: bool = False) -> TlaExpr:
        """The values of a variant: for each shape, the records that are tagged with its name."""
        sets = []
        for shape in variant.shapes:
            tag = (self.names.tag, make.set_of(make.string(self.name(shape.name))))
            sets.append(
                make.record([tag, *((self.name(f.name), self.type(f.type, finite)) for f in shape.fields)], " : ")
            )
        return reduce(lambda left, right: tla.Infix("\\cup", left, right), sets)

    def expr(self, node: s.AnyExpr) -> TlaExpr:  # noqa: C901  (one case for each kind of expression)
        """An expression, by its kind."""
        match node:
            case s.Number(value=value):
                if value > LARGEST:
                    raise error(f"TLC cannot express {value}: its numbers have 32 bits", node.span)
                return make.number(value)
            case s.Boolean(value=value):
                return tla.TRUE if value else tla.FALSE
            case s.NoneValue():
                return Text(self.prelude.none)
            case s.SomeOf(value=value):
                inner = self.expr(value)
                return make.tuple_of(inner) if isinstance(self.spec.static_types[value], StaticOption) else inner
            case s.Name():
                return calls.mention(self, node)
            case s.Call():
                return calls.call(self, node)
            case s.Index(base=base, index=s.Range(low=low, high=high)) if not self.definedness.is_map(base):
                self.prelude.modules.add("Sequences")
                return make.call("SubSeq", self.expr(base), self.expr(low), self.expr(high))
            case s.Index(base=base, index=index) if isinstance(self.spec.static_types[base], StaticBag):
                return make.call(self.prelude.use("Copies"), self.expr(base), self.expr(index))
            case s.Index(base=base, index=index):
                return tla.Applied(self.expr(base), self.expr(index))
            case s.FieldAccess(base=base, field=field):
                return tla.Applied(self.expr(base), self.name(field))
            case s.Unary(operator="not", operand=operand):
                return operators.negation(self, operand)
            case s.Unary(operand=operand):
                return tla.Negative(self.expr(operand))
            case s.Binary():
                return operators.binary(self, node)
            case s.Range(low=low, high=high):
                return tla.Infix("..", self.expr(low), self.expr(high))
            case s.TypeDomain(type=type_):
                return self.type(type_, finite=True)
            case s.SeqLiteral(elements=elements):
                return make.tuple_of(*map(self.expr, elements))
            case s.SetLiteral(elements=elements):
                return make.set_of(*map(self.expr, elements))
            case s.SetComprehension():
                return binders.image(self, node.element, node.binders, node.where)
            case s.Fold():
                return binders.fold(self, node)
            case s.BagLiteral(elements=elements):
                if len(elements) < 2:
                    return make.set_of(*(make.tuple_of(self.expr(element), make.number(1)) for element in elements))
                return make.call(self.prelude.use("BagOfSeq"), make.tuple_of(*map(self.expr, elements)))
            case s.BagComprehension():
                return binders.bag_comprehension(self, node)
            case s.SeqComprehension():
                return binders.seq_comprehension(self, node)
            case s.MapComprehension(value=value):
                return self.evaluated(make.function(binders.bound_by(self, node.binders[0]), self.expr(value)), value)
            case s.Quantifier():
                return binders.quantifier(self, node)
            case s.If(branches=branches, otherwise=otherwise):
                result = self.expr(otherwise)
                for condition, value in reversed(branches):
                    result = tla.If(self.expr(condition), self.expr(value), result)
                return result
            case s.Let(bindings=bindings, body=body):
                return tla.Let(self.definitions(bindings), self.expr(body))
            case s.Match():
                return matches.match(self, node, lambda case: self.expr(case.body))
            case s.StepsTest():
                return step_test(self, node)
            case s.Temporal():
                raise InternalError(f"{node.span.place}: a temporal operator stands in a condition")
            case s.Updated(base=base, changes=changes):
                replaced = [(change.path, change.value) for change in changes]
                return updates.updated(self, self.expr(base), replaced, self.is_simple(base))
            case _:
                assert_never(node)
