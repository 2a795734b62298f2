"""Refinements: what stands for the names of a refined model has their types, and types of one name are alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from skipgate.spec import syntax as s
from skipgate.spec.specification import Specification
from skipgate.spec.static_types import (
    StaticBag,
    StaticBool,
    StaticEnum,
    StaticInt,
    StaticMap,
    StaticNever,
    StaticOption,
    StaticRecord,
    StaticSeq,
    StaticSet,
    StaticSort,
    StaticType,
    StaticUnknown,
    StaticVariant,
    unify,
)
from skipgate.spec.symbols import TypeSymbol
from skipgate.spec.typing.inference import Inference

_Declared = s.EnumDecl | s.SortDecl | s.RecordDecl | s.VariantDecl


def check_refinement(types: Inference, declaration: s.RefinesDecl, abstract: Specification) -> None:
    """Check the settings of a refinement, those that are implied too."""
    translation = _Translation(types, declaration, abstract)
    for setting in types.names.mappings.get(declaration, ()):
        target = types.find(setting.name)
        if not isinstance(target, s.VarDecl | s.ConstDecl):
            continue
        wanted = translation.here(abstract.static_types.symbols[target])
        if setting in declaration.settings:
            types.expect(setting.value, wanted)
            continue
        type_ = types.infer(setting.value)
        if unify(wanted, type_) is None:
            text = target.name.text
            message = f"`{text}` of `{abstract.name}` is {wanted}, but `{text}` here is {type_}"
            types.report(message, setting.span, f"give it a value: `with {text} = ...`")


class _Translation:
    """The types of a refined model as those of the same names in the model that refines it."""

    def __init__(self, types: Inference, declaration: s.RefinesDecl, abstract: Specification) -> None:
        self.types = types
        self.declaration = declaration
        self.abstract = abstract
        self.known: dict[s.AnyDeclaration, StaticType] = {}

    def here(self, type_: StaticType) -> StaticType:
        """The type that values of a type of the refined model have here."""
        match type_:
            case StaticEnum(declared) | StaticSort(declared) | StaticRecord(declared) | StaticVariant(declared):
                if declared not in self.known:
                    self.known[declared] = type_
                    self.known[declared] = self.declared(type_, declared)
                return self.known[declared]
            case StaticOption(element):
                return StaticOption(self.here(element))
            case StaticSet(element):
                return StaticSet(self.here(element))
            case StaticBag(element):
                return StaticBag(self.here(element))
            case StaticSeq(element):
                return StaticSeq(self.here(element))
            case StaticMap(key, value):
                return StaticMap(self.here(key), self.here(value))
            case StaticBool() | StaticInt() | StaticNever() | StaticUnknown():
                return type_
        assert_never(type_)

    def declared(self, type_: StaticType, theirs: _Declared) -> StaticType:
        own = self.types.names.symbols.get(theirs.name.text)
        match theirs:
            case s.EnumDecl():
                if isinstance(own, s.EnumDecl) and _texts(theirs.members) == _texts(own.members):
                    return StaticEnum(own)
            case s.SortDecl():
                if isinstance(own, s.SortDecl):
                    return StaticSort(own)
            case s.RecordDecl():
                same_order = isinstance(own, s.RecordDecl) and theirs.ordered == own.ordered
                if isinstance(own, s.RecordDecl) and same_order and self.same_fields(theirs.fields, own.fields):
                    return StaticRecord(own)
            case s.VariantDecl():
                if isinstance(own, s.VariantDecl) and self.same_shapes(theirs, own):
                    return StaticVariant(own)
            case _:
                assert_never(theirs)
        if not isinstance(own, TypeSymbol):
            return type_  # no type here has that name
        message = f"`{theirs.name.text}` of `{self.abstract.name}` is declared differently here"
        hint = f"declare both alike, or import them from one file; see {theirs.span.place} and {own.span.place}"
        return self.types.report(message, self.declaration.file.span, hint)

    def same_fields(self, theirs: Sequence[s.FieldDecl], own: Sequence[s.FieldDecl]) -> bool:
        return _texts(theirs) == _texts(own) and all(
            self.here(self.abstract.static_types.types[a.type]) == self.types.of_type(b.type)
            for a, b in zip(theirs, own, strict=True)
        )

    def same_shapes(self, theirs: s.VariantDecl, own: s.VariantDecl) -> bool:
        return _texts(theirs.shapes) == _texts(own.shapes) and all(
            self.same_fields(a.fields, b.fields) for a, b in zip(theirs.shapes, own.shapes, strict=True)
        )


def _texts(parts: Sequence[s.Member] | Sequence[s.FieldDecl] | Sequence[s.ShapeDecl]) -> list[str]:
    return [part.name.text for part in parts]
