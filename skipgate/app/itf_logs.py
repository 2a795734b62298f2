"""ITF traces as logs: each state shows the values of variables, and perhaps which action led to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skipgate.app.validation import ReadyValidation
from skipgate.base.errors import reason
from skipgate.errors import InputError

if TYPE_CHECKING:
    from skipgate.checker.core.datatypes import Type
    from skipgate.checker.core.values import Value
    from skipgate.checker.validate.log import Log

SUFFIX = ".itf.json"
_LARGEST = 256 * 2**20  # bytes: it is read as a whole
_START, _STEP = "the first state", "a further state"


def is_itf(path: Path) -> bool:
    """Is a log an ITF trace, by its name?"""
    return path.name.endswith(SUFFIX)


def ready_itf(model: str | Path, check: str, path: Path) -> tuple[ReadyValidation, Log]:
    """A check, and an ITF trace as a log of its states. No file of events is needed: variables have their own names.

    Raises:
        SpecError: the model is wrong.
        InputError: the file is no ITF trace, or shows no variable of the model.
    """
    from skipgate.checker.checks.preparation import load_check, prepare
    from skipgate.checker.validate.log import Log
    from skipgate.checker.validate.rules import rules_of_states
    from skipgate.traces.itf import ACTION_TAKEN

    names, states = _read(path)
    kernels = prepare(load_check(model, check, to_search=True))
    known = [variable.name for variable in kernels.model.variables if variable.name in names]
    if not known:
        listed = ", ".join(variable.name for variable in kernels.model.variables)
        raise InputError(f"{path} shows no variable of {kernels.model.name}: {listed}")
    rules = rules_of_states(kernels.model, known, start=_START, step=_STEP)
    return ReadyValidation(kernels, rules, _value), Log(str(path), _objects(states, ACTION_TAKEN, {*rules.events}))


def _read(path: Path) -> tuple[list[str], list[Any]]:
    """The names of the variables, and the states."""
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path} has more than {_LARGEST:,} bytes, and an ITF trace is read as a whole")
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {reason(error)}") from None
    except RecursionError:
        raise InputError(f"{path}: the JSON is nested too deeply") from None
    except json.JSONDecodeError as problem:
        raise InputError(f"{path}:{problem.lineno}: this is not JSON: {problem.msg.lower()}") from None
    except ValueError:
        raise InputError(f"{path}: this is not JSON") from None
    if not isinstance(data, dict) or not isinstance(data.get("vars"), list) or not isinstance(data.get("states"), list):
        raise InputError(f"{path}: this is no ITF trace, which has `vars` and `states`")
    return [name for name in data["vars"] if isinstance(name, str)], data["states"]


def _objects(states: list[Any], action_key: str, events: set[str]) -> Iterator[tuple[int, Any]]:
    """The states as events, numbered from 1."""
    from skipgate.checker.validate.rules import EVENT_KEY

    for number, state in enumerate(states, 1):
        if not isinstance(state, dict):
            yield number, state
            continue
        action = state.get(action_key)
        name = _START if number == 1 else action if isinstance(action, str) and action in events else _STEP
        yield number, {**state, EVENT_KEY: name}


def _value(data: Any, type_: Type) -> Value:
    """A value as ITF writes it."""
    from skipgate.checker.core.datatypes import contains
    from skipgate.checker.core.values import show
    from skipgate.checker.validate.values import OutOfBounds, WrongValue, clipped
    from skipgate.traces.itf_values import ItfError, value_from_itf

    try:
        found = value_from_itf(data, type_, "the value")
    except ItfError as problem:
        raise WrongValue(str(problem)) from None
    if not contains(type_, found):
        raise OutOfBounds(f"{clipped(show(found))}, which is not in {type_}")
    return found
