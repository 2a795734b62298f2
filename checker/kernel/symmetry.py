"""What the loops in `orbits` must know of a model, generated as kernels: two functions over the bit fields of a state.

    exchange(s, p)        let the values p and p + 1 of a sort take each other's place, in the state itself
    signatures(s, out)    for every value a number that says how the state speaks of it, whatever it is called

A state is seen as parts. A part is a bit field, or a single bit of a set, and has a path: the variable, then fields,
indices, keys and the element of the set. An exchange of two values takes a part to the one whose path it turns the
path into; and where a part holds a value of the sort, it exchanges the values there.

Signatures must not depend on names. So they are made of classes of parts: for all (part, value) of which one can be
turned into another by exchanges, the contents of the parts are added up, for each value by itself; of parts that hold
values, it is counted how many hold this one. A class that has one part for each value tells exactly what is in it. If
all are such, values with equal signatures can be exchanged without effect.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import factorial, prod
from pathlib import Path
from typing import Any

from skipgate.checker.core import model as m
from skipgate.checker.core.datatypes import (
    MapType,
    NeverType,
    OptionType,
    RecordType,
    SeqType,
    SetType,
    SortType,
    Type,
    values,
)
from skipgate.checker.core.values import SortValue, Value
from skipgate.checker.kernel import orbits
from skipgate.checker.kernel.components import CHUNK, universe_size
from skipgate.checker.kernel.kernel_text import (
    Writer,
    add,
    and_,
    bit_and,
    bit_or,
    compare,
    or_,
    shift_left,
    shift_right,
    word_name,
)
from skipgate.checker.kernel.layout import WORD, Layout, Slot
from skipgate.checker.kernel.permutations import exchange, identities, permuted
from skipgate.spec.diagnostics import error

MOST_ARRANGEMENTS = 40_320  # 8!: of all sorts together whose arrangements have to be tried one by one

_SIGNATURE = 56  # bits of a signature, below those for the number of the sort
_TURN = 7  # bits by which a signature is turned when there is more to go into it
_PIECE = 28  # bits of a field that are added up at a time, so that sums stay small

State = tuple[int, ...]
_Step = str | Value  # a name or a key, index or element


@dataclass(frozen=True, eq=False)
class Symmetry:
    """The generated functions, and the constants of `orbits` that go with them."""

    text: str
    constants: Mapping[str, int]
    room: int  # how many words `canonical` needs besides the state

    @property
    def loops(self) -> str:
        """The text that calls the generated functions."""
        return Path(orbits.__file__).read_text(encoding="utf-8")

    @cached_property
    def representative(self) -> Callable[[State], State]:
        """What gives the state that stands for all that permuting values makes of a state, under CPython."""
        namespace: dict[str, Any] = {"popcount": int.bit_count}
        for text in (self.loops, self.text):
            exec(compile(text, "<symmetry>", "exec"), namespace)
        namespace |= self.constants
        canonical, room = namespace["canonical"], [0] * self.room

        def representative(state: State) -> State:
            words = list(state)
            canonical(words, room)
            return tuple(words)

        return representative


@dataclass(frozen=True)
class Field:
    """Bits of a word."""

    word: int
    offset: int
    width: int

    @property
    def text(self) -> str:
        text = shift_right(word_name(self.word, False), str(self.offset))
        return text if self.offset + self.width == WORD else bit_and(text, str((1 << self.width) - 1))

    @property
    def mask(self) -> int:
        """The bits, where they are."""
        return (1 << self.width) - 1 << self.offset

    def touches(self, other: Field) -> bool:
        """Does another field begin where this one ends?"""
        return (other.word, other.offset) == (self.word, self.offset + self.width)


@dataclass(frozen=True)
class Part:
    """A field that can be moved or changed by an exchange.

    `holds` is the sort whose values it holds, if it is a symmetric one. Then `present` tells whether there is a value
    at all: if this other field is not less than the number. (What is absent is 0, like the first value.)
    """

    path: tuple[_Step, ...]
    field: Field
    holds: str | None = None
    present: tuple[Field, int] | None = None

    def holding(self, held: str, index: int) -> str:
        """Does the part, in which `held` was found, hold this value of its sort?"""
        here = compare("==", held, str(index))
        if index or self.present is None:
            return here
        field, least = self.present
        return and_(here, field.text if field.width == 1 else compare("<=", str(least), field.text))


@dataclass(frozen=True)
class Summand:
    """What a class of parts contributes to the signatures: for each value of the sort, a number of so many bits."""

    texts: Mapping[int, str]
    width: int


_Pair = tuple[int, int]  # the numbers of a part and of a value
_Fields = Mapping[int, Sequence[Field]]  # by the number of the value


def symmetry_of(model: m.Model, layout: Layout) -> Symmetry | None:
    """The symmetry that a check asks for; None if it asks for none, or there is nothing to exchange.

    Raises:
        SpecError: there are too many arrangements to be tried.
    """
    sorts = [sort for sort in model.symmetry if sort.size > 1]
    generator = _Generator(layout, sorts)
    if not generator.parts:
        return None
    signatures, undecided = generator.signatures()
    tried = [sort for sort in sorts if sort.name in undecided]
    arrangements = prod(factorial(sort.size) for sort in tried)
    if arrangements > MOST_ARRANGEMENTS:
        names = " and ".join(sort.name for sort in tried)
        message = f"{names} can be arranged in {arrangements:,} ways; at most {MOST_ARRANGEMENTS:,} can be tried"
        hint = "reduce fewer sorts, or smaller ones: a single one may have 8 values"
        raise error(message, model.check.symmetry[0].span, hint)
    count, words = len(generator.identities), layout.words
    best = count + orbits.GROUP * (count // 2)
    return Symmetry(
        text=f"{signatures}\n\n\n{generator.exchanges()}\n",
        constants={"VALUES": count, "STATE": words, "DECISIVE": int(not tried), "TIES": count, "BEST": best},
        room=best + words,
    )


class _Generator:
    def __init__(self, layout: Layout, sorts: Sequence[SortType]) -> None:
        self.sorts = {sort.name for sort in sorts}
        self.identities = [SortValue(sort.name, i) for sort in sorts for i in range(sort.size)]
        self.parts: list[Part] = []
        self.mentioned: list[frozenset[SortValue]] = []  # in the path of each part, of the symmetric sorts
        for variable in layout.variables:
            slots = iter(layout.slots[variable.name])
            for part in self.parts_of(variable.type, slots, (variable.name,), None):
                mentioned = frozenset(i for step in part.path if not isinstance(step, str) for i in identities(step))
                mentioned &= set(self.identities)
                if (mentioned or part.holds) and part.field.width:
                    self.parts.append(part)
                    self.mentioned.append(mentioned)
        numbers = {part.path: i for i, part in enumerate(self.parts)}
        # By the number of a value: where the parts go when it is exchanged with the next one of its sort.
        self.images: dict[int, list[int]] = {}
        for p, (a, b) in enumerate(zip(self.identities, self.identities[1:], strict=False)):
            if a.sort == b.sort:
                names = exchange(a, b)
                turned = (
                    tuple(x if isinstance(x, str) else permuted(x, names) for x in part.path) for part in self.parts
                )
                self.images[p] = [numbers[path] for path in turned]

    def parts_of(
        self, type_: Type, slots: Iterator[Slot], path: tuple[_Step, ...], present: tuple[Field, int] | None
    ) -> Iterator[Part]:
        """The parts of a value, in the order of its components."""
        match type_:
            case NeverType():
                return
            case RecordType(_, fields, _):
                for name, field in fields:
                    yield from self.parts_of(field, slots, (*path, name), present)
            case OptionType(element):
                tag = _field(next(slots))
                yield Part((*path, "is there"), tag)
                yield from self.parts_of(element, slots, (*path, "value"), (tag, 1))
            case MapType(key, element):
                for k in values(key):
                    yield from self.parts_of(element, slots, (*path, k), present)
            case SeqType(capacity, element):
                length = _field(next(slots))
                yield Part((*path, "length"), length)
                for i in range(1, capacity + 1):
                    yield from self.parts_of(element, slots, (*path, i), (length, i))
            case SetType(element):
                chunks = [_field(next(slots)) for _ in range(0, universe_size(type_), CHUNK)]
                for i, value in enumerate(values(element)):
                    chunk = chunks[i // CHUNK]
                    yield Part((*path, value), Field(chunk.word, chunk.offset + i % CHUNK, 1))
            case SortType(name, _) if name in self.sorts:
                yield Part(path, _field(next(slots)), name, present)
            case _:
                yield Part(path, _field(next(slots)))

    # ---------------------------------------------------------------------------------------------------- exchanges

    def exchanges(self) -> str:
        """The text of the function that exchanges neighbours."""
        writer = Writer()
        for p in self.images:
            with writer.indented(f"if p == {p}:"):
                self.exchange(writer, p)
                writer.line("return 0")
        writer.line("return 0")
        return "\n".join(["def exchange(s, p):", *writer.lines])

    def exchange(self, writer: Writer, p: int) -> None:
        """Exchange value number p and the next."""
        changed: set[int] = set()
        with writer.aside(depth=0) as lines:
            for (a, b, shift), mask in self.moves(p).items():
                upper, lower, x = word_name(a, False), word_name(b, False), writer.fresh("x")
                writer.line(f"{x} = ({shift_right(upper, str(shift))} ^ {lower}) & {mask}")
                writer.line(f"{lower} = {lower} ^ {x}")
                writer.line(f"{upper} = {upper} ^ {shift_left(x, str(shift))}")
                changed |= {a, b}
            identity = self.identities[p]
            for part in self.parts:
                if part.holds == identity.sort:
                    self.rename(writer, part, identity.index)
                    changed.add(part.field.word)
        for word in _words(lines):
            writer.line(f"{word_name(word, False)} = s[{word}]")
        writer.lines += lines
        for word in sorted(changed):
            writer.line(f"s[{word}] = {word_name(word, False)}")

    def moves(self, p: int) -> dict[tuple[int, int, int], int]:
        """Which bits change places: those of a mask in word b with those `shift` to the left of them in word a."""
        masks: dict[tuple[int, int, int], int] = {}
        for number, image in enumerate(self.images[p]):
            a, b = self.parts[image].field, self.parts[number].field
            if (a.offset, a.word) > (b.offset, b.word):
                key = (a.word, b.word, a.offset - b.offset)
                masks[key] = masks.get(key, 0) | b.mask
        return masks

    def rename(self, writer: Writer, part: Part, k: int) -> None:
        """In a part that holds values of a sort, exchange value k of the sort and the next."""
        held, word = writer.fresh("x"), word_name(part.field.word, False)
        writer.line(f"{held} = {part.field.text}")
        either = or_(part.holding(held, k), part.holding(held, k + 1))
        writer.line(f"{word} = ({word} ^ {(k ^ k + 1) << part.field.offset}) if {either} else {word}")

    # --------------------------------------------------------------------------------------------------- signatures

    def signatures(self) -> tuple[str, set[str]]:
        """The text of the function, and the sorts whose values may have equal signatures and still be told apart."""
        writer = Writer()
        held = {i: writer.fresh("x") for i, part in enumerate(self.parts) if part.holds}
        for i, name in held.items():
            writer.line(f"{name} = {self.parts[i].field.text}")
        undecided: set[str] = set()
        for number, sort in enumerate(dict.fromkeys(identity.sort for identity in self.identities)):
            places = [p for p, identity in enumerate(self.identities) if identity.sort == sort]
            classes = self.classes(places[0])
            rows = _rows(self.summands(classes, held))
            if len(rows) > 1 or any(len(own) > 1 for members in classes for own in members.values()):
                undecided.add(sort)
            for p in places:
                self.signature(writer, rows, number, p)
        writer.line("return 0")
        prologue = [f"    {word_name(word, False)} = s[{word}]" for word in _words(writer.lines)]
        return "\n".join(["def signatures(s, out):", *prologue, *writer.lines]), undecided

    def signature(self, writer: Writer, rows: Sequence[Sequence[Summand]], number: int, p: int) -> None:
        """The signature of a value: the first row as it is, turned and mixed with the next, and so on."""
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

    def classes(self, first: int) -> list[dict[int, list[_Pair]]]:
        """The classes for the values of a sort, of which the first is given: by value, the pairs with it."""
        identity = self.identities[first]
        found: list[dict[int, list[_Pair]]] = []
        seen: set[_Pair] = set()
        for number, part in enumerate(self.parts):
            pair = number, first
            if pair in seen or not (
                part.holds == identity.sort or (part.holds is None and identity in self.mentioned[number])
            ):
                continue
            members: dict[int, list[_Pair]] = {}
            seen.add(pair)
            waiting = [pair]
            while waiting:
                i, p = waiting.pop()
                members.setdefault(p, []).append((i, p))
                for q, image in self.images.items():
                    turned = image[i], q + 1 if p == q else q if p == q + 1 else p
                    if turned not in seen:
                        seen.add(turned)
                        waiting.append(turned)
            found.append(members)
        return found

    def summands(self, classes: Sequence[Mapping[int, list[_Pair]]], held: Mapping[int, str]) -> list[Summand]:
        """What the classes contribute. Fields that lie side by side for every value are read as one."""
        counts: list[Summand] = []
        fields: list[_Fields] = []
        for members in classes:
            parts = {p: [self.parts[i] for i, _ in pairs] for p, pairs in members.items()}
            (some, *_), *_ = parts.values()
            if some.holds:
                texts = {}
                for p, pairs in members.items():
                    texts[p] = "0"
                    for i, _ in pairs:
                        texts[p] = add(texts[p], self.parts[i].holding(held[i], self.identities[p].index))
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


def _field(slot: Slot) -> Field:
    return Field(slot.word, slot.offset, slot.width)


def _words(lines: Sequence[str]) -> list[int]:
    """The numbers of the words that a text mentions."""
    return sorted({int(number) for line in lines for number in re.findall(r"\bw_(\d+)\b", line)})


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
    """As many in a row as a signature has bits for."""
    rows: list[list[Summand]] = [[]]
    room = _SIGNATURE
    for summand in summands:
        if summand.width > room:
            rows.append([])
            room = _SIGNATURE
        rows[-1].append(summand)
        room -= summand.width
    return rows
