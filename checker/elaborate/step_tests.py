"""Whether an action is possible, or was taken: its conditions and updates, written out.

`enabled A` is ENABLED A of TLA+: some choice of the parameters satisfies all conditions. `taken A` is <<A>>_vars: the
two states are a step of A, whoever took it, and differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal, Protocol

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType
from skipgate.checker.elaborate import build, paths
from skipgate.checker.elaborate.abbreviations import abbreviated, wrapped
from skipgate.checker.elaborate.paths import Environment, Path
from skipgate.spec import syntax as s
from skipgate.spec.source import Span
from skipgate.spec.specification import Specification

Ranges = Mapping[tuple[str, str], tuple[int, int]]
"""Bounds for parameters over all of `nat` or `int`, by action and parameter."""


class Elaborator(paths.Elaborator, Protocol):
    """What makes terms of expressions."""

    ranges: Ranges


def step_test(elaborator: Elaborator, node: s.StepsTest, environment: Environment, primed: bool) -> t.Term:
    """The term of `enabled A(...)` or `taken A(...)`."""
    return _one_of(elaborator, node.kind, node.steps, environment, primed)


def _one_of(
    elaborator: Elaborator,
    kind: Literal["enabled", "taken"],
    steps: s.StepsLike,
    environment: Environment,
    primed: bool,
) -> t.Term:
    """Is one of these steps possible, or was one taken? Those of a group are those of its actions."""
    span = steps.span
    declared = elaborator.spec.names[steps.action]
    assert isinstance(declared, s.ActionDecl | s.GroupDecl)
    inner: dict[s.Identifier, t.Term] = {}
    around: list[Callable[[t.Term], t.Term]] = []  # what goes around the rest, from outside to inside
    arguments = iter(steps.arguments)
    for binder in declared.parameters:
        bindings, after = parameters(elaborator, declared, binder, inner, primed)
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
    result: t.Term = build.boolean(False, span)
    if isinstance(declared, s.GroupDecl):
        for each in declared.steps:
            result = build.logic("or", result, _one_of(elaborator, kind, each, inner, primed), span)
    else:
        for path in paths.paths(elaborator, declared, inner, primed=primed):
            reached = build.boolean(True, span) if kind == "enabled" else _is_step(elaborator, path, span)
            result = build.logic("or", result, paths.folded(path.parts, reached, span), span)
    for put in reversed(around):
        result = put(result)
    return result


def parameters(
    elaborator: Elaborator,
    action: s.ActionDecl | s.GroupDecl,
    binder: s.Binder,
    environment: Environment,
    primed: bool = False,
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


def _is_step(elaborator: Elaborator, path: Path, span: Span) -> t.Term:
    """Every variable has the value that the updates give it, and one is not what it was."""
    updates = {name: (value, at) for name, value, at in path.updates}
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
