"""Traces in the Informal Trace Format (ITF), the JSON that Apalache and Quint read and write.

The states are plain ITF, with the action that led to each under the names that Quint gives them, so other
tools can read them. What ITF has no place for is under the key `skipgate` of the trace's `#meta`, so that
`load_itf` gives back exactly the trace that `dump_itf` was given.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast, get_args

from skipgate.checker.core.trace import AbstractView, Failure, FailureKind, Loop, Part, Remark, Step, Trace, Variable
from skipgate.checker.core.values import Value
from skipgate.traces.itf_values import (
    UNIT,
    ItfError,
    Json,
    apalache_type,
    array,
    boolean,
    cited,
    each,
    fields_of,
    items_of,
    optional,
    pairs,
    pairs_from,
    small,
    string,
    type_from_json,
    type_to_json,
    value_from_itf,
    value_from_json,
    value_to_itf,
    value_to_json,
)
from skipgate.traces.plain import one_line
from skipgate.traces.wording import headline, subject

__all__ = ["ItfError", "dump_itf", "load_itf", "to_itf"]

VERSION = 1
FORMAT_DESCRIPTION = "https://apalache-mc.org/docs/adr/015adr-trace.html"

ACTION_TAKEN = "mbt::actionTaken"
NONDET_PICKS = "mbt::nondetPicks"
_WIDTH = 110
INITIAL = "init"  # what Quint calls the action that leads to the first state


# ---------------------------------------------------------------- writing


def dump_itf(trace: Trace) -> str:
    """The trace as ITF JSON text in ASCII: keys in a fixed order, a newline at the end.

    Example:
        >>> puzzle = skipgate.check("models/examples/die_hard.gate")["puzzle"]
        >>> text = skipgate.dump_itf(puzzle.properties["NotSolved"].trace)
        >>> json.loads(text)["vars"]
        ['small', 'big', 'mbt::actionTaken', 'mbt::nondetPicks']
    """
    return laid_out(to_itf(trace), "") + "\n"


def laid_out(data: Json, indent: str) -> str:
    """JSON text: an object or array stands on one line if it fits there, and is broken up if not."""
    flat = json.dumps(data)
    if len(indent) + len(flat) <= _WIDTH or not isinstance(data, dict | list) or not data:
        return flat
    inner = indent + "  "
    if isinstance(data, dict):
        parts = [f"{json.dumps(key)}: {laid_out(part, inner)}" for key, part in data.items()]
        opening, closing = "{", "}"
    else:
        parts = [laid_out(part, inner) for part in data]
        opening, closing = "[", "]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}{closing}"


def to_itf(trace: Trace) -> dict[str, Json]:
    """The trace as an ITF object, of what `json` can write."""
    names = [variable.name for variable in trace.variables]
    constants = [constant.name for constant, _ in trace.constants]
    return {
        "#meta": {
            "format": "ITF",
            "format-description": FORMAT_DESCRIPTION,
            "description": one_line(f"{subject(trace)}: {headline(trace)}"),
            "varTypes": {variable.name: apalache_type(variable.type) for variable in trace.variables},
            "skipgate": _meta(trace),
        },
        "params": constants,
        "vars": [*names, ACTION_TAKEN, NONDET_PICKS],
        "states": _states(trace, names),
        **({} if trace.loop is None else {"loop": trace.loop.start}),
    }


def _states(trace: Trace, names: Sequence[str]) -> list[Json]:
    # As Quint has it, every state lists every pick of the model, None where the action does not make it.
    picks = dict.fromkeys(name for step in trace.steps for name, _ in step.arguments)
    found: list[Json] = []
    for index, step in enumerate(trace.steps):
        state: dict[str, Json] = {"#meta": {"index": index}}
        if index == 0:
            # ITF sets its parameters in the first state, and there alone.
            state |= {constant.name: value_to_itf(value) for constant, value in trace.constants}
        state |= {name: value_to_itf(step.state[name]) for name in names}
        state[ACTION_TAKEN] = INITIAL if step.action is None else step.action
        taken = {name: {"tag": "Some", "value": value_to_itf(value)} for name, value in step.arguments}
        state[NONDET_PICKS] = {name: taken.get(name, {"tag": "None", "value": UNIT}) for name in picks}
        found.append(state)
    return found


def _meta(trace: Trace) -> Json:
    failure = trace.failure
    return {
        "version": VERSION,
        "model": trace.model,
        "check": trace.check,
        "property": trace.property,
        "description": trace.description,
        "reads": list(trace.reads),
        "constants": [_constant(trace, constant, value) for constant, value in trace.constants],
        "variables": [_variable(variable) for variable in trace.variables],
        "steps": [_step(step) for step in trace.steps],
        "failure": {
            "kind": failure.kind,
            "message": failure.message,
            "conjunct": failure.conjunct,
            "place": failure.place,
            "witnesses": pairs(failure.witnesses),
            "parts": [{"text": part.text, "value": value_to_json(part.value)} for part in failure.parts],
            "action": failure.action,
            "arguments": pairs(failure.arguments),
        },
        **({"from_anywhere": True} if trace.from_anywhere else {}),
        **({} if trace.abstract is None else {"abstract": _abstract(trace.abstract)}),
        **({} if trace.loop is None else {"loop": _loop(trace.loop)}),
    }


def _loop(loop: Loop) -> Json:
    return {
        "start": loop.start,
        "back": None if loop.back is None else _step(loop.back),
        "notes": list(loop.notes),
        **({"remarks": [{"state": each.state, "text": each.text} for each in loop.remarks]} if loop.remarks else {}),
    }


def _abstract(view: AbstractView) -> Json:
    return {
        "model": view.model,
        "variables": [_variable(variable) for variable in view.variables],
        "states": [{name: value_to_itf(value) for name, value in step.state.items()} for step in view.steps],
        "steps": [_step(step) for step in view.steps],
    }


def _step(step: Step) -> Json:
    return {
        "action": step.action,
        "arguments": pairs(step.arguments),
        "description": step.description,
        "changed": list(step.changed),
    }


def _constant(trace: Trace, constant: Variable, value: Value) -> Json:
    """A constant; with its value if there is no first state, which has it otherwise."""
    return _variable(constant) | ({} if trace.steps else {"value": value_to_itf(value)})


def _variable(variable: Variable) -> dict[str, Json]:
    return {
        "name": variable.name,
        "type": type_to_json(variable.type),
        "description": variable.description,
    }


# ---------------------------------------------------------------- reading


def load_itf(text: str | bytes) -> Trace:
    """The trace that `dump_itf` wrote. Raises ItfError for any other text, whatever it is.

    Example:
        >>> puzzle = skipgate.check("models/examples/die_hard.gate")["puzzle"]
        >>> trace = puzzle.properties["NotSolved"].trace
        >>> skipgate.load_itf(skipgate.dump_itf(trace)) == trace
        True
    """
    try:
        data = json.loads(text)
    except RecursionError:
        raise ItfError("The JSON is nested too deeply.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ItfError(f"This is no stored trace, which is JSON: {error.msg} at {where}.") from None
    except ValueError:  # not UTF-8, or a number of thousands of digits
        raise ItfError("This is no stored trace, which is JSON.") from None
    try:
        return _trace(data)
    except RecursionError:
        raise ItfError("The JSON is nested too deeply.") from None


def _trace(data: Json) -> Trace:
    meta, states = fields_of(data, "the trace", "#meta", "states")
    if not isinstance(meta, dict) or "skipgate" not in meta:
        raise ItfError("This ITF trace was not written by skipgate, and lacks the types and the property it needs.")
    ours = meta["skipgate"]
    where = "#meta.skipgate"
    (version,) = fields_of(ours, where, "version")
    if small(version, f"{where}.version") != VERSION:
        raise ItfError(
            f"The trace is of version {cited(str(version))} of its format; this skipgate reads version {VERSION}."
        )
    model, check, property_, description, reads, constants, variables, steps, failure = fields_of(
        ours,
        where,
        *("model", "check", "property", "description", "reads", "constants", "variables", "steps", "failure"),
    )
    declared = each(variables, f"{where}.variables", _read_variable)
    return Trace(
        model=string(model, f"{where}.model"),
        check=string(check, f"{where}.check"),
        property=string(property_, f"{where}.property"),
        description=optional(description, f"{where}.description", string),
        constants=_read_constants(constants, f"{where}.constants", array(states, "states")),
        variables=declared,
        steps=_read_steps(steps, states, declared, f"{where}.steps"),
        failure=_read_failure(failure, f"{where}.failure"),
        reads=each(reads, f"{where}.reads", string),
        from_anywhere="from_anywhere" in ours and boolean(ours["from_anywhere"], f"{where}.from_anywhere"),
        abstract=_read_abstract(ours["abstract"], f"{where}.abstract", len(states)) if "abstract" in ours else None,
        loop=_read_loop(ours["loop"], f"{where}.loop", states, declared) if "loop" in ours else None,
    )


def _read_constants(data: Json, where: str, states: list[Json]) -> tuple[tuple[Variable, Value], ...]:
    def read(entry: Json, place: str) -> tuple[Variable, Value]:
        constant = _read_variable(entry, place)
        if states:
            return constant, _value_of(constant, states[0], "states[0]")
        (value,) = fields_of(entry, place, "value")
        return constant, value_from_itf(value, constant.type, f"{place}.value")

    return each(data, where, read)


def _read_loop(data: Json, where: str, states: list[Json], variables: Sequence[Variable]) -> Loop:
    start, back, notes = fields_of(data, where, "start", "back", "notes")
    index = small(start, f"{where}.start")
    if not 0 <= index < len(states):
        raise ItfError(f"{where}.start: there is no state of index {index}.")
    again = None if back is None else _read_steps([back], [states[index]], variables, f"{where}.back")[0]
    remarks = each(data["remarks"], f"{where}.remarks", _read_remark) if "remarks" in data else ()
    return Loop(index, again, each(notes, f"{where}.notes", string), remarks)


def _read_remark(data: Json, where: str) -> Remark:
    state, text = fields_of(data, where, "state", "text")
    return Remark(small(state, f"{where}.state"), string(text, f"{where}.text"))


def _read_abstract(data: Json, where: str, length: int) -> AbstractView:
    model, variables, states, steps = fields_of(data, where, "model", "variables", "states", "steps")
    declared = each(variables, f"{where}.variables", _read_variable)
    known = items_of(states, f"{where}.states", length)
    return AbstractView(
        string(model, f"{where}.model"), declared, _read_steps(steps, known, declared, f"{where}.steps")
    )


def _read_variable(data: Json, where: str) -> Variable:
    name, type_, description = fields_of(data, where, "name", "type", "description")
    return Variable(
        string(name, f"{where}.name"),
        type_from_json(type_, f"{where}.type"),
        optional(description, f"{where}.description", string),
    )


def _value_of(variable: Variable, state: Json, where: str) -> Value:
    (data,) = fields_of(state, where, variable.name)
    return value_from_itf(data, variable.type, f"{where}.{variable.name}")


def _read_steps(data: Json, states: list[Json], variables: Sequence[Variable], where: str) -> tuple[Step, ...]:
    if len(array(data, where)) != len(states):
        raise ItfError(f"{where}: there are {len(data)} steps for {len(states)} states.")
    found = []
    for index, (step, state) in enumerate(zip(data, states, strict=True)):
        place = f"{where}[{index}]"
        action, arguments, description, changed = fields_of(
            step, place, "action", "arguments", "description", "changed"
        )
        found.append(
            Step(
                state={variable.name: _value_of(variable, state, f"states[{index}]") for variable in variables},
                action=optional(action, f"{place}.action", string),
                arguments=pairs_from(arguments, f"{place}.arguments"),
                description=optional(description, f"{place}.description", string),
                changed=each(changed, f"{place}.changed", string),
            )
        )
    return tuple(found)


def _read_failure(data: Json, where: str) -> Failure:
    kind, message, conjunct, place, witnesses, parts, action, arguments = fields_of(
        data, where, "kind", "message", "conjunct", "place", "witnesses", "parts", "action", "arguments"
    )
    if string(kind, f"{where}.kind") not in get_args(FailureKind):
        raise ItfError(f"{where}.kind: {cited(kind)} is no kind of failure.")
    return Failure(
        kind=cast(FailureKind, kind),
        message=string(message, f"{where}.message"),
        conjunct=optional(conjunct, f"{where}.conjunct", string),
        place=optional(place, f"{where}.place", string),
        witnesses=pairs_from(witnesses, f"{where}.witnesses"),
        parts=each(parts, f"{where}.parts", _read_part),
        action=optional(action, f"{where}.action", string),
        arguments=pairs_from(arguments, f"{where}.arguments"),
    )


def _read_part(data: Json, where: str) -> Part:
    text, value = fields_of(data, where, "text", "value")
    return Part(string(text, f"{where}.text"), value_from_json(value, f"{where}.value"))
