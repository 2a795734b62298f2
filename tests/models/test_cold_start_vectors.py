"""The gate of the cold start, on the numbers that elastickv's own tests use.

What is evaluated are the definitions of the models. Each row becomes an invariant of a small specification that
imports them, and is put to the checker like any other.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import skipgate
from skipgate.checker.checks.preparation import load_check
from skipgate.checker.semantics.evaluate import Scope, holds
from skipgate.checker.semantics.steps import Transition, initial_states, transitions
from skipgate.spec.confinement import allowed

COLD_START = Path(__file__).parents[2] / "models" / "cold_start"


def _holds(folder: Path, revision: str, claim: str) -> bool:
    """Is a claim about the definitions of design.gate true of a revision?"""
    file = folder / "row.gate"
    file.write_text(
        f'import "{COLD_START / "design.gate"}"\n'
        "var done : bool = false\n"
        "action finish when not done then done' = true\n"
        "terminal when done\n"
        f"invariant Row {claim}\n"
        f"check row with revision = {revision} expect holds\n",
        encoding="utf-8",
    )
    (result,) = skipgate.check(file, root=COLD_START).checks
    return result.properties["Row"].verdict == "holds"


@pytest.mark.parametrize(("s", "hs", "want"), [(100, 100, 100), (100, 50, 100), (100, 150, 150), (100, 0, 100)])
def test_the_threshold_of_v3_to_v6(s: int, hs: int, want: int, tmp_path: Path) -> None:
    assert _holds(tmp_path, "v5", f"threshold(skip_when, {s}, {hs}, 0) == {want}")
    assert _holds(tmp_path, "v9", f"threshold(have_reaches_commit, {s}, {hs}, 0) == {want}")


GATE = [  # S, have, the end of what is committed, revision, outcome, floor
    (100, 200, 100, "v9", "skipped", 200),
    (200, 100, 200, "v9", "executed", 200),
    (100, 150, 200, "v9", "skipped", 150),
    (100, 150, 200, "v7", "skipped", 150),
    (100, 150, 200, "v6", "executed", 100),
    (100, 150, 200, "v3", "executed", 100),
    (100, 150, 200, "v1", "executed", 100),
    (50, None, 50, "v9", "fell_back", 50),
    (100, 200, 100, "v0", "skipped", 100),  # the floor was the snapshot before v2
    (100, 200, 100, "v1", "skipped", 100),
    (100, 200, 100, "v2", "skipped", 200),
]


@pytest.mark.parametrize(("s", "have", "end", "revision", "outcome", "floor"), GATE)
def test_outcome_and_floor(
    s: int, have: int | None, end: int, revision: str, outcome: str, floor: int, tmp_path: Path
) -> None:
    known = "none" if have is None else f"some({have})"
    decided = f"decide({known}, threshold(skip_when, {s}, {end}, {end}))"
    assert _holds(tmp_path, revision, f"{decided} == {outcome}")
    assert _holds(tmp_path, revision, f"floor({decided}, {s}, {known}) == {floor}")
    for other in {"skipped", "executed", "fell_back"} - {outcome}:
        assert not _holds(tmp_path, revision, f"{decided} == {other}")


@pytest.mark.parametrize(
    ("outcome", "s", "have", "revision", "want"),
    [
        ("executed", 200, 100, "v9", 100),
        ("executed", 100, 150, "v9", 50),
        ("executed", 100, 100, "v9", 0),
        ("skipped", 100, 250, "v9", 150),
        ("skipped", 100, 200, "v9", 100),
        ("skipped", 100, 150, "v9", 50),
        ("executed", 100, 150, "v2", 2**32 - 50),  # below zero, in unsigned numbers
        ("executed", 200, 100, "v2", 100),
    ],
)
def test_the_gap_that_is_reported(outcome: str, s: int, have: int, revision: str, want: int, tmp_path: Path) -> None:
    assert _holds(tmp_path, revision, f"gap({outcome}, {s}, {have}, {2**32}) == {want}")


# Where RawNode starts, with S=100, hardState.Commit=150 and an entry of some kind among those of a log of 200.
RAW_NODE = [  # e.applied, kind, index of that entry, revision, wanted
    (150, "data", 125, "v9", 150),
    (200, "data", 125, "v9", 150),
    (150, "lease", 125, "v9", 150),
    (150, "lease", 125, "v6", 124),
    (150, "lease", 125, "v5", 100),
    (150, "configuration", 130, "v9", 129),
    (150, "configuration", 130, "v6", 129),
]


@pytest.mark.parametrize(("applied", "kind", "index", "revision", "want"), RAW_NODE)
def test_where_raw_node_starts(applied: int, kind: str, index: int, revision: str, want: int, tmp_path: Path) -> None:
    file = tmp_path / "row.gate"
    file.write_text(
        f'import "{COLD_START / "node.gate"}"\n'
        f"def the_log : seq[200] of Entry = [new_entry(if i == {index} then {kind} else empty) for i in 1..200]\n"
        "action fill when len(log) == 0 then log' = the_log\n"
        f"invariant Row first_delivered(100, {applied}, max(100, 150)) == {want}\n"
        f"check row with revision = {revision}, KINDS = {{data}}, LAST = 200 expect holds\n",
        encoding="utf-8",
    )
    with allowed(COLD_START):
        model = load_check(file, "row")  # too large to be searched, but not to be evaluated
    (row,) = (p for p in model.properties if p.name == "Row")
    (step,) = transitions(model, next(initial_states(model)))
    assert isinstance(step, Transition)
    assert holds(row.term, Scope(step.state))
