"""Whether an action is possible, or was taken: its conditions and updates, written out.

`enabled A` is ENABLED A of TLA+: some choice of the parameters satisfies all conditions. `taken A` is <<A>>_vars: the
two states are a step of A, whoever took it, and differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType, Type
from skipgate.checker.core.model import LetClause
from skipgate.checker.elaborate import build
from skipgate.checker.elaborate.abbreviations import abbreviated, wrapped
from skipgate.checker.elaborate.updates import updated
from skipgate.spec import syntax as s
from skipgate.spec.source import Span
from skipgate.spec.specification import Specification

Environment = Mapping[s.Identifier, t.Term]
Ranges = Mapping[tuple[str, str], tuple[int, int]]
"""Bounds for parameters over all of `nat` or `int`, by action and parameter."""


class Elaborator(Protocol):
    """What makes terms of expressions."""

    spec: Specification
    ranges: Ranges
    variable_types: dict[str, Type]

    def expr(self, node: s.AnyExpr, environment: Environment, primed: bool = False) -> t.Term:
        """The term of an expression."""

    def bind(
        self, binder: s.Binder, environment: Environment, primed: bool = False
    ) -> tuple[tuple[t.Binding, ...], dict[s.Identifier, t.Term]]:
        """The names that a binder introduces, and the environment in which they can be mentioned."""


Clauses = list[t.Term | LetClause]
Updates = dict[str, tuple[t.Term, Span]]
"""The new value of each variable that is updated, and where it stands."""


def step_test(
    elaborator: Elaborator, node: s.StepsTest, action: s.ActionDecl, environment: Environment, primed: bool
) -> t.Term:
    """The term of `enabled A(...)` or `taken A(...)`."""
    span = node.span
    inner: dict[s.Identifier, t.Term] = {}
    around: list[Callable[[t.Term], t.Term]] = []  # what goes around the rest, from outside to inside
    arguments = iter(node.steps.arguments)
    for binder in action.parameters:
        bindings, after = parameters(elaborator, action, binder, inner, primed)
        for name, binding in zip(binder.names, bindings, strict=True):
            argument = next(arguments)
            if argument is None:
                inner[name] = after[name]
                around.append(partial(_some, binding, span))
            else:
                locals_: list[tuple[t.LocalVar, t.Term]] = []
                inner[name] = abbreviated(name, elaborator.expr(argument, environment, primed), locals_)
                around.append(partial(wrapped, locals_))
                around.append(partial(_and, build.in_(inner[name], binding.domain, argument.span)))
    clauses, updates, _ = action_body(elaborator, action, inner, primed)
    for clause in clauses:
        around.append(partial(_let, clause) if isinstance(clause, LetClause) else partial(_and, clause))
    result = build.boolean(True, span) if node.kind == "enabled" else _is_step(elaborator, updates, span)
    for put in reversed(around):
        result = put(result)
    return result


def action_body(
    elaborator: Elaborator, action: s.ActionDecl, environment: Environment, primed: bool = False
) -> tuple[Clauses, Updates, Environment]:
    """The conditions and names of an action, what it updates, and the environment behind its last clause."""
    clauses: Clauses = []
    updates: Updates = {}
    for clause in action.clauses:
        match clause:
            case s.WhenClause(condition=condition):
                clauses.append(elaborator.expr(condition, environment, primed))
            case s.LetClause(bindings=let_bindings):
                for binding in let_bindings:
                    value = elaborator.expr(binding.value, environment, primed)
                    local = t.LocalVar(binding.name.text, value.type)
                    clauses.append(LetClause(local, value))
                    environment = {**environment, binding.name: t.Local(value.type, binding.name.span, local)}
            case s.ThenClause(updates=parts):
                here = partial(elaborator.expr, environment=environment, primed=primed)
                for update in parts:
                    name = update.target.text
                    type_ = elaborator.variable_types[name]
                    before = t.Var(type_, update.target.span, name, primed)
                    old, span = updates.get(name, (before, update.span))
                    whole = updated(old, update.path, update.value, here, update.span)
                    updates[name] = (whole, span.to(update.span))
    return clauses, updates, environment


def parameters(
    elaborator: Elaborator, action: s.ActionDecl, binder: s.Binder, environment: Environment, primed: bool = False
) -> tuple[tuple[t.Binding, ...], dict[s.Identifier, t.Term]]:
    """The parameters that a binder of an action introduces. Those over all numbers have the bounds that are known."""
    bindings, inner = elaborator.bind(binder, environment, primed)
    found = []
    for binding in bindings:
        bounds = elaborator.ranges.get((action.name.text, binding.variable.name))
        if bounds is not None:
            binding, inner = _restricted(binding, bounds, inner)
        found.append(binding)
    return tuple(found), inner


def asks_about_actions(spec: Specification, node: s.AnyNode) -> bool:
    """Does an expression ask about actions, itself or by a definition?"""
    for part in s.walk(node):
        symbol = spec.names.references.get(part)
        if isinstance(part, s.StepsTest) or (isinstance(symbol, s.DefDecl) and asks_about_actions(spec, symbol.body)):
            return True
    return False


def _restricted(
    binding: t.Binding, bounds: tuple[int, int], environment: Environment
) -> tuple[t.Binding, dict[s.Identifier, t.Term]]:
    """The same name over a range of numbers."""
    span = binding.domain.span
    low, high = (build.constant(bound, IntType(bound, bound), span) for bound in bounds)
    variable = t.LocalVar(binding.variable.name, IntType(*bounds))
    inner = {
        name: t.Local(variable.type, term.span, variable)
        if isinstance(term, t.Local) and term.variable is binding.variable
        else term
        for name, term in environment.items()
    }
    return t.Binding(variable, build.range_set(low, high, span), ordered=True), inner


def _is_step(elaborator: Elaborator, updates: Updates, span: Span) -> t.Term:
    """Every variable has the value that the updates give it, and one is not what it was."""
    changes: t.Term = build.boolean(False, span)
    result: t.Term = build.boolean(True, span)
    for declared in elaborator.spec.all(s.VarDecl):
        name, type_ = declared.name.text, elaborator.variable_types[declared.name.text]
        old, new = (t.Var(type_, declared.name.span, name, primed) for primed in (False, True))
        wanted, at = updates.get(name, (old, span))
        result = build.logic("and", result, build.equal(new, wanted, at), span)
        if name in updates:
            changes = build.logic("or", changes, build.not_(build.equal(new, old, at), at), span)
    return build.logic("and", result, changes, span)


def _some(binding: t.Binding, span: Span, body: t.Term) -> t.Term:
    return build.quantified("exists", binding, body, span)


def _and(condition: t.Term, body: t.Term) -> t.Term:
    return build.logic("and", condition, body, condition.span)


def _let(clause: LetClause, body: t.Term) -> t.Term:
    return build.let(clause.variable, clause.value, body, body.span)
