"""What the parameters of actions range over."""

from __future__ import annotations

from skipgate.checker.core.datatypes import BoolType, EnumType, IntType, SortType, values
from skipgate.checker.tla import make
from skipgate.checker.tla import syntax as tla
from skipgate.checker.tla.binders import ranged
from skipgate.checker.tla.definitions import ModuleWriter
from skipgate.checker.tla.layout import flat
from skipgate.checker.tla.syntax import Text, TlaExpr
from skipgate.checker.tla.values import value_node
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error


def range_of(writer: ModuleWriter, action: s.ActionDecl | s.GroupDecl, binder: s.Binder) -> TlaExpr:
    """What a parameter ranges over: all numbers are those that the conditions allow."""
    domain = ranged(writer.exprs, binder.domain)
    if flat(domain) in ("Nat", "Int") or _is_unbounded(writer, binder.domain):
        bounds = writer.facts.bounds(action.name.text, binder.names[0].text)
        if not isinstance(bounds, IntType) or bounds.low is None or bounds.high is None:
            raise error("TLC cannot go through all numbers", binder.domain.span, "use a range `a..b`")
        return tla.Infix("..", make.number(bounds.low), make.number(bounds.high))
    return domain


def universe(writer: ModuleWriter, action: s.ActionDecl | s.GroupDecl, binder: s.Binder) -> TlaExpr:
    """All values that a parameter may have in some state."""
    match writer.facts.bounds(action.name.text, binder.names[0].text):
        case IntType(low=int() as low, high=int() as high):
            return tla.Infix("..", make.number(low), make.number(high))
        case SortType(name=name):
            return Text(writer.names.of(name))
        case BoolType() | EnumType() as type_:
            return make.set_of(*(value_node(value, writer.names, "") for value in values(type_)))
        case _:  # any other type is refused
            hint = "let the parameter range over the same values in every state, and put the rest into a `when`"
            raise error("TLC cannot quantify fairness over this set", binder.domain.span, hint)


def is_fixed(writer: ModuleWriter, domain: s.AnyExpr) -> bool:
    """Is a domain the same in every state, and does it mention no other parameter?"""
    mentioned = [writer.spec.names.references.get(part) for part in s.walk(domain)]
    bound_here = {name for part in s.walk(domain) if isinstance(part, s.Binder) for name in part.names}
    return not any(
        (isinstance(symbol, s.Identifier) and symbol not in bound_here)
        or (isinstance(symbol, s.VarDecl | s.DefDecl) and writer.exprs.reads_state(symbol))
        for symbol in mentioned
    )


def _is_unbounded(writer: ModuleWriter, domain: s.AnyExpr) -> bool:
    if not isinstance(domain, s.Name):
        return False
    symbol = writer.spec.names[domain]
    while isinstance(symbol, s.TypeDecl):
        if isinstance(symbol.type, s.PrimitiveType):
            return symbol.type.name != "bool"
        if not isinstance(symbol.type, s.NamedType):
            return False
        symbol = writer.spec.names[symbol.type]
    return False
