"""Searches on shards in this process, in a form that can be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from skipgate.checker.cluster import shard as shards_
from skipgate.checker.cluster.explore import explore_on_shards
from skipgate.checker.cluster.shard import EXPORTED, Shard, unit
from skipgate.checker.cluster.team import LocalTeam
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import engine, reference
from skipgate.checker.native.language_check import check_program
from skipgate.checker.native.machine import MachineCode, machine_code
from skipgate.checker.search.explore import Exploration
from skipgate.checker.search.options import SearchOptions

MEMORY = 2**26
Functions = Mapping[str, Callable[..., int]]


def machine_functions(kernels: Kernels) -> Functions:
    """The compiled program of a shard."""
    program = check_program(unit(kernels).texts, constants=engine.constants(kernels))
    return MachineCode(machine_code(program, EXPORTED), EXPORTED).functions


def cpython_functions(kernels: Kernels) -> Functions:
    """The same text, under CPython."""
    return reference.functions(check_program(unit(kernels).texts, constants=engine.constants(kernels)))


@dataclass
class InThisProcess:
    """So many shards, in a team of a kind."""

    size: int
    functions: Functions
    native: bool = True
    team_class: Callable[..., LocalTeam] = LocalTeam
    memory: int = MEMORY
    teams: list[LocalTeam] = field(default_factory=list)

    def team(self, kernels: Kernels, memory: int | None) -> LocalTeam:
        """The team of a search."""

        def make(number: int) -> Shard:
            return Shard(kernels, self.functions, number, self.size, memory=memory or self.memory, native=self.native)

        self.teams.append(self.team_class(self.size, make))
        return self.teams[-1]


def on_shards(
    kernels: Kernels, size: int, functions: Functions, options: SearchOptions = SearchOptions(), **how: Any
) -> Exploration:
    """A search on so many shards, with small boxes and a table that soon has to grow."""
    with patch.multiple(shards_, FIRST_TABLE=16, BOXES=64):
        return explore_on_shards(kernels, options, InThisProcess(size, functions, **how))
