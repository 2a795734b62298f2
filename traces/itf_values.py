"""Values and types as JSON: in the Informal Trace Format, and in a form of our own that needs no type to be
read.

Every reader takes what `json.loads` gave and the place where it stood, and raises ItfError if it has another
shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, assert_never

from skipgate.checker.core.datatypes import (
    BOOL,
    NEVER,
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
)
from skipgate.checker.core.values import (
    NONE,
    BagValue,
    EnumValue,
    MapValue,
    Nothing,
    RecordValue,
    Some,
    SortValue,
    Value,
    VariantValue,
    bag_of,
    sort_key,
)
from skipgate.traces.plain import clipped, visible

Json = Any  # what json.loads gives
T = TypeVar("T")

# What Quint makes of the argument of `None`.
UNIT: Json = {"#tup": []}


class ItfError(Exception):
    """A text is no ITF trace, or none that skipgate wrote. The message is one sentence."""


# ---------------------------------------------------------------- values in ITF


def value_to_itf(value: Value) -> Json:
    """A value in ITF. Which type it is of must be known to read it back."""
    match value:
        case bool():
            return value
        case int():
            return {"#bigint": str(value)}
        case EnumValue() | SortValue():
            return str(value)
        case RecordValue(_, fields):
            return {name: value_to_itf(part) for name, part in fields}
        case VariantValue(_, _, content):
            return {"tag": content.record, "value": value_to_itf(content) if content.fields else UNIT}
        case Some(inner):
            return {"tag": "Some", "value": value_to_itf(inner)}
        case Nothing():
            return {"tag": "None", "value": UNIT}
        case MapValue(items):
            return {"#map": [[value_to_itf(key), value_to_itf(part)] for key, part in items]}
        case BagValue(items):
            return {"#map": [[value_to_itf(part), value_to_itf(count)] for part, count in items]}
        case frozenset():
            return {"#set": [value_to_itf(part) for part in sorted(value, key=sort_key)]}
        case tuple():
            return [value_to_itf(part) for part in value]
        case _:
            assert_never(value)


def value_from_itf(  # noqa: C901  (one case for each kind of type)
    data: Json, type_: Type, where: str
) -> Value:
    """The value of this type. Whether it is within the type's bounds is not examined."""
    match type_:
        case BoolType():
            return boolean(data, where)
        case IntType():
            return integer(data, where)
        case EnumType(name, members):
            member = string(data, where)
            if member not in members:
                raise ItfError(f"{where}: {cited(member)} is no member of {name}.")
            return EnumValue(name, members.index(member), member)
        case SortType(name, _):
            return SortValue(name, _sort_index(string(data, where), name, where))
        case RecordType(name, fields, _):
            parts = fields_of(data, where, *(field for field, _ in fields))
            return RecordValue(
                name,
                tuple(
                    (field, value_from_itf(part, of, f"{where}.{field}"))
                    for (field, of), part in zip(fields, parts, strict=True)
                ),
            )
        case VariantType(name, shapes):
            tag, inner = fields_of(data, where, "tag", "value")
            for i, each_shape in enumerate(shapes):
                if each_shape.name == tag:
                    content = value_from_itf(inner, each_shape, f"{where}.value")
                    assert isinstance(content, RecordValue)
                    return VariantValue(name, i, content)
            raise ItfError(f"{where}: {cited(string(tag, where))} is no shape of {name}.")
        case OptionType(element):
            tag, inner = fields_of(data, where, "tag", "value")
            if tag == "None":
                return NONE
            if tag != "Some":
                raise ItfError(f"{where}: the tag of an option is Some or None.")
            return Some(value_from_itf(inner, element, f"{where}.value"))
        case MapType(key, element):
            (items,) = fields_of(data, where, "#map")
            return MapValue(
                tuple(
                    (value_from_itf(k, key, place), value_from_itf(v, element, place))
                    for k, v, place in _pairs(items, where)
                )
            )
        case BagType(element, capacity):
            (items,) = fields_of(data, where, "#map")
            pairs = (
                (value_from_itf(k, element, place), _times(n, capacity, place)) for k, n, place in _pairs(items, where)
            )
            return bag_of(part for part, count in pairs for _ in range(count))
        case SetType(element):
            (parts,) = fields_of(data, where, "#set")
            return frozenset(each(parts, where, lambda part, place: value_from_itf(part, element, place)))
        case SeqType(_, element):
            return each(data, where, lambda part, place: value_from_itf(part, element, place))
        case NeverType():
            raise ItfError(f"{where}: no value is of this type.")
        case _:
            assert_never(type_)


