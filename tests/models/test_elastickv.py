"""The models of elastickv give the figures that TLC gives for the TLA+ modules they were written after."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.run import check_file

SUITE = Path(__file__).parents[2] / "models" / "elastickv"

# Check: distinct states and depth that TLC finds (under -continue if something is violated), generated states that it
# finds if guards that are switched off are written as implications, and the length of its trace if it is asked for one
# property only.
TLC: dict[str, tuple[int, int, int, dict[str, int]]] = {
    "hlc/safe": (18_277, 56_836, 19, {}),
    "hlc/gap": (67_198, 202_645, 19, {"HLC4_NoRegressionAcrossTerms": 5}),
    "occ/safe": (537, 1_477, 12, {}),
    "occ/gap": (
        673,
        1_675,
        12,
        {"OCC1_CommitTsAboveStart": 5, "OCC2_NoWriteWriteConflict": 9, "OCC3_ReadSnapshotStability": 10},
    ),
    "occ/three": (7_015, 26_671, 14, {}),
    "mvcc/safe": (313, 665, 5, {}),
    "mvcc/gap": (313, 665, 5, {"MVCC4_NoLostCommitOnSnapshotInstall": 4}),
    "routes/safe": (80, 331, 6, {}),
    "routes/gap": (187, 782, 7, {"Routes4_NoEngineRegression": 4}),
    "composed/safe": (9_629, 13_315, 7, {}),
    "composed/gap": (9_785, 13_487, 7, {"Composed1_CommitToOwningGroup": 5}),
    "composed/currentfence_gap": (9_789, 13_491, 7, {"Composed1a_CommitToCurrentOwner": 5}),
    "composed/three": (3_868, 5_222, 7, {}),
}


@pytest.mark.parametrize("name", TLC)
def test_figures_are_those_of_tlc(name: str) -> None:
    model, check = name.split("/")
    (result,) = check_file(SUITE / f"{model}.gate", only=check).checks
    traces = {name: found.trace for name, found in result.properties.items() if found.trace is not None}
    lengths = {name: len(trace) for name, trace in traces.items()}
    assert (result.distinct, result.generated, result.depth, lengths) == TLC[name]
