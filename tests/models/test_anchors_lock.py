"""The lock of our models: each symbol that they are anchored to, for one commit of elastickv."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skipgate.gate.lock import Lock, parse_lock
from skipgate.gate.specs import Spec, local_specs

MODELS = Path(__file__).parents[2] / "models"


@pytest.fixture(scope="module")
def anchored() -> list[Spec]:
    """The models with anchors. To parse all of them takes seconds, and tests are collected often."""
    specs = [spec for spec in local_specs([MODELS]).specs if spec.anchors]
    assert len(specs) > 20
    return specs


@pytest.fixture(scope="module")
def lock() -> Lock:
    return parse_lock((MODELS / "anchors.lock").read_bytes())


def test_every_anchor_of_a_model_is_locked(anchored: list[Spec], lock: Lock) -> None:
    for spec in anchored:
        assert {anchor.key for anchor in spec.anchors} <= set(lock.locked), spec.path


def test_it_says_for_which_commit(lock: Lock) -> None:
    (commit,) = lock.commits
    assert re.fullmatch(r"[0-9a-f]{40}", commit)
    assert all(entry.commit == commit for entry in lock.locked.values())
    for page in ("elastickv.md", "gate-history.md"):
        assert commit[:8] in (MODELS.parent / "docs" / page).read_text(encoding="utf-8"), page


def test_callees_are_locked_too(lock: Lock) -> None:
    """Functions that no model names, but that what they name calls."""
    for key in ("kv/hlc.go :: HLC.fencedNowMillis", "internal/raftengine/etcd/engine.go :: Engine.drainReady"):
        assert key in lock.locked


def test_anchored_functions_are_anchored_with_their_callees(anchored: list[Spec]) -> None:
    """All but types and constants, which call nothing."""
    without = {anchor.symbol for spec in anchored for anchor in spec.anchors if not anchor.depth}
    assert without <= {
        "AppliedIndexReader", "AppliedIndexWriter", "ApplyIndexAware", "ColdStartObserver", "HLC",
        "SnapshotHeaderApplier", "VolatileEntryClassifier", "hlcPhysicalWindowMs",
    }  # fmt: skip