def _times(data: Json, capacity: int, where: str) -> int:
    """How often an element is in a bag of at most so many."""
    times = small(integer(data, where), where)
    if times > capacity:
        raise ItfError(f"{where}: a bag of at most {capacity} elements has this one {times} times.")
    return times


def _sort_index(text: str, sort: str, where: str) -> int:
    digits = text.removeprefix(sort)
    if not text.startswith(sort) or not re.fullmatch(r"[1-9][0-9]{0,18}", digits):
        raise ItfError(f"{where}: {cited(text)} is no value of the sort {sort}.")
    return int(digits) - 1


# ---------------------------------------------------------------- values that say what they are


def value_to_json(value: Value) -> Json:
    """A value in a form that can be read without its type: an object with one key, which is its kind."""
    match value:
        case bool():
            return value
        case int():
            return {"#bigint": str(value)}
        case EnumValue(enum, index, name):
            return {"member": [enum, index, name]}
        case SortValue(sort, index):
            return {"sort": [sort, index]}
        case RecordValue(record, fields):
            return {"record": [record, [[name, value_to_json(part)] for name, part in fields]]}
        case VariantValue(variant, index, content):
            return {"variant": [variant, index, value_to_json(content)]}
        case Some(inner):
            return {"some": value_to_json(inner)}
        case Nothing():
            return {"none": True}
        case MapValue(items):
            return {"map": [[value_to_json(key), value_to_json(part)] for key, part in items]}
        case BagValue():
            return {"bag": [value_to_json(part) for part in value.each()]}
        case frozenset():
            return {"set": [value_to_json(part) for part in sorted(value, key=sort_key)]}
        case tuple():
            return {"seq": [value_to_json(part) for part in value]}
        case _:
            assert_never(value)


def value_from_json(data: Json, where: str) -> Value:
    """The value that `value_to_json` wrote."""
    if isinstance(data, bool):
        return data
    if not isinstance(data, dict) or len(data) != 1:
        raise ItfError(f"{where}: expected a value as skipgate writes it.")
    ((kind, content),) = data.items()
    match kind:
        case "#bigint":
            return integer(data, where)
        case "member":
            enum, index, name = items_of(content, where, 3)
            return EnumValue(string(enum, where), small(index, where), string(name, where))
        case "sort":
            sort, index = items_of(content, where, 2)
            return SortValue(string(sort, where), small(index, where))
        case "record":
            record, fields = items_of(content, where, 2)
            pairs = ((string(name, place), value_from_json(part, place)) for name, part, place in _pairs(fields, where))
            return RecordValue(string(record, where), tuple(pairs))
        case "variant":
            variant, index, content = items_of(content, where, 3)
            content = value_from_json(content, where)
            if not isinstance(content, RecordValue):
                raise ItfError(f"{where}: expected the fields of a shape.")
            return VariantValue(string(variant, where), small(index, where), content)
        case "some":
            return Some(value_from_json(content, where))
        case "none":
            return NONE
        case "map":
            return MapValue(
                tuple(
                    (value_from_json(key, place), value_from_json(part, place))
                    for key, part, place in _pairs(content, where)
                )
            )
        case "bag":
            return bag_of(each(content, where, value_from_json))
        case "set":
            return frozenset(each(content, where, value_from_json))
        case "seq":
            return each(content, where, value_from_json)
    raise ItfError(f"{where}: {cited(kind)} is no kind of value.")


# ---------------------------------------------------------------- types


