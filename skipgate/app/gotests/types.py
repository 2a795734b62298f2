"""Types of a model as types of Go, and values as literals of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from skipgate.app.gotests.names import Names, exported
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
    walk,
)
from skipgate.checker.core.errors import InternalError
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

_LARGEST_INT = 2**63 - 1


@dataclass(frozen=True)
class Members:
    """An enum or a sort: a type whose values have names. `texts` is what the model calls them."""

    go_name: str
    name: str
    constants: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Struct:
    """A record, or a shape of the variant whose type in Go is `shape_of`."""

    go_name: str
    name: str
    fields: tuple[tuple[str, str], ...]  # names and types in Go
    shape_of: str | None = None


@dataclass(frozen=True)
class Interface:
    """A variant."""

    go_name: str
    name: str
    shapes: tuple[str, ...]


class GoTypes:
    """The types that have names in Go, and what all others are."""

    def __init__(self, types: Iterable[Type], names: Names) -> None:
        self.names = names
        self.go_names: dict[str, str] = {}  # of enums, sorts, records, variants and, as `variant.shape`, of shapes
        self.fields: dict[str, dict[str, str]] = {}  # of records and shapes
        self.constants: dict[str, tuple[str, ...]] = {}
        named: dict[str, Type] = {}
        for part in (part for type_ in types for part in walk(type_)):
            if isinstance(part, EnumType | SortType | RecordType | VariantType):
                named.setdefault(part.name, part)
        shapes = {shape.name for each in named.values() if isinstance(each, VariantType) for shape in each.shapes}
        declared = {name: each for name, each in named.items() if name not in shapes}
        for name in declared:
            self.go_names[name] = names.free(exported(name))
        for each in declared.values():
            self._name_parts(each)
        self.declarations = [found for each in declared.values() for found in self._declared(each)]

    def _name_parts(self, type_: Type) -> None:
        """Choose names for what belongs to a type: members, fields, shapes."""
        match type_:
            case EnumType(name, members):
                own = (self.names.free(self.go_names[name] + exported(member)) for member in members)
                self.constants[name] = tuple(own)
            case SortType(name, size):
                own = (self.names.free(f"{self.go_names[name]}{i + 1}") for i in range(size))
                self.constants[name] = tuple(own)
            case RecordType(name):
                self._name_fields(name, type_)
            case VariantType(name, shapes):
                for shape in shapes:
                    key = _shape(name, shape.name)
                    self.go_names[key] = self.names.free(self.go_names[name] + exported(shape.name))
                    self._name_fields(key, shape)
            case _:  # has no parts with names
                pass

    def _name_fields(self, key: str, record: RecordType) -> None:
        own = Names()
        self.fields[key] = {field: own.free(exported(field)) for field, _ in record.fields}

    def _declared(self, type_: Type) -> list[Members | Struct | Interface]:
        match type_:
            case EnumType(name, members):
                return [Members(self.go_names[name], name, self.constants[name], members)]
            case SortType(name, size):
                texts = tuple(str(SortValue(name, i)) for i in range(size))
                return [Members(self.go_names[name], name, self.constants[name], texts)]
            case RecordType(name):
                return [self._struct(name, type_, None)]
            case VariantType(name, shapes):
                structs = [self._struct(_shape(name, shape.name), shape, self.go_names[name]) for shape in shapes]
                return [Interface(self.go_names[name], name, tuple(each.go_name for each in structs)), *structs]
            case _:  # nothing else is declared
                raise InternalError(f"{type_} has no name")

    def _struct(self, key: str, record: RecordType, shape_of: str | None) -> Struct:
        fields = tuple((self.fields[key][field], self.text(type_)) for field, type_ in record.fields)
        return Struct(self.go_names[key], record.name, fields, shape_of)

    def text(self, type_: Type) -> str:
        """A type as Go writes it."""
        match type_:
            case BoolType():
                return "bool"
            case IntType(_, high):
                return "uint64" if high is not None and high > _LARGEST_INT else "int"
            case EnumType(name) | SortType(name) | RecordType(name) | VariantType(name):
                return self.go_names[name]
            case OptionType(element):
                return f"*{self.text(element)}"
            case SetType(element):
                return f"Set[{self.text(element)}]"
            case BagType(element):
                return f"Bag[{self.text(element)}]"
            case SeqType(_, element):
                return f"[]{self.text(element)}"
            case MapType(key, value) if _is_key(key):
                return f"map[{self.text(key)}]{self.text(value)}"
            case MapType(key, value):
                return f"Map[{self.text(key)}, {self.text(value)}]"
            case NeverType():
                return "struct{}"
            case _:
                assert_never(type_)

    def literal(self, value: Value, type_: Type, *, within: bool = False) -> str:
        """A value as Go writes it; `within` a composite literal whose elements have this type."""
        match type_, value:
            case BoolType(), bool():
                return "true" if value else "false"
            case IntType(), int():
                return str(value)
            case EnumType(name) | SortType(name), EnumValue(_, index) | SortValue(_, index):
                return self.constants[name][index]
            case OptionType(), Nothing():
                return "nil"
            case OptionType(element), Some(inner):
                text = self.text(element)
                inferred = text != "uint64" and not isinstance(element, OptionType | VariantType)
                return f"some{'' if inferred else f'[{text}]'}({self.literal(inner, element)})"
            case RecordType(name), RecordValue():
                return self._record(name, type_, value, "" if within else self.go_names[name])
            case VariantType(name, shapes), VariantValue(_, index, fields):
                key = _shape(name, shapes[index].name)
                return self._record(key, shapes[index], fields, self.go_names[key])
            case SetType(element), frozenset():
                return self._elements(type_, sorted(value, key=sort_key), element, within)
            case BagType(element), BagValue():
                return self._elements(type_, [*value.each()], element, within)
            case SeqType(_, element), tuple():
                return self._elements(type_, value, element, within)
            case MapType(key_type, value_type), MapValue(items):
                keyed = _is_key(key_type)
                pairs = [
                    (self.literal(k, key_type, within=keyed), self.literal(v, value_type, within=keyed))
                    for k, v in items
                ]
                inside = ", ".join(f"{k}: {v}" if keyed else f"{{{k}, {v}}}" for k, v in pairs)
                return f"{'' if within else self.text(type_)}{{{inside}}}"
            case _:  # no type has values of such a kind
                raise InternalError(f"{value} is no value of {type_}")

    def _elements(self, type_: Type, values: Iterable[Value], element: Type, within: bool) -> str:
        inside = ", ".join(self.literal(each, element, within=True) for each in values)
        return f"{'' if within else self.text(type_)}{{{inside}}}"

    def _record(self, key: str, record: RecordType, value: RecordValue, prefix: str) -> str:
        names = self.fields[key]
        inside = ", ".join(f"{names[field]}: {self.literal(value[field], type_)}" for field, type_ in record.fields)
        return f"{prefix}{{{inside}}}"


def _shape(variant: str, shape: str) -> str:
    return f"{variant}.{shape}"


def _is_key(type_: Type) -> bool:
    """Are equal values of a type equal for Go, so that they can be keys of its maps?"""
    return all(isinstance(part, BoolType | IntType | EnumType | SortType | RecordType) for part in walk(type_))
