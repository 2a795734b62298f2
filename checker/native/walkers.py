"""Drives the walks: their memory, the threads that make them, and what they have found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skipgate.checker.kernel.kernels import Kernels, Witness
from skipgate.checker.native import generated, walks
from skipgate.checker.native.memory import MappedRow
from skipgate.checker.native.threads import together
from skipgate.checker.search.explore import State
from skipgate.spec.diagnostics import error

if TYPE_CHECKING:
    from skipgate.checker.native.machine import MachineCode
    from skipgate.checker.native.units import CompilationUnit


_FAREWELL = 2.0  # seconds in which walks that are cut off should end


def constants(kernels: Kernels) -> dict[str, int]:
    """What the walks need to know about a model when they are compiled."""
    model = kernels.model
    events = len(model.invariants) + len(model.transitions) + 3
    taken = walks.EVENTS + 2 * events
    possible = taken + len(model.actions)
    seen = possible + len(model.actions)
    step_seen = seen + len(kernels.state_witnesses)
    used = step_seen + len(kernels.step_witnesses)
    return {
        "WORDS": kernels.layout.words,
        "ENTRY": kernels.entry,
        "CONSTRAINED": int(bool(model.constraints)),
        "STEPS": int(bool(kernels.checked_steps)),
        "STATE_WITNESSES": len(kernels.state_witnesses),
        "STEP_WITNESSES": len(kernels.step_witnesses),
        "TRANSITIONS": len(model.invariants),
        "DEADLOCK": events - 3,
        "EVALUATION": events - 2,
        "ARRIVAL": events - 1,
        "TAKEN": taken,
        "POSSIBLE": possible,
        "SEEN": seen,
        "STEP_SEEN": step_seen,
        "LANE": -(-used // 16) * 16,  # whole cache lines, two by two as they are prefetched
        "SCRATCH": kernels.scratch,
    }


def unit(kernels: Kernels) -> CompilationUnit:
    """The program that is compiled: the kernels of a model, and the walks."""
    from skipgate.checker.native.language import Signature, SourceText
    from skipgate.checker.native.units import CompilationUnit

    texts = SourceText("kernels", kernels.text), SourceText.of(generated), SourceText.of(walks)
    return CompilationUnit(texts, {"stroll": Signature(("row",) * 5 + ("int",))}, constants(kernels))


def under_cpython(kernels: Kernels) -> Callable[..., int]:
    """The same program as CPython runs it."""
    namespace: dict[str, Any] = {}
    exec(compile(_text(), "<walks>", "exec"), namespace)
    exec(compile(kernels.text, f"<kernels of {kernels.model.name}>", "exec"), namespace)
    namespace |= constants(kernels) | {"popcount": int.bit_count}
    stroll: Callable[..., int] = namespace["stroll"]
    return stroll


def _text() -> str:
    return Path(walks.__file__).read_text(encoding="utf-8")


class Walkers:
    """Threads that make walks of at most `depth` states: one under CPython, then `threads` with machine code.

    Raises:
        SpecError: there is not enough memory.
    """

    def __init__(self, kernels: Kernels, *, seed: int, depth: int, threads: int = 1) -> None:
        self.kernels = kernels
        self.constants = constants(kernels)
        self.words = kernels.layout.words
        self.lane = self.constants["LANE"]
        self.threads = threads
        self.native = False
        self.stroll = under_cpython(kernels)
        try:
            self.control = MappedRow(walks.CONTROL)
            self.lanes = MappedRow(threads * self.lane)
            self.paths = [MappedRow(depth * self.words or 1) for _ in range(threads)]
            self.buffers = [MappedRow(self.constants["SCRATCH"] + kernels.room) for _ in range(threads)]
        except OSError as problem:
            raise error(f"there is not enough memory for these walks: {problem}", None) from None
        self.control.view[walks.LONGEST] = depth
        self.control.view[walks.SEED] = seed
        for lane in range(threads):
            self.lanes.view[lane * self.lane + walks.UNSEEN] = len(kernels.state_witnesses)
            self.lanes.view[lane * self.lane + walks.STEP_UNSEEN] = len(kernels.step_witnesses)

    def use(self, code: MachineCode) -> None:
        """Go on with machine code."""
        self.stroll, self.native = code.functions["stroll"], True

    def walk(self, first: int, count: int, starts: Sequence[State], tick: Callable[[], bool]) -> int:
        """Make so many walks, each from the next of `starts`. The result is the number of the first that is not made.

        `tick` is called meanwhile, and cuts the walks off when it gives True.

        Raises:
            StillAtWork: a step takes so long that it is not waited for. Then no more walks can be made.
        """
        control = self.control.view
        given = MappedRow(len(starts) * self.words or 1)
        for i, word in enumerate(word for state in starts for word in state):
            given.view[i] = word
        control[walks.NEXT] = control[walks.FIRST] = first
        control[walks.END] = first + count
        control[walks.STARTS] = len(starts)
        control[walks.LEAVE] = 0
        lanes = range(self.threads if self.native else 1)
        together([partial(self.call, lane, given) for lane in lanes], tick, self.cut, farewell=_FAREWELL)
        return min(control[walks.NEXT], first + count)

    def call(self, lane: int, starts: MappedRow) -> int:
        """Run the walks of one thread."""
        rows = self.control, self.lanes, starts, self.paths[lane], self.buffers[lane]
        if self.native:
            return self.stroll(*(row.address for row in rows), lane)
        return self.stroll(*(row.view for row in rows), lane)

    def cut(self) -> None:
        """Cut the walks off."""
        self.control.view[walks.LEAVE] = walks.CUT

    def pause(self) -> None:
        """Begin no more walks for now."""
        self.control.view[walks.LEAVE] = walks.PAUSE

    # ------------------------------------------------------------------------------------------------------- findings

    def get(self, place: int) -> list[int]:
        """What each thread has in a place of its lane."""
        return [self.lanes.view[lane * self.lane + place] for lane in range(self.threads)]

    def counts(self, start: str) -> dict[str, int]:
        """The sums of what is counted for each action."""
        first = self.constants[start]
        return {action.name: sum(self.get(first + i)) for i, action in enumerate(self.kernels.model.actions)}

    @property
    def events(self) -> Iterator[tuple[int, int, int]]:
        """What has happened: the length of the shortest trace to an event, the first walk that has it, the event."""
        for event in range(self.constants["ARRIVAL"] + 1):
            place = walks.EVENTS + 2 * event
            met = [pair for pair in zip(self.get(place), self.get(place + 1), strict=True) if pair[0]]
            if met:
                yield *min(met), event

    @property
    def unseen(self) -> list[Witness]:
        """The covers and premises that were true nowhere."""
        flags = [
            *enumerate(self.kernels.state_witnesses, self.constants["SEEN"]),
            *enumerate(self.kernels.step_witnesses, self.constants["STEP_SEEN"]),
        ]
        return [witness for place, witness in flags if not any(self.get(place))]

    def path(self, length: int) -> list[State]:
        """The first states of the walk that the first thread has made last."""
        view, words = self.paths[0].view, self.words
        return [tuple(view[i * words : (i + 1) * words]) for i in range(length)]