def type_to_json(type_: Type) -> Json:
    """A type as an object whose key `kind` tells which."""
    match type_:
        case BoolType():
            return {"kind": "bool"}
        case IntType(low, high):
            return {"kind": "int", "low": _bound(low), "high": _bound(high)}
        case EnumType(name, members):
            return {"kind": "enum", "name": name, "members": list(members)}
        case SortType(name, size):
            return {"kind": "sort", "name": name, "size": size}
        case RecordType(name, fields, ordered):
            parts = [[field, type_to_json(of)] for field, of in fields]
            return {"kind": "record", "name": name, "fields": parts, "ordered": ordered}
        case VariantType(name, shapes):
            return {"kind": "variant", "name": name, "shapes": [type_to_json(each_shape) for each_shape in shapes]}
        case OptionType(element):
            return {"kind": "option", "element": type_to_json(element)}
        case MapType(key, value):
            return {"kind": "map", "key": type_to_json(key), "value": type_to_json(value)}
        case SetType(element, room):
            capacity = {} if room is None else {"capacity": room}
            return {"kind": "set", **capacity, "element": type_to_json(element)}
        case BagType(element, capacity):
            return {"kind": "bag", "capacity": capacity, "element": type_to_json(element)}
        case SeqType(capacity, element):
            return {"kind": "seq", "capacity": capacity, "element": type_to_json(element)}
        case NeverType():
            return {"kind": "never"}
        case _:
            assert_never(type_)


def type_from_json(data: Json, where: str) -> Type:
    """The type that `type_to_json` wrote."""
    (kind,) = (string(kind, f"{where}.kind") for kind in fields_of(data, where, "kind"))

    def element(name: str = "element") -> Type:
        return type_from_json(fields_of(data, where, name)[0], f"{where}.{name}")

    match kind:
        case "bool":
            return BOOL
        case "never":
            return NEVER
        case "int":
            low, high = fields_of(data, where, "low", "high")
            return IntType(optional(low, where, integer), optional(high, where, integer))
        case "enum":
            name, members = fields_of(data, where, "name", "members")
            return EnumType(string(name, where), each(members, where, string))
        case "sort":
            name, size = fields_of(data, where, "name", "size")
            return SortType(string(name, where), small(size, where))
        case "record":
            name, fields, ordered = fields_of(data, where, "name", "fields", "ordered")
            parts = ((string(field, place), type_from_json(of, place)) for field, of, place in _pairs(fields, where))
            return RecordType(string(name, where), tuple(parts), boolean(ordered, where))
        case "variant":
            name, shapes = fields_of(data, where, "name", "shapes")
            return VariantType(string(name, where), each(shapes, where, _record_from_json))
        case "option":
            return OptionType(element())
        case "map":
            return MapType(element("key"), element("value"))
        case "set":
            room = data.get("capacity") if isinstance(data, dict) else None
            return SetType(element(), None if room is None else small(room, where))
        case "bag":
            return BagType(element(), small(fields_of(data, where, "capacity")[0], where))
        case "seq":
            return SeqType(small(fields_of(data, where, "capacity")[0], where), element())
    raise ItfError(f"{where}: {cited(kind)} is no kind of type.")


def _record_from_json(data: Json, where: str) -> RecordType:
    type_ = type_from_json(data, where)
    if not isinstance(type_, RecordType):
        raise ItfError(f"{where}: expected the type of the fields of a shape.")
    return type_


def _bound(bound: int | None) -> Json:
    return None if bound is None else value_to_itf(bound)


def _as_declared(names: Sequence[str]) -> Mapping[str, str]:
    return {name: name for name in names}


