"""Without `--max-memory`, a search ends before the memory is used up that was free when it began: with 80 % of it."""

from __future__ import annotations

import pytest

from skipgate.checker.native import tiers
from skipgate.checker.native.tiers import _EngineSwitch
from skipgate.checker.search import explore as search
from skipgate.checker.search.limits import MEMORY_RAN_OUT, memory_in_use
from skipgate.checker.search.options import SearchOptions
from tests.checker.native.harness import kernels_of

GRID = """
var a : 0..999 = 0
var b : 0..999 = 0
action more_a when a < 999 then a' = a + 1
action more_b when b < 999 then b' = b + 1
terminal when a == 999 and b == 999
check c expect holds
"""


@pytest.mark.skipif(not memory_in_use(), reason="this system does not say how much memory a process takes")
def test_under_cpython(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million states would take some 200 MB; 40 are there."""
    free = 40 * 2**20
    monkeypatch.setattr(search, "available_memory", lambda: free)
    kernels = kernels_of(GRID)
    before = memory_in_use()
    found = search.explore(kernels, SearchOptions(engine="python"))
    assert found.stopped == MEMORY_RAN_OUT
    assert 1000 < found.distinct < 1_000_000
    assert memory_in_use() - before < free


@pytest.mark.parametrize("searches", [1, 4])
def test_searches_share_what_is_free(monkeypatch: pytest.MonkeyPatch, searches: int) -> None:
    monkeypatch.setattr(tiers, "available_memory", lambda: 1000)
    monkeypatch.setattr(search, "available_memory", lambda: 1000)
    options = SearchOptions(searches=searches)
    kernels = kernels_of(GRID)
    assert _EngineSwitch(kernels, options).memory() == 800 // searches
    in_use = memory_in_use()
    assert (
        abs(search.Search(kernels, options).memory - in_use - 800 // searches) < 2**24
    )  # what else was taken meanwhile


def test_in_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there for 80 % of 4 MiB: the states take 8 bytes each, and the table twice that or more."""
    monkeypatch.setattr(tiers, "available_memory", lambda: 2**22)
    found = tiers.explore(kernels_of(GRID), SearchOptions(engine="native", threads=1))
    assert found.stopped is not None and "memory limit of 3.2 MiB was reached" in found.stopped
    assert 1000 < found.distinct < 2**22 * 0.8 / 8
