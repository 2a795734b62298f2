"""A shard: the states that it owns, level by level, in memory of its own.

Every call belongs to an attempt: a search that goes back to a checkpoint begins another one, and what
is still on its way from the attempt before is refused.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from skipgate.checker.cluster import spread
from skipgate.checker.cluster.parcels import Account, Parcel, Report, Words
from skipgate.checker.cluster.saved import Snapshot, append_safely
from skipgate.checker.core.errors import InternalError
from skipgate.checker.core.printer import print_model
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import engine, loops
from skipgate.checker.native.language import Signature, SourceText
from skipgate.checker.native.memory import WORD, MappedRow
from skipgate.checker.native.units import CompilationUnit
from skipgate.spec.diagnostics import error

Functions = Mapping[str, Callable[..., int]]

EXPORTED = {
    "adopt": Signature(("row",) * 5 + ("int",) * 3),
    "foreign": Signature(("row",) + ("int",) * 3),
    "rehash": Signature(("row",) * 3 + ("int", "row")),
    "distribute": Signature(("row",) * 9 + ("int",) * 4),
    "absorb": Signature(("row",) * 6 + ("int", "int", "row", "int", "int")),
    "aim": Signature(("row", "int", "row", "int")),
    "look_for": Signature(("row",) + ("int",) * 3 + ("row", "int") + ("row",) * 3),
}

FIRST_TABLE = 2**16  # slots
BOXES = 2**21  # words in all boxes of a shard together, more or less
_FULLEST, _AT_THE_LIMIT = 0.7, 0.93  # parts of the table that may be taken: before it grows, and where it cannot
_NO_EVENT = -1


def unit(kernels: Kernels) -> CompilationUnit:
    """The program of a shard: that of the native engine, and the loops of shards."""
    native = engine.unit(kernels)
    return CompilationUnit((*native.texts, SourceText.of(spread)), EXPORTED, native.constants)


def program_of(kernels: Kernels) -> str:
    """A digest of all that the work of shards depends on: the same everywhere, and in a checkpoint."""
    parts = print_model(kernels.model), *(text.source for text in unit(kernels).texts), *_sources()
    return sha256("\0".join(parts).encode()).hexdigest()


@cache
def _sources() -> tuple[str, ...]:
    """The modules that make a shard: one of another version of skipgate is not to take part."""
    folders = Path(__file__).parent, Path(engine.__file__).parent
    files = (file for folder in folders for file in sorted(folder.glob("*.py")))
    return tuple(file.read_text(encoding="utf-8") for file in files)


class Shard:
    """The part `number` of a search that is cut into so many."""

    def __init__(
        self, kernels: Kernels, functions: Functions, number: int, shards: int, *, memory: int, native: bool = True
    ) -> None:
        self.kernels = kernels
        self.functions = functions
        self.number = number
        self.shards = shards
        self.native = native
        self.memory = memory
        self.words = kernels.layout.words
        self.constants = engine.constants(kernels)
        self.program = program_of(kernels)
        self.margin = (loops.BATCH + kernels.room) // kernels.entry * self.words + self.words
        self.capacity = max(BOXES // shards, 1024) // self.words * self.words + 2 * self.margin
        self.pending = 2 * (self.margin // self.words + spread.PIECE)  # states that may be found between two looks
        self.slots = FIRST_TABLE
        while self.slots * (1 - _AT_THE_LIMIT) < self.pending:
            self.slots *= 2
        self.control = MappedRow(loops.CONTROL)
        self.lane = MappedRow(self.constants["LANE"])
        self.table = MappedRow(max(memory // WORD, self.slots))
        self.store = MappedRow(max(memory // WORD, self.slots * self.words))
        self.buffer = MappedRow(self.constants["SCRATCH"] + loops.BATCH + kernels.room)
        self.remembered = MappedRow(spread.REMEMBERED * kernels.entry)
        self.boxes = MappedRow(shards * self.capacity)
        self.posted = MappedRow(shards)
        self.sums = MappedRow(shards)
        self.attempt = 0
        self.bounds: list[int] = []
        self.at_start: tuple[int, ...] = ()  # the lane when the level began
        self.receipt = MappedRow(1)
        self.full = False
        self.sent, self.received = Account.empty(shards), Account.empty(shards)
        self.saved = (0, sha256())  # states in the file of the checkpoint, and their digest

    # ---------------------------------------------------------------------------------------------------- beginning

    def begin(self, attempt: int, states: Words, unseen: Sequence[Sequence[int]]) -> Report:
        """Begin with those of the initial states, which have been examined, that this shard owns.

        `unseen` are the numbers of the witnesses of states and of steps that were true nowhere.
        """
        self._clear(attempt)
        self.saved = 0, sha256()
        count = len(states) // self.words
        while self.slots * _FULLEST < count:
            self.slots *= 2
        self._set_limits()
        given = self._row(states)
        self._call("adopt", self.control, self.lane, self.table, self.store, given, count, self.shards, self.number)
        kinds = ("SEEN", "STATE_WITNESSES"), ("STEP_SEEN", "STEP_WITNESSES")
        for (flags, count_of), numbers in zip(kinds, unseen, strict=True):
            for number in range(self.constants[count_of]):
                self.lane.view[self.constants[flags] + number] = int(number not in numbers)
        self.lane.view[loops.UNSEEN], self.lane.view[loops.STEP_UNSEEN] = map(len, unseen)
        self._enter_level([0, self.count])
        return self.report()

    def _clear(self, attempt: int) -> None:
        self.table.clear(self.slots)
        self.lane.clear(self.lane.words)
        self.remembered.clear(self.remembered.words)
        self.posted.clear(self.shards)
        self.sums.clear(self.shards)
        self.attempt, self.full = attempt, False
        self.sent, self.received = Account.empty(self.shards), Account.empty(self.shards)

    def _enter_level(self, bounds: list[int]) -> None:
        """The states up to the last bound are there; those after the last but one are to be expanded."""
        self.bounds = bounds
        self.control.view[loops.LEVEL] = self.level
        self.lane.view[loops.CURSOR], self.lane.view[loops.END] = bounds[-2:]
        self.at_start = tuple(self.lane.view[: self.lane.words])

    # ------------------------------------------------------------------------------------------------------- levels

    @property
    def count(self) -> int:
        """How many states it has."""
        return self.lane.view[loops.USED]

    @property
    def level(self) -> int:
        """The level that is expanded; the first is 1."""
        return len(self.bounds) - 1

    def _reach(self, attempt: int, level: int) -> None:
        """Go on to a level, if it is the next one. All parcels of the last have arrived."""
        self._expect(attempt)
        if level == self.level + 1 and self.lane.view[loops.CURSOR] >= self.lane.view[loops.END]:
            self._enter_level([*self.bounds, self.count])
        self._expect(attempt, level)

    def expand(self, attempt: int, level: int) -> tuple[Report, list[Parcel]]:
        """Expand states of the level, perhaps the next, until it is over or a box is full; what is in the boxes."""
        self._reach(attempt, level)
        rows = self.control, self.lane, self.table, self.store, self.buffer, self.remembered, self.boxes
        reason = spread.ROOM
        while reason == spread.ROOM and not self.full:
            reason = self._call(
                "distribute", *rows, self.posted, self.sums, self.capacity, self.margin, self.shards, self.number
            )
            if reason == spread.ROOM:
                self._grow()
        parcels = [self._packed(target) for target in range(self.shards)]
        return self.report(), parcels

    def _packed(self, target: int) -> Parcel:
        """What is in a box, which is empty afterwards."""
        begin, count, checksum = target * self.capacity, self.posted.view[target], self.sums.view[target]
        words = np.array(self.boxes.view[begin : begin + count], np.int64)
        self.posted.view[target] = self.sums.view[target] = 0
        self.sent.add(target, count, checksum)
        serial = self.sent.parcels[target]
        return Parcel(self.number, target, self.attempt, self.level, serial, checksum, words)

    def absorb(self, attempt: int, level: int, *parcels: Parcel) -> Report:
        """Keep what is new of that which others have found.

        Raises:
            InternalError: a parcel is not for this shard, or not the next one of its source, or was changed.
        """
        self._expect(attempt, level)
        for parcel in parcels:
            self._check(parcel)
            self._take_in(parcel)
            self.received.add(parcel.source, len(parcel.words), parcel.checksum)
        return self.report()

    def _check(self, parcel: Parcel) -> None:
        if parcel.target != self.number:
            raise InternalError(f"shard {self.number} has got a parcel for shard {parcel.target}")
        if (parcel.attempt, parcel.level) != (self.attempt, self.level):
            raise InternalError(f"shard {self.number} has got a parcel of level {parcel.level} at {self.level}")
        if parcel.serial != self.received.parcels[parcel.source] + 1:
            what = "twice" if parcel.serial <= self.received.parcels[parcel.source] else "before another"
            raise InternalError(f"shard {self.number} has got parcel {parcel.serial} of shard {parcel.source} {what}")

    def _take_in(self, parcel: Parcel) -> None:
        given, count, done = self._row(parcel.words), len(parcel.words) // self.words, 0
        self.receipt.view[0] = 0
        rows = self.control, self.lane, self.table, self.store, self.buffer, given
        while done < count and not self.full:
            done = self._call("absorb", *rows, done, count, self.receipt, self.shards, self.number)
            if done == spread.FOREIGN:
                raise InternalError(f"shard {self.number} has got states of another shard from {parcel.source}")
            if done < count:
                self._grow()
        if not self.full and self.receipt.view[0] != parcel.checksum:
            raise InternalError(f"a parcel from shard {parcel.source} to {self.number} was changed on its way")

    def report(self, *, complete: bool = False) -> Report:
        """How far it is; if `complete`, with everything that the search has to know in the end."""
        lane, used = self.lane.view, self.count
        events = range(self.constants["FIRED"] - loops.EVENTS)
        facts: dict[str, Any] = {}
        if complete:
            first, last = self.constants["FIRED"], self.constants["SEEN"]
            facts["fired"] = [i for i in range(last - first) if lane[first + i]]
            for flags, count in (("SEEN", "STATE_WITNESSES"), ("STEP_SEEN", "STEP_WITNESSES")):
                facts[flags] = [i for i in range(self.constants[count]) if lane[self.constants[flags] + i]]
        return Report(
            level=self.level,
            count=used,
            left=max(0, lane[loops.END] - lane[loops.CURSOR]),
            new=used - self.bounds[-1],
            generated=lane[loops.GENERATED],
            noted={event: lane[loops.EVENTS + event] for event in events if lane[loops.EVENTS + event]},
            memory=self.slots * WORD + used * self.words * WORD,
            full=self.full,
            sent=self.sent,
            received=self.received,
            facts=facts,
        )

    def facts(self, attempt: int) -> Report:
        """The complete report, of states that are all its own.

        Raises:
            InternalError: some are not.
        """
        self._expect(attempt)
        if astray := self._call("foreign", self.store, self.count, self.shards, self.number):
            raise InternalError(f"shard {self.number} has kept {astray} states of other shards")
        return self.report(complete=True)

    # ------------------------------------------------------------------------------------------------------- memory

    def _set_limits(self) -> None:
        control = self.control.view
        control[loops.MASK] = self.slots - 1
        fullest = _FULLEST if self._may_grow else _AT_THE_LIMIT
        fitting = (self.memory - self.slots * WORD) // (self.words * WORD)
        control[loops.LIMIT] = max(0, min(int(self.slots * fullest), fitting) - self.pending)

    @property
    def _may_grow(self) -> bool:
        states = self.slots * _FULLEST * self.words * WORD
        return self.slots * 2 * WORD + states <= self.memory

    def _grow(self) -> None:
        """Double the table, which is emptied and filled again from the store, if there is memory for it."""
        if not self._may_grow or self.count * self.words * WORD + self.slots * 2 * WORD > self.memory:
            self.full = True
            return
        before, self.slots = self.slots, self.slots * 2
        self.table.clear(before)
        self._set_limits()
        self._call("rehash", self.control, self.table, self.store, self.count, self.buffer)

    # ------------------------------------------------------------------------------------------ traces, and looking

    def look_for(self, attempt: int, level: int, event: int | None, targets: Words | None = None) -> Words:
        """The states of a level that cause an event, or, if there is none, that lead to one of the targets."""
        self._expect(attempt)
        first, last = self._bounds_of(level)
        given = self._row(np.zeros(0, np.int64) if targets is None else targets)
        count = 0 if targets is None else len(targets) // self.words
        slots = 64
        while slots < 2 * count:
            slots *= 2
        table, found = MappedRow(slots), MappedRow(last - first + 1)
        self._call("aim", table, slots - 1, given, count)
        wanted = _NO_EVENT if event is None else event
        many = self._call(
            "look_for", self.store, first, last, wanted, table, slots - 1, given, found, self.buffer
        )  # fmt: skip
        return self._states(found.view[i] for i in range(many))

    def sample(self, attempt: int, level: int, most: int) -> Words:
        """Some states of a level."""
        self._expect(attempt)
        first, last = self._bounds_of(level)
        return self._states(range(first, last, max(1, (last - first) // most)))

    def states(self, attempt: int) -> Words:
        """All its states."""
        self._expect(attempt)
        return np.array(self.store.view[: self.count * self.words], np.int64)

    def level_sizes(self, attempt: int) -> list[int]:
        """How many states each level has that was begun."""
        self._expect(attempt)
        return [end - begin for begin, end in zip(self.bounds, self.bounds[1:], strict=False)]

    def _bounds_of(self, level: int) -> tuple[int, int]:
        """What lies beyond the last bound belongs to the level after it."""
        bounds = [*self.bounds, self.count]
        return bounds[level - 1], bounds[level]

    def _states(self, numbers: Iterator[int] | range) -> Words:
        view, words = self.store.view, self.words
        found = [view[number * words : (number + 1) * words] for number in numbers]
        return np.array(found, np.int64).reshape(-1)

    # -------------------------------------------------------------------------------------------------- checkpoints

    def save(self, attempt: int, level: int, folder: Path) -> Snapshot:
        """Write the states that were known when the level began behind those of the last time; they are safe then.

        Raises:
            OSError: they cannot be written.
        """
        self._reach(attempt, level)
        count, digest = self.saved
        digest = digest.copy()
        new = self.store.view[count * self.words : self.bounds[-1] * self.words].cast("B")
        append_safely(self._file(folder), count * self.words * WORD, new)
        digest.update(new)
        self.saved = self.bounds[-1], digest
        return Snapshot(tuple(self.bounds), self.at_start, digest.hexdigest(), self.program)

    def restore(self, attempt: int, folder: Path, snapshot: Snapshot) -> Report:
        """Go back to what was saved.

        Raises:
            SpecError: the file is not what was saved.
        """
        file, count = self._file(folder), snapshot.bounds[-1]
        if snapshot.program != self.program or len(snapshot.lane) != self.lane.words:
            raise error(f"the checkpoint `{folder}` was made of another model, or by another version of skipgate")
        self._clear(attempt)
        self.lane.view[: self.lane.words] = memoryview(array("q", snapshot.lane))
        while self.slots * _FULLEST < count + self.pending:
            self.slots *= 2
        room = self.store.view[: count * self.words].cast("B")
        try:
            with file.open("rb") as stream:
                read = 0
                while read < len(room) and (more := stream.readinto(room[read : read + 2**26])):
                    read += more
        except OSError as problem:
            raise error(f"the checkpoint `{file}` cannot be read: {problem.strerror}") from None
        digest = sha256(room)
        if digest.hexdigest() != snapshot.digest or snapshot.lane[loops.USED] != count:
            hint = "remove the folder, and search from the start"
            raise error(f"the checkpoint `{file}` is damaged: its content does not match its digest", None, hint)
        self.saved = count, digest
        self._set_limits()
        self._call("rehash", self.control, self.table, self.store, count, self.buffer)
        self._enter_level(list(snapshot.bounds))
        return self.report()

    def _file(self, folder: Path) -> Path:
        return folder / f"{self.number}-of-{self.shards}.states"

    # ------------------------------------------------------------------------------------------------------- access

    def _expect(self, attempt: int, level: int | None = None) -> None:
        if attempt != self.attempt or level not in (None, self.level):
            here = f"attempt {self.attempt}, level {self.level}"
            raise InternalError(f"shard {self.number} is at {here}, and is asked about attempt {attempt}, {level}")

    def _row(self, words: Words) -> Words:
        """Words as they are handed to a function."""
        return np.ascontiguousarray(words, np.int64)

    def _call(self, name: str, *arguments: MappedRow | Words | int) -> int:
        function = self.functions[name]
        if self.native:
            return function(*map(_address, arguments))
        return function(*map(_view, arguments))


def _address(argument: MappedRow | Words | int) -> int:
    if isinstance(argument, MappedRow):
        return argument.address
    return argument if isinstance(argument, int) else argument.ctypes.data


def _view(argument: MappedRow | Words | int) -> memoryview | int:
    if isinstance(argument, MappedRow):
        return argument.view
    return argument if isinstance(argument, int) else argument.data
