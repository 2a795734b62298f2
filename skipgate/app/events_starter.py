"""What the events of a log mean, as a file to start from: each action leaves an event with its parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from skipgate.checker.core.datatypes import (
    BagType,
    BoolType,
    EnumType,
    IntType,
    MapType,
    NeverType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    VariantType,
    is_bounded,
    walk,
)
from skipgate.checker.core.terms import Binding, Universe
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.core.model import Action

_HEAD = """\
# What the events of a log mean in {file}. To hold a log against the model:
#
#   skipgate validate {file} --log FILE
#
# An event is a step of the action behind `is`. Say what the log calls it, which values it has there, and what is known
# of the state: with primes after the step, else before it. What is not said is free.
events of {model}
# named by "event"."name"   where the name of an event is; without this, in "msg", as zap and slog write it
# clock "ts"                where its time is, which never goes back
"""
_TAIL = """
# silent {action} at most 3   actions that leave no event, and how many of them there may be between two events
# ignore "heartbeat"          events that say nothing of the model
# ignore others               and all that are not described here
"""


def starter(model: Path, check: str) -> str:
    """The text for the actions of a model; it is well formed as it stands.

    Raises:
        SpecError: the model is wrong.
        InputError: it has no actions.
    """
    from skipgate.checker.checks.preparation import load_check

    loaded = load_check(model, check)
    if not loaded.actions:
        raise InputError(f"{model} has no action, so a log of it has no events")
    lines = [_HEAD.format(file=model.name, model=loaded.name)]
    declared = {action.declared: action for action in reversed(loaded.actions)}  # each path through it has the same
    for action in reversed(declared.values()):
        lines.append("\n".join(_event(action)) + "\n")
    lines.append(_TAIL.format(action=loaded.actions[0].declared).removeprefix("\n"))
    return "\n".join(lines)


def _event(action: Action) -> Iterator[str]:
    parameters = action.parameters[: len(action.parameters) - action.choices]
    named = {p.variable.name: _as_declared(action, p) for p in parameters if _readable(p.variable.type)}
    fields = ", ".join(f"{name} : {text}" for name, text in named.items())
    given = [p.variable.name if p.variable.name in named else "_" for p in parameters]
    of_instances = iter(given)  # those come first: `left[_].put` is `left[i].put(n)`
    name = re.sub(r"(?<=[\[ ])_(?=[\],])", lambda _: next(of_instances), action.declared)
    arguments = ", ".join(of_instances)
    yield f"event {json.dumps(action.declared)}" + (f" ({fields})" if fields else "")
    yield f"  is {name}" + (f"({arguments})" if arguments else "")
    changed = next((update.variable.name for update in action.updates), None)
    if changed is not None:
        yield f"  # when {changed}' == ..."


def _as_declared(action: Action, parameter: Binding) -> str:
    """The type of a parameter: as it is written, if it is over all values of a type that is declared in this file."""
    if isinstance(parameter.domain, Universe) and "." not in action.declared:
        return parameter.domain.span.flat
    return _text(parameter.variable.type)


def _readable(type_: Type) -> bool:
    """Can the values of a parameter be read from JSON?"""
    nested = any(isinstance(part, OptionType) and isinstance(part.element, OptionType) for part in walk(type_))
    return is_bounded(type_) and not nested


def _text(type_: Type) -> str:
    """A type as it is written."""
    match type_:
        case SortType(name) | EnumType(name) | RecordType(name) | VariantType(name):
            return name
        case OptionType(element):
            return f"option of {_text(element)}"
        case SetType(element, capacity):
            return f"set{'' if capacity is None else f'[{capacity}]'} of {_text(element)}"
        case BagType(element, capacity):
            return f"bag[{capacity}] of {_text(element)}"
        case SeqType(capacity, element):
            return f"seq[{capacity}] of {_text(element)}"
        case MapType(key, value):
            return f"map[{_text(key)}] of {_text(value)}"
        case BoolType() | IntType() | NeverType():
            return str(type_)
        case _:
            assert_never(type_)
