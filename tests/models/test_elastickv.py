"""The models of elastickv give the figures that TLC gives for the TLA+ modules they were written after."""

from __future__ import annotations

from pathlib import Path

import pytest

from skipgate.checker.checks.files import check_file

SUITE = Path(__file__).parents[2] / "models" / "elastickv"

OCC_GAP = {"OCC1_CommitTsAboveStart": 5, "OCC2_NoWriteWriteConflict": 9, "OCC3_ReadSnapshotStability": 10}

# Check: distinct states, generated states and depth that TLC finds (under -continue if something is violated, and with
# guards that are switched off written as implications), and the length of its trace if it is asked for that property
# only. Behaviours that violate liveness are not as short as possible under TLC: of these two the length is from paper,
# one step and then none.
TLC: dict[str, tuple[int, int, int, dict[str, int]]] = {
    "hlc/safe": (18_277, 56_836, 19, {}),
    "hlc/symmetric": (3_594, 11_504, 19, {}),
    "hlc/gap": (67_198, 202_645, 19, {"HLC4_NoRegressionAcrossTerms": 5}),
    "hlc/gap_symmetric": (12_967, 40_199, 19, {"HLC4_NoRegressionAcrossTerms": 5}),
    "occ/safe": (537, 1_477, 12, {}),
    "occ/symmetric": (150, 425, 12, {}),
    "occ/gap": (673, 1_675, 12, OCC_GAP),
    "occ/gap_symmetric": (185, 476, 12, OCC_GAP),
    "occ/three": (7_015, 26_671, 14, {}),
    "occ/three_symmetric": (648, 2_466, 14, {}),
    "occ_live/live": (537, 1_477, 12, {}),
    "occ_live/nobody_aborts": (537, 1_477, 12, {"OCC_L1_TxnTerminates": 2}),
    "mvcc/safe": (313, 665, 5, {}),
    "mvcc/symmetric": (79, 170, 5, {}),
    "mvcc/gap_symmetric": (79, 170, 5, {"MVCC4_NoLostCommitOnSnapshotInstall": 4}),
    "mvcc/gap": (313, 665, 5, {"MVCC4_NoLostCommitOnSnapshotInstall": 4}),
    "routes/safe": (80, 331, 6, {}),
    "routes/symmetric": (55, 225, 6, {}),
    "routes/gap_symmetric": (111, 473, 7, {"Routes4_NoEngineRegression": 4}),
    "routes_live/live": (48, 185, 5, {}),
    "routes_live/nobody_watches": (48, 185, 5, {"Routes_L1_EventualFanOut": 2}),
    "routes/gap": (187, 782, 7, {"Routes4_NoEngineRegression": 4}),
    "composed/safe": (9_629, 13_315, 7, {}),
    "composed/symmetric": (2_688, 3_974, 7, {}),
    "composed/gap_symmetric": (2_727, 4_017, 7, {"Composed1_CommitToOwningGroup": 5}),
    "composed/currentfence_gap_symmetric": (2_728, 4_018, 7, {"Composed1a_CommitToCurrentOwner": 5}),
    "composed/three_symmetric": (510, 804, 7, {}),
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
