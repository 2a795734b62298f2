"""Traces in a dialect of ITF that other readers take: options and variants as records behind a tag.

Quint writes `none` as `{"tag": "None", "value": {"#tup": []}}`, and a number directly behind a tag. Readers that make
a class of each tag, such as itf-py, stop at both: `None` is a word of Python, and `#tup` is no name of a field. Here
every variant holds a record, or Apalache's unit; tags and fields are names in Python as well. What the dialect cannot
carry is left out, so skipgate does not read it back.
"""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable
from typing import assert_never

from skipgate.checker.core.datatypes import Type
from skipgate.checker.core.trace import Trace
from skipgate.checker.core.values import (
    BagValue,
    EnumValue,
    MapValue,
    Nothing,
    RecordValue,
    Some,
    SortValue,
    Value,
    VariantValue,
    sort_key,
)
from skipgate.traces.itf import ACTION_TAKEN, FORMAT_DESCRIPTION, INITIAL, NONDET_PICKS, laid_out
from skipgate.traces.itf_values import Json, apalache_type
from skipgate.traces.plain import one_line
from skipgate.traces.wording import headline, subject

UNIT = "U_OF_UNIT"  # Apalache's only value of its type UNIT
SOME, NOTHING = "Some", "Nothing"


def dump_portable_itf(trace: Trace) -> str:
    """The trace as ITF JSON text of the portable dialect, with a newline at its end."""
    return laid_out(to_portable_itf(trace), "") + "\n"


def to_portable_itf(trace: Trace) -> dict[str, Json]:
    """The trace as an object of the portable dialect, of what `json` can write."""
    declared = fitted([*(variable.name for variable in trace.variables), *(c.name for c, _ in trace.constants)])
    names = {variable.name: declared[variable.name] for variable in trace.variables}
    constants = {constant.name: declared[constant.name] for constant, _ in trace.constants}
    picks = fitted([name for step in trace.steps for name, _ in step.arguments])
    states: list[Json] = []
    for index, step in enumerate(trace.steps):
        state: dict[str, Json] = {"#meta": {"index": index}}
        if index == 0:
            state |= {constants[constant.name]: portable(value) for constant, value in trace.constants}
        state |= {names[name]: portable(value) for name, value in step.state.items()}
        state[ACTION_TAKEN] = INITIAL if step.action is None else step.action
        taken = {name: portable(Some(value)) for name, value in step.arguments}
        state[NONDET_PICKS] = {fitting: taken.get(name, _NONE) for name, fitting in picks.items()}
        states.append(state)
    return {
        "#meta": {
            "format": "ITF",
            "format-description": FORMAT_DESCRIPTION,
            "description": one_line(f"{subject(trace)}: {headline(trace)}"),
            "varTypes": {names[variable.name]: portable_type(variable.type) for variable in trace.variables},
        },
        "params": list(constants.values()),
        "vars": [*names.values(), ACTION_TAKEN, NONDET_PICKS],
        "states": states,
        **({} if trace.loop is None else {"loop": trace.loop.start}),
    }


_NONE: Json = {"tag": NOTHING, "value": UNIT}


def portable(value: Value) -> Json:
    """A value in the portable dialect."""
    match value:
        case bool():
            return value
        case int():
            return {"#bigint": str(value)}
        case EnumValue() | SortValue():
            return str(value)
        case RecordValue(_, fields):
            names = fitted([name for name, _ in fields])
            return {names[name]: portable(part) for name, part in fields}
        case VariantValue(_, _, content):
            return {"tag": fit(content.record), "value": portable(content) if content.fields else UNIT}
        case Some(inner):
            return {"tag": SOME, "value": {"value": portable(inner)}}
        case Nothing():
            return _NONE
        case MapValue(items):
            return {"#map": [[portable(key), portable(part)] for key, part in items]}
        case BagValue(items):
            return {"#map": [[portable(part), portable(count)] for part, count in items]}
        case frozenset():
            return {"#set": [portable(part) for part in sorted(value, key=sort_key)]}
        case tuple():
            return [portable(part) for part in value]
        case _:
            assert_never(value)


def portable_type(type_: Type) -> str:
    """The type of such a value in the notation of Apalache's type checker."""
    return apalache_type(type_, fitted, f"{SOME}({{{{ value: {{}} }}}}) | {NOTHING}(UNIT)")


def fitted(names: Iterable[str]) -> dict[str, str]:
    """Names that stand beside each other, and what each is called: no two the same."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        fitting = fit(name)
        while fitting in found.values():
            fitting += "_"
        found[name] = fitting
    return found


def fit(name: str) -> str:
    """A name that is one in Python too, for readers that make fields and classes of names."""
    name = unicodedata.normalize("NFKC", name)  # as Python does with its own names
    fitting = name if name.isidentifier() else "".join(c if f"x{c}".isidentifier() else "_" for c in name)
    if not fitting or fitting[0].isdigit() or fitting.startswith("_"):
        fitting = f"x{fitting}"
    return f"{fitting}_" if keyword.iskeyword(fitting) else fitting
