"""Expressions that a person asks of the states of a behaviour.

A question is an expression of the language, of any type, over what the model declares. It is checked by the passes that
check models, as if it stood in a file of its own: `e` is right if the property `e == e` is. The values of sorts have
the names by which traces show them, such as `Node1`, which they have nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BOOL, SortType
from skipgate.checker.core.values import SortValue, Value
from skipgate.checker.elaborate.elaborate import expressions_beside
from skipgate.checker.semantics.effort import BEFORE_SEARCH, TooMuchWork, at_most
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate
from skipgate.spec import syntax as s
from skipgate.spec.diagnostics import SpecError
from skipgate.spec.instances.members import Mentions
from skipgate.spec.parsing.parser import parse_expression
from skipgate.spec.passes import examine
from skipgate.spec.source import Source
from skipgate.spec.specification import Specification

State = Mapping[str, Value]


@dataclass(frozen=True, eq=False)
class Question:
    """An expression as it was asked. One that speaks of steps has no answer in an initial state."""

    text: str
    term: t.Term
    of_steps: bool

    @property
    def is_condition(self) -> bool:
        """Is it true or false?"""
        return self.term.type == BOOL


@dataclass(frozen=True)
class NoAnswer:
    """Why a question has no answer: it cannot be evaluated, or speaks of a step where there is none."""

    reason: str


def ask(spec: Specification, model: m.Model, text: str) -> Question:
    """What an expression means in the model of a check.

    Raises:
        SpecError: it is not well formed, or something in it is unknown or has the wrong type.
    """
    expression = parse_expression(Source("question", text))
    program = spec.program
    mentions = Mentions(program.instances, program.members)
    expression = cast("s.AnyExpr", mentions.replaced(expression))
    if mentions.diagnostics:
        raise SpecError(mentions.diagnostics)
    binders, identities = _identities(spec, model, expression)
    span = expression.span
    same: s.AnyExpr = s.Binary(span, "==", expression, expression)
    if binders:
        same = s.Quantifier(span, "forall", binders, None, same)
    name = s.Identifier(span, "the question")  # with a blank, so no name of a model is the same
    asked = s.PropertyDecl(span, "transition", name, None, (), same)
    # The instances are part of the files already.
    beside = replace(program, files=(*program.files, s.File(span.source, (asked,))), modules={})
    extended = replace(examine(beside), program=program)
    with at_most(BEFORE_SEARCH):
        term = expressions_beside(extended, model.check, model).expr(expression, identities)
    return Question(text.strip(), term, _is_of_steps(term))


def _identities(
    spec: Specification, model: m.Model, expression: s.AnyExpr
) -> tuple[tuple[s.Binder, ...], dict[s.Identifier, t.Term]]:
    """The values of sorts that an expression names: as names that range over their sorts, and what they stand for."""
    span = expression.span
    declarations = [declared for file in spec.program.files for declared in file.declarations]
    trees: list[s.AnyNode] = [expression, *declarations]
    declared = {each.text for tree in trees for each in s.walk(tree) if isinstance(each, s.Identifier)}
    mentioned = {each.text for each in s.walk(expression) if isinstance(each, s.Name)} - declared
    types = expressions_beside(spec, model.check, model).types
    binders: list[s.Binder] = []
    found: dict[s.Identifier, t.Term] = {}
    for sort in spec.all(s.SortDecl):
        type_ = types.named(sort)
        assert isinstance(type_, SortType)
        for value in map(partial(SortValue, type_.name), range(type_.size)):
            if str(value) in mentioned:
                name = s.Identifier(span, str(value))
                binders.append(s.Binder(span, (name,), s.Name(span, sort.name.text)))
                found[name] = t.Const(type_, span, value)
    return tuple(binders), found


def _is_of_steps(term: t.Term) -> bool:
    return any(isinstance(part, t.Var) and part.primed for part in t.walk(term))


def answer(question: Question, before: State | None, state: State) -> Value | NoAnswer:
    """The answer in a state, into which the step from `before` leads."""
    if question.of_steps and before is None:
        return NoAnswer("there is no step before the first state")
    scope = Scope(state) if not question.of_steps or before is None else Scope(before, state)
    try:
        with at_most(BEFORE_SEARCH):
            return evaluate(question.term, scope)
    except EvaluationError as problem:
        return NoAnswer(problem.message)
    except TooMuchWork:
        return NoAnswer("it takes too long to evaluate")


def answers(question: Question, states: Sequence[State]) -> list[Value | NoAnswer]:
    """The answer in each state of a behaviour."""
    befores: list[State | None] = [None, *states]
    return [answer(question, before, state) for before, state in zip(befores, states, strict=False)]
