"""How the checks of a run are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from skipgate.checker.search.options import SearchOptions

if TYPE_CHECKING:
    from skipgate.checker.cluster.team import Cluster
    from skipgate.checker.tla.tlc import Tlc


@dataclass(frozen=True, kw_only=True)
class RunOptions(SearchOptions):
    """What holds for every check of a run. The budget is that of a single check.

    Attributes:
        discharge: leave out run-time tests that are proved never to fail.
        cross_check: bounded model checking must find the same.
        against_tlc: TLC must find the same.
        coverage: count what the search has been through, once it is over.
        shards: search on shards, which are had there.
    """

    discharge: bool = True
    cross_check: bool = False
    against_tlc: Tlc | None = None
    coverage: bool = False
    shards: Cluster | None = None
