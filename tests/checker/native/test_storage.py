"""States in a file, and states told apart by their hashes."""

from __future__ import annotations

import errno
import itertools
import os
from pathlib import Path
from typing import Any

import pytest

from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import engine, loops
from skipgate.checker.native.engine import Engine
from skipgate.checker.native.memory import MappedRow
from skipgate.checker.native.storage import chance_of_omission
from skipgate.checker.native.tiers import explore
from skipgate.checker.search.explore import explore as explore_under_cpython
from skipgate.checker.search.options import SearchOptions, Storage
from skipgate.spec.diagnostics import SpecError
from tests.checker.native.harness import SMALL_SCALE, facts, kernels_of, machine_functions, search, small_scale
from tests.checker.native.test_engine import COUNTS, NARROW, WIDE


@pytest.fixture(scope="module", params=["narrow", "wide"])
def grid(request: pytest.FixtureRequest) -> Kernels:
    return kernels_of(NARROW if request.param == "narrow" else WIDE)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("fingerprints", [False, True])
def test_the_result_is_the_same(grid: Kernels, tmp_path: Path, threads: int, fingerprints: bool) -> None:
    found = explore(grid, SearchOptions(threads=threads, storage=Storage(tmp_path, fingerprints)))
    assert facts(found) == facts(explore_under_cpython(grid))
    assert (found.distinct, found.generated, found.depth) == COUNTS
    assert (found.omission > 0) == (fingerprints and grid.layout.words > 1)
    assert not any(tmp_path.iterdir())  # the file has no name, and is gone with the search


def test_fingerprints_without_a_folder(grid: Kernels) -> None:
    assert facts(explore(grid, SearchOptions(storage=Storage(fingerprints=True)))) == facts(explore_under_cpython(grid))


def test_states_with_the_same_hash_count_as_one() -> None:
    """Negative control: under a hash that is always the same, a single state is left with fingerprints only."""
    kernels = kernels_of(WIDE)
    for fingerprints, distinct in ((0, COUNTS[0]), (1, 1)):
        functions = machine_functions(kernels, **SMALL_SCALE, FACTOR=0, FINGERPRINTS=fingerprints)
        with small_scale():
            assert search(kernels, functions).distinct == distinct


def test_only_the_table_takes_memory(tmp_path: Path) -> None:
    """8000 states of 4 words take 32 bytes each, and a slot 8."""
    kernels = kernels_of(WIDE)
    functions = machine_functions(kernels)
    for folder, ends in ((None, True), (tmp_path, False)):
        using = Engine(kernels, functions, threads=1, memory=250_000, folder=folder)
        using.most = None
        using.set_limits()
        assert (using.control.view[engine.loops.MOST] < COUNTS[0]) == ends


@pytest.mark.parametrize(
    ("distinct", "words", "chance"),
    [(1, 2, 0.0), (2, 2, 2.0**-63), (10**9, 3, 10**9 * (10**9 - 1) / 2**64), (10**12, 2, 1.0), (10**9, 1, 0.0)],
)
def test_chance_of_omission(distinct: int, words: int, chance: float) -> None:
    assert chance_of_omission(distinct, words) == pytest.approx(chance)


def test_no_such_folder(grid: Kernels, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="nowhere` cannot take the states: No such file or directory"):
        explore(grid, SearchOptions(storage=Storage(tmp_path / "nowhere")))


def test_a_full_disk_is_not_taken_for_full_memory(
    grid: Kernels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skipgate.checker.native.engine.room_in", lambda _: 2**15)
    found = explore(grid, SearchOptions(engine="native", storage=Storage(tmp_path)))
    assert found.stopped == f"the room in {tmp_path} was used up, which was 0.0312 MiB"


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="files get their space when they are written to")
@pytest.mark.parametrize("threads", [1, 3])
def test_a_disk_that_others_fill_ends_the_search_in_order(
    grid: Kernels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    """Without space that was taken ahead, the system would end the process."""
    calls = itertools.count()

    def fallocate(*arguments: int) -> None:
        if next(calls) > 3 * threads:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", fallocate)
    monkeypatch.setattr(engine, "_HELD", 64)
    functions = machine_functions(grid, **SMALL_SCALE)
    with small_scale():
        found = search(grid, functions, threads=threads, folder=tmp_path)
    assert found.stopped == f"`{tmp_path}` cannot take more states: No space left on device"
    assert 0 < found.distinct < COUNTS[0]


@pytest.mark.parametrize("threads", [1, 3])
def test_no_state_is_written_where_no_space_was_taken(
    grid: Kernels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    held: set[int] = set()
    engines: list[Engine] = []
    run = Engine.run

    def running(self: Engine, *arguments: Any, **options: Any) -> int:
        engines.append(self)
        return run(self, *arguments, **options)

    monkeypatch.setattr(MappedRow, "hold", lambda row, begin, end: held.update(range(begin, end)))
    monkeypatch.setattr(Engine, "run", running)
    monkeypatch.setattr(engine, "_HELD", 64)
    with small_scale():
        found = search(grid, machine_functions(grid, **SMALL_SCALE), threads=threads, folder=tmp_path)
    assert (found.distinct, found.generated, found.depth) == COUNTS
    (used,) = engines
    for lane in range(threads):
        assert held.issuperset(range(used.get(lane, loops.BASE) * used.words, used.end(lane) * used.words))
