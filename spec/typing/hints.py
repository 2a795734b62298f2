"""Words for types in messages, and hints at what to write instead."""

from __future__ import annotations

from typing import assert_never

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


def conversion(type_: StaticType, wanted: StaticType) -> str | None:
    """What to write when a value of one type stands where another is wanted, where that can be guessed."""
    match type_, wanted:
        case StaticOption(element), _ if unify(element, wanted) is not None and not isinstance(element, StaticNever):
            return "the value in an option is `get(...)`, or use `match`"
        case _, StaticOption(StaticNever()) | StaticSet(StaticNever()) | StaticSeq(StaticNever()):
            return None
        case _, StaticBag(element) if unify(type_, element) is not None:
            return "a bag of one element: `bag {...}`"
        case _, StaticOption(element) if unify(type_, element) is not None:
            return "make it an option: `some(...)`"
        case _, StaticSet(element) if unify(type_, element) is not None:
            return "a set of one element: `{...}`"
        case _, StaticSeq(element) if unify(type_, element) is not None:
            return "a sequence of one element: `[...]`"
        case StaticSet(StaticNever()) | StaticSeq(StaticNever()), StaticMap():
            return "a map has a value for each key: `map k in K: ...`"
        case StaticSet(StaticNever()), StaticBag():
            return "the empty bag is `bag {}`"
        case StaticSet(element), StaticBag(inner) if unify(element, inner) is not None:
            return "a bag is written `bag {...}`, or `bag {x for x in S}`"
        case StaticBag(element), StaticSet(inner) if unify(element, inner) is not None:
            return "the elements of a bag as a set: `elems(...)`"
        case StaticSet(StaticNever()), StaticSeq():
            return "the empty sequence is `[]`"
        case StaticSeq(StaticNever()), StaticSet():
            return "the empty set is `{}`"
        case StaticInt(), StaticBool():
            return "compare it: `... > 0`"
    return None


def the_values(type_: StaticType) -> str:
    """The values of a type that has no order."""
    match type_:
        case StaticSort(declaration):
            return f"the values of sort {declaration.name.text}"
        case StaticRecord(declaration):
            return f"records {declaration.name.text}"
        case StaticVariant(declaration):
            return f"variants {declaration.name.text}"
        case StaticBool():
            return "booleans"
        case StaticSet():
            return "sets"
        case StaticBag():
            return "bags"
        case StaticSeq():
            return "sequences"
        case StaticMap():
            return "maps"
        case StaticInt() | StaticEnum() | StaticOption() | StaticNever() | StaticUnknown():
            return "these values"
    assert_never(type_)


def any_of(type_: StaticSet | StaticBag | StaticSeq | StaticOption) -> str:
    """A set, sequence or option of whatever elements."""
    match type_:
        case StaticSet():
            return "a set"
        case StaticBag():
            return "a bag"
        case StaticSeq():
            return "a sequence"
        case StaticOption():
            return "an option"
    assert_never(type_)
