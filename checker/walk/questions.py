"""Expressions that a person asks of the states of a behaviour.

A question is an expression of the language, of any type, over what the model declares. It is checked by the passes that
check models, as if it stood in a file of its own: `e` is right if the property `e == e` is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import BOOL
from skipgate.checker.core.values import Value
from skipgate.checker.elaborate.elaborate import expressions_beside
from skipgate.checker.semantics.effort import BEFORE_SEARCH, TooMuchWork, at_most
from skipgate.checker.semantics.evaluate import EvaluationError, Scope, evaluate
from skipgate.spec import syntax as s
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
    source = Source("question", text)
    expression = parse_expression(source)
    name = s.Identifier(expression.span, "the question")  # with a blank, so no name of a model is the same
    same = s.Binary(expression.span, "==", expression, expression)
    asked = s.PropertyDecl(expression.span, "transition", name, None, (), same)
    program = replace(spec.program, files=(*spec.program.files, s.File(source, (asked,))))
    extended = replace(examine(program), program=spec.program)
    with at_most(BEFORE_SEARCH):
        term = expressions_beside(extended, model.check, model).expr(expression, {})
    return Question(text.strip(), term, _is_of_steps(term))


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
