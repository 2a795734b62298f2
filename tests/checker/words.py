"""Integers that insist on fitting a machine word, to run kernels on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Overflow(Exception):
    """A result that does not fit a signed 64-bit word, or a shift by more bits than a word has."""


class Word(int):
    """An integer all of whose results fit a word; what is computed from it is one again."""

    def bit_count(self) -> Word:
        return Word(int(self).bit_count())

    def __neg__(self) -> Word:
        return _word(-int(self))


def _word(value: int) -> Word:
    if not -(2**63) <= value < 2**63:
        raise Overflow(value)
    return Word(value)


def _checked(name: str, is_shift: bool, reflected: bool) -> Callable[[Word, Any], Any]:
    operation = getattr(int, name)

    def method(self: Word, other: Any) -> Any:
        result = operation(int(self), other)
        if result is NotImplemented:
            return result
        if is_shift and not 0 <= (self if reflected else other) < 64:
            raise Overflow(name)
        return _word(result)

    return method


for _operator in ("add", "sub", "mul", "floordiv", "mod", "and", "or", "xor", "lshift", "rshift"):
    for _prefix in ("", "r"):
        _name = f"__{_prefix}{_operator}__"
        setattr(Word, _name, _checked(_name, _operator.endswith("shift"), _prefix == "r"))
