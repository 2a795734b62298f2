"""Searches that are killed at any moment, and gone on with from their checkpoints, have the results of whole ones.

Each search is a copy of this process, which has everything loaded. SKIPGATE_KILLS is how many are killed.
"""

from __future__ import annotations

import os
import pickle
import random
import shutil
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import pytest

from skipgate.checker.kernel.kernels import Kernels
from skipgate.checker.native import engine, takeover
from skipgate.checker.native.tiers import explore
from skipgate.checker.search.explore import explore as explore_under_cpython
from skipgate.checker.search.options import SearchOptions, Storage
from tests.checker.native.harness import facts, kernels_of

KILLS = int(os.environ.get("SKIPGATE_KILLS", "30"))
SAY_EVERY = 50  # kills: so many take a few minutes
# Two violations early and one at the end, which a lost part of the search would hide.
MODEL = """
var a : 0..39 = 0
var b : 0..39 = 0
action more_a when a < 39 then a' = a + 1
action more_b when b < 39 then b' = b + 1
invariant Early a + b != 2
invariant Late a + b < 77
transition Backwards b' <= b
cover End a == 39 and b == 39
terminal when a == 39 and b == 39
check c expect violation of Early, Late, Backwards
"""


def _searching(kernels: Kernels, folder: Path, threads: int) -> None:
    """Search with a checkpoint at each level, and leave what was found beside the folder."""
    takeover.SAVE_EVERY = -1.0
    run, save = engine.Engine.run, takeover._NativeSearch.save

    def running(self: engine.Engine, *arguments: Any, **options: Any) -> int:
        self.pause_soon()
        return run(self, *arguments, **options)

    def saving(self: takeover._NativeSearch) -> None:
        save(self)
        self.engine.pause_soon()

    engine.Engine.run, takeover._NativeSearch.save = running, saving  # type: ignore[method-assign]
    storage = Storage(checkpoints=folder, resume=True)
    found = facts(explore(kernels, SearchOptions(threads=threads, storage=storage)))
    whole = folder.with_suffix(".part")
    whole.write_bytes(pickle.dumps(found))
    whole.rename(folder.with_suffix(".found"))


def _begin(kernels: Kernels, folder: Path, threads: int) -> int:
    """A copy of this process that searches; its number."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        _searching(kernels, folder, threads)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be copied here")
def test_killed_at_any_moment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kernels = kernels_of(MODEL)
    expected = facts(explore_under_cpython(kernels))
    rng = random.Random(os.environ.get("SKIPGATE_SEED", "kills"))
    folder = tmp_path / "saved"
    assert os.waitpid(_begin(kernels, folder, 1), 0)[1] == 0  # compiles what the others load
    began = time.perf_counter()
    assert os.waitpid(_begin(kernels, folder, 1), 0)[1] == 0
    usual = time.perf_counter() - began
    kills = searches = 0
    while kills < KILLS:
        folder.with_suffix(".found").unlink(missing_ok=True)
        while True:
            child = _begin(kernels, folder, 1 + searches % 2)
            searches += 1
            time.sleep(rng.uniform(0, usual))
            os.kill(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
            if not os.WIFSIGNALED(status):
                assert status == 0, f"search {searches} could not go on after {kills} kills"
            if folder.with_suffix(".found").exists():
                break
            kills += 1
            if kills % SAY_EVERY == 0:
                with capsys.disabled():
                    print(f"{kills} kills in {searches} searches so far", flush=True)
        assert pickle.loads(folder.with_suffix(".found").read_bytes()) == expected, (searches, kills)
        shutil.rmtree(folder)
    print(f"{kills} kills in {searches} searches, each of {usual:.2f} s")
