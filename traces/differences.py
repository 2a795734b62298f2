"""What changed between two values, or two states: only the parts that did, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import assert_never

from skipgate.checker.core.places import at_index
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
    sort_key,
)
from skipgate.traces.plain import MANY, brief


@dataclass(frozen=True, slots=True)
class Replaced:
    """One value took the place of another: `x: 1 -> 2`, `log[3].kind: data -> lease`."""

    place: str  # as the language writes it
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class Edited:
    """Elements left or joined a set or a bag, each side in order: `seen: + Node1 - Node3`."""

    place: str
    removed: tuple[Value, ...]
    added: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Spliced:
    """A stretch of a sequence was taken out, put in, or exchanged for another.

    `place` names where what was taken out stood; if nothing was, where stands now what was put in: `log[3]`,
    `log[3..4]`.
    """

    place: str
    removed: tuple[Value, ...]
    added: tuple[Value, ...]


Change = Replaced | Edited | Spliced


def state_changes(before: Mapping[str, Value], after: Mapping[str, Value]) -> list[Change]:
    """The changes from one state to the next, in the order of `after`'s variables.

    Both map every variable to its value; a variable that `before` lacks is left out.
    """
    return [change for name, new in after.items() if name in before for change in differences(name, before[name], new)]


def differences(place: str, old: Value, new: Value) -> list[Change]:
    """The smallest readable changes that turn `old` into `new`, two values of one type found at `place`.

    Empty exactly if the two are equal.
    """
    return list(_differences(place, old, new))


def _differences(place: str, old: Value, new: Value) -> Iterator[Change]:
    if old == new:
        return iter(())
    inner = _inner_differences(place, old, new)
    return iter([Replaced(place, old, new)]) if inner is None else inner


def _inner_differences(place: str, old: Value, new: Value) -> Iterator[Change] | None:
    """What differs within two values that are not equal; None if they have nothing in common."""
    match new:
        case RecordValue(_, fields):
            if not isinstance(old, RecordValue) or _names(old) != _names(new):
                return None
            both = zip(old.fields, fields, strict=True)
            return chain.from_iterable(_differences(f"{place}.{field}", was, now) for (field, was), (_, now) in both)
        case MapValue():
            if not isinstance(old, MapValue) or _keys(old) != _keys(new):
                return None
            return _map_differences(place, old, new)
        case Some(now):
            if not isinstance(old, Some) or not isinstance(now, RecordValue | MapValue | BagValue | frozenset | tuple):
                return None
            return _differences(f"get({place})", old.value, now)
        # Of a set, a bag or a sequence that became empty, the news is what it held.
        case frozenset():
            if not isinstance(old, frozenset) or not new:
                return None
            return iter([Edited(place, _in_order(old - new), _in_order(new - old))])
        case BagValue():
            if not isinstance(old, BagValue) or not new.items:
                return None
            return iter([Edited(place, _more(old, new), _more(new, old))])
        case tuple():
            return _sequence_differences(place, old, new) if isinstance(old, tuple) and new else None
        case bool() | int() | EnumValue() | SortValue() | VariantValue() | Nothing():
            return None
        case _:
            assert_never(new)


def _more(one: BagValue, other: BagValue) -> tuple[Value, ...]:
    """What there is more of in one bag, each as often as there is more of it."""
    return tuple(element for element, count in one.items for _ in range(count - other[element]))


def _map_differences(place: str, old: MapValue, new: MapValue) -> Iterator[Change]:
    """What changed at each key; if that takes longer to say than what the map was and is, the whole."""
    pairs = zip(old.items, new.items, strict=True)
    changes = [
        change for (key, was), (_, now) in pairs for change in _differences(at_index(place, show(key)), was, now)
    ]
    if len(changes) >= MANY and len(brief(old)) + len(brief(new)) < sum(len(each.place) for each in changes):
        return iter([Replaced(place, old, new)])
    return iter(changes)


def _sequence_differences(place: str, old: tuple[Value, ...], new: tuple[Value, ...]) -> Iterator[Change]:
    """A stretch that was put in or taken out, or changed elements; anything else is a new sequence.

    A long sequence is not shown as a new one if most of it stayed: a stretch of it was exchanged, or it moved on.
    """
    if len(old) >= MANY and old[1:] == new[:-1] and len(set(old)) > 1:
        yield Spliced(f"{place}[1]", old[:1], ())
        yield Spliced(f"{place}[{len(new)}]", (), new[-1:])
        return
    if len(old) == len(new):
        if any(was == now for was, now in zip(old, new, strict=True)) or len(old) == 1:
            for index, (was, now) in enumerate(zip(old, new, strict=True), start=1):
                yield from _differences(f"{place}[{index}]", was, now)
        else:
            yield Replaced(place, old, new)
        return
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    removed, added = old[start : len(old) - end], new[start : len(new) - end]
    if removed and added and (start + end < MANY or start + end < len(removed) + len(added)):
        yield Replaced(place, old, new)
        return
    count = len(removed or added)
    where = f"{start + 1}" if count == 1 else f"{start + 1}..{start + count}"
    yield Spliced(f"{place}[{where}]", removed, added)


def _names(record: RecordValue) -> tuple[str, ...]:
    return tuple(name for name, _ in record.fields)


def _keys(map_: MapValue) -> tuple[Value, ...]:
    return tuple(key for key, _ in map_.items)


def _in_order(elements: frozenset[Value]) -> tuple[Value, ...]:
    return tuple(sorted(elements, key=sort_key))
