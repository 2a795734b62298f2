"""Every test of the exploration under CPython, against the native engine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import tiers
from skipgate.checker.search.explore import Exploration
from skipgate.checker.search.options import SearchOptions
from tests.checker import specs
from tests.checker.search import test_explore
from tests.checker.search.test_explore import *  # noqa: F403 - pytest finds them here, and they run with the fixture below


class TestLimits(test_explore.TestLimits):
    """Without two: the native engine reports by the clock, not level by level (see test_engine for these)."""

    test_progress_is_reported = None  # type: ignore[assignment]
    test_an_interrupt_keeps_what_was_found = None  # type: ignore[assignment]


@pytest.fixture(autouse=True, params=[1, 3])
def native(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def explore(kernels: Kernels, options: SearchOptions = SearchOptions(), **rest: Any) -> Exploration:
        return tiers.explore(kernels, replace(options, engine="native", threads=request.param), **rest)

    monkeypatch.setattr(specs, "explore", explore)
    monkeypatch.setattr(test_explore, "explore", explore)
