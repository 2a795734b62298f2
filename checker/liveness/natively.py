"""The steps of a large graph, found by machine code: see `checker.native.edges`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from threading import Semaphore, Thread

import numpy as np

from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.liveness.arrays import Flags, GraphPiece, Numbers, Small
from skipgate.checker.native import edges, generated, hashing, numbering
from skipgate.checker.native.compilation import Compilation
from skipgate.checker.native.engine import Functions, default_threads
from skipgate.checker.native.language import Signature, SourceText
from skipgate.checker.native.units import CompilationUnit

_STEPS = 1 << 20  # that a piece may have, more or less
_STATES = 1 << 15
_POLL = 0.05  # seconds between looks at the limits

_EXPORTED = {
    "enter": Signature(("row", "int", "row", "int")),
    "leave": Signature(("row", "int", "row", "int", "int", "row", "row", "row", "row", "row")),
    "compare": Signature(("row", "row", "row", "int", "row")),
}


def unit(kernels: Kernels) -> CompilationUnit:
    """The program of a model."""
    texts = (
        SourceText("behaviours", kernels.behaviours),
        *map(SourceText.of, (generated, hashing, numbering, edges)),
    )
    constants = {
        "WORDS": kernels.layout.words,
        "ENTRY": kernels.entry,
        "FACTS": len(kernels.model.liveness_terms),
        "STEP_FACTS": len(kernels.model.liveness_step_terms),
    }
    return CompilationUnit(texts, _EXPORTED, constants)


def compiled(kernels: Kernels, look: Callable[[], None]) -> tuple[Functions | None, str | None]:
    """The program as machine code; or None, and why there is none. `look` is called meanwhile."""
    compilation = Compilation(lambda: unit(kernels))
    try:
        code = compilation.now(look)
    finally:
        compilation.close()
    return None if code is None else code.functions, compilation.note


def pieces(
    functions: Functions,
    kernels: Kernels,
    states: Numbers,
    look: Callable[[], None],
    threads: int | None = None,
) -> Iterator[GraphPiece]:
    """What `checker.liveness.build` finds, for sorted states."""
    size = 64
    while size < 2 * len(states):
        size *= 2
    table = np.zeros(size, np.int64)
    functions["enter"](table.ctypes.data, size - 1, states.ctypes.data, len(states))
    most = kernels.room // kernels.entry  # steps from a state
    stride = max(1, min(_STATES, _STEPS // most))
    facts = len(kernels.model.liveness_terms)

    def piece(first: int) -> GraphPiece:
        last = min(first + stride, len(states))
        counts = np.empty(last - first, np.int64)
        said = np.empty((last - first, facts), np.int64)
        room = (last - first) * most
        targets, tags, out = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(kernels.room, np.int64)
        rows = (each.ctypes.data for each in (counts, targets, tags, said, out))
        found = functions["leave"](table.ctypes.data, size - 1, states.ctypes.data, first, last, *rows)
        return GraphPiece(counts, targets[:found].copy(), tags[:found].copy(), said.T != 0)

    count = threads or default_threads()
    crew = _Crew(count)
    waiting: deque[Future[GraphPiece]] = deque()
    try:
        for first in range(0, len(states), stride):
            waiting.append(crew.begin(partial(piece, first)))
            if len(waiting) > 2 * count:
                yield _result(waiting.popleft(), look)
        while waiting:
            yield _result(waiting.popleft(), look)
    finally:
        crew.over = True


def step_facts(
    functions: Functions, kernels: Kernels, states: Numbers, sources: Small, targets: Small, look: Callable[[], None]
) -> Flags:
    """The values of the conditions on steps, for each step between two states."""
    width = len(kernels.model.liveness_step_terms)
    found = np.empty((width, len(targets)), np.bool_)
    for first in range(0, len(targets), _STATES):
        look()
        ends = [np.ascontiguousarray(each[first : first + _STATES], np.int64) for each in (sources, targets)]
        said = np.empty((len(ends[0]), width), np.int64)
        functions["compare"](states.ctypes.data, *(each.ctypes.data for each in ends), len(ends[0]), said.ctypes.data)
        found[:, first : first + _STATES] = said.T != 0
    return found


class _Crew:
    """Threads, of which so many work at the same time. Nobody waits for them: one may be in a loop that takes days."""

    def __init__(self, count: int) -> None:
        self.places = Semaphore(count)
        self.over = False  # is nobody interested in more?

    def begin(self, work: Callable[[], GraphPiece]) -> Future[GraphPiece]:
        future: Future[GraphPiece] = Future()

        def run() -> None:
            with self.places:
                if self.over:
                    return
                try:
                    future.set_result(work())
                except BaseException as problem:
                    future.set_exception(problem)

        Thread(target=run, name="skipgate", daemon=True).start()
        return future


def _result(future: Future[GraphPiece], look: Callable[[], None]) -> GraphPiece:
    """What comes of a piece. `look` is called meanwhile, and may end the waiting."""
    while True:
        look()
        with suppress(TimeoutError):
            return future.result(_POLL)
