"""Refinement as two ordinary properties: every behaviour of a model is one of another, more abstract model.

The variables of the abstract model stand for expressions over those of the model. So its initial states and its steps
become predicates of the model's own states and steps, which every engine can check:

- an invariant: every initial state is an initial state of the abstract model;
- a transition: every step is a step of some abstract action, or leaves the abstract variables as they are.

Both have the name of the refinement. What an abstract variable stands for must be of its type: a state where it is not
is no state of the abstract model. This is checked when a state is reached, so a step may rely on it for the state that
it begins in. (Compare Abadi and Lamport, "The existence of refinement mappings", 1991. The constraints and the
properties of the abstract model do not matter.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import cardinality, includes, with_bounds_of
from skipgate.checker.elaborate import build
from skipgate.spec.diagnostics import error
from skipgate.spec.source import Span


@dataclass(frozen=True)
class Image:
    """What an abstract variable stands for, before and after a step."""

    now: t.Term
    then: t.Term


def properties(
    name: str,
    abstract: m.Model,
    images: Mapping[str, Image],
    variables: tuple[m.StateVariable, ...],
    initially: Sequence[m.InitialCondition] = (),
    *,
    description: str | None,
    span: Span,
) -> list[m.Property]:
    """The properties which together say that a model with these variables refines the abstract one.

    Raises:
        SpecError: the abstract model has a parameter without bounds.
    """
    refinement = m.Refinement(abstract, tuple((v.name, images[v.name].now) for v in abstract.variables))
    translation = _Translation(abstract, images, span)
    starts = build.logic("implies", _is_initial(variables, initially, span), translation.initial(), span)
    parts: list[tuple[m.PropertyKind, t.Term]] = [("invariant", starts), ("transition", translation.step())]
    return [
        m.Property(name, kind, description, term, premises=(), anchors=(), span=span, refinement=refinement)
        for kind, term in parts
    ]


def _is_initial(variables: tuple[m.StateVariable, ...], initially: Sequence[m.InitialCondition], span: Span) -> t.Term:
    """Is the state an initial one?

    This can be evaluated wherever the initial states can: a variable is only looked at if those before it have values
    that they can begin with.
    """
    parts = [condition.term for condition in initially if not condition.after]
    for count, variable in enumerate(variables, 1):
        here = t.Var(variable.type, span, variable.name, False)
        initial = variable.initial
        if variable.choice and isinstance(initial, t.Ensure):
            initial = initial.operand  # the variable is of its type, whatever else the set may have
        parts.append(build.in_(here, initial, span) if variable.choice else build.equal(here, initial, span))
        parts += [condition.term for condition in initially if condition.after == count]
    return _all(parts, span)


class _Translation:
    """Terms over the abstract variables as terms over those of the model."""

    def __init__(self, abstract: m.Model, images: Mapping[str, Image], span: Span) -> None:
        self.abstract = abstract
        self.span = span
        self.named: dict[bool, list[tuple[t.LocalVar, t.Term]]] = {False: [], True: []}
        self.values: dict[tuple[str, bool], t.Term] = {}  # what stands for a variable, by name and prime
        self.in_type: dict[bool, list[t.Term]] = {False: [], True: []}
        for variable in abstract.variables:
            image = images[variable.name]
            self.name(variable, image.now, False)
            self.name(variable, image.then, True)

    def name(self, variable: m.StateVariable, image: t.Term, primed: bool) -> None:
        """Let a name stand for the image of a variable, unless that is a variable itself."""
        declared = variable.type
        type_ = with_bounds_of(declared, image.type)
        if isinstance(image, t.Var) and image.type == type_:
            self.values[variable.name, primed] = image
            return
        text = variable.name + "_next" * primed
        if not includes(declared, image.type):
            whole = t.LocalVar(f"{text}_image", image.type)
            self.named[primed].append((whole, image))
            image = t.Local(image.type, image.span, whole)
            self.in_type[primed].append(build.in_(image, build.universe(declared, image.span), image.span))
        held = t.LocalVar(text, type_)
        if image.type != type_:
            # Not `build.ensure`: the abstract terms are made for values of exactly this type.
            what = f"`{variable.name}` of `{self.abstract.name}`"
            image = t.Ensure(type_, image.span, image, what, declared)
        self.named[primed].append((held, image))
        self.values[variable.name, primed] = t.Local(type_, image.span, held)

    def initial(self) -> t.Term:
        """Is the state an initial one of the abstract model?"""
        parts = list(self.in_type[False])
        for variable in self.abstract.variables:
            value, initial = self.values[variable.name, False], self.translated(variable.initial)
            make = build.in_ if variable.choice else build.equal
            parts.append(make(value, initial, variable.initial.span))
        parts += [self.translated(condition.term) for condition in self.abstract.initially]
        return self.naming(_all(parts, self.span), False)

    def step(self) -> t.Term:
        """Is the step one of the abstract model, or does it leave its variables as they are?"""
        some = self.unchanged()
        for action in self.abstract.actions:
            some = build.logic("or", some, self.action(action), self.span)
        whole = build.logic("and", _all(self.in_type[True], self.span), some, self.span)
        whole = build.logic("implies", _all(self.in_type[False], self.span), whole, self.span)
        return self.naming(self.naming(whole, True), False)

    def unchanged(self) -> t.Term:
        names = [variable.name for variable in self.abstract.variables]
        return _all(
            [build.equal(self.values[name, False], self.values[name, True], self.span) for name in names], self.span
        )

    def action(self, action: m.Action) -> t.Term:
        """Is the step one of an abstract action, for some choice of its parameters?"""
        new = {update.variable.name: self.translated(update.value) for update in action.updates}
        result = _all(
            [
                build.equal(self.values[v.name, True], new.get(v.name, self.values[v.name, False]), action.span)
                for v in self.abstract.variables
            ],
            action.span,
        )
        for clause in reversed(action.clauses):
            if isinstance(clause, m.LetClause):
                result = build.let(clause.variable, self.translated(clause.value), result, action.span)
            else:
                result = build.logic("and", self.translated(clause), result, action.span)
        for parameter in reversed(action.parameters):
            if cardinality(parameter.variable.type) is None:
                message = f"the parameter `{parameter.variable.name}` of an action that is refined needs bounds"
                raise error(message, parameter.domain.span, "let it range over `a..b`, or over a bounded type")
            binding = t.Binding(parameter.variable, self.translated(parameter.domain), parameter.ordered)
            result = build.quantified("exists", binding, result, action.span)
        return result

    def naming(self, body: t.Term, primed: bool) -> t.Term:
        for variable, value in reversed(self.named[primed]):
            body = build.let(variable, value, body, body.span)
        return body

    def translated(self, term: t.Term) -> t.Term:
        """A term with the abstract variables replaced."""
        if isinstance(term, t.Var):
            return replace(self.values[term.name, term.primed], span=term.span)
        return t.map_children(term, self.translated)


def _all(parts: list[t.Term], span: Span) -> t.Term:
    result: t.Term = build.boolean(True, span)
    for part in parts:
        result = build.logic("and", result, part, span)
    return result
