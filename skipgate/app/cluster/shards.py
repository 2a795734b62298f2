"""Shards as actors of Ray. What they send to each other travels through its object store, from node to node."""

from __future__ import annotations

import os
import pickle
import platform
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from skipgate.app.cluster.connection import Connection
from skipgate.checker.cluster.shard import Shard, program_of, unit
from skipgate.checker.cluster.team import ShardLost
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native.compilation import Compilation
from skipgate.checker.search.limits import SHARE, available_memory
from skipgate.errors import InputError
from skipgate.spec.diagnostics import error

_PERIOD = 0.1  # seconds between looks at limits
ROOM_PATIENCE = 60.0  # seconds in which there has to be room for a shard


class ShardActor:
    """What runs on a node: one shard, in a process of its own."""

    def __init__(self, number: int, shards: int) -> None:
        self.number = number
        self.shards = shards
        self.shard: Shard | None = None

    def place(self) -> tuple[str, int]:
        """The node, and the process."""
        return platform.node(), os.getpid()

    def prepare(self, packed: bytes, program: str, memory: int | None, neighbours: int) -> str | None:
        """Compile the kernels, and take memory; the result is why that is not possible, if it is not."""
        kernels: Kernels = pickle.loads(packed)
        if program_of(kernels) != program:
            return f"{platform.node()} has another version of skipgate installed"
        compilation = Compilation(lambda: unit(kernels))
        code = compilation.now()
        if code is None:
            return f"there is no machine code on {platform.node()}: {compilation.problem}"
        room = memory or int(available_memory() * SHARE / neighbours)
        try:
            self.shard = Shard(kernels, code.functions, self.number, self.shards, memory=room)
        except OSError as problem:
            return f"there is not enough memory on {platform.node()}: {problem}"
        return None

    def do(self, method: str, *arguments: Any) -> Any:
        """Call a method of the shard; a report with parcels is given part by part."""
        result = getattr(self.shard, method)(*arguments)
        return (result[0], *result[1]) if isinstance(result, tuple) else result


@dataclass(frozen=True)
class RayCluster:
    """Where shards are had: so many, on the nodes of a cluster."""

    connection: Connection
    shards: int

    def team(self, kernels: Kernels, memory: int | None) -> RayTeam:
        """Actors that are ready to begin.

        Raises:
            InputError: there is no such cluster, or it is too small.
            SpecError: the model cannot be compiled there.
        """
        ray = self.connection.open()
        processors = int(ray.cluster_resources().get("CPU", 0))
        if processors < self.shards:
            raise InputError(f"the cluster has {processors} processors, and --shards {self.shards} needs as many")
        return RayTeam(ray, kernels, self.shards, memory)


class RayTeam:
    """The actors of a search (see `checker.cluster.team.Team`)."""

    def __init__(self, ray: Any, kernels: Kernels, size: int, memory: int | None) -> None:
        self.ray = ray
        self.size = size
        self.memory = memory
        self.packed = ray.put(pickle.dumps(kernels.bare, pickle.HIGHEST_PROTOCOL))
        self.program = program_of(kernels)
        self.actors: list[Any] = [None] * size
        self.where: list[tuple[str, int]] = [("", 0)] * size
        try:
            self._fill()
        except ShardLost as lost:
            self.close()
            raise error(f"the shards could not be started: {lost}") from None
        except BaseException:
            self.close()
            raise

    def _fill(self) -> None:
        """Start actors where there are none."""
        kind = self.ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0, scheduling_strategy="SPREAD")(ShardActor)
        new = [number for number, actor in enumerate(self.actors) if actor is None]
        for number in new:
            self.actors[number] = kind.remote(number, self.size)
        asked = [self.actors[number].place.remote() for number in new]
        _, late = self.ray.wait(asked, num_returns=len(asked), timeout=ROOM_PATIENCE) if asked else ([], [])
        if late:
            for number in new:
                self.ray.kill(self.actors[number])
                self.actors[number] = None
            raise ShardLost(f"the cluster has no room for {len(late)} of {self.size} shards")
        placed = self.results(asked, _nothing)
        for number, place in zip(new, placed, strict=True):
            self.where[number] = place
        shards_on = Counter(node for node, _ in self.where)
        ready = []
        for number in new:
            neighbours = shards_on[self.where[number][0]]
            ready.append(self.actors[number].prepare.remote(self.packed, self.program, self.memory, neighbours))
        for problem in self.results(ready, _nothing):
            if problem is not None:
                raise error(problem)

    def start(self, shard: int, method: str, *arguments: Any, parts: int = 1) -> list[Any]:
        """Call a method of an actor."""
        try:
            found = self.actors[shard].do.options(num_returns=parts).remote(method, *arguments)
        except self.ray.exceptions.RayError as problem:
            raise ShardLost(_first_line(problem)) from None
        return [found] if parts == 1 else list(found)

    def results(self, handles: Sequence[Any], tick: Callable[[], None]) -> list[Any]:
        """The values behind references."""
        waiting = list(dict.fromkeys(handles))
        while waiting:
            _, waiting = self.ray.wait(waiting, num_returns=len(waiting), timeout=_PERIOD, fetch_local=False)
            tick()
        try:
            found: list[Any] = self.ray.get(list(handles))
        except self.ray.exceptions.RayTaskError as problem:
            cause = problem.cause
            if isinstance(cause, self.ray.exceptions.RayError):  # a parcel is gone with its node
                raise ShardLost(self._who()) from None
            raise cause from None
        except self.ray.exceptions.RayError:
            raise ShardLost(self._who()) from None
        return found

    def _who(self) -> str:
        """Which shards have died; perhaps only a parcel is gone."""
        dead = ", ".join(f"{number} on {self.where[number][0]}" for number in self._dead())
        return f"shard {dead}" if dead else "a parcel between shards"

    def _dead(self) -> list[int]:
        """Of the actors that were started, those that are gone."""
        found = []
        for number, actor in enumerate(self.actors):
            if actor is None:
                continue
            try:
                self.ray.get(actor.place.remote(), timeout=ROOM_PATIENCE)
            except self.ray.exceptions.RayError:
                found.append(number)
        return found

    def share(self, value: Any) -> Any:
        """Put a value into the object store once."""
        return self.ray.put(value)

    def revive(self) -> None:
        """Start actors anew, wherever there is room, in the place of those that have died."""
        for number in self._dead():
            self.ray.kill(self.actors[number])
            self.actors[number] = None
        self._fill()

    def places(self) -> list[str]:
        """The node of each."""
        return [node for node, _ in self.where]

    def close(self) -> None:
        """End the actors."""
        for actor in self.actors:
            if actor is not None:
                self.ray.kill(actor)


def _first_line(problem: Exception) -> str:
    return (str(problem).strip() or type(problem).__name__).splitlines()[0]


def _nothing() -> None:
    """There is nothing to look at."""
