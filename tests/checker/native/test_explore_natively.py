"""Every test of the exploration under CPython, against the native engine."""

from __future__ import annotations

from functools import partial

import pytest

from checker.native import tiers
from tests.checker import specs, test_explore
from tests.checker.test_explore import *  # noqa: F403 - pytest finds them here, and they run with the fixture below

# The native engine reports by the clock, not level by level (see test_engine for reports and interrupts).
BY_LEVEL = {"test_progress_is_reported", "test_an_interrupt_keeps_what_was_found"}


@pytest.fixture(autouse=True, params=[1, 3])
def native(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.originalname in BY_LEVEL:
        pytest.skip("level by level")
    explore = partial(tiers.explore, engine="native", threads=request.param)
    monkeypatch.setattr(specs, "explore", explore)
    monkeypatch.setattr(test_explore, "explore", explore)
