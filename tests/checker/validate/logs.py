"""Logs in tests: models and events as text, logs as lists of objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from skipgate.checker.checks.preparation import prepare
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
    show,
)
from skipgate.checker.elaborate.elaborate import elaborate
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.validate.log import Log
from skipgate.checker.validate.result import Validation
from skipgate.checker.validate.rules import Rules, rules_of
from skipgate.checker.validate.validate import ValidationOptions, validate
from skipgate.spec.events.reading import examine_events
from skipgate.spec.loader import Program
from skipgate.spec.parsing.parser import parse
from skipgate.spec.source import Source

Entry = dict[str, Any]


def prepared(model: str, events: str) -> tuple[Kernels, Rules]:
    """A model and what its events are. The check of the model is the first, or one that expects it to hold."""
    if "check " not in model:
        model += "\ncheck c expect holds\n"
    file = parse(Source("m.gate", model))
    spec, described = examine_events(Program(file, (file,)), Source("m.events", events))
    kernels = prepare(elaborate(spec, spec.checks[0]))
    return kernels, rules_of(spec, described, kernels.model)


def validated(model: str, events: str, *logs: Iterable[Entry], **options: Any) -> Validation:
    """What comes of holding logs against a model."""
    named = [Log(f"log{number}", enumerate(log, 1)) for number, log in enumerate(logs, 1)]
    return validate(*prepared(model, events), named, ValidationOptions(**options))


def refused_at(found: Validation) -> list[str]:
    """The places of what is refused."""
    return [refusal.place for refusal in found.refusals]


def as_json(value: Value) -> Any:
    """A value as a log has it; one of a sort under a name that the model does not know."""
    match value:
        case bool() | int():
            return value
        case EnumValue():
            return value.name
        case SortValue(sort, index):
            return f"{sort.lower()}-{index}"
        case RecordValue(_, fields):
            return {name: as_json(part) for name, part in fields}
        case VariantValue(_, _, content):
            return {"tag": content.record, "value": as_json(content)}
        case Some(inner):
            return as_json(inner)
        case Nothing():
            return None
        case MapValue(items):
            return {as_json(k) if isinstance(k, SortValue) else show(k): as_json(part) for k, part in items}
        case frozenset() | tuple():
            return [as_json(part) for part in value]
        case BagValue():
            return [as_json(part) for part in value.each()]
