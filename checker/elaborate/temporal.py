"""Liveness properties and fairness conditions, one for each choice of their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import Type, cardinality, contains
from skipgate.checker.core.values import Value, show
from skipgate.checker.elaborate import build
from skipgate.checker.elaborate.expressions import NOTHING, Environment, ExpressionElaborator
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, ordered
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import error

_MOST_CHOICES = 1024  # of the parameters of a liveness property, or the names in a fairness condition


def liveness(elaborator: ExpressionElaborator, declaration: s.LivenessDecl) -> m.Liveness:
    """A liveness property, with an instance for each choice of its parameters."""
    instances: list[m.LivenessInstance] = []
    for environment in _choices(elaborator, declaration.parameters):
        arguments = tuple((name.text, term.value) for name, term in environment.items())
        premise = None if declaration.premise is None else elaborator.expr(declaration.premise, environment)
        instances.append(m.LivenessInstance(arguments, premise, elaborator.expr(declaration.goal, environment)))
    return m.Liveness(
        name=declaration.name.text,
        kind=declaration.kind,
        description=None if declaration.description is None else declaration.description.plain,
        instances=tuple(instances),
        premises=_premises(elaborator, declaration, bool(instances)),
        anchors=declaration.anchors,
        span=declaration.span,
    )


def _premises(
    elaborator: ExpressionElaborator, declaration: s.LivenessDecl, any_instance: bool
) -> tuple[m.Premise, ...]:
    """That the P of `P leads to Q` is true for some choice of the parameters, and that there is a choice."""
    if not any_instance:
        domain = declaration.parameters[0].domain
        span = declaration.parameters[0].span.to(declaration.parameters[-1].span)
        return (m.Premise(span.flat, build.boolean(False, domain.span)),)
    if declaration.premise is None:
        return ()
    bindings, inner = elaborator.bind_all(declaration.parameters, NOTHING, False)
    premise = elaborator.expr(declaration.premise, inner)
    text = premise.span.flat
    for binding in reversed(bindings):
        premise = build.quantified("exists", binding, premise, premise.span)
    return (m.Premise(text, premise),)


def fairness(
    elaborator: ExpressionElaborator, declaration: s.FairnessDecl, actions: Mapping[str, m.Action]
) -> list[m.Fairness]:
    """A condition for each choice of the names."""
    strong = declaration.fairness == "strong"
    return [
        m.Fairness(strong, tuple(_pattern(elaborator, steps, actions, environment) for steps in declaration.steps))
        for environment in _choices(elaborator, declaration.binders)
    ]


def _pattern(
    elaborator: ExpressionElaborator,
    steps: s.StepsLike,
    actions: Mapping[str, m.Action],
    environment: Mapping[s.Identifier, t.Const],
) -> m.StepPattern:
    action = actions[steps.action.text]
    arguments: list[Value | None] = []
    for parameter, argument in zip(action.parameters, steps.arguments, strict=True):
        value = None if argument is None else elaborator.known(elaborator.expr(argument, environment))
        variable = parameter.variable
        if argument is not None and value is not None and not contains(variable.type, value):
            message = f"`{variable.name}` of `{action.name}` is never {show(value)}: it is in {variable.type}"
            raise error(message, argument.span)
        arguments.append(value)
    return m.StepPattern(action, tuple(arguments))


def _choices(elaborator: ExpressionElaborator, binders: Sequence[s.Binder]) -> list[dict[s.Identifier, t.Const]]:
    """All values that names can have together, whose domains mention no variables."""
    found: list[dict[s.Identifier, t.Const]] = [{}]
    for binder in binders:
        for name in binder.names:
            found = [
                {**chosen, name: build.constant(value, type_, name.span)}
                for chosen in found
                for type_, values in [_elements(elaborator, binder.domain, chosen)]
                for value in values
            ]
            if len(found) > _MOST_CHOICES:
                message = f"there are more than {_MOST_CHOICES} choices of these names"
                raise error(message, binder.span, "let them range over fewer values")
    return found


def _elements(
    elaborator: ExpressionElaborator, domain: s.AnyExpr, environment: Environment
) -> tuple[Type, list[Value]]:
    """The elements of a set that mentions no variables, and their type."""
    term = elaborator.expr(domain, environment)
    type_ = build.element_of(term.type)
    if cardinality(type_) is None:
        raise error("these are unboundedly many values", domain.span, "use a range `a..b`")
    try:
        return type_, list(islice(ordered(term, Scope()), _MOST_CHOICES + 1))
    except EvaluationError as problem:
        raise error(problem.message, problem.span) from None
