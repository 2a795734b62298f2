"""How the shards of a search are reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from skipgate.checker.cluster.shard import Shard
from skipgate.checker.kernel.kernels import Kernels


class ShardLost(Exception):
    """A shard has died, or what it has sent is gone. The argument says how."""


class Team(Protocol):
    """The shards of a search, each of which does what it is asked one after the other.

    What a call gives is known by a handle, which may be given to another call in place of the value; so values travel
    from shard to shard. Where a method gives a report and parcels, there is a handle for each.
    """

    size: int

    def start(self, shard: int, method: str, *arguments: Any, parts: int = 1) -> list[Any]:
        """Call a method of a shard; the result are the handles of what it gives, of which there are so many."""

    def results(self, handles: Sequence[Any], tick: Callable[[], None]) -> list[Any]:
        """The values behind handles, once they are there. `tick` is called meanwhile, and may raise.

        Raises:
            ShardLost: some of them will never be there.
        """

    def share(self, value: Any) -> Any:
        """A handle of a value that several shards are to be given."""

    def revive(self) -> None:
        """Put new shards, which have not begun, in the place of those that have died.

        Raises:
            ShardLost: that is not possible.
        """

    def places(self) -> list[str]:
        """Where each shard is, for people."""

    def close(self) -> None:
        """End all shards."""


class Cluster(Protocol):
    """Where shards can be had."""

    def team(self, kernels: Kernels, memory: int | None) -> Team:
        """Shards for a search, each of which may take so many bytes; None leaves that to it.

        Raises:
            SpecError: there are none, for the model cannot be compiled, or there is not enough room.
        """


class LocalTeam:
    """Shards in this process; what is sent is handed over at once."""

    def __init__(self, size: int, make: Callable[[int], Shard]) -> None:
        self.size = size
        self.make = make
        self.shards: list[Shard | None] = [make(number) for number in range(size)]

    def start(self, shard: int, method: str, *arguments: Any, parts: int = 1) -> list[Any]:
        """Do it now."""
        asked = self.shards[shard]
        if asked is None:
            raise ShardLost(f"shard {shard} is dead")
        result = getattr(asked, method)(*arguments)
        return [result] if parts == 1 else [result[0], *result[1]]

    def results(self, handles: Sequence[Any], tick: Callable[[], None]) -> list[Any]:
        """The values are the handles."""
        tick()
        return list(handles)

    def share(self, value: Any) -> Any:
        """The value itself."""
        return value

    def revive(self) -> None:
        """Make new shards for those that are gone."""
        self.shards = [self.make(number) if shard is None else shard for number, shard in enumerate(self.shards)]

    def places(self) -> list[str]:
        """All here."""
        return ["here"] * self.size

    def close(self) -> None:
        """Forget them."""
        self.shards = [None] * self.size
