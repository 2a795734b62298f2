"""Values in a log, which are JSON, as values of the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

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
    contains,
    values,
)
from skipgate.checker.core.values import (
    NONE,
    EnumValue,
    MapValue,
    RecordValue,
    Some,
    SortValue,
    Value,
    VariantValue,
    bag_of,
    show,
    sort_key,
)
from skipgate.spec.diagnostics import did_you_mean

Json = Any
_LONGEST = 40  # characters shown of a value


class WrongValue(Exception):
    """A value in a log is not of the type that it should have. The argument says so, as a part of a sentence."""


class OutOfBounds(Exception):
    """A value in a log is of the right kind, but the model has no such value."""


class SortNames:
    """The values of sorts under the names that the log has for them.

    The values of a sort differ in nothing, so the first name that appears may be the first value, and so on.
    """

    def __init__(self) -> None:
        self.known: dict[str, dict[str, SortValue]] = {}

    def value(self, type_: SortType, name: str) -> SortValue:
        """The value of a sort that has a name."""
        names = self.known.setdefault(type_.name, {})
        if name not in names:
            if len(names) == type_.size:
                listed = ", ".join(clipped(each) for each in names)
                raise WrongValue(
                    f"{clipped(name)} is one more than the {type_.size} values of sort {type_.name}: {listed}"
                )
            names[name] = SortValue(type_.name, len(names))
        return names[name]

    def name(self, value: SortValue) -> str:
        """The name of a value, or that of the model if the log has none yet."""
        for name, each in self.known.get(value.sort, {}).items():
            if each == value:
                return name
        return str(value)


class Reader:
    """Reads values. The members of an enum may have other names in the log, and `none` may be written as a name."""

    def __init__(
        self, member_names: Mapping[str, Mapping[str, str]], sorts: SortNames, absent: Mapping[str, frozenset[str]]
    ) -> None:
        self.member_names = member_names
        self.sorts = sorts
        self.absent = absent

    def value(self, data: Json, type_: Type) -> Value:
        """The value of this type.

        Raises:
            WrongValue: it is of another kind, or has a name that is not known.
            OutOfBounds: there is no such value in the model.
        """
        found = self.of_kind(data, type_)
        if not contains(type_, found):
            raise OutOfBounds(f"{clipped(show(found))}, which is not in {type_}")
        return found

    def of_kind(self, data: Json, type_: Type) -> Value:  # noqa: C901  (one case for each kind of type)
        """The value, whose bounds are not looked at."""
        match type_:
            case BoolType():
                if not isinstance(data, bool):
                    raise _wrong("true or false", data)
                return data
            case IntType():
                if isinstance(data, float) and data.is_integer():
                    data = int(data)
                if isinstance(data, bool) or not isinstance(data, int):
                    raise _wrong("a whole number", data)
                return data
            case EnumType():
                return self.member(data, type_)
            case SortType():
                return self.sorts.value(type_, _name(data))
            case RecordType():
                return self.record(data, type_)
            case VariantType():
                return self.variant(data, type_)
            case OptionType(element):
                return NONE if data is None or self.is_absent(data, element) else Some(self.of_kind(data, element))
            case MapType():
                return self.map(data, type_)
            case SetType(element):
                return frozenset(self.of_kind(part, element) for part in _array(data))
            case BagType(element, _):
                return bag_of(self.of_kind(part, element) for part in _array(data))
            case SeqType(_, element):
                return tuple(self.of_kind(part, element) for part in _array(data))
            case NeverType():
                raise WrongValue("no value is of this type")
            case _:
                assert_never(type_)

    def is_absent(self, data: Json, type_: Type) -> bool:
        """Is this the name that the log has where there is no value of an enum or a sort?"""
        if not isinstance(type_, EnumType | SortType) or not isinstance(data, str | int) or isinstance(data, bool):
            return False
        return str(data) in self.absent.get(type_.name, ())

    def member(self, data: Json, type_: EnumType) -> EnumValue:
        """A member of an enum, by the name that the log has for it."""
        names = self.member_names.get(type_.name, {})
        text = _name(data)
        member = names.get(text, text)
        if member not in type_.members or (names and text not in names and member in names.values()):
            known = [*names, *(each for each in type_.members if each not in names.values())]
            hint = did_you_mean(text, known) or f"there are: {', '.join(known[:8])}"
            raise WrongValue(f"{clipped(text)} is no member of {type_.name}; {hint}")
        return type_.value(member)

    def record(self, data: Json, type_: RecordType) -> RecordValue:
        """A record, from an object with the names of its fields as keys."""
        if not isinstance(data, dict):
            raise _wrong(f"an object with the fields of {type_.name}", data)
        parts = []
        for name, field in type_.fields:
            if name not in data and not isinstance(field, OptionType):
                raise WrongValue(f"an object without the field {name} of {type_.name}")
            parts.append((name, self.of_kind(data.get(name), field)))
        return RecordValue(type_.name, tuple(parts))

    def variant(self, data: Json, type_: VariantType) -> VariantValue:
        """A value of a variant: `{"tag": "Vote", "value": {...}}`, or the name of a shape without fields alone."""
        content: Json = {}
        tag = data
        if isinstance(data, dict):
            tag, content = data.get("tag"), data.get("value", {})
        for index, shape in enumerate(type_.shapes):
            if shape.name == tag:
                return VariantValue(type_.name, index, self.record(content, shape))
        raise WrongValue(f"{clipped(str(tag))} is no shape of {type_.name}")

    def map(self, data: Json, type_: MapType) -> MapValue:
        """A map: an object whose keys are the keys as texts."""
        if not isinstance(data, dict):
            raise _wrong("an object", data)
        items: dict[Value, Value] = {}
        texts = {show(key): key for key in values(type_.key)}
        for text, part in data.items():
            key = self.of_kind(text, type_.key) if isinstance(type_.key, SortType | EnumType) else texts.get(text)
            if key is None:
                raise OutOfBounds(f"an object with the key {clipped(text)}, which is not in {type_.key}")
            items[key] = self.of_kind(part, type_.value)
        return MapValue(tuple(sorted(items.items(), key=lambda item: sort_key(item[0]))))


def _name(data: Json) -> str:
    """A name: a string, or a number that is used as one."""
    if isinstance(data, str):
        return data
    if isinstance(data, int) and not isinstance(data, bool):
        return str(data)
    raise _wrong("a name", data)


def _array(data: Json) -> list[Json]:
    if not isinstance(data, list):
        raise _wrong("an array", data)
    return data


def _wrong(wanted: str, data: Json) -> WrongValue:
    return WrongValue(f"{clipped(as_json(data))} is not {wanted}")


def as_json(data: Json) -> str:
    """What stands in the log, for a message."""
    import json

    return json.dumps(data, ensure_ascii=True)


def clipped(text: str) -> str:
    """A text for a message: not too long, and nothing in it that could act on a terminal."""
    safe = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return safe if len(safe) <= _LONGEST else f"{safe[:_LONGEST]}…"
