"""What shards send to each other, and the books that show whether all of it has arrived, once, and as it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skipgate.checker.core.errors import InternalError
from skipgate.checker.kernel.intrinsics import signed

Words = NDArray[np.int64]  # states, word by word


@dataclass(frozen=True)
class Parcel:
    """States that one shard sends to their owner while a level is expanded.

    `attempt` grows each time that a search goes back to a checkpoint. The parcels from one shard to another are
    numbered by `serial`; `checksum` is the sum of the hashes of the states.
    """

    source: int
    target: int
    attempt: int
    level: int
    serial: int
    checksum: int
    words: Words


@dataclass
class Account:
    """What a shard has sent to, or received from, each of the others: parcels, words, and the sums of the hashes."""

    parcels: list[int]
    words: list[int]
    sums: list[int]

    @classmethod
    def empty(cls, shards: int) -> Account:
        """Nothing yet."""
        return cls([0] * shards, [0] * shards, [0] * shards)

    def add(self, other: int, words: int, checksum: int) -> None:
        """One more parcel."""
        self.parcels[other] += 1
        self.words[other] += words
        self.sums[other] = signed(self.sums[other] + checksum)

    def of(self, other: int) -> tuple[int, int, int]:
        """What went between here and another shard."""
        return self.parcels[other], self.words[other], self.sums[other]


@dataclass(frozen=True)
class Report:
    """How far a shard has come. `left` are the states of the level that it has not expanded; `full` says that there is
    no memory for more states; `facts` has what is only told at the end of a search."""

    level: int
    count: int
    left: int
    new: int  # states of the next level, so far
    generated: int
    noted: dict[int, int]
    memory: int  # bytes that the states and their table take
    full: bool
    sent: Account
    received: Account
    facts: dict[str, Any] = field(default_factory=dict)


def compare_books(reports: Sequence[Report]) -> None:
    """At the end of a level, each shard must have received what the others have sent to it, and be at that level.

    Raises:
        InternalError: a parcel was lost, or delivered twice, or changed on its way.
    """
    levels = {report.level for report in reports}
    if len(levels) > 1:
        raise InternalError(f"shards are at different levels: {sorted(levels)}")
    for source, sender in enumerate(reports):
        for target, receiver in enumerate(reports):
            sent, received = sender.sent.of(target), receiver.received.of(source)
            if sent != received:
                what = f"{sent[0]} parcels of {sent[1]} words", f"{received[0]} of {received[1]}"
                raise InternalError(
                    f"shard {source} sent {what[0]} to shard {target}, where {what[1]} have arrived, or others"
                )
