"""Signatures in the text of kernels: for each value of a sort, a number that depends on how the state mentions it.

Signatures must not depend on names. So they are made of classes of parts. A class has all pairs of a part and a value
that exchanges turn into one another. For each value, the contents of its parts in the class are added up; if the parts
hold values of the sort, those that hold this value are counted instead. (They must not depend on the places of elements
in slots either, so the parts of all slots of a set are in one class if an exchange can change their order.) A class
with one part for each value tells exactly what is in the part. If all classes are like this, exchanging values with
equal signatures changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skipgate.checker.kernel.kernel_text import Writer, add, bit_and, bit_or, shift_left, word_name, words_in
from skipgate.checker.kernel.state_parts import Field, StateParts

_SIGNATURE = 56  # bits of a signature, below those for the number of the sort
_TURN = 7  # bits by which a signature is turned when there is more to go into it
_PIECE = 28  # bits of a field that are added up at a time, so that sums stay small

_Pair = tuple[int, int]  # the numbers of a part and of a value
_Fields = Mapping[int, Sequence[Field]]  # by the number of the value


@dataclass(frozen=True)
class Summand:
    """What a class of parts contributes to the signatures: for each value of the sort, a number of so many bits."""

    texts: Mapping[int, str]
    width: int


def signatures(state: StateParts) -> tuple[str, set[str]]:
    """The text of the function, and the sorts whose values may differ although they have equal signatures."""
    writer = Writer()
    held = {i: writer.fresh("x") for i, part in enumerate(state.parts) if part.holds}
    for i, name in held.items():
        writer.line(f"{name} = {state.parts[i].field.text}")
    undecided: set[str] = set()
    for number, sort in enumerate(dict.fromkeys(identity.sort for identity in state.identities)):
        places = [p for p, identity in enumerate(state.identities) if identity.sort == sort]
        classes = _classes(state, places[0])
        rows = _rows(_summands(state, classes, held))
        if len(rows) > 1 or any(len(own) > 1 for members in classes for own in members.values()):
            undecided.add(sort)
        for p in places:
            _signature(writer, rows, number, p)
    writer.line("return 0")
    prologue = [f"    {word_name(word, False)} = s[{word}]" for word in words_in(writer.lines)]
    return "\n".join(["def signatures(s, out):", *prologue, *writer.lines]), undecided


def _signature(writer: Writer, rows: Sequence[Sequence[Summand]], number: int, p: int) -> None:
    """The signature of a value: the first row, rotated and combined with the next row, and so on."""
    name = writer.fresh("g")
    for i, row in enumerate(rows):
        texts, shift = [], 0
        for summand in row:
            texts.append(shift_left(summand.texts[p], str(shift)))
            shift += summand.width
        text = bit_or(*texts)
        if i:
            turned = f"(({name} << {_TURN}) | ({name} >> {_SIGNATURE - _TURN})) & {(1 << _SIGNATURE) - 1}"
            text = f"({turned}) ^ {text}"
        writer.line(f"{name} = {text}")
    writer.line(f"out[{p}] = {bit_or(name, str(number << _SIGNATURE))}")


def _classes(state: StateParts, first: int) -> list[dict[int, list[_Pair]]]:
    """The classes for the values of a sort, of which the first is given: by value, the pairs with it."""
    identity = state.identities[first]
    found: list[dict[int, list[_Pair]]] = []
    seen: set[_Pair] = set()
    for number, part in enumerate(state.parts):
        pair = number, first
        if pair in seen or not (
            part.holds == identity.sort or (part.holds is None and identity in state.mentioned[number])
        ):
            continue
        members: dict[int, list[_Pair]] = {}
        seen.add(pair)
        waiting = [pair]
        while waiting:
            i, p = waiting.pop()
            members.setdefault(p, []).append((i, p))
            for q, image in state.images.items():
                turned = image[i], q + 1 if p == q else q if p == q + 1 else p
                if turned not in seen:
                    seen.add(turned)
                    waiting.append(turned)
            for image in state.swaps:
                if (image[i], p) not in seen:
                    seen.add((image[i], p))
                    waiting.append((image[i], p))
        found.append(members)
    return found


def _summands(
    state: StateParts, classes: Sequence[Mapping[int, list[_Pair]]], held: Mapping[int, str]
) -> list[Summand]:
    """What the classes contribute. Fields that lie side by side for every value are read as one."""
    counts: list[Summand] = []
    fields: list[_Fields] = []
    for members in classes:
        parts = {p: [state.parts[i] for i, _ in pairs] for p, pairs in members.items()}
        (some, *_), *_ = parts.values()
        if some.holds:
            texts = {}
            for p, pairs in members.items():
                texts[p] = "0"
                for i, _ in pairs:
                    texts[p] = add(texts[p], state.parts[i].holding(held[i], state.identities[p].index))
            counts.append(Summand(texts, max(map(len, members.values())).bit_length()))
            continue
        for start in range(0, some.field.width, _PIECE):
            width = min(_PIECE, some.field.width - start)
            own = {p: [Field(x.field.word, x.field.offset + start, width) for x in parts[p]] for p in parts}
            if fields and (joined := _joined(fields[-1], own)):
                fields[-1] = joined
            else:
                fields.append(own)
    return [_sum(own) for own in fields] + counts


def _joined(a: _Fields, b: _Fields) -> _Fields | None:
    """Two rows of fields as one, if there is one for each value and they lie side by side."""
    if any(len(fields) > 1 for own in (a, b) for fields in own.values()):
        return None
    pairs = {p: (a[p][0], b[p][0]) for p in a}
    if not all(x.touches(y) and x.width + y.width <= _SIGNATURE for x, y in pairs.values()):
        return None
    return {p: [Field(x.word, x.offset, x.width + y.width)] for p, (x, y) in pairs.items()}


def _sum(own: _Fields) -> Summand:
    """The sum of the fields of each value."""
    most = max(sum((1 << field.width) - 1 for field in fields) for fields in own.values())
    texts = {}
    for p, fields in own.items():
        texts[p] = "0"
        bits: dict[int, int] = {}
        for field in fields:
            if field.width == 1 and len(fields) > 1:
                bits[field.word] = bits.get(field.word, 0) | field.mask
            else:
                texts[p] = add(texts[p], field.text)
        for word, mask in bits.items():
            texts[p] = add(texts[p], f"popcount({bit_and(word_name(word, False), str(mask))})")
    return Summand(texts, most.bit_length())


def _rows(summands: Sequence[Summand]) -> list[list[Summand]]:
    """The summands in rows, with as many in each as a signature has bits for."""
    rows: list[list[Summand]] = [[]]
    room = _SIGNATURE
    for summand in summands:
        if summand.width > room:
            rows.append([])
            room = _SIGNATURE
        rows[-1].append(summand)
        room -= summand.width
    return rows
