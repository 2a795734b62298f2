"""Why a formula is false of a behaviour: where which part of it fails, down to a condition on a state or a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from skipgate.checker.core import formulas as f
from skipgate.checker.core import model as m
from skipgate.checker.core.trace import Failure, Remark
from skipgate.checker.core.values import Value
from skipgate.checker.semantics.evaluate import Scope, holds
from skipgate.checker.semantics.explain import Explanation, explain
from skipgate.checker.semantics.lassos import Behaviour
from skipgate.spec.source import Span

_LONGEST = 60  # characters of a condition that is cited in a sentence
_MOST_REASONS = 4  # in the message
_HERE, _ON = "\0", "\1"  # stand for a state in what is said of it

Values = Mapping[str, Value]


def cited(span: Span, instead: str) -> str:
    """A condition as it is written, unless it is long."""
    text = span.flat
    return f"`{text}`" if len(text) <= _LONGEST else instead


def why_false(instance: m.LivenessInstance, states: Sequence[Values], loop: int) -> tuple[Failure, tuple[Remark, ...]]:
    """Why a behaviour violates a property, and what there is to say beside its states."""
    reasons = _Reasons(Behaviour(states, loop))
    reasons.false(instance.formula, 0)
    why = reasons.leaf
    failure = Failure(
        "liveness",
        "; ".join(reasons.sentences[:_MOST_REASONS]),
        conjunct=None if why is None else why.span.flat,
        place=None if why is None else why.span.place,
        witnesses=(*instance.arguments, *(() if why is None else why.witnesses)),
        parts=() if why is None else why.parts,
    )
    return failure, tuple(reasons.remarks)


class _Reasons:
    """Goes from a formula down to what makes it false, or true, in a state of a behaviour."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.remarks: list[Remark] = []
        self.sentences: list[str] = []
        self.leaf: Explanation | None = None

    def note(self, at: int, words: str) -> None:
        """`words` speak of the state with an index by `_HERE` and `_ON`."""
        self.remarks.append(Remark(at, words.replace(_HERE, "here").replace(_ON, "from here on")))
        number = at + 1
        self.sentences.append(words.replace(_HERE, f"in state {number}").replace(_ON, f"from state {number} on"))

    def first(self, formula: f.Formula, start: int, value: bool) -> int | None:
        """The first state, from one on, in which a formula has a value."""
        row = self.behaviour.truth(formula)
        return next((i for i in self.behaviour.moments(start) if row[i] == value), None)

    def false(self, formula: f.Formula, at: int) -> None:  # noqa: C901 - a table: one case for each form
        """Why a formula is false from a state on."""
        match formula:
            case f.Now(term=term):
                self.note(at, f"{_name(formula)} is false {_HERE}")
                self.leaf = explain(term, Scope(self.behaviour.states[at]))
            case f.Steps(operator="eventually"):
                self.note(at, f"{_ON}, no step satisfies {_name(formula)}")
            case f.Steps(term=term):
                for i in self.behaviour.moments(at):
                    old, new = self.behaviour.step(i)
                    if old != new and not holds(term, Scope(old, new)):
                        self.note(i, f"the step {_HERE} violates {_name(formula)}")
                        self.leaf = explain(term, Scope(old, new))
                        return
            case f.Negation(operand=operand):
                self.true(operand, at)
            case f.Junction(operator="and", operands=operands):
                self.false(next(each for each in operands if not self.behaviour.truth(each)[at]), at)
            case f.Junction(operands=operands):
                for each in operands[:-1]:
                    self.briefly_false(each, at)
                if operands:
                    self.false(operands[-1], at)
                else:
                    self.note(at, "there is nothing of which it could be true")
            case f.Temporal(operator="always", operands=(operand,)):
                where = self.first(operand, at, False)
                assert where is not None
                self.false(operand, where)
            case f.Temporal(operator="eventually", operands=(operand,)):
                self.never(operand, at, "")
            case f.Temporal(operator="leads to", operands=(premise, goal)):
                unanswered = (
                    i
                    for i in self.behaviour.moments(at)
                    if self.behaviour.truth(premise)[i] and self.first(goal, i, True) is None
                )
                self.never(goal, next(unanswered), f"{_name(premise)} is true {_HERE}, and ")
            case f.Temporal(operator=operator, operands=(left, right)):
                end = self.first(right, at, True)
                where = self.first(left, at, False)
                moments = self.behaviour.moments(at)
                too_early = where is not None and (end is None or moments.index(where) < moments.index(end))
                if operator == "until" and end is None:
                    self.never(right, at, "")
                elif where is not None and too_early:
                    self.note(where, f"{_name(left)} is false {_HERE}, and {_name(right)} was not true before")
                    self.leaf = self.explained(left, where)
            case f.Temporal():
                pass
            case _:
                assert_never(formula)

    def never(self, formula: f.Formula, at: int, before: str) -> None:
        """A formula is false in all states from one on."""
        self.note(at, f"{before}{_ON}, never {_name(formula)}")
        if isinstance(formula, f.Now):
            self.leaf = self.explained(formula, at)
        else:
            self.false(formula, max(at, self.behaviour.loop))

    def explained(self, formula: f.Formula, at: int) -> Explanation | None:
        if isinstance(formula, f.Now):
            return explain(formula.term, Scope(self.behaviour.states[at]))
        return None

    def briefly_false(self, formula: f.Formula, at: int) -> None:
        """That a formula is false, of which another one is what matters."""
        if isinstance(formula, f.Negation):
            self.true(formula.operand, at)
        else:
            self.note(at, f"{_name(formula)} is false {_when(formula)}")

    def true(self, formula: f.Formula, at: int) -> None:
        """Why a formula is true from a state on."""
        match formula:
            case f.Negation(operand=operand):
                self.false(operand, at)
            case f.Temporal(operator="eventually", operands=(operand,)):
                where = self.first(operand, at, True)
                assert where is not None
                self.true(operand, where)
            case f.Now() | f.Steps() | f.Junction() | f.Temporal():
                self.note(at, f"{_name(formula)} is true {_when(formula)}")
            case _:
                assert_never(formula)


def _name(formula: f.Formula) -> str:
    """A formula as it is written; of steps, the condition on them."""
    span = formula.term.span if isinstance(formula, f.Steps) else formula.span
    return cited(span, "the formula at " + span.place)


def _when(formula: f.Formula) -> str:
    return _HERE if isinstance(formula, f.Now) else _ON
