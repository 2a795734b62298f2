"""Which paths through an action an event cannot be, by the types of what it gives for parameters.

An action that takes a message and looks at its shape has a path for each shape. An event that is about messages of one
shape is one of few of these; all others would only cost time and room in its kernel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from skipgate.checker.core import model as m
from skipgate.checker.core import terms as t
from skipgate.checker.core.datatypes import NeverType, RecordType, Type, VariantType


def possible(
    candidates: Sequence[tuple[m.Action, Sequence[t.Term | None]]],
) -> list[tuple[m.Action, Sequence[t.Term | None]]]:
    """Those actions that can be taken with their arguments, as far as types tell; if there is none, all of them."""
    kept = [(action, arguments) for action, arguments in candidates if not _is_never_taken(action, arguments)]
    return kept or [*candidates]


def _is_never_taken(action: m.Action, arguments: Iterable[t.Term | None]) -> bool:
    known: dict[t.LocalVar, Type] = {
        parameter.variable: argument.type
        for parameter, argument in zip(action.parameters, arguments, strict=False)
        if argument is not None
    }
    for clause in action.clauses:
        if isinstance(clause, m.LetClause):
            known[clause.variable] = _type(clause.value, known)
        elif _is_false(clause, known):
            return True
    return False


def _is_false(condition: t.Term, known: Mapping[t.LocalVar, Type]) -> bool:
    """Is a condition false whatever the values are? If it has no value, the step is not possible either."""
    match condition:
        case t.Const(value=value):
            return value is False
        case t.Logic(operator="and", left=left, right=right):
            return _is_false(left, known) or _is_false(right, known)
        case t.Logic(operator="or", left=left, right=right):
            return _is_false(left, known) and _is_false(right, known)
        case t.IsShape(operand=operand, shape=name):
            type_ = _type(operand, known)
            return isinstance(type_, VariantType) and _has_no_values(type_.shapes[type_.index(name)])
        case _:  # any other condition depends on the values
            return False


def _has_no_values(shape: RecordType) -> bool:
    return any(isinstance(field, NeverType) for _, field in shape.fields)


def _type(term: t.Term, known: Mapping[t.LocalVar, Type]) -> Type:
    """The type of a term, if names have the types that are known."""
    match term:
        case t.Local(variable=variable):
            return known.get(variable, term.type)
        case t.GetField(operand=operand, field=name):
            record = _type(operand, known)
            return dict(record.fields)[name] if isinstance(record, RecordType) else term.type
        case _:  # what is made of other terms keeps the type that it was given
            return term.type
