"""What a process took, and what happens to one that takes too long."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import pytest

from benchmarks.process import ProcessError, run


def test_output_of_both_kinds_comes_with_its_time(tmp_path: Path) -> None:
    text = "import sys, time; print('one', flush=True); time.sleep(0.2); print('two', file=sys.stderr); sys.exit(3)"
    done = run([sys.executable, "-c", text], folder=tmp_path)
    assert (done.text, done.status) == ("one\ntwo\n", 3)
    assert done.lines[1].at - done.lines[0].at > 0.1
    assert done.seconds >= done.lines[1].at


def test_memory_is_that_of_the_process() -> None:
    mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    done = run([sys.executable, "-c", f"x = b'x' * {2 * mine}"])
    assert 2 * mine < done.peak < 2 * mine + 2**27


def test_memory_below_that_of_this_process_is_not_told() -> None:
    """A new process is a copy of this one at first: its peak would be this one's."""
    assert run(["true"]).peak == 0


def test_a_process_that_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    left = tmp_path / "left"
    started = time.perf_counter()
    with pytest.raises(ProcessError, match=r"not done after 0.3 s") as caught:
        run(["sh", "-c", f"(sleep 1; touch '{left}') & sleep 20"], limit=0.3)
    assert caught.value.why == "not done after 0.3 s"
    assert time.perf_counter() - started < 10
    time.sleep(1.2)
    assert not left.exists()


def test_a_program_that_is_not_there_is_an_error_in_words() -> None:
    with pytest.raises(ProcessError, match="cannot run no-such-program"):
        run(["no-such-program"])
