"""What a line of a log says, as the values of an event that may be a step of the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from skipgate.checker.core.datatypes import OptionType, Type
from skipgate.checker.core.values import Value
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.validate.kernels import RuleKernel, Words, rule_kernel
from skipgate.checker.validate.rules import Field, Rules
from skipgate.checker.validate.values import Json, OutOfBounds, Reader, SortNames, WrongValue, as_json, clipped
from skipgate.errors import InputError
from skipgate.spec.diagnostics import did_you_mean
from skipgate.spec.events.syntax import LogPath

_MOST_KEPT = 10_000  # of the values of a field, as words
_ABSENT = object()

ReadValue = Callable[[Json, Type], Value]
"""Reads a value of a type. Raises `WrongValue` and `OutOfBounds`."""


class Missing(Exception):
    """An event lacks a value that a rule speaks of. It may still be what another rule describes."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One thing that an event may be: the number of a rule, and the words of the values."""

    rule: int
    words: Words


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a log. `impossible` says why it cannot be what some rules describe, whatever the state is."""

    place: str
    line: int
    name: str
    alternatives: tuple[Alternative, ...]
    impossible: tuple[str, ...] = ()
    time: float | None = None  # by the clock of its log, which others need not share


class EventReader:
    """Makes events of the objects of one log after the other."""

    def __init__(self, kernels: Kernels, rules: Rules, value: ReadValue | None = None) -> None:
        """`value` reads values where they are not written as this log has them by default."""
        self.rules = rules
        self.sorts = SortNames()
        self.read_value = value or Reader(rules.member_names, self.sorts, rules.absent).value
        every = [rule for several in rules.events.values() for rule in several]
        self.kernels: list[RuleKernel] = [rule_kernel(kernels, rule) for rule in every]
        numbers = {rule: number for number, rule in enumerate(every)}
        self.numbered = {name: [numbers[rule] for rule in several] for name, several in rules.events.items()}
        self.told_apart = {name: any(rule.texts for rule in several) for name, several in rules.events.items()}
        self.kept: list[dict[object, Words]] = [{} for _ in every]

    def read(self, data: Json, place: str, line: int, time: float | None = None) -> Event | None:
        """The event of an object in the log; None if it is ignored.

        Raises:
            InputError: the event is not known, or a value in it is of the wrong kind.
        """
        name = (
            data.get(self.rules.named_by[0], _ABSENT)
            if len(self.rules.named_by) == 1
            else _at(data, self.rules.named_by)
        )
        numbers = self.numbered.get(name) if isinstance(name, str) else None
        if numbers is not None and self.told_apart[name]:
            numbers = [number for number in numbers if self.has_texts(number, data)]
        if not numbers:
            self.require_ignored(name, place)
            return None
        alternatives: list[Alternative] = []
        impossible: list[str] = []
        missing: list[str] = []
        for number in numbers:
            try:
                alternatives.append(Alternative(number, self.words(number, data)))
            except OutOfBounds as problem:
                impossible.append(str(problem))
            except Missing as problem:
                missing.append(str(problem))
            except WrongValue as problem:
                raise InputError(f"{place}: event {clipped(as_json(name))}: {problem}") from None
        if len(missing) == len(numbers):
            raise InputError(f"{place}: event {clipped(as_json(name))}: {missing[0]}")
        return Event(place, line, name, tuple(alternatives), tuple(impossible), time)

    def has_texts(self, number: int, data: Json) -> bool:
        """Is an object one of those that a rule is about?"""
        return all(_at(data, path) == text for path, text in self.kernels[number].rule.texts)

    def require_ignored(self, name: Json, place: str) -> None:
        """Refuse an event that is not described, unless it is ignored.

        Raises:
            InputError: it is not.
        """
        if self.rules.ignores_others or (isinstance(name, str) and name in self.rules.ignored):
            return
        path = ".".join(self.rules.named_by)
        if name is _ABSENT or not isinstance(name, str):
            what = "there is no" if name is _ABSENT else f"{clipped(as_json(name))} is no name of an event in"
            raise InputError(f"{place}: {what} `{path}`; say where it is by `named by`, or `ignore others`")
        if name in self.rules.events:
            wanted = [
                f"{'.'.join(path)} {as_json(text)}" for rule in self.rules.events[name] for path, text in rule.texts
            ]
            raise InputError(
                f"{place}: no event {clipped(as_json(name))} is described that has what stands here; "
                f"those that are have {' or '.join(wanted)}"
            )
        hint = did_you_mean(name, self.rules.events) or "describe it, or `ignore` it"
        raise InputError(f"{place}: unknown event {clipped(as_json(name))}; {hint}")

    def words(self, number: int, data: Json) -> Words:
        """The words of the values that a rule wants of an object."""
        kernel = self.kernels[number]
        fields = kernel.rule.fields
        raw = tuple([_at(data, field.path) for field in fields])
        kept = self.kept[number]
        key = (raw, tuple(map(type, raw)))  # since `true` and 1 are the same key
        try:
            return kept[key]
        except (KeyError, TypeError):  # not seen yet, or it is an object or an array
            pass
        words = kernel.pack({field.name: self.value(field, each) for field, each in zip(fields, raw, strict=True)})
        try:
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            kept[key] = words
        except TypeError:
            pass
        return words

    def value(self, field: Field, data: Json) -> Value:
        """The value of a field."""
        if data is _ABSENT and not isinstance(field.type, OptionType):
            raise Missing(f"there is no {'.'.join(field.path)}")
        try:
            return self.read_value(None if data is _ABSENT else data, field.type)
        except WrongValue as problem:
            raise WrongValue(f"`{'.'.join(field.path)}`: {problem}") from None
        except OutOfBounds as problem:
            raise OutOfBounds(f"`{'.'.join(field.path)}` is {problem}") from None


def _at(data: Json, path: LogPath) -> Json:
    """What stands at a path in an object."""
    for key in path:
        if not isinstance(data, dict):
            return _ABSENT
        data = data.get(key, _ABSENT)
    return data


class Clock:
    """Times that do not go back, within one log."""

    def __init__(self, path: LogPath | None) -> None:
        self.path = path
        self.last: float | None = None
        self.text = ""

    def look(self, data: Json, place: str) -> float | None:
        """The time of an object, compared with the one before; None if logs have no times.

        Raises:
            InputError: it goes back, or is no time.
        """
        if self.path is None:
            return None
        at = _at(data, self.path)
        if at is _ABSENT:
            raise InputError(f"{place}: there is no time in `{'.'.join(self.path)}`")
        seconds = _seconds(at)
        if seconds is None:
            raise InputError(f"{place}: {clipped(as_json(at))} is no time; numbers and RFC 3339 are")
        if self.last is not None and seconds < self.last:
            raise InputError(f"{place}: the time goes back, from {self.text} to {clipped(as_json(at))}")
        self.last, self.text = seconds, clipped(as_json(at))
        return seconds


def _seconds(at: Json) -> float | None:
    if isinstance(at, bool):
        return None
    if isinstance(at, int | float):
        return at
    if not isinstance(at, str):
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
