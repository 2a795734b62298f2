"""Liveness properties and fairness conditions, one for each choice of their parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from types import MappingProxyType

from skipgate.checker.core import formulas as f
from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import Type, cardinality, contains
from skipgate.checker.core.datatypes import values as values_of
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.values import Value, show
from skipgate.checker.elaborate import build
from skipgate.checker.elaborate.expressions import NOTHING, ExpressionElaborator
from skipgate.checker.elaborate.known import working_out
from skipgate.checker.elaborate.paths import Environment
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, ordered
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import SpecError, error
from skipgate.spec.source import Span
from skipgate.spec.temporal import is_about_steps, is_temporal

_MOST_CHOICES = 1024  # of the parameters of a liveness property, or the names in a fairness condition

Known = Mapping[s.Identifier, t.Const]
"""The values of names."""


def liveness(
    elaborator: ExpressionElaborator, declaration: s.LivenessDecl, *, fair_when: tuple[t.Term, ...]
) -> m.Liveness:
    """A liveness property, with an instance for each choice of its parameters.

    `fair_when` has the conditions in the fairness of the model.
    """
    instances: list[m.LivenessInstance] = []
    for environment in _choices(elaborator, declaration.parameters):
        arguments = tuple((name.text, term.value) for name, term in environment.items())
        instances.append(m.LivenessInstance(arguments, _formula(elaborator, declaration.formula, environment)))
    return m.Liveness(
        name=declaration.name.text,
        description=None if declaration.description is None else declaration.description.plain,
        instances=tuple(instances),
        premises=_premises(elaborator, declaration, instances),
        anchors=declaration.anchors,
        span=declaration.span,
        fair_when=fair_when,
    )


def _formula(elaborator: ExpressionElaborator, node: s.AnyExpr, environment: Known) -> f.Formula:
    """The formula of an expression, with its temporal quantifiers written out."""
    span = node.span
    if not is_temporal(node):
        return f.Now(span, elaborator.expr(node, environment))
    sub = partial(_formula, elaborator, environment=environment)
    match node:
        case s.Temporal(operator="always" | "eventually" as operator, operands=(operand,)) if not is_temporal(
            operand
        ) and is_about_steps(elaborator.spec.names, operand):
            return f.Steps(span, operator, elaborator.expr(operand, environment))
        case s.Temporal(operator=operator, operands=operands):
            return f.Temporal(span, operator, tuple(map(sub, operands)))
        case s.Unary(operand=operand):
            return f.Negation(span, sub(operand))
        case s.Binary(operator="and" | "or" as operator, left=left, right=right):
            return f.Junction(span, operator, (sub(left), sub(right)))
        case s.Binary(operator="=>", left=left, right=right):
            return _implies(span, sub(left), sub(right))
        case s.Binary(left=left, right=right):
            a, b = sub(left), sub(right)
            sides = (f.Junction(span, "or", (f.Negation(span, x), y)) for x, y in ((a, b), (b, a)))
            return f.Junction(span, "and", tuple(sides))
        case s.Quantifier(kind=kind, binders=binders, where=where, body=body):
            parts = []
            for chosen in _choices(elaborator, binders, environment):
                part = _formula(elaborator, body, chosen)
                if where is not None:
                    condition = _formula(elaborator, where, chosen)
                    both = (condition, part)
                    part = _implies(span, *both) if kind == "forall" else f.Junction(span, "and", both)
                parts.append(part)
            return f.Junction(span, "and" if kind == "forall" else "or", tuple(parts))
        case _:
            raise InternalError(f"{span.place}: temporal operators stand where they cannot")


def _implies(span: Span, left: f.Formula, right: f.Formula) -> f.Formula:
    """`left => right`. That this is not a `not` of the author can be seen from its place."""
    return f.Junction(span, "or", (f.Negation(left.span, left), right))


def _premises(
    elaborator: ExpressionElaborator, declaration: s.LivenessDecl, instances: Sequence[m.LivenessInstance]
) -> tuple[m.Premise, ...]:
    """That the P of each `P leads to Q`, or `P => Q`, is true for some choice, and that there is a choice."""
    if not instances:
        domain = declaration.parameters[0].domain
        span = declaration.parameters[0].span.to(declaration.parameters[-1].span)
        return (m.Premise(span.flat, build.boolean(False, domain.span)),)
    match declaration.formula:
        case s.Temporal(operator="leads to", operands=(premise_node, goal)) if not (
            is_temporal(premise_node) or is_temporal(goal)
        ):
            bindings, inner = elaborator.bind_all(declaration.parameters, NOTHING, False)
            premise = elaborator.expr(premise_node, inner)
            text = premise.span.flat
            for binding in reversed(bindings):
                premise = build.quantified("exists", binding, premise, premise.span)
            return (m.Premise(text, premise),)
    found: dict[Span, t.Term] = {}  # by place: of several choices, one suffices
    for instance in instances:
        for term in _premises_in(instance.formula):
            known = found.get(term.span)
            found[term.span] = term if known is None else build.logic("or", known, term, term.span)
    return tuple(m.Premise(span.flat, term) for span, term in found.items())


def _premises_in(formula: f.Formula) -> Iterator[t.Term]:
    """The conditions on states without which a formula says nothing."""
    match formula:
        case f.Temporal(operator="leads to", operands=(premise, conclusion)):
            yield from _premise_and_more(premise, conclusion)
        case f.Junction(operator="or", operands=(f.Negation(operand=premise) as negated, conclusion)) if (
            negated.span == premise.span
        ):
            yield from _premise_and_more(premise, conclusion)
        case f.Temporal(operator="always", operands=operands) | f.Junction(operator="and", operands=operands):
            for operand in operands:
                yield from _premises_in(operand)


def _premise_and_more(premise: f.Formula, conclusion: f.Formula) -> Iterator[t.Term]:
    if isinstance(premise, f.Now):
        yield premise.term
    yield from _premises_in(conclusion)


_Actions = Mapping[str, Sequence[m.Action]]
"""The paths through each action."""


def fairness(
    elaborator: ExpressionElaborator, declaration: s.FairnessDecl | s.GroupDecl, actions: _Actions
) -> list[m.Fairness]:
    """A condition for each choice of the names. There is none if constants make what it asks for impossible."""
    strong = declaration.fairness == "strong"
    binders, when_node = (
        (declaration.parameters, None)
        if isinstance(declaration, s.GroupDecl)
        else (declaration.binders, declaration.condition)
    )
    conditions = []
    for environment in _choices(elaborator, binders):
        when: t.Term = build.boolean(True, declaration.span)
        if when_node is not None:
            when = elaborator.expr(when_node, environment)
        patterns = [
            pattern
            for steps in declaration.steps
            for pattern in _patterns(elaborator, steps, actions, environment, when)
        ]
        if patterns:
            conditions.append(m.Fairness(strong, tuple(patterns)))
    return conditions


def _patterns(
    elaborator: ExpressionElaborator,
    steps: s.StepsLike,
    actions: _Actions,
    environment: Mapping[s.Identifier, t.Term],
    when: t.Term,
) -> list[m.StepPattern]:
    """The steps that are meant. An argument that depends on the state stands for each of its values."""
    declared = elaborator.spec.names[steps.action]
    if isinstance(declared, s.GroupDecl):
        return _patterns_of_group(elaborator, declared, steps, actions, environment, when)
    which = actions[steps.action.text]
    types = [(p.variable.name, p.variable.type) for p in which[0].parameters]
    found = _arguments(elaborator, steps, types, environment, when)
    return [
        m.StepPattern(path, (*given, *(None,) * path.choices), None if isinstance(condition, t.Const) else condition)
        for path in which
        for given, condition in found
        if not (isinstance(condition, t.Const) and condition.value is False)
    ]


def _patterns_of_group(
    elaborator: ExpressionElaborator,
    group: s.GroupDecl,
    steps: s.StepsLike,
    actions: _Actions,
    environment: Mapping[s.Identifier, t.Term],
    when: t.Term,
) -> list[m.StepPattern]:
    """The steps of the actions of a group, for all that its parameters can be."""
    choices = _choices(elaborator, group.parameters)
    names = [name for binder in group.parameters for name in binder.names]
    types = [(name.text, choices[0][name].type) for name in names] if choices else []
    found: list[m.StepPattern] = []
    for given, condition in _arguments(elaborator, steps, types, environment, when) if choices else []:
        for chosen in choices:
            if all(value in (None, chosen[name].value) for name, value in zip(names, given, strict=True)):
                for each in group.steps:
                    found += _patterns(elaborator, each, actions, chosen, condition)
        if len(found) > _MOST_CHOICES:
            raise _too_many(steps)
    return found


def _arguments(
    elaborator: ExpressionElaborator,
    steps: s.StepsLike,
    parameters: Sequence[tuple[str, Type]],
    environment: Mapping[s.Identifier, t.Term],
    when: t.Term,
) -> list[tuple[tuple[Value | None, ...], t.Term]]:
    """The arguments that are meant, and under which condition these."""
    found: list[tuple[tuple[Value | None, ...], t.Term]] = [((), when)]
    for (name, type_), argument in zip(parameters, steps.arguments, strict=False):  # choices take no arguments
        if argument is None:
            found = [((*given, None), condition) for given, condition in found]
            continue
        term = elaborator.expr(argument, environment)
        if t.variables_read(term):
            found = [
                ((*given, value), build.logic("and", condition, _equal(term, value), term.span))
                for given, condition in found
                for value in _values(type_, argument)
            ]
        else:
            value = elaborator.known(term)
            if not contains(type_, value):
                message = f"`{name}` of `{steps.action.text}` is never {show(value)}: it is in {type_}"
                raise error(message, argument.span)
            found = [((*given, value), condition) for given, condition in found]
        if len(found) > _MOST_CHOICES:
            raise _too_many(argument)
    return found


def _equal(term: t.Term, value: Value) -> t.Term:
    return build.equal(term, build.constant(value, term.type, term.span), term.span)


def _values(type_: Type, argument: s.AnyExpr) -> list[Value]:
    """The values that a parameter can have."""
    count = cardinality(type_)
    if count is None or count > _MOST_CHOICES:
        raise _too_many(argument)
    return list(values_of(type_))


def _too_many(argument: s.AnyExpr | s.StepsLike) -> SpecError:
    message = f"this argument can have more than {_MOST_CHOICES} values"
    return error(message, argument.span, "write `_` for any argument, or let the parameter range over fewer values")


def _choices(
    elaborator: ExpressionElaborator, binders: Sequence[s.Binder], environment: Known = MappingProxyType({})
) -> list[dict[s.Identifier, t.Const]]:
    """All values that names can have together, whose domains mention no variables."""
    found: list[dict[s.Identifier, t.Const]] = [dict(environment)]
    for binder in binders:
        for name in binder.names:
            found = [
                {**chosen, name: build.constant(value, type_, name.span)}
                for chosen in found
                for type_, values in [_elements(elaborator, binder.domain, chosen)]
                for value in values
            ]
            if len(found) > _MOST_CHOICES:
                message = f"these names can have more than {_MOST_CHOICES} combinations of values"
                raise error(message, binder.span, "let them range over fewer values")
    return found


def _elements(
    elaborator: ExpressionElaborator, domain: s.AnyExpr, environment: Environment
) -> tuple[Type, list[Value]]:
    """The elements of a set that mentions no variables, and their type."""
    term = elaborator.expr(domain, environment)
    type_ = build.element_of(term.type)
    if cardinality(type_) is None:
        raise error("there is no bound on these values", domain.span, "use a range `a..b`")
    try:
        with working_out(term.span):
            return type_, list(islice(ordered(term, Scope()), _MOST_CHOICES + 1))
    except EvaluationError as problem:
        raise error(problem.message, problem.span) from None