def apalache_type(
    type_: Type,
    called: Callable[[Sequence[str]], Mapping[str, str]] = _as_declared,
    option: str = "Some({}) | None(UNIT)",
) -> str:
    """The type in the notation of Apalache's type checker, for tools that read `varTypes`.

    `called` gives what the fields of a record are called, and a shape; `option` says what becomes of a type in one.
    """

    def inner(part: Type) -> str:
        return apalache_type(part, called, option)

    match type_:
        case BoolType():
            return "Bool"
        case IntType():
            return "Int"
        case EnumType() | SortType():
            return "Str"
        case RecordType(_, fields, _):
            names = called([name for name, _ in fields])
            return "{ " + ", ".join(f"{names[name]}: {inner(of)}" for name, of in fields) + " }"
        case VariantType(_, shapes):
            return " | ".join(f"{called([x.name])[x.name]}({inner(x) if x.fields else 'UNIT'})" for x in shapes)
        case OptionType(element):
            return option.format(inner(element))
        case MapType(key, value):
            return f"({inner(key)} -> {inner(value)})"
        case BagType(element, _):
            return f"({inner(element)} -> Int)"
        case SetType(element):
            return f"Set({inner(element)})"
        case SeqType(_, element):
            return f"Seq({inner(element)})"
        case NeverType():
            return "a"
        case _:
            assert_never(type_)


# ---------------------------------------------------------------- JSON of the shape that is asked for


def fields_of(data: Json, where: str, *names: str) -> list[Json]:
    """The values of these keys of an object."""
    if not isinstance(data, dict):
        raise ItfError(f"{where}: expected an object, found {_kind(data)}.")
    for name in names:
        if name not in data:
            raise ItfError(f"{where}: the key {name!r} is missing.")
    return [data[name] for name in names]


def array(data: Json, where: str) -> list[Json]:
    """An array."""
    if not isinstance(data, list):
        raise ItfError(f"{where}: expected an array, found {_kind(data)}.")
    return data


def items_of(data: Json, where: str, count: int) -> list[Json]:
    """The elements of an array of this length."""
    if len(array(data, where)) != count:
        raise ItfError(f"{where}: expected {count} elements, found {len(data)}.")
    return array(data, where)


def each(data: Json, where: str, read: Callable[[Json, str], T]) -> tuple[T, ...]:
    """The elements of an array, each as `read` reads it."""
    return tuple(read(part, f"{where}[{index}]") for index, part in enumerate(array(data, where)))


def string(data: Json, where: str) -> str:
    """A string."""
    if not isinstance(data, str):
        raise ItfError(f"{where}: expected a string, found {_kind(data)}.")
    return data


def boolean(data: Json, where: str) -> bool:
    """`true` or `false`."""
    if not isinstance(data, bool):
        raise ItfError(f"{where}: expected true or false, found {_kind(data)}.")
    return data


def small(data: Json, where: str) -> int:
    """A JSON integer that counts something."""
    if isinstance(data, bool) or not isinstance(data, int) or data < 0:
        raise ItfError(f"{where}: expected a number of at least 0, found {_kind(data)}.")
    return data


def integer(data: Json, where: str) -> int:
    """An integer of any size, as ITF writes it: `{"#bigint": "n"}`, or a JSON integer."""
    if isinstance(data, int) and not isinstance(data, bool):
        return data
    (digits,) = fields_of(data, where, "#bigint")
    if not re.fullmatch(r"-?[0-9]{1,4000}", string(digits, where), re.ASCII):
        raise ItfError(f"{where}: expected the digits of an integer.")
    return int(digits)


def optional(data: Json, where: str, read: Callable[[Json, str], T]) -> T | None:
    """None for null, and else what `read` reads."""
    return None if data is None else read(data, where)


def _pairs(data: Json, where: str) -> list[tuple[Json, Json, str]]:
    """The two elements of each array in an array, and the place of the second."""
    found = []
    for index, pair in enumerate(array(data, where)):
        place = f"{where}[{index}]"
        first, second = items_of(pair, place, 2)
        found.append((first, second, place))
    return found


def cited(text: str) -> str:
    """`text` in quotes, for a message: shortened, and without characters that could do harm."""
    return repr(clipped(visible(text), 40))


def _kind(data: Json) -> str:
    match data:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"


def pairs(data: Sequence[tuple[str, Value]]) -> Json:
    """Names with values, for `pairs_from`."""
    return [[name, value_to_json(value)] for name, value in data]


def pairs_from(data: Json, where: str) -> tuple[tuple[str, Value], ...]:
    """What `pairs` wrote."""
    return tuple((string(name, place), value_from_json(value, place)) for name, value, place in _pairs(data, where))
