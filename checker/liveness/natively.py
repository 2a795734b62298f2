"""The steps of a large graph, found by machine code: see `checker.native.edges`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.liveness.arrays import Numbers, Piece
from skipgate.checker.native import edges
from skipgate.checker.native.compilation import Compilation
from skipgate.checker.native.engine import default_threads
from skipgate.checker.native.language import Signature, Text
from skipgate.checker.native.units import Unit

_STEPS = 1 << 20  # that a piece may have, more or less
_STATES = 1 << 15

_EXPORTED = {
    "enter": Signature(("row", "int", "row", "int")),
    "leave": Signature(("row", "int", "row", "int", "int", "row", "row", "row", "row", "row")),
}


def unit(kernels: Kernels) -> Unit:
    """The program of a model."""
    texts = (
        Text("behaviours", kernels.behaviours),
        Text("edges", Path(edges.__file__).read_text(encoding="utf-8")),
    )
    constants = {
        "WORDS": kernels.layout.words,
        "ENTRY": kernels.entry,
        "FACTS": len(kernels.model.liveness_terms),
    }
    return Unit(texts, _EXPORTED, constants)


def pieces(kernels: Kernels, states: Numbers, look: Callable[[], None], threads: int | None = None) -> Iterator[Piece]:
    """What `checker.liveness.build` finds, for sorted states.

    Raises:
        SpecError: there is no machine code to be had.
    """
    functions = Compilation(lambda: unit(kernels)).now().functions
    size = 64
    while size < 2 * len(states):
        size *= 2
    table = np.zeros(size, np.int64)
    functions["enter"](table.ctypes.data, size - 1, states.ctypes.data, len(states))
    most = kernels.room // kernels.entry  # steps from a state
    stride = max(1, min(_STATES, _STEPS // most))
    facts = len(kernels.model.liveness_terms)

    def piece(first: int) -> Piece:
        last = min(first + stride, len(states))
        counts = np.empty(last - first, np.int64)
        said = np.empty((last - first, facts), np.int64)
        room = (last - first) * most
        targets, tags, out = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(kernels.room, np.int64)
        rows = (each.ctypes.data for each in (counts, targets, tags, said, out))
        found = functions["leave"](table.ctypes.data, size - 1, states.ctypes.data, first, last, *rows)
        return Piece(counts, targets[:found].copy(), tags[:found].copy(), said.T != 0)

    count = threads or default_threads()
    waiting: deque[Future[Piece]] = deque()
    with ThreadPoolExecutor(count) as workers:
        try:
            for first in range(0, len(states), stride):
                waiting.append(workers.submit(piece, first))
                if len(waiting) > 2 * count:
                    look()
                    yield waiting.popleft().result()
            while waiting:
                look()
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
