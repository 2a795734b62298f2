"""elastickv's own TLA+ modules, where somebody has them, in place of ours: is TLC as fast on both?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.workloads import TlaModule, Workload

# Our constant -> theirs.
_HLC_CONSTANTS = {
    "Node": "Nodes",
    "SKEW": "MaxClockSkewMs",
    "WINDOW": "HlcPhysicalWindowMs",
    "TERMS": "MaxTerms",
    "OPS": "MaxOps",
    "MAX_WALL": "MaxWallTime",
    "LOGICAL_MAX": "LogicalMax",
}


def originals(folder: Path) -> Callable[[Workload], TlaModule | None]:
    """Finds the original of a workload in the folder `tla` of a checkout of elastickv."""

    def original(workload: Workload) -> TlaModule | None:
        ours = workload.tla
        if not isinstance(ours, TlaModule) or ours.name != "HybridClock":
            return None
        files = ("hlc/HLC.tla", "hlc/MCHLC.tla", "lib/Env.tla", "lib/Raft.tla")
        return TlaModule(
            "MCHLC",
            {**{theirs: ours.constants[name] for name, theirs in _HLC_CONSTANTS.items()}, "EnableSafety": "TRUE"},
            ours.invariants,
            ours.properties,
            ours.constraint,
            tuple(folder / file for file in files),
        )

    return original
