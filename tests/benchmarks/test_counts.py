"""Two engines agree only where both say something, and then on all of it."""

from __future__ import annotations

import pytest

from benchmarks.counts import Counts
from benchmarks.engine import WrongResult, demand
from benchmarks.workloads import Workload
from tests.benchmarks.fakes import FakeEngine, run, workload


def test_what_one_of_them_does_not_say_is_no_difference() -> None:
    assert Counts(16, 97, 8).differences(Counts(16, None, None)) == []


def test_each_number_that_differs_is_named() -> None:
    assert Counts(16, 98, 9).differences(Counts(16, 97, 8)) == ["generated 98 instead of 97", "depth 9 instead of 8"]


def test_another_number_of_states_is_refused() -> None:
    with pytest.raises(WrongResult, match="fake on lock: distinct 10 instead of 11, generated 30 instead of 33"):
        demand(workload("lock", 11), FakeEngine(), run(1.0, 10))


def test_another_verdict_is_refused() -> None:
    holds = workload("lock", 10)
    violated = Workload("lock", "", holds.model, counts=holds.counts, violated=True)
    assert demand(holds, FakeEngine(), run(1.0)) == run(1.0)
    with pytest.raises(WrongResult, match="no property is violated"):
        demand(violated, FakeEngine(), run(1.0))
