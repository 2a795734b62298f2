"""A search that begins under CPython with the initial states, and goes on on shards, with the results of the former."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np

from skipgate.checker.cluster.coordinator import Coordinator, Start
from skipgate.checker.cluster.retrace import Retracer
from skipgate.checker.cluster.saved import SavedSearch
from skipgate.checker.cluster.shard import program_of
from skipgate.checker.cluster.team import Cluster, ShardLost, Team
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import engine, loops
from skipgate.checker.native.handover import TieredSearch
from skipgate.checker.native.memory import WORD
from skipgate.checker.native.violations import trace_violations, trace_witnesses
from skipgate.checker.search.explore import Exploration, HandOver, RetracedExploration, State, conclude
from skipgate.checker.search.limits import (
    FIRST_VIOLATION,
    INTERRUPTED,
    MEMORY_RAN_OUT,
    SHARE,
    Progress,
    Stop,
    available_memory,
    show_size,
)
from skipgate.checker.search.options import SearchOptions


def explore_on_shards(
    kernels: Kernels,
    options: SearchOptions,
    cluster: Cluster,
    *,
    report: Callable[[Progress], None] | None = None,
) -> Exploration:
    """Search as `search.explore` does, with the same result, on the shards of a cluster.

    Raises:
        SpecError: there can be no shards, or what was saved cannot be used.
    """
    search = TieredSearch(kernels, options, report, lambda _: True)
    try:
        return conclude(search)
    except HandOver:
        pass
    team = cluster.team(kernels, options.budget.max_memory)
    try:
        return _ShardedSearch(search, team, options).to_the_end()
    finally:
        team.close()


class _ShardedSearch:
    """The rest of a search, on shards."""

    def __init__(self, search: TieredSearch, team: Team, options: SearchOptions) -> None:
        self.search = search
        self.options = options
        self.found = found = search.found
        self.kernels = kernels = search.kernels
        self.constants = engine.constants(kernels)
        self.initial: list[State] = list(found.predecessors)
        self.generated = found.generated
        self.paths = {name: found.path_to(violation.state) for name, violation in found.violations.items()}
        self.ways = {name: found.path_to(state) for name, state in found.reached.items()}
        self.saved = self._saved(team.size)
        states = np.array(self.initial, np.int64).reshape(-1)
        unseen = sorted(search.unseen[False]), sorted(search.unseen[True])
        self.coordinator = Coordinator(team, Start(states, unseen), self.tick, self.saved)
        self.gathered: list[memoryview] | None = None
        search.levels = self

    def _saved(self, shards: int) -> SavedSearch | None:
        folder, model = self.options.storage.checkpoints, self.kernels.model
        if folder is None:
            return None
        return SavedSearch(folder, f"{model.name}.{model.check.name.text}", program_of(self.kernels), shards)

    def to_the_end(self) -> Exploration:
        """Search, and find out what was found; where a shard is lost, go back and do that again."""
        found = self.found
        begin: Callable[[], None] = self.begin
        try:
            while True:
                try:
                    begin()
                    self.run()
                    self.conclude()
                    break
                except ShardLost as lost:
                    self.coordinator.recover(lost)
                    begin = _nothing
        except Stop as stop:
            found.stopped = str(stop)
        except KeyboardInterrupt:
            found.stopped = INTERRUPTED
        except MemoryError:
            found.stopped = MEMORY_RAN_OUT
        if found.stopped not in (None, FIRST_VIOLATION):
            self.conclude_early()
        return self.result()

    def begin(self) -> None:
        """Begin at the start, or where the search was saved."""
        saved, resume = self.saved, self.options.storage.resume
        if saved is not None and resume and saved.exists:
            snapshots, seconds = saved.read()
            self.search.started -= seconds
            self.coordinator.started -= seconds
            self.coordinator.begin(snapshots)
            return
        if saved is not None:
            saved.begin()
            if resume:
                self.found.notes.append(f"nothing was saved of this check in {saved.folder.parent}: it began anew")
        self.coordinator.begin()

    def run(self) -> None:
        """Search until there is a reason to end."""
        limit = self.search.budget.max_states
        last = self.constants["ARRIVAL"]
        first = self.search.stop_at_first
        reason = self.coordinator.run(most=limit, stop_at_first=first, last_event=last)
        self.found.stopped = {
            loops.EVENT: FIRST_VIOLATION,
            loops.FULL: f"the limit of {limit} states was passed",
        }.get(reason)

    def conclude(self) -> None:
        """Find the traces, and what is told at the end."""
        self.look()
        self.retrace()
        if self.found.stopped is None and self.kernels.model.liveness:
            self.gather()

    def conclude_early(self) -> None:
        """Show what was found before the search was stopped, as far as there are shards to tell it; and save it."""
        try:
            if self.found.stopped != INTERRUPTED:
                self.coordinator.tick = _nothing  # the time for the search is over, that for traces is not
                self.look()
                self.retrace()
            if self.saved is not None:
                self.coordinator.save()
        except (ShardLost, Stop) as problem:
            self.found.notes.append(f"what the shards have found is not shown: {problem}")
        if self.saved is not None and self.saved.exists:
            self.found.notes.append(f"the search was saved in {self.saved.folder.parent}; go on with it by `--resume`")

    def result(self) -> Exploration:
        """What was found."""
        search, found = self.search, self.found
        found.generated = self.generated + self.coordinator.generated
        found.depth = self.coordinator.level
        if self.saved is not None and found.stopped in (None, FIRST_VIOLATION):
            self.saved.remove()
        search.finish()
        found.notes.append(self.coordinator.by_shard())
        for why, count in self.coordinator.lost.items():
            times = "once" if count == 1 else f"{count} times"
            found.notes.append(f"a shard was lost {times}, and the search went back: {why}")
        result = RetracedExploration(**{**vars(found), "distinct": self.coordinator.count, "engine": "native"})
        result.paths = {found.violations[name].state: path for name, path in self.paths.items()}
        result.paths |= {path[-1]: path for path in self.ways.values() if path[-1] not in result.paths}
        result.reached = {name: path[-1] for name, path in self.ways.items()}
        result.regions = self.gathered or []
        return result

    # ------------------------------------------------------------------------------------------------ what was found

    def look(self) -> None:
        """Note what all shards have noted."""
        found, constants, coordinator = self.found, self.constants, self.coordinator
        for facts in coordinator.facts():
            found.fired.update(facts["fired"])
            for steps, flags in ((False, "SEEN"), (True, "STEP_SEEN")):
                for number in facts[flags]:
                    self.search.unseen[steps].pop(number, None)
        noted = coordinator.noted
        found.moved.update(event - constants["MOVED"] for event in noted if event >= constants["MOVED"])
        blind, step_blind, moved = constants["BLIND"], constants["STEP_BLIND"], constants["MOVED"]
        found.unevaluated |= {self.kernels.checked[i - blind] for i in noted if blind <= i < step_blind}
        found.unevaluated |= {self.kernels.checked_steps[i - step_blind] for i in noted if step_blind <= i < moved}
        found.branch_lost |= bool({constants["EVALUATION"], constants["LOST"]} & noted.keys())

    def retrace(self) -> None:
        """Find out what exactly the events were, and the ways to them, as far as the time goes."""
        events = self.coordinator.events(self.constants["ARRIVAL"])
        retracer = Retracer(self.kernels, self.coordinator, self.initial)
        trace_violations(self.search, self.constants, events, retracer.path_to, self.paths)
        if self.search.witnesses:
            trace_witnesses(self.search, retracer.path_to_witness, self.ways)

    def gather(self) -> None:
        """Bring all states here, for liveness: its graph is looked at on one machine, so it has to fit."""
        needed, room = self.coordinator.count * self.kernels.layout.words * WORD, available_memory() * SHARE / 2
        if needed > room:
            why = f"{show_size(needed)} of states, and {show_size(int(room))} are free for them here"
            self.found.not_here = f"liveness is decided on one machine, which is too small: {why}"
            return
        self.gathered = [memoryview(states) for states in self.coordinator.ask("states")]

    # ------------------------------------------------------------------------------------------------- on the way

    def tick(self) -> None:
        """Look at the limits, and report."""
        coordinator = self.coordinator
        self.found.generated = self.generated + coordinator.generated
        self.found.depth = coordinator.level
        self.search.where = coordinator.by_shard()
        self.search.look_at_clock(coordinator.count, coordinator.frontier)

    def level_sizes(self) -> list[int]:
        """How many states each level has that was begun."""
        with suppress(ShardLost):
            return [sum(sizes) for sizes in zip(*self.coordinator.ask("level_sizes"), strict=True)]
        return []

    def sample(self, level: int, most: int) -> list[State]:
        """Some states of a level, counted from 0."""
        with suppress(ShardLost):
            size, words = self.coordinator.team.size, self.kernels.layout.words
            parts = self.coordinator.ask("sample", level + 1, -(-most // size))
            return list(map(tuple, np.concatenate(parts).reshape(-1, words).tolist()))
        return []


def _nothing() -> None:
    """There is nothing to look at."""
