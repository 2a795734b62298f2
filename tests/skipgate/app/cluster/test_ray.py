"""Shards and checks on Ray: two nodes in a local test cluster, where processes and nodes die."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from skipgate.app.cluster.connection import Connection
from skipgate.app.cluster.shards import RayCluster, RayTeam
from skipgate.app.options import BatchOptions
from skipgate.app.suite import run
from skipgate.base.paths import ModelFile
from skipgate.checker.cluster import coordinator
from skipgate.checker.cluster.explore import explore_on_shards
from skipgate.checker.cluster.team import Cluster as ShardsSomewhere
from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.search.explore import Exploration, explore
from skipgate.checker.search.options import SearchOptions, Storage
from tests.checker.native.harness import facts, kernels_of
from tests.checker.native.test_engine import NARROW
from tests.checker.native.test_search import MODELS

REQUIRED = bool(os.environ.get("SKIPGATE_RAY_REQUIRED"))
try:
    import ray
    from ray.cluster_utils import Cluster
except ImportError:
    # Ray is an extra of 80 MB, which continuous integration installs and `make test` does not.
    if REQUIRED:
        raise
    pytest.skip("Ray is not installed", allow_module_level=True)

# Ray leaves sockets and processes to the end of this one, of which Python warns.
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.process]


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A head and another node, with a processor each; this process is connected."""
    root = str(Path(__file__).parents[4])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]))
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": 2**27})
    cluster.add_node(num_cpus=1, object_store_memory=2**27)
    ray.init(address=cluster.address, log_to_driver=False)
    try:
        cluster.wait_for_nodes()
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()


class Disturbed:
    """Shards on Ray to which something happens soon after so many calls; `calls` counts them."""

    def __init__(
        self,
        after: int,
        happens: Callable[[RayTeam], object],
        ready: Callable[[], object] = lambda: None,
        seconds: float = 0.0,
    ) -> None:
        self.calls = 0
        self.after = after
        self.happens = happens
        self.shards = RayCluster(Connection("local"), 2)
        self.ready = ready
        self.seconds = seconds

    def team(self, kernels: Kernels, memory: int | None) -> RayTeam:
        team = self.shards.team(kernels, memory)
        self.ready()
        before = team.start

        def start(*arguments: Any, **how: Any) -> list[Any]:
            self.calls += 1
            if self.calls == self.after:
                threading.Timer(self.seconds, self.happens, [team]).start()
            return before(*arguments, **how)

        team.start = start  # type: ignore[method-assign]
        return team


def search(kernels: Kernels, how: ShardsSomewhere, folder: Path | None = None) -> Exploration:
    return explore_on_shards(kernels, SearchOptions(storage=Storage(checkpoints=folder)), how)


def kill_a_process(team: RayTeam) -> None:
    with suppress(ProcessLookupError):  # the search was over before
        os.kill(team.where[1][1], signal.SIGKILL)


def test_two_nodes(nodes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts and traces of one machine; the same after the death of a process, and of a node. Then checks, spread."""
    kernels = kernels_of(NARROW)
    wanted = facts(explore(kernels))
    assert facts(search(kernels, RayCluster(Connection("local"), 2))) == wanted

    found = search(kernels, Disturbed(60, kill_a_process))
    assert facts(found) == wanted
    assert any("was lost once" in note for note in found.notes), found.notes

    monkeypatch.setattr(coordinator, "SAVE_EVERY", 0.1)
    other = next(node for node in nodes.list_all_nodes() if node is not nodes.head_node)

    # Both nodes have a shard. For the one that dies, there is another node by then.
    how = Disturbed(
        60,
        lambda _: nodes.remove_node(other, allow_graceful=False),
        lambda: nodes.add_node(num_cpus=1, object_store_memory=2**27),
    )
    found = search(kernels, how, tmp_path)
    assert facts(found) == wanted
    assert any("was lost" in note for note in found.notes), found.notes

    files = [ModelFile(MODELS / "examples/die_hard.gate"), ModelFile(MODELS / "examples/mutual_exclusion.gate")]
    there = run(files, BatchOptions(jobs=2, cluster=Connection("local")))
    here = run(files, BatchOptions(jobs=1))
    assert [(each.check, each.verdict, each.distinct) for each in there.checks] == [
        (each.check, each.verdict, each.distinct) for each in here.checks
    ]
    assert there.exit_code == here.exit_code


@pytest.mark.slow  # a cluster, and 30 searches
@pytest.mark.parametrize("saves", [False, True])
def test_kill_9_at_any_time(nodes: Any, saves: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernels = kernels_of(NARROW)
    wanted, rng, lost = facts(explore(kernels)), Random(30), 0
    monkeypatch.setattr(coordinator, "SAVE_EVERY", 0.0 if saves else 1e9)
    undisturbed = Disturbed(-1, kill_a_process)
    search(kernels, undisturbed, tmp_path / "undisturbed" if saves else None)
    for number in range(30):
        after, seconds = rng.randint(1, undisturbed.calls - 10), rng.uniform(0, 0.005)
        how = Disturbed(after, kill_a_process, seconds=seconds)
        found = search(kernels, how, tmp_path / str(number) if saves else None)
        assert facts(found) == wanted, number
        lost += any("was lost" in note for note in found.notes)
    assert lost >= 25  # what dies in the last calls may have done its work
