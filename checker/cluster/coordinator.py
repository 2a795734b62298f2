"""Takes the shards of a search from level to level; the states travel from shard to shard and never come here.

A level is expanded in waves: each shard expands states until a box is full, and what is in the boxes goes to its
owners, while the next wave is expanded. The level is over when no shard has any left and all parcels have arrived;
then the books of all shards must agree.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skipgate.checker.cluster.parcels import Report, Words, compare_books
from skipgate.checker.cluster.saved import SavedSearch, Snapshot
from skipgate.checker.cluster.team import ShardLost, Team
from skipgate.checker.native import loops
from skipgate.checker.search.limits import MEMORY_RAN_OUT, Stop, show_size

SAVE_EVERY = 60.0  # seconds between checkpoints, at least
MOST_LOSSES = 3  # without a new level in between


@dataclass
class Start:
    """What a search begins with: the initial states, and the numbers of the witnesses that are true in none."""

    states: Words
    unseen: tuple[list[int], list[int]]


class Coordinator:
    """One search. `tick` is called now and then; what it raises ends the search."""

    def __init__(self, team: Team, start: Start, tick: Callable[[], None], saved: SavedSearch | None = None) -> None:
        self.team = team
        self.begin_with = start
        self.tick = tick
        self.saved = saved
        self.snapshots: list[Snapshot] = []
        self.saved_at = time.perf_counter()
        self.started = time.perf_counter()
        self.attempt = 0
        self.level = 1
        self.furthest = 0
        self.losses = 0  # since a level was reached that is further than all others
        self.lost: Counter[str] = Counter()
        self.reports: list[Report] = []

    # ------------------------------------------------------------------------------------------------- what is known

    @property
    def count(self) -> int:
        """How many states are kept."""
        return sum(report.count for report in self.reports)

    @property
    def generated(self) -> int:
        """How many successors were generated."""
        return sum(report.generated for report in self.reports)

    @property
    def frontier(self) -> int:
        """States that are not expanded, as far as is known here."""
        return sum(report.left + report.new for report in self.reports)

    @property
    def noted(self) -> dict[int, int]:
        """The events that have happened and the facts that were met, and the first level of each."""
        found: dict[int, int] = {}
        for report in self.reports:
            for event, level in report.noted.items():
                found[event] = min(level, found.get(event, level))
        return found

    def events(self, last: int) -> dict[int, int]:
        """Those up to a last one."""
        return {event: level for event, level in self.noted.items() if event <= last}

    def by_shard(self) -> str:
        """How the states and the memory are spread, in few words."""
        if not self.reports:
            return f"{self.team.size} shards"
        counts = [f"{count:,}" for count in _extremes([report.count for report in self.reports])]
        memory = [show_size(size) for size in _extremes([report.memory for report in self.reports])]
        return f"{self.team.size} shards of {' to '.join(counts)} states, {' to '.join(memory)}"

    # -------------------------------------------------------------------------------------------------------- asking

    def ask(self, method: str, *arguments: Any) -> list[Any]:
        """What a method gives on every shard."""
        started = [self.team.start(each, method, self.attempt, *arguments)[0] for each in range(self.team.size)]
        return self.team.results(started, self.tick)

    def look_for(self, level: int, event: int | None, targets: Words | None = None) -> Words:
        """The states of a level, on all shards, that cause an event, or lead to one of the targets."""
        shared = None if targets is None else self.team.share(targets)
        return np.concatenate(self.ask("look_for", level, event, shared))

    def facts(self) -> list[dict[str, Any]]:
        """What each shard tells at the end."""
        self.reports = self.ask("facts")
        return [report.facts for report in self.reports]

    # ------------------------------------------------------------------------------------------------------ beginning

    def begin(self, snapshots: Sequence[Snapshot] = ()) -> None:
        """Begin, or go on from snapshots."""
        self.snapshots = list(snapshots)
        self._begin_again()

    def _begin_again(self) -> None:
        self.attempt += 1
        if self.snapshots:
            assert self.saved is not None
            folder, attempt = self.saved.folder, self.attempt
            handles = [
                self.team.start(shard, "restore", attempt, folder, snapshot)[0]
                for shard, snapshot in enumerate(self.snapshots)
            ]
            self.reports = self.team.results(handles, self.tick)
            self.level = len(self.snapshots[0].bounds) - 1
        else:
            self.reports = self.ask("begin", self.team.share(self.begin_with.states), self.begin_with.unseen)
            self.level = 1
        compare_books(self.reports)

    def recover(self, lost: ShardLost) -> None:
        """Go back to the last checkpoint, or the start, with new shards in the place of those that are lost.

        Raises:
            Stop: they are lost again and again.
        """
        problem: ShardLost | None = lost
        while problem is not None:
            self.lost[str(problem)] += 1
            self.losses += 1
            if self.losses > MOST_LOSSES:
                raise Stop(f"shards were lost {self.losses} times without a new level: {problem}")
            try:
                self.team.revive()
                self._begin_again()
                problem = None
            except ShardLost as again:
                problem = again

    # --------------------------------------------------------------------------------------------------------- levels

    def run(self, *, most: int | None, stop_at_first: bool, last_event: int) -> int:
        """Expand level after level; the result is why that ends (see `checker.native.loops`).

        Raises:
            ShardLost: call `recover`, then this once more.
            Stop: there is not enough memory, or `tick` says so.
        """
        while True:
            self._expand_level(most)
            if most is not None and self.count > most:
                return loops.FULL
            compare_books(self.reports)
            if self.level > self.furthest:
                self.furthest, self.losses = self.level, 0
            if stop_at_first and self.events(last_event):
                return loops.EVENT
            if not any(report.new for report in self.reports):
                return loops.DONE
            self.level += 1
            if self.saved is not None and time.perf_counter() - self.saved_at > SAVE_EVERY:
                self.save()

    def _expand_level(self, most: int | None) -> None:
        wave: list[list[Any]] | None = self._expand()
        while wave is not None:
            reports = self.team.results([each[0] for each in wave], self.tick)
            self._look_at_memory(reports)
            ahead = self._expand() if any(report.left for report in reports) else None
            arriving = [
                self.team.start(target, "absorb", self.attempt, self.level, *(each[1 + target] for each in wave))[0]
                for target in range(self.team.size)
            ]
            self.reports = self.team.results(arriving, self.tick)
            self._look_at_memory(self.reports)
            if most is not None and self.count > most:
                return
            wave = ahead

    def _expand(self) -> list[list[Any]]:
        """Let each shard expand some states; of each, the handles of its report and of its parcels."""
        size = self.team.size
        return [self.team.start(each, "expand", self.attempt, self.level, parts=1 + size) for each in range(size)]

    def _look_at_memory(self, reports: Sequence[Report]) -> None:
        full = [shard for shard, report in enumerate(reports) if report.full]
        if full:
            self.reports = list(reports)
            raise Stop(f"{MEMORY_RAN_OUT} for shard {full[0]}")

    def save(self) -> None:
        """Save the search as it was when the level began.

        Raises:
            Stop: it cannot be written.
        """
        assert self.saved is not None
        try:
            snapshots = self.ask("save", self.level, self.saved.folder)
            self.saved.write(snapshots, time.perf_counter() - self.started)
        except OSError as problem:
            raise Stop(f"the search could not be saved: {problem.strerror or problem}") from None
        self.snapshots, self.saved_at = snapshots, time.perf_counter()


def _extremes(values: Sequence[int]) -> list[int]:
    """The least and the greatest, which may be the same."""
    return sorted({min(values), max(values)})
