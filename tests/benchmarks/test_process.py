"""What a process took, and what happens to one that takes too long."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import pytest

from benchmarks import process
from benchmarks.process import ProcessError, run

SPEAKER = """
import sys, time
from pathlib import Path
print("one", flush=True)
while not Path("heard").exists():
    time.sleep(0.01)
time.sleep(0.2)
print("two", file=sys.stderr)
sys.exit(3)
"""


def test_output_of_both_kinds_comes_with_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def heard(at: float, text: str) -> process.OutputLine:
        (tmp_path / "heard").touch()
        return original(at, text)

    original = process.OutputLine
    monkeypatch.setattr(process, "OutputLine", heard)
    done = run([sys.executable, "-c", SPEAKER], folder=tmp_path, limit=600)
    assert (done.text, done.status) == ("one\ntwo\n", 3)
    assert done.lines[1].at - done.lines[0].at > 0.2
    assert done.seconds >= done.lines[1].at


def test_memory_is_that_of_the_process() -> None:
    mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    done = run([sys.executable, "-c", f"x = b'x' * {2 * mine}"])
    assert 2 * mine < done.peak < 2 * mine + 2**27


def test_memory_below_that_of_this_process_is_not_told() -> None:
    """A new process is a copy of this one at first: its peak would be this one's."""
    assert run(["true"]).peak == 0


def test_a_process_that_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    note, limit = tmp_path / "pid", 0.3
    while not note.exists():  # on a busy machine, the limit may be over before the shell begins
        limit *= 2
        with pytest.raises(ProcessError) as caught:
            run(["sh", "-c", f"sleep 6000 & echo $! > {note}.new; mv {note}.new {note}; wait"], limit=limit)
        assert caught.value.why == f"not done after {limit:g} s"
    while runs(int(note.read_text())):  # it does not end by itself
        time.sleep(0.02)


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_program_that_is_not_there_is_an_error_in_words() -> None:
    with pytest.raises(ProcessError, match="cannot run no-such-program"):
        run(["no-such-program"])
