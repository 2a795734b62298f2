"""The steps from all states once more, counted: under CPython, or by machine code after a search by machine code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from skipgate.checker.coverage.levels import Numbers
from skipgate.checker.kernel.attempt_code import AttemptCode
from skipgate.checker.kernel.compiler import Tests
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import generated, hashing, numbering, tally
from skipgate.checker.native.compilation import Compilation
from skipgate.checker.native.engine import NO_ORBITS, Functions
from skipgate.checker.native.language import Signature, SourceText
from skipgate.checker.native.units import CompilationUnit

_PIECE = 1 << 14  # states between looks at the limits
_EXPORTED = {
    "enter": Signature(("row", "int", "row", "int")),
    "tally": Signature(("row", "int", "row", "int", "row", "row", "row", "row", "row")),
    "different": Signature(("row", "int", "row", "row", "int", "row")),
}


@dataclass(frozen=True)
class Program:
    """The function `attempts` of a model, and where in a row each of its counts is."""

    kernels: Kernels
    code: AttemptCode
    text: str

    @property
    def fired(self) -> int:
        """Where the steps of the first action are counted, after all that stopped one."""
        return len(self.code.stoppers)

    @property
    def moved(self) -> int:
        """Where the changes of the first action are counted."""
        return self.fired + len(self.kernels.model.actions)

    @property
    def failed(self) -> int:
        """Where it is counted that the first action could not be evaluated."""
        return self.moved + len(self.kernels.model.actions)

    @property
    def size(self) -> int:
        """How many counts there are."""
        return self.failed + len(self.kernels.model.actions)

    @property
    def room(self) -> int:
        """How much `attempts` may write."""
        return self.code.most_entries * self.kernels.entry + self.kernels.entry


def program(kernels: Kernels) -> Program:
    """The program of a model.

    Raises:
        SpecError: it would be too large.
    """
    code = AttemptCode(kernels.layout, Tests(kernels.tests.discharged))
    return Program(kernels, code, code.attempts(kernels.model.actions) + "\n")


class Counter(Protocol):
    """Counts the steps from the states of a level. `following` are those of the next one."""

    def __call__(self, level: Numbers, following: Numbers, counts: Numbers, look: Callable[[], None]) -> Numbers:
        """Add to the counts; the result says of each of the following states which action leads there, plus one."""


@dataclass
class Tally:
    """What was counted on the first levels: the counts, and how many states each action is the first to lead to."""

    counts: Numbers
    found: Numbers
    states: int = 0
    levels: list[int] = field(default_factory=list)  # their sizes, with those that are not counted


def count(
    counter: Counter, program: Program, levels: Iterator[Numbers], total: Tally, look: Callable[[], None]
) -> None:
    """Count the steps from all levels but the last of the given ones, from which they lead to nothing else.

    `look` may raise an exception; then what was counted is that of whole levels.
    """
    level = next(levels, None)
    while level is not None:
        following = next(levels, None)
        if following is None:
            return
        counts = total.counts.copy()
        finders = counter(level, following, counts, look)
        total.counts = counts
        total.found += np.bincount(finders, minlength=len(total.found))
        total.states += len(level)
        level = following


def under_cpython(program: Program) -> Counter:
    """The counter in Python.

    Raises:
        SpecError: the text cannot be compiled.
    """
    kernels = program.kernels
    namespace: dict[str, Any] = {"popcount": int.bit_count}
    exec(compile(program.text, f"<attempts of {kernels.model.name}>", "exec"), namespace)
    attempts, entry = namespace["attempts"], kernels.entry
    representative = None if kernels.symmetry is None else kernels.symmetry.representative
    out = [0] * program.room

    def counter(level: Numbers, following: Numbers, counts: Numbers, look: Callable[[], None]) -> Numbers:
        own = [0] * program.size
        finders = dict.fromkeys(map(tuple, following.tolist()), 0)
        for number, state in enumerate(map(tuple, level.tolist())):
            if not number % _PIECE:
                look()
            for i in range(0, attempts(state, out, own), entry):
                action = out[i]
                if action < 0:
                    own[program.failed - 1 - action] += 1
                    continue
                own[program.fired + action] += 1
                successor = tuple(out[i + 1 : i + entry])
                if successor == state:
                    continue
                own[program.moved + action] += 1
                if representative is not None:
                    successor = representative(successor)
                known = finders.get(successor)
                if known is not None and not 0 < known <= action:
                    finders[successor] = action + 1
        counts += own
        return np.array(list(finders.values()), np.int64)

    return counter


def unit(program: Program) -> CompilationUnit:
    """The program for LLVM."""
    symmetry = program.kernels.symmetry
    orbits = NO_ORBITS if symmetry is None else f"{symmetry.loops}\n\n{symmetry.text}"
    texts = (
        SourceText("attempts", program.text),
        SourceText("orbits", orbits),
        *map(SourceText.of, (generated, hashing, numbering, tally)),
    )
    constants = {
        **({} if symmetry is None else symmetry.constants),
        "SYMMETRIC": int(symmetry is not None),
        "WORDS": program.kernels.layout.words,
        "ENTRY": program.kernels.entry,
        "FIRED": program.fired,
        "MOVED": program.moved,
        "FAILED": program.failed,
    }
    return CompilationUnit(texts, _EXPORTED, constants)


def compiled(program: Program, look: Callable[[], None]) -> Functions | None:
    """The program as machine code; None if there is none."""
    compilation = Compilation(lambda: unit(program))
    try:
        code = compilation.now(look)
    finally:
        compilation.close()
    return None if code is None else code.functions


def natively(program: Program, functions: Functions) -> Counter:
    """The counter in machine code."""
    symmetry = program.kernels.symmetry
    out = np.empty(program.room, np.int64)
    room = np.empty(1 if symmetry is None else symmetry.room, np.int64)

    def counter(level: Numbers, following: Numbers, counts: Numbers, look: Callable[[], None]) -> Numbers:
        table = _empty_table(len(following))
        mask = len(table) - 1
        following = np.ascontiguousarray(following)
        finders = np.zeros(len(following), np.int64)
        functions["enter"](table.ctypes.data, mask, following.ctypes.data, len(following))
        rows = [each.ctypes.data for each in (following, finders, counts, out, room)]
        for first in range(0, len(level), _PIECE):
            look()
            piece = np.ascontiguousarray(level[first : first + _PIECE])
            functions["tally"](piece.ctypes.data, len(piece), table.ctypes.data, mask, *rows)
        return finders

    return counter


def different(functions: Functions, states: Numbers, bits: Numbers) -> int:
    """How many states differ in the given bits, found by machine code."""
    table, room = _empty_table(len(states)), np.empty(len(bits), np.int64)
    rows = bits.ctypes.data, table.ctypes.data, len(table) - 1, room.ctypes.data
    return functions["different"](states.ctypes.data, len(states), *rows)


def _empty_table(count: int) -> Numbers:
    size = 64
    while size < 2 * count:
        size *= 2
    return np.zeros(size, np.int64)
