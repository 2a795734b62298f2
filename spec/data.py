"""Dataclasses whose methods are written when the first object is made, not when the class is.

The standard decorator writes and compiles up to seven functions for each class, in about half a millisecond. Trees and
terms have two hundred classes, of which a small model needs a few dozen, so that this was a third of a small check.
For a type checker, and for `fields` and `replace`, nothing is different.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls: type | None = None, /, **options: bool) -> Any:
        """`dataclasses.dataclass`, with the options `frozen`, `eq` and `slots`."""
        return _made(cls) if cls is not None else lambda cls: _made(cls, **options)


def _made(cls: type, *, frozen: bool = False, eq: bool = True, slots: bool = False) -> type:
    made: type[Any] = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    ready: dict[str, Any] = {"__repr__": _repr}
    if frozen:
        ready |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    if frozen and slots:
        ready |= {"__getstate__": _state, "__setstate__": _set_state}
    if eq and not frozen:
        ready["__hash__"] = None
    late = ["__init__", *["__eq__"] * eq, *["__hash__"] * (eq and frozen)]
    # What the class defines itself stays. (Python puts `None` for the hash into a class that defines `__eq__`.)
    late = [name for name in late if made.__dict__.get(name) is None]
    for name, method in ready.items():
        if name not in made.__dict__:
            setattr(made, name, method)
    for name in late:
        setattr(made, name, _at_first_call(made, name, late, frozen))
    return made


def _at_first_call(cls: type, name: str, late: list[str], frozen: bool) -> Callable[..., Any]:
    def first(self: object, *args: object, **more: object) -> Any:
        written = _written(cls, frozen)
        for each in late:
            setattr(cls, each, written[each])
        return getattr(cls, name)(self, *args, **more)

    first.__name__, first.__qualname__ = name, f"{cls.__qualname__}.{name}"
    return first


def _written(cls: type[Any], frozen: bool) -> dict[str, Callable[..., Any]]:
    """The methods that depend on the fields, as the standard decorator writes them, all in one text."""
    scope: dict[str, Any] = {"_set": object.__setattr__, "_absent": dataclasses.MISSING}
    parameters, body = ["self"], []
    for each in dataclasses.fields(cls):
        name, value = each.name, each.name
        if each.default is not dataclasses.MISSING:
            scope[f"_default_{name}"] = each.default
            parameters.append(f"{name}=_default_{name}")
        elif each.default_factory is not dataclasses.MISSING:
            scope[f"_new_{name}"] = each.default_factory
            parameters.append(f"{name}=_absent")
            value = f"_new_{name}() if {name} is _absent else {name}"
        else:
            parameters.append(name)
        body.append(f"  _set(self, {name!r}, {value})" if frozen else f"  self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("  self.__post_init__()")
    compared = [each.name for each in dataclasses.fields(cls) if each.compare]
    own, others = ("".join(f"{of}.{name}, " for name in compared) for of in ("self", "other"))
    text = "\n".join(
        [
            f"def __init__({', '.join(parameters)}):",
            *(body or ["  pass"]),
            "def __eq__(self, other):",
            f"  return ({own}) == ({others}) if other.__class__ is self.__class__ else NotImplemented",
            "def __hash__(self):",
            f"  return hash(({own}))",
        ]
    )
    exec(text, scope)
    found = {name: scope[name] for name in ("__init__", "__eq__", "__hash__")}
    for name, method in found.items():
        method.__module__, method.__qualname__ = cls.__module__, f"{cls.__qualname__}.{name}"
    return found


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in dataclasses.fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse_to_set(self: object, name: str, value: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for each, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)
