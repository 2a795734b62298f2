"""The states of a search that is over, level by level, as arrays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from skipgate.checker.search.explore import Exploration

Numbers = NDArray[np.int64]


def levels(found: Exploration, words: int) -> Iterator[Numbers]:
    """The states of each level that was begun, a row of words each: all that are first reached in so many steps."""
    if found.levels is not None:
        for parts in found.levels():
            arrays = [np.frombuffer(part, np.int64) for part in parts]
            yield (arrays[0] if len(arrays) == 1 else np.concatenate(arrays)).reshape(-1, words)
        return
    states = np.array(list(found.predecessors), np.int64).reshape(-1, words)
    begin = 0
    for end in found.ends:
        yield states[begin:end]
        begin = end


def pieces(found: Exploration, words: int) -> Iterator[Numbers]:
    """All states that were kept, in no order."""
    if found.levels is None:
        yield np.array(list(found.predecessors), np.int64).reshape(-1, words)
    for region in found.regions:
        yield np.frombuffer(region, np.int64).reshape(-1, words)
