"""Searches on shards against one machine: counts, verdicts and traces are the same, however many shards there are."""

from __future__ import annotations

from random import Random

import pytest

from skipgate.checker.checks.options import RunOptions
from skipgate.checker.checks.preparation import ReadyCheck, load_check, prepare
from skipgate.checker.checks.running import run_check
from skipgate.checker.cluster.explore import explore_on_shards
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.explore import explore
from skipgate.checker.search.limits import FIRST_VIOLATION, Budget
from skipgate.checker.search.options import SearchOptions
from tests.checker.cluster.harness import InThisProcess, cpython_functions, machine_functions, on_shards
from tests.checker.native.harness import facts, kernels_of
from tests.checker.native.large_models import SPECIAL, large_model
from tests.checker.native.test_engine import COUNTS, NARROW, WIDE
from tests.checker.native.test_search import MODELS, SHIPPED, random_kernels
from tests.checker.random_models import model_text
from tests.effort import amount

SIZES = (1, 2, 3, 5)


def shipped(file: str, name: str) -> Kernels:
    return prepare(load_check(MODELS / file, name))


@pytest.mark.differential
@pytest.mark.parametrize(("file", "name"), SHIPPED)
def test_shipped_models(file: str, name: str) -> None:
    kernels = shipped(file, name)
    wanted = facts(explore(kernels))
    functions = machine_functions(kernels)
    for size in SIZES:
        assert facts(on_shards(kernels, size, functions)) == wanted, size


@pytest.mark.differential
@pytest.mark.parametrize("seed", range(amount(4, 120)))
def test_random_models(seed: int) -> None:
    texts = [large_model(Random(seed)), model_text(Random(seed))]
    for kernels in (random_kernels(text, 3000) for text in texts):
        if kernels is not None:
            wanted, functions = facts(explore(kernels)), machine_functions(kernels)
            for size in SIZES:
                assert facts(on_shards(kernels, size, functions)) == wanted, size


@pytest.mark.differential
@pytest.mark.parametrize("number", range(len(SPECIAL)))
def test_the_loops_under_cpython(number: int) -> None:
    """The same text; every index is seen to lie inside its row."""
    kernels = random_kernels(SPECIAL[number], 300)
    if kernels is not None:
        found = on_shards(kernels, 3, cpython_functions(kernels), native=False)
        assert facts(found) == facts(explore(kernels))


@pytest.mark.parametrize("text", [NARROW, WIDE], ids=["narrow", "wide"])
def test_boxes_fill_and_tables_grow(text: str) -> None:
    """8,000 states by tables of 16 slots and boxes of a few states: many waves a level."""
    kernels = kernels_of(text)
    functions = machine_functions(kernels)
    for size in (2, 7):
        found = on_shards(kernels, size, functions)
        assert (found.distinct, found.generated, found.depth) == COUNTS
        assert facts(found) == facts(explore(kernels))


def test_a_search_that_is_to_stop_at_the_first_violation() -> None:
    kernels = shipped("cold_start.gate", "v0")
    how = InThisProcess(3, machine_functions(kernels))
    found = explore_on_shards(kernels, SearchOptions(stop_at_first=True), how)
    assert found.stopped == FIRST_VIOLATION
    (name,) = found.violations
    assert len(found.path_to(found.violations[name].state)) == min(
        len(path) for path in facts(explore(kernels))["paths"].values()
    )


def test_limits_end_the_search_and_what_was_not_seen_is_unknown() -> None:
    kernels = kernels_of(NARROW)
    how = InThisProcess(2, machine_functions(kernels))
    found = explore_on_shards(kernels, SearchOptions(budget=Budget(max_states=500)), how)
    assert found.stopped == "the limit of 500 states was passed" and found.distinct > 500
    found = explore_on_shards(kernels, SearchOptions(budget=Budget(time_limit=1e-9)), how)
    assert found.stopped is not None and "time limit" in found.stopped
    result = run_check(ReadyCheck(kernels.model, kernels), RunOptions(budget=Budget(max_states=500), shards=how))
    assert result.verdict == "unknown" and not result.complete


def test_memory_that_runs_out() -> None:
    kernels = kernels_of(NARROW)
    found = on_shards(kernels, 2, machine_functions(kernels), memory=2**14)
    assert found.stopped is not None and found.stopped.startswith("memory ran out for shard")


LIVE = """
var at : 0..9 = 0
fair action go when at < 9 then at' = at + 1
action back when at < 9 and at > 4 then at' = 4
invariant Low at < 9
liveness Arrives at == 0 leads to at == 9
check c expect violation of Low
"""


def test_liveness_is_decided_after_all_states_were_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    kernels = kernels_of(LIVE)
    how, check = InThisProcess(3, machine_functions(kernels)), ReadyCheck(kernels.model, kernels)
    alone, spread = run_check(check, RunOptions()), run_check(check, RunOptions(shards=how))
    assert {name: each.verdict for name, each in spread.properties.items()} == {
        name: each.verdict for name, each in alone.properties.items()
    }
    monkeypatch.setattr("skipgate.checker.cluster.explore.available_memory", lambda: 8)
    without = run_check(check, RunOptions(shards=how))
    assert without.properties["Arrives"].verdict == "unknown"
    assert without.properties["Low"].verdict == "violation"
    assert without.stopped is not None and "one machine, which is too small" in without.stopped


def test_ways_to_covers_are_the_same() -> None:
    kernels = kernels_of(NARROW + "cover Far a == 3 and b == 2\n")
    alone = explore(kernels, SearchOptions(witnesses=True))
    spread = explore_on_shards(kernels, SearchOptions(witnesses=True), InThisProcess(2, machine_functions(kernels)))
    assert spread.reached == alone.reached
    assert len(spread.path_to(spread.reached["Far"])) == len(alone.path_to(alone.reached["Far"])) == 6
