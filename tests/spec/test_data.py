"""The lazily written dataclasses behave as the standard ones, whatever of them is used first."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from skipgate.spec import data


def standard_and_ours(**options: bool) -> list[type[Any]]:
    """The same class twice, made by each of the decorators."""

    def made(decorator: Callable[..., Any]) -> type[Any]:
        @decorator(**options)
        class Point:
            """A place."""

            x: int
            y: tuple[int, ...] = ()
            z: list[int] = dataclasses.field(default_factory=list, compare=False)
            secret: int = dataclasses.field(default=3, repr=False)

        Point.__qualname__ = "Point"
        return Point

    return [made(dataclasses.dataclass), made(data.dataclass)]


OPTIONS = [
    {"frozen": frozen, "eq": eq, "slots": slots}
    for frozen in (False, True)
    for eq in (False, True)
    for slots in (False, True)
]

USES: dict[str, Callable[[type[Any]], object]] = {
    "repr": lambda c: repr(c(1, (2,))),
    "defaults": lambda c: dataclasses.astuple(c(1)),
    "a default of its own for each": lambda c: c(1).z is c(2).z,
    "keywords": lambda c: dataclasses.astuple(c(y=(1,), x=2, z=[3], secret=4)),
    "a missing argument": lambda c: c(),
    "too many arguments": lambda c: c(1, 2, 3, 4, 5),
    "an unknown argument": lambda c: c(1, u=2),
    "equal": lambda c: [c(1) == c(1), c(1) == c(2), c(1) != c(1), c(1) == 1, c(1, (), [1]) == c(1, (), [2])],
    "hash": lambda c: len({hash(each) for each in [c(1), c(1)]}),
    "hashable": lambda c: c.__hash__ is None,
    "set": lambda c: setattr(c(1), "x", 2),
    "delete": lambda c: delattr(c(1), "x"),
    "another attribute": lambda c: hasattr(c(1), "__dict__"),
    "replace": lambda c: dataclasses.astuple(dataclasses.replace(c(1), x=2)),
    "copy": lambda c: dataclasses.astuple(copy.deepcopy(c(1, (2,), [3]))),
    "pattern": lambda c: c.__match_args__,
    "before any is made": lambda c: object.__new__(c) == 1,
}


def outcome(use: Callable[[type[Any]], object], cls: type[Any]) -> object:
    """What comes of a use, or the kind of the exception."""
    try:
        return use(cls)
    except Exception as problem:
        return type(problem)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("use", USES)
def test_each_use_gives_what_the_standard_gives(use: str, options: dict[str, bool]) -> None:
    standard, ours = standard_and_ours(**options)
    assert outcome(USES[use], ours) == outcome(USES[use], standard)
    assert outcome(USES[use], ours) == outcome(USES[use], standard)  # and again, once the methods are written


@data.dataclass(frozen=True, slots=True)
class Base:
    """What others are derived from."""

    first: int


@data.dataclass(frozen=True, slots=True)
class Derived(Base):
    """With a field more, and work to do after it is made."""

    second: int = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "second", self.second + self.first)


@data.dataclass(frozen=True)
class Own:
    """With methods of its own, which stay."""

    value: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own)

    def __hash__(self) -> int:
        return 7

    def __repr__(self) -> str:
        return "own"


def test_derived_classes() -> None:
    made = Derived(1)
    assert (made.first, made.second) == (1, 3)
    assert Base(1) != made and Base(1) == Base(1)
    assert pickle.loads(pickle.dumps(made)) == made


def test_methods_of_the_class_stay() -> None:
    assert (Own(1) == Own(2), hash(Own(1)), repr(Own(1))) == (True, 7, "own")


def test_what_is_unpickled_first_is_like_any_other() -> None:
    code = (
        "import pickle, sys; from skipgate.checker.core.datatypes import IntType;"
        "kept = pickle.loads(sys.stdin.buffer.read());"
        "assert kept == IntType(0, 3) and hash(kept) == hash(IntType(0, 3))"
    )
    from skipgate.checker.core.datatypes import IntType

    subprocess.run([sys.executable, "-c", code], input=pickle.dumps(IntType(0, 3)), check=True)
