"""The engine by itself: many threads over one table, growth, limits, interruption."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest

from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import engine, loops
from skipgate.checker.native.engine import Engine, NoMemory
from skipgate.checker.native.handover import TieredSearch
from skipgate.checker.native.takeover import take_over
from skipgate.checker.search.explore import HandOver, explore
from skipgate.checker.search.limits import Budget, Progress, Stop
from skipgate.checker.search.options import SearchOptions
from tests.checker.native.harness import SMALL_SCALE, facts, kernels_of, machine_functions, search, small_scale

# Counters that wrap around: each state has as many successors as there are counters, each is reached from as many.
# 20 * 20 * 20 states, every one of which leads to 3 others; from (0, 0, 0), the sum of the counters is the level.
GRID = """
var a : 0..19 = 0
var b : 0..19 = 0
var c : 0..19 = 0
{wide}
action step_a then a' = (a + 1) mod 20
action step_b then b' = (b + 1) mod 20
action step_c then c' = (c + 1) mod 20
invariant Corner not (a == 19 and b == 19 and c == 19)
check c expect violation of Corner
"""
NARROW = GRID.format(wide="")
WIDE = GRID.format(wide="\n".join(f"var w{i} : 0..{2**50} = {2**49 + i}" for i in range(3)))
COUNTS = (8000, 1 + 3 * 8000, 3 * 19 + 1)


@pytest.fixture(scope="module", params=["narrow", "wide"])
def grid(request: pytest.FixtureRequest) -> Kernels:
    return kernels_of(NARROW if request.param == "narrow" else WIDE)


@pytest.mark.parametrize("threads", [1, 2, 3, 16, 64])
def test_many_more_threads_than_processors(grid: Kernels, threads: int) -> None:
    """With few states at a time, so that the threads meet all the time: on chunks, on slots, in growing."""
    functions = machine_functions(grid, **SMALL_SCALE)
    with small_scale():
        for _ in range(3):
            found = search(grid, functions, threads=threads)
            assert (found.distinct, found.generated, found.depth) == COUNTS
            (violation,) = found.violations.values()
            path = found.path_to(violation.state)
            # The first in the order of declaration: all steps of a, then those of b, then those of c.
            assert [(s["a"], s["b"], s["c"]) for s in map(grid.layout.unpack, path)] == [
                *((i, 0, 0) for i in range(19)),
                *((19, i, 0) for i in range(19)),
                *((19, 19, i) for i in range(20)),
            ]


def test_every_state_is_stored_once(grid: Kernels) -> None:
    functions = machine_functions(grid, **SMALL_SCALE)
    with small_scale():
        using = loaded(grid, functions, threads=32)
        assert using.run(lambda: False, most=None, stop_at_first=False) == loops.DONE
    states = [
        using.state(index)
        for lane in range(32)
        for index in range(lane * using.region, lane * using.region + using.get(lane, loops.USED))
    ]
    assert len(states) == len(set(states)) == 8000
    slots = [slot for slot in using.table.view[: using.slots].tolist() if slot]
    assert len(slots) == len(set(slots)) == 8000


def loaded(kernels: Kernels, functions: Mapping[str, Callable[..., int]], threads: int) -> Engine:
    """An engine with the initial state of GRID."""
    using = Engine(kernels, functions, threads=threads, memory=2**26)
    start = TieredSearch(kernels, SearchOptions(), None, lambda _: True)
    with pytest.raises(HandOver):
        start.run()
    (state,) = start.found.predecessors
    using.load(state, [1], 0)
    using.set_seen([], [])
    return using


@pytest.mark.parametrize("threads", [1, 8])
def test_the_table_grows_while_a_level_is_searched(grid: Kernels, threads: int) -> None:
    functions = machine_functions(grid, **SMALL_SCALE)
    grown = []

    class Growing(Engine):
        def grow(self) -> None:
            before = self.count
            super().grow()
            grown.append((before, self.slots))
            assert sum(1 for slot in self.table.view[: self.slots].tolist() if slot) == before

    with small_scale():
        start = TieredSearch(grid, SearchOptions(), None, lambda _: True)
        with pytest.raises(HandOver):
            start.run()
        found = take_over(start, Growing(grid, functions, threads=threads, memory=2**26))
    assert (found.distinct, found.generated, found.depth) == COUNTS
    assert len(grown) >= 2


@pytest.mark.parametrize("threads", [1, 4])
def test_limit_of_states(grid: Kernels, threads: int) -> None:
    found = search(grid, machine_functions(grid), threads=threads, budget=Budget(max_states=1000))
    assert found.stopped == "the limit of 1000 states was passed"
    assert 1000 < found.distinct < 8000
    # Not a state more is needed to see that there are more.
    found = search(grid, machine_functions(grid), threads=threads, budget=Budget(max_states=7999))
    assert found.stopped == "the limit of 7999 states was passed"
    found = search(grid, machine_functions(grid), threads=threads, budget=Budget(max_states=8000))
    assert found.stopped is None


def test_limit_of_memory(grid: Kernels) -> None:
    # 2^16 slots take half a MiB; the states of `wide` take 32 bytes each, so that 8000 do not fit beside them.
    memory = 2**19 + 100_000 if grid.layout.words > 1 else 2**19 + 40_000
    found = search(grid, machine_functions(grid), max_memory=memory)
    assert found.stopped is not None and found.stopped.startswith("the memory limit of ")
    assert 0 < found.distinct < 8000
    assert not found.violations


def test_a_table_that_cannot_grow_is_filled_further() -> None:
    """With memory for 2^16 slots of 8 bytes, not for 2^17: more than 70 % of them are used before the search ends."""
    kernels = kernels_of("var x : 0..70000 = 0\naction more when x < 70000 then x' = x + 1\ncheck c expect holds\n")
    found = search(kernels, machine_functions(kernels), max_memory=2**19 + 2**19)
    assert found.stopped is not None and found.stopped.startswith("the memory limit of ")
    assert 0.92 * 2**16 < found.distinct < 0.94 * 2**16


def test_no_address_space() -> None:
    kernels = kernels_of(NARROW)
    with pytest.raises(NoMemory):
        Engine(kernels, {}, threads=16, memory=2**60)


# A counter that takes minutes under any engine.
ENDLESS = """
var a : 0..100000 = 0
var b : 0..100000 = 0
action step_a when a < 100000 then a' = a + 1
action step_b when b < 100000 then b' = b + 1
check c expect holds
"""


@pytest.mark.parametrize("threads", [1, 4])
def test_limit_of_time(threads: int) -> None:
    kernels = kernels_of(ENDLESS)
    functions = machine_functions(kernels)
    found = search(kernels, functions, threads=threads, budget=Budget(time_limit=0.3), max_memory=2**32)
    assert found.stopped == "the time limit of 0.3 s was reached"
    # Complete but for the level at hand: there are d states at depth d, each but the first has two successors.
    levels = found.depth
    assert levels * (levels - 1) // 2 <= found.distinct <= (levels + 1) * (levels + 2) // 2
    assert found.generated <= 1 + 2 * found.distinct


@pytest.mark.parametrize("threads", [1, 4])
def test_ctrl_c(threads: int) -> None:
    kernels = kernels_of(ENDLESS)
    functions = machine_functions(kernels)
    main = threading.main_thread().ident
    assert main is not None
    under_way = threading.Event()

    def interrupt() -> None:
        under_way.wait()
        signal.pthread_kill(main, signal.SIGINT)

    def report(progress: Progress) -> None:
        if progress.distinct > 1000:
            under_way.set()

    user = threading.Thread(target=interrupt, daemon=True)
    user.start()
    found = search(kernels, functions, threads=threads, max_memory=2**32, report=report)
    user.join()
    assert found.stopped == "interrupted"
    assert found.distinct > 1000
    assert not [t for t in threading.enumerate() if t.name == "skipgate" and t.is_alive()]


def test_progress_is_reported() -> None:
    kernels = kernels_of(ENDLESS)
    functions = machine_functions(kernels)
    reports: list[Progress] = []

    def report(progress: Progress) -> None:
        reports.append(progress)
        if len(reports) == 5:
            raise Stop("that will do")

    start = TieredSearch(kernels, SearchOptions(), report, lambda _: True)
    with pytest.raises(HandOver):
        start.run()
    found = take_over(start, Engine(kernels, functions, threads=2, memory=2**30))
    assert found.stopped == "that will do"
    assert len(reports) >= 5  # until the threads have left
    for before, after in pairwise(reports):
        assert before.distinct <= after.distinct <= found.distinct
        assert before.generated <= after.generated <= found.generated
        assert before.depth <= after.depth <= found.depth
    assert max(report.frontier for report in reports) > 0


def test_a_violation_is_found_in_a_search_that_is_stopped() -> None:
    def report(progress: Progress) -> None:
        if progress.distinct > 10_000:  # of which 860 have no violation behind them
            raise Stop("that will do")

    text = ENDLESS.replace("check c", "invariant Small a + b < 40\ncheck c")
    kernels = kernels_of(text)
    found = search(kernels, machine_functions(kernels), threads=4, max_memory=2**30, report=report)
    assert found.stopped == "that will do"
    (violation,) = found.violations.values()
    path = [kernels.layout.unpack(words) for words in found.path_to(violation.state)]
    assert [(s["a"], s["b"]) for s in path] == [(i, 0) for i in range(41)]


def test_no_initial_state_inside() -> None:
    kernels = kernels_of("var x : 0..3 = 0\naction more then x' = 1\nconstraint No x > 0\ncheck c expect holds\n")
    assert facts(search(kernels, machine_functions(kernels))) == facts(explore(kernels))


def test_threads_by_default() -> None:
    assert 1 <= engine.default_threads() <= 16
