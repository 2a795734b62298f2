"""What elaboration found out about a check that the exporter leans on: what cannot go wrong needs no test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass

from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import IntType, MapType, Type, includes
from skipgate.checker.core.model import Action, Model
from skipgate.checker.semantics.steps import action_transitions
from skipgate.spec.source import Span


class Facts:
    """Which tests of a model are needed. With `every`, all are said to be."""

    def __init__(self, model: Model, every: bool = False) -> None:
        self.model = model
        self.every = every
        self._contracts: set[str] = set()
        self._fields: set[tuple[str, Span]] = set()
        self._keys: dict[Span, bool] = {}
        self._divisors: dict[Span, bool] = {}
        self.wrapping: set[Span] = set()
        self.parameters = {(a.declared, p.variable.name): p.variable.type for a in model.actions for p in a.parameters}
        for term in _terms(model):
            self._note(term)

    def _note(self, term: t.Term) -> None:
        match term:
            case t.Ensure(operand=operand, what=what):
                self._contracts.add(what)
                self._fields.add((what, operand.span))
            case t.Store(operand=operand, index=index):
                safe = isinstance(operand.type, MapType) and includes(operand.type.key, index.type)
                self._keys[index.span] = self._keys.get(index.span, True) and safe
            case t.Arithmetic(operator="div" | "mod", right=right):
                low = right.type.low if isinstance(right.type, IntType) else None
                positive = low is not None and low > 0
                self._divisors[term.span] = self._divisors.get(term.span, True) and positive
            case t.U64():
                self.wrapping.add(term.span)
            case _:  # of any other term, the translation needs to know nothing
                pass

    def may_leave(self, what: str, span: Span | None = None) -> bool:
        """May a value leave its declared type? `what` and where are those of the error message."""
        return self.every or (what in self._contracts if span is None else (what, span) in self._fields)

    def is_key(self, *spans: Span) -> bool:
        """Is what stands there always a key of the map that it is looked up in?"""
        known = [self._keys[span] for span in spans if span in self._keys]
        return bool(known) and all(known) and not self.every

    def is_positive(self, span: Span) -> bool:
        """Is the divisor of the division there always above 0?"""
        return self._divisors.get(span, False)

    def bounds(self, action: str, parameter: str) -> Type | None:
        """The type of the values of a parameter of an action, with its bounds."""
        return self.parameters.get((action, parameter))


def are_constant(terms: Iterable[t.Term]) -> bool:
    """Are expressions the same in every state?"""
    return not any(isinstance(part, t.Var) for term in terms for part in t.walk(term))


def may_be_taken(action: Action) -> bool:
    """Can an action be taken in some state, as far as can be seen without one?"""
    try:
        return any(True for _ in action_transitions(action, {}))
    except KeyError:  # a variable
        return True


def _terms(part: object) -> Iterator[t.Term]:
    """All terms of a model, wherever they are."""
    stack = [part]
    while stack:
        part = stack.pop()
        if t.is_term(part):
            yield part
        if isinstance(part, tuple):
            stack.extend(part)
        elif is_dataclass(part) and type(part).__module__ in (Model.__module__, t.__name__):
            stack.extend(getattr(part, field.name) for field in fields(part))
